# SPDX-License-Identifier: GPL-2.0-only
"""A hypervisor rebuilt from Debian's source package, with shadow paging.

Debian leaves it out, and without it no PV guest can migrate while it runs.
"""

import os
import shutil
from pathlib import Path

from lab import cache, packages, process
from lab.progress import step

_PACKAGE = "xen"
_RECIPE = Path(__file__)


def _fetch(suite, folder):
    """Unpack the source package of a suite; returns its folder."""
    mirror = packages.mirror()
    sources = folder / "sources.list"
    sources.write_text(f"deb-src [signed-by={packages.KEYRING}] {mirror} {suite} main\n",
                       encoding="ascii")
    lists, archives = folder / "lists", folder / "cache"
    for path in (lists / "partial", archives / "archives/partial"):
        path.mkdir(parents=True)
    apt = ["apt-get", "-qq", "-o", f"Dir::Etc::SourceList={sources}",
           "-o", "Dir::Etc::SourceParts=/dev/null", "-o", f"Dir::State::Lists={lists}",
           "-o", f"Dir::Cache={archives}", "-o", "APT::Sandbox::User=root"]
    mend = f"could not fetch the source of Xen in {suite} from {mirror}"
    process.run([*apt, "update"], mend=mend)
    process.run([*apt, "source", "--download-only", _PACKAGE], cwd=folder, mend=mend)
    process.run(["dpkg-source", "--no-check", "--extract", next(folder.glob("*.dsc")),
                 folder / "source"], mend="is dpkg-dev installed?")
    return folder / "source/xen"


def with_shadow(suite):
    """The hypervisor of a Debian suite with shadow paging, unpacked."""
    packages.ensure("kernel", "roots")

    def build(folder):
        work = folder / "work"
        work.mkdir()
        with step(f"building the hypervisor of {suite} with shadow paging (3 minutes)"):
            source = _fetch(suite, work)
            make = ["make", "-s", "-C", source, f"-j{os.cpu_count()}"]
            process.run([*make, "defconfig"])
            process.run([*make, "build"])
        shutil.copy(source / "xen", folder / "xen")
        shutil.rmtree(work)

    return cache.entry(f"hypervisor-{suite}", [suite, _RECIPE], build) / "xen"
