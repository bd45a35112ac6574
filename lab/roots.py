# SPDX-License-Identifier: GPL-2.0-only
"""Root file systems of dom0 and of the guests, as images, and the hypervisor.

Packages are unpacked without running their maintainer scripts (quick, and nothing of the host is
asked for); what those scripts would have set up, finish() does. lab/overlay/ holds our own files.
"""

import gzip
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from lab import cache, hypervisor, packages, process, sshkey
from lab.progress import step

OVERLAY = Path(__file__).parent / "overlay"
_RECIPE = Path(__file__)

_BASE = ["busybox-static", "bash", "dash", "coreutils", "util-linux", "mount", "sed", "grep",
         "mawk", "findutils", "procps", "iproute2", "iputils-ping", "iperf3", "hostname", "kmod",
         "e2fsprogs", "dropbear-bin", "socat", "strace"]
_HOST = ["tcpdump"]
_GUEST = ["fio", "stress-ng", "trace-cmd", "bpftrace"]
_USELESS = ["usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info",
            "usr/share/X11", "usr/share/zoneinfo", "usr/share/lintian", "usr/share/perl",
            "usr/share/bash-completion", "usr/share/perl5", "usr/share/qemu", "usr/lib/debug",
            "usr/lib/x86_64-linux-gnu/gconv", "usr/lib/x86_64-linux-gnu/perl",
            "usr/lib/x86_64-linux-gnu/perl-base", "usr/lib/python3", "usr/lib/systemd",
            *(f"usr/lib/python3.{minor}/{part}" for minor in (11, 13)
              for part in ("pydoc_data", "ensurepip", "lib2to3", "test")),
            "var/cache", "var/lib/apt", "var/lib/dpkg"]


@dataclass(frozen=True)
class Xen:
    """A release of Xen as Debian ships it; @rebuilt: but for the hypervisor."""

    version: str
    suite: str
    rebuilt: bool = False

    @property
    def packages(self):
        """What dom0 needs of it."""
        return [f"xen-utils-{self.version}", "xen-utils-common",
                f"xen-hypervisor-{self.version}-amd64"]


XEN = {"4.20": Xen("4.20", "trixie"), "4.17": Xen("4.17", "bookworm", rebuilt=True)}
DEFAULT_XEN = "4.20"
_GUEST_SUITE = "trixie"


@dataclass(frozen=True)
class Host:
    """What QEMU boots: a hypervisor and the disk of dom0."""

    xen: Path
    disk: Path


def extract(name, suite, names):
    """Unpack packages into a cached folder."""
    packages.ensure("roots")

    def build(folder):
        mirror = packages.mirror()
        with step(f"unpacking the {name} root of {suite}"):
            process.run(["mmdebstrap", "--quiet", "--variant=extract",
                         f"--include={','.join(names)}", suite, folder / "root",
                         f"deb [signed-by={packages.KEYRING}] {mirror} {suite} main"],
                        mend=f"could not fetch the packages of {name} from {mirror}")
            shutil.rmtree(folder / "root/dev")  # Copied as files, its devices would never end.

    return cache.entry(f"{name}-packages", [suite, *names], build) / "root"


def _copy(folder, target):
    """Copy a root, but not its device nodes: devtmpfs has them."""
    shutil.copytree(folder, target, symlinks=True,
                    ignore=lambda path, names: names if Path(path) == folder / "dev" else [])


