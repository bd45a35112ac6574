# SPDX-License-Identifier: GPL-2.0-only
"""The emulator: Debian 13's QEMU, on whatever Debian the lab runs.

Debian 12's takes a sixth longer for the same scenarios, and twice as long to begin a process. It
also runs code that it translated before the guest's kernel patched it.
"""

from lab import roots

_SUITE = "trixie"


def command():
    """The words that begin QEMU's command line: its own loader, libraries and firmware."""
    root = roots.extract("emulator", _SUITE, ["qemu-system-x86"])
    libraries = root / "usr/lib/x86_64-linux-gnu"
    return [str(word) for word in [
        libraries / "ld-linux-x86-64.so.2", "--library-path", f"{libraries}:{libraries}/pulseaudio",
        root / "usr/bin/qemu-system-x86_64",
        "-L", root / "usr/share/qemu", "-L", root / "usr/share/seabios"]]
