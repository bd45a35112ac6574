# SPDX-License-Identifier: GPL-2.0-only
"""The kselftest programs, linked statically, for guests and dom0."""

from pathlib import Path

from lab import cache, process
from lab.progress import step

SOURCES = Path(__file__).parent.parent / "tools/testing/selftests/xen-suspend"


def programs(linux):
    """The folder of the programs, built with the headers of a Linux source tree."""
    def build(folder):
        with step("building the kselftest programs"):
            process.run(["make", "-s", "-C", SOURCES, f"KDIR={linux}", f"OUTPUT={folder}"])

    return cache.entry("selftests", [SOURCES], build)
