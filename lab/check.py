# SPDX-License-Identifier: GPL-2.0-only
"""Runs the tests, tier by tier, in one pytest so that one line sums up all of them."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
TIERS = ["lab/static", "lab/unit", "lab/scenarios"]


def run(tiers=None, soak=False, extra=()):
    """Run pytest over @tiers; returns its exit code."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", "-ra",
               "--capture=tee-sys", "--durations=20", "--tb=short",
               *(["--soak"] if soak else []), *extra, *(tiers or TIERS)]
    return subprocess.run(command, cwd=REPOSITORY, check=False, stdin=subprocess.DEVNULL).returncode
