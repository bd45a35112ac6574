# SPDX-License-Identifier: GPL-2.0-only
"""A guest of the lab's Xen host."""

import re
import time

from lab import process
from lab.errors import LabError
from lab.ssh import Ssh

_CONSOLES = "/var/log/xen/console"
PROBLEMS = re.compile(r"WARNING:|\bBUG\b|Oops|soft lockup|blocked for more than|hung_task|"
                      r"rcu.*stall|Call Trace|Kernel panic|general protection|"
                      r"Freezing .* failed|scheduling while atomic|INFO: possible|"
                      r"possible circular|suspicious RCU|inconsistent lock state|held lock freed|"
                      r"bad unlock balance|lock held when returning|invalid wait context")


class Guest:  # pylint: disable=too-many-instance-attributes
    """A guest; its root disk is shared and read-only, its data disk (/data) is its own."""

    # pylint: disable-next=too-many-arguments
    def __init__(self, dom0, name, image, address, *, vcpus=2, memory=112, cmdline="", type="pv",
                 config="", disk=True, network=True):
        # pylint: disable=redefined-builtin
        self.dom0 = dom0
        self.name = name
        self.image = image
        self.address = address
        self.vcpus = vcpus
        self.memory = memory
        self.cmdline = cmdline
        self.type = type
        self.config = config
        self.disk = disk
        self.network = network
        self.ssh = Ssh(name, dom0.qemu.ports[address], dom0.qemu.folder)
        self._data = f"/guests/{name}.img"

    def _configuration(self):
        """The text of xl's configuration file."""
        last = int(self.address.rsplit(".", 1)[1])
        disks = ['"format=raw,vdev=xvda,access=ro,script=block-lab,target=/dev/vdb"']
        if self.disk:
            disks.append('"format=raw,vdev=xvdb,access=rw,script=block-lab,'
                         f'target={self._data}"')
        vif = f'"mac=00:16:3e:00:00:{last:02x},bridge=xenbr0,script=vif-lab"'
        extra = (f"console=hvc0 root=/dev/xvda ro init=/sbin/init loglevel=6 "
                 f"lab.name={self.name} lab.ip={self.address}/24 {self.cmdline}")
        return "\n".join([
            f'name="{self.name}"', f'type="{self.type}"', f"vcpus={self.vcpus}",
            f"memory={self.memory}", f'kernel="{self.dom0.kernel(self.image)}"',
            f'cmdline="{extra}"', f"disk=[{', '.join(disks)}]",
            f"vif=[{vif if self.network else ''}]",
            'on_poweroff="destroy"', 'on_reboot="restart"', 'on_crash="preserve"', self.config, ""])

    def create(self, wait=True, timeout=90, paused=False):
        """Have xl create the domain, and wait until it can be logged in to."""
        if self.disk:
            self.dom0.run(f"cp --sparse=always /guests/blank.img {self._data}")
        self.dom0.run(f"rm -f {_CONSOLES}/guest-{self.name}*.log")
        self.dom0.run(f"cat >/guests/{self.name}.cfg", input=self._configuration())
        self.dom0.xl(f"create {'-p ' if paused else ''}/guests/{self.name}.cfg", timeout=timeout)
        if wait and not paused:
            self._wait_booted(timeout)
            self.wait_up(timeout)
        return self

    def wait_up(self, timeout=90):
        """Wait until the guest can be logged in to.

        First for it to answer dom0: what is sent before it listens is sent again only much later.
        """
        if self.network:
            self.dom0.run(f"ping -q -c 1 -i 0.1 -w {timeout} {self.address}", timeout=timeout + 20,
                          check=False)
            self.ssh.wait(timeout)

    def _wait_booted(self, timeout):
        """Wait for the last word of the guest's start script, which costs less than to try ssh."""
        log = f"{_CONSOLES}/guest-{self.name}.log"
        done = self.dom0.run(f"timeout {timeout} sh -c \"until grep -qs 'lab: guest up' {log}; "
                             "do sleep 0.3; done\"", timeout=timeout + 20, check=False)
        if done.rc:
            raise LabError(f"{self.name} did not come up within {timeout} s; its last words:\n"
                           f"{process.tail(self.console())}")

    def run(self, command, timeout=60, check=True, **kwargs):
        """Run a shell command in the guest."""
        return self.ssh.run(command, timeout=timeout, check=check, **kwargs)

    def popen(self, command, **kwargs):
        """Start a long command in the guest."""
        return self.ssh.popen(command, **kwargs)

    @property
    def domid(self):
        """The domain's number, or None if there is no such domain."""
        done = self.dom0.run(f"xl domid {self.name}", check=False)
        return None if done.rc else int(done.out)

    @property
    def image_path(self):
        """Where save() puts the image unless told otherwise: in dom0's memory."""
        return f"/run/saved/{self.name}"

    def save(self, path=None, timeout=120):
        """xl save: the domain is gone afterwards."""
        return self.dom0.xl(f"save {self.name} {path or self.image_path}", timeout=timeout)

    def restore(self, path=None, timeout=120, wait=True):
        """xl restore, and wait until the guest answers."""
        self.dom0.xl(f"restore {path or self.image_path}", timeout=timeout)
        if wait:
            self.wait_up(timeout)
        return self

    def checkpoint(self, path="/dev/null", timeout=120):
        """xl save -c: the domain goes on. The image is not kept, unless @path says where."""
        return self.dom0.xl(f"save -c {self.name} {path}", timeout=timeout)

    def suspend(self, timeout=90):
        """Suspend the domain, which keeps its memory and waits."""
        return self._xl_or_suspendctl("suspend", timeout)

    def resume(self, timeout=60):
        """Resume the domain."""
        return self._xl_or_suspendctl("resume", timeout)

    def _xl_or_suspendctl(self, verb, timeout):
        """xl's command, or xen-suspendctl's where xl has none."""
        done = self.dom0.xl(f"{verb} {self.name}", timeout=timeout, check=False)
        if "command not implemented" in done.err:
            done = self.dom0.suspendctl(f"{verb} {self.name}", timeout)
        if done.rc:
            raise LabError(f"cannot {verb} {self.name}: {process.tail(done.err or done.out)}")
        return done

    def poweroff(self, timeout=60):
        """Ask the guest to power off, and wait until its domain is gone."""
        self.dom0.xl(f"shutdown {self.name}")
        self.wait_gone(timeout)

    def wait_gone(self, timeout=60):
        """Wait until there is no such domain."""
        deadline = time.monotonic() + timeout
        while self.domid is not None:
            if time.monotonic() > deadline:
                raise LabError(f"{self.name} still exists after {timeout} s")
            time.sleep(0.2)

    def destroy(self):
        """Remove the domain and what belongs to it, whatever state it is in."""
        if self.dom0.guests.get(self.name) is not self:
            return
        self.ssh.close()
        self.dom0.run(f"xl destroy {self.name} 2>/dev/null; "
                      f"rm -f {self._data} {self.image_path} /guests/{self.name}.cfg")
        self.dom0.guests.pop(self.name, None)

    def console(self):
        """Everything the guest printed on its console, in all its domains."""
        return self.dom0.run(f"cat {_CONSOLES}/guest-{self.name}.log "
                             f"{_CONSOLES}/guest-{self.name}--incoming.log 2>/dev/null",
                             check=False).out

    def wait_console(self, text, timeout=60):
        """Wait until the guest has printed @text."""
        deadline = time.monotonic() + timeout
        while text not in self.console():
            if time.monotonic() > deadline:
                raise LabError(f"{self.name} did not print '{text}' within {timeout} s")
            time.sleep(0.3)

    def is_well(self, expected=()):
        """Whether it answers, and its kernel never complained but in the @expected way."""
        try:
            return self.domid is not None and not self.run("true", timeout=20).rc \
                and not self.problems(expected)
        except LabError:
            return False

    def problems(self, expected=()):
        """Lines of the console that tell of something wrong in the kernel; @expected: parts of
        lines that are none."""
        return [line for line in self.console().splitlines() if PROBLEMS.search(line)
                and not any(part in line for part in expected)]
