# SPDX-License-Identifier: GPL-2.0-only
"""The Debian packages that the host needs, by what they are for."""

import os
import subprocess

from lab import process
from lab.errors import LabError
from lab.progress import step

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

PURPOSES = {
    "kernel": ["linux-source-6.12", "build-essential", "dpkg-dev", "flex", "bison", "bc",
               "libelf-dev", "libssl-dev", "xz-utils", "ccache", "kmod", "cpio", "patch", "git",
               "make"],
    "roots": ["mmdebstrap", "debian-archive-keyring", "e2fsprogs", "openssh-client"],
    "checks": ["sparse", "shellcheck", "pylint", "python3-pytest", "python3-sphinx"],
}


def missing(*purposes):
    """The packages for @purposes (all of them if none is named) that are not installed."""
    wanted = [name for purpose in purposes or PURPOSES for name in PURPOSES[purpose]]
    state = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted],
                           text=True, check=False, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL).stdout
    present = {line.split()[0] for line in state.splitlines() if line.endswith(" installed")}
    return [name for name in dict.fromkeys(wanted) if name not in present]


def ensure(*purposes):
    """Install what is missing for @purposes."""
    names = missing(*purposes)
    if not names:
        return
    if os.geteuid() != 0:
        raise LabError(f"missing packages: {' '.join(names)}\n"
                       f"apt-get install --no-install-recommends {' '.join(names)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step(f"installing {' '.join(names)}"):
        process.run(["apt-get", "-qq", "update"], env=environment)
        process.run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", *names],
                    env=environment, mend="apt could not install what the lab needs")


def mirror():
    """The Debian mirror that this machine's apt uses."""
    sites = process.run(["apt-get", "indextargets", "--format", "$(SITE)",
                         "Created-By: Packages"]).split()
    found = [site for site in sites if site.rstrip("/").endswith("/debian")]
    if not found:
        raise LabError("apt knows no Debian mirror; add one to /etc/apt/sources.list.d")
    return found[0]
