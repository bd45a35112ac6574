# SPDX-License-Identifier: GPL-2.0-only
"""A booted Xen host."""

import json
import time
from pathlib import Path

from lab import bzimage, cache, hosttools, roots
from lab.errors import LabError
from lab.guest import PROBLEMS, Guest
from lab.progress import step
from lab.qemu import DOM0_ADDRESS, GUEST_ADDRESSES, Machine, Qemu
from lab.ssh import Ssh
from lab.turn import Turn

KERNELS = "/guests/kernels"
SELFTESTS = "/opt/selftests"


class Dom0:  # pylint: disable=too-many-instance-attributes
    """Dom0 of a Xen under QEMU; a context manager that boots and ends it."""

    # pylint: disable-next=too-many-arguments
    def __init__(self, kernel, *, xen=roots.DEFAULT_XEN, selftests=None, boot_timeout=180,
                 **machine):
        self._disks = roots.host(xen)
        self._guest_disk = roots.guest_disk(selftests)
        self._machine = Machine(self._disks.xen, Path(kernel), self._disks.disk, self._guest_disk,
                                **machine)
        self._timeout = boot_timeout
        self._xen = xen
        self._kernels = {}
        self._suspendctl = None
        self._mounted = False
        self.guests = {}
        self.qemu = None
        self.ssh = None
        self._turn = None

    def boot(self):
        """Start QEMU and wait until xl works."""
        self._turn = Turn().take()
        try:
            self.qemu = Qemu(self._machine)
            self.ssh = Ssh("dom0", self.qemu.ports[DOM0_ADDRESS], self.qemu.folder)
            with step("booting Xen and dom0"):
                self.qemu.wait_for("lab: dom0 ready", self._timeout)
                self.ssh.wait()
                self.run(f"mkdir -p {KERNELS}")
        except BaseException:
            self.close()
            raise
        return self

    def close(self):
        """End it, whatever state it is in."""
        for guest in list(self.guests.values()):
            guest.ssh.close()
        if self.ssh:
            self.ssh.close()
        if self.qemu:
            self.qemu.close()
        if self._turn:
            self._turn.release()

    def __enter__(self):
        return self if self.qemu else self.boot()

    def __exit__(self, *exception):
        self.close()

    def run(self, command, timeout=60, check=True, **kwargs):
        """Run a shell command in dom0."""
        return self.ssh.run(command, timeout=timeout, check=check, **kwargs)

    def popen(self, command, **kwargs):
        """Start a long command in dom0."""
        return self.ssh.popen(command, **kwargs)

    def xl(self, arguments, timeout=120, check=True):
        """Run xl."""
        # pylint: disable=invalid-name
        return self.run(f"xl {arguments}", timeout=timeout, check=check)

    def suspendctl(self, arguments, timeout=120):
        """Run xen-suspendctl, whatever its exit code; it is put into dom0 when first asked for."""
        if not self._suspendctl:
            self._suspendctl = "/usr/sbin/xen-suspendctl"
            self.ssh.put(hosttools.build(self._xen) / "xen-suspendctl", self._suspendctl)
        return self.run(f"{self._suspendctl} {arguments}", timeout=timeout, check=False)

    def selftest(self, name):
        """The path in dom0 of a kselftest program."""
        if not self._mounted:
            self.run("mkdir -p /mnt; mount -o ro,noload /dev/vdb /mnt")
            self._mounted = True
        return f"/mnt{SELFTESTS}/{name}"

    def read(self, path):
        """A value of xenstore, or None if there is no such node."""
        done = self.run(f"xenstore-read '{path}'", check=False)
        return None if done.rc else done.out.rstrip("\n")

    def write(self, path, value):
        """Set a node of xenstore."""
        self.run(f"xenstore-write '{path}' '{value}'")

    def list(self, path):
        """The names below a node of xenstore."""
        done = self.run(f"xenstore-list '{path}'", check=False)
        return [] if done.rc else done.out.split()

    def remove(self, path):
        """Remove a node of xenstore."""
        self.run(f"xenstore-rm '{path}'")

    def domains(self):
        """The domains by name: what `xl list -l` says of each."""
        return {domain["config"]["c_info"].get("name", str(domain["domid"])): domain
                for domain in json.loads(self.xl("list -l").out)
                if domain["domid"] != 0}

    def states(self):
        """The domains by name: domid, memory in MiB, vCPUs, state letters, CPU seconds."""
        rows = [line.split() for line in self.xl("list").out.splitlines()[1:]]
        return {row[0]: row[1:] for row in rows}

    def kernel(self, image):
        """Where in dom0 a kernel image of the host lies; brings it there when first asked.

        It is unpacked once, for the emulated dom0 would take seconds at each guest's creation.
        """
        image = Path(image)
        key = cache.digest([image])
        if key not in self._kernels:
            target = f"{KERNELS}/{key}"
            packed = bzimage.payload(image)
            if packed:
                self.run(f"busybox gunzip >{target}", input=packed, text=False)
            else:
                self.ssh.put(image, target)
            self._kernels[key] = target
        return self._kernels[key]

    def guest(self, image, name=None, **options):
        """A guest, not yet created, with an address of its own."""
        used = {guest.address for guest in self.guests.values()}
        free = [address for address in GUEST_ADDRESSES if address not in used]
        if not free:
            raise LabError(f"the lab has addresses for {len(GUEST_ADDRESSES)} guests at a time")
        name = name or f"g{free[0].rsplit('.', 1)[1]}"
        if name in self.guests:
            raise LabError(f"there is a guest {name} already")
        guest = Guest(self, name, image, free[0], **options)
        self.guests[name] = guest
        return guest

    def problems(self):
        """Lines of dom0's log and of Xen's that tell of something wrong."""
        return [line for line in self.run("dmesg; xl dmesg").out.splitlines()
                if PROBLEMS.search(line)]

    def sleep(self, seconds):
        """Put the host to sleep (S3), and wake it @seconds later."""
        self.popen("sleep 0.2; echo mem >/sys/power/state")
        deadline = time.monotonic() + 60
        while self.qemu.status() != "suspended":
            if time.monotonic() > deadline:
                raise LabError("the host did not reach S3 within 60 s")
            time.sleep(0.2)
        time.sleep(seconds)
        self.qemu.wake()
        self.ssh.wait()
