# SPDX-License-Identifier: GPL-2.0-only
"""The kselftest programs, linked statically for guests and dom0, and their kernel module."""

from pathlib import Path

from lab import cache, process
from lab.progress import step

SOURCES = Path(__file__).parent.parent / "tools/testing/selftests/xen-suspend"
_MODULE = SOURCES / "test_modules"


def programs(linux):
    """The folder of the programs, built with the headers of a Linux source tree."""
    def build(folder):
        with step("building the kselftest programs"):
            process.run(["make", "-s", "-C", SOURCES, f"KDIR={linux}", f"OUTPUT={folder}"])

    return cache.entry("selftests", [SOURCES], build)


def module(kernel):
    """xen_suspend_refuse.ko for a lab.kernel.Kernel."""
    def build(folder):
        with step(f"building the test module for the {kernel.flavour} kernel"):
            process.run(["make", "-s", "-C", _MODULE, f"KDIR={kernel.build}", f"OUTPUT={folder}"])

    parts = [_MODULE / "Makefile", _MODULE / "xen_suspend_refuse.c", kernel.release,
             kernel.build / "Module.symvers", kernel.build / ".config"]
    return cache.entry(f"module-{kernel.flavour}", parts, build) / "xen_suspend_refuse.ko"
