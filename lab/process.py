# SPDX-License-Identifier: GPL-2.0-only
"""Run programs of the host, and have their failure explained."""

import ctypes
import signal
import subprocess

from lab.errors import LabError

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent():
    """In a child before exec: have the kernel kill it when its parent dies."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def tail(text, lines=12):
    """The last few lines of @text."""
    return "\n".join(text.rstrip().splitlines()[-lines:])


def run(command, mend="", **kwargs):
    """Run @command (a list) and return its stdout; its stderr becomes the error."""
    try:
        done = subprocess.run([str(word) for word in command], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kwargs)
    except FileNotFoundError as error:
        raise LabError(f"{command[0]} is not installed; run lab/bootstrap.sh and "
                       "python3 -m lab prepare") from error
    if done.returncode:
        text = f"{' '.join(str(word) for word in command[:6])}: exit code {done.returncode}"
        said = tail(done.stderr or done.stdout)
        raise LabError("\n".join(part for part in (text, said, mend) if part))
    return done.stdout
