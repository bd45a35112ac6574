# SPDX-License-Identifier: GPL-2.0-only
"""The tools for dom0, built with the libraries of dom0's Xen."""

import shutil
from pathlib import Path

from lab import cache, packages, process, roots
from lab.progress import step

SOURCES = Path(__file__).parent.parent / "tools/xen"


def versions():
    """The versions of Xen that the tools can be built for."""
    return list(roots.XEN)


def _headers(version):
    """The root that libxen-dev of a version, and what it needs, is unpacked into."""
    return roots.extract(f"libxen-{version}", roots.XEN[version].suite, ["libxen-dev"])


def build(version=roots.DEFAULT_XEN):
    """The folder of the programs."""
    packages.ensure("kernel")
    xen = _headers(version)

    def make(folder):
        objects = folder / "objects"
        with step(f"building the tools for Xen {version}"):
            process.run(["make", "-s", "-C", SOURCES, "install", f"OUTPUT={objects}",
                         f"XEN_ROOT={xen}", "CFLAGS=-O2 -Werror", f"DESTDIR={folder}", "PREFIX="])
        shutil.rmtree(objects)

    return cache.entry(f"hosttools-{version}", [xen.parent.name, SOURCES], make) / "sbin"