def _finish(root):
    """Do what the packages' maintainer scripts would have done, and drop what is of no use."""
    for path in _USELESS:
        shutil.rmtree(root / path, ignore_errors=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        _merge(root, name)
    for path in ("proc", "sys", "dev", "run", "tmp", "root", "data", "var/lib/xen", "var/log",
                 "var/lib/xenstored", "etc/dropbear", "guests"):
        (root / path).mkdir(parents=True, exist_ok=True)
    for link, target in (("var/run", "../run"), ("var/lock", "../run/lock")):
        shutil.rmtree(root / link, ignore_errors=True)
        (root / link).unlink(missing_ok=True)
        (root / link).symlink_to(target)
    busybox = "usr/bin/busybox" if (root / "usr/bin/busybox").exists() else "bin/busybox"
    for name in ("init", "poweroff", "halt", "reboot"):
        _link(root / "sbin" / name, f"/{busybox}")
    for name in ("vi", "logger", "nc", "wget", "ps", "which"):
        if name == "logger" or not os.path.lexists(root / "usr/bin" / name):
            _link(root / "usr/bin" / name, f"/{busybox}")
    _link(root / "usr/bin/awk", "mawk")
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/bash\n", encoding="ascii")
    (root / "etc/group").write_text("root:x:0:\n", encoding="ascii")
    (root / "etc/shells").write_text("/bin/sh\n/bin/bash\n", encoding="ascii")
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n10.0.2.15 dom0\n", encoding="ascii")


def _merge(root, name):
    """Debian 12's packages still have folders beside /usr's: make them one."""
    if (root / name).is_dir() and not (root / name).is_symlink():
        (root / "usr" / name).mkdir(exist_ok=True)
        process.run(["cp", "-a", "--remove-destination", f"{root / name}/.", root / "usr" / name])
        shutil.rmtree(root / name)
    if not os.path.lexists(root / name):
        (root / name).symlink_to(f"usr/{name}")


def _link(link, target):
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def _let_in(root):
    """Give dropbear a host key and the key of who may log in; made here, not at each boot."""
    folder = root / "etc/dropbear"
    # Debian 12's looks in the second only, and a guest's /root is empty.
    for place in (folder, root / "root/.ssh"):
        place.mkdir(exist_ok=True)
        shutil.copy(sshkey.public(), place / "authorized_keys")
        place.chmod(0o700)
        (place / "authorized_keys").chmod(0o600)
    libraries = root / "usr/lib/x86_64-linux-gnu"
    process.run([next(libraries.glob("ld-linux-x86-64.so*")), "--library-path", libraries,
                 root / "usr/bin/dropbearkey", "-t", "ed25519",
                 "-f", folder / "dropbear_ed25519_host_key"])


def _image(root, image, size):
    """Make an ext4 image of a folder."""
    process.run(["ldconfig", "-X", "-r", root], env={"PATH": "/usr/sbin:/sbin:/usr/bin:/bin"})
    _make_ext4(image, size, "-d", root)


def _make_ext4(image, size, *options):
    process.run(["mke2fs", "-q", "-t", "ext4", "-m", "0", "-E", "root_owner=0:0", *options, image,
                 size], env={"PATH": "/usr/sbin:/sbin:/usr/bin:/bin"})


def _without_wrappers(root, version):
    """Have Xen's own programs in the path, not Debian's script that looks for their version."""
    programs = root / f"usr/lib/xen-{version}/bin"
    for program in programs.iterdir():
        for folder in ("usr/sbin", "usr/bin"):
            if os.path.lexists(root / folder / program.name):
                (root / folder / program.name).unlink()
        (root / "usr/sbin" / program.name).symlink_to(f"/usr/lib/xen-{version}/bin/{program.name}")


def host(version=DEFAULT_XEN):
    """The hypervisor and dom0's disk."""
    xen = XEN[version]
    unpacked = extract(f"dom0-{version}", xen.suite, [*_BASE, *_HOST, *xen.packages])
    rebuilt = hypervisor.with_shadow(xen.suite) if xen.rebuilt else None

    def build(folder):
        root = folder / "root"
        with step(f"making dom0's disk (Xen {version})"):
            _copy(unpacked, root)
            if rebuilt:
                shutil.copy(rebuilt, folder / "xen")
            else:
                packed = root / f"boot/xen-{version}-amd64.gz"
                with gzip.open(packed) as source, open(folder / "xen", "wb") as plain:
                    shutil.copyfileobj(source, plain)
            shutil.rmtree(root / "boot")
            _finish(root)
            _without_wrappers(root, version)
            shutil.copytree(OVERLAY / "dom0", root, dirs_exist_ok=True)
            _let_in(root)
            _make_ext4(root / "guests/blank.img", "96M", "-E", "lazy_itable_init=1")
            _image(root, folder / "dom0.img", "1536M")
            shutil.rmtree(root)

    parts = [unpacked.parent.name, OVERLAY / "dom0", _RECIPE, sshkey.public()]
    if rebuilt:
        parts.append(rebuilt.parent.name)
    folder = cache.entry(f"dom0-disk-{version}", parts, build)
    return Host(folder / "xen", folder / "dom0.img")


def guest_disk(programs=None):
    """The read-only root of all guests; the folder @programs appears in it as /opt/selftests."""
    unpacked = extract("guest", _GUEST_SUITE, [*_BASE, *_GUEST])

    def build(folder):
        root = folder / "root"
        with step("making the guests' disk"):
            _copy(unpacked, root)
            _finish(root)
            shutil.copytree(OVERLAY / "guest", root, dirs_exist_ok=True)
            _let_in(root)
            if programs:
                shutil.copytree(programs, root / "opt/selftests")
            _image(root, folder / "guest.img", "1152M")
            shutil.rmtree(root)

    parts = [unpacked.parent.name, OVERLAY / "guest", _RECIPE, sshkey.public()]
    if programs:
        parts.append(Path(programs))
    return cache.entry("guest-disk", parts, build) / "guest.img"
