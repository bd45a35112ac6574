# SPDX-License-Identifier: GPL-2.0-only
"""Take turns: two emulated machines that share two CPUs are not twice, but ten times slower.

A CPU that spins for a lock, or for the other CPU's answer to an interrupt, holds up the very CPU
that it waits for.
"""

import fcntl
import os
import time

from lab import cache
from lab.progress import step

_CPUS_A_MACHINE = 2


class Turn:
    """The right to run a machine; ends with release(), and when this process ends."""

    def __init__(self):
        places = max(1, (os.cpu_count() or 1) // _CPUS_A_MACHINE)
        # pylint: disable-next=consider-using-with
        self._places = [open(cache.root() / f".machine{place}.lock", "w", encoding="ascii")
                        for place in range(places)]

    def take(self):
        """Wait for a place."""
        if self._try():
            return self
        with step("another lab runs here, waiting for its end"):
            while not self._try():
                time.sleep(0.5)
        return self

    def _try(self):
        for handle in self._places:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                pass
        return False

    def release(self):
        """Let the next one in."""
        for handle in self._places:
            handle.close()
