# SPDX-License-Identifier: GPL-2.0-only
"""The machine: Xen and dom0 under QEMU, without hardware virtualisation."""

import json
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from lab import emulator, process
from lab.errors import LabError

DOM0_ADDRESS = "10.0.2.15"
GUEST_ADDRESSES = [f"10.0.2.{number}" for number in range(101, 113)]
_XEN_ARGS = "loglvl=info guest_loglvl=info com1=115200,8n1 console=com1 noreboot"
_DOM0_ARGS = "console=hvc0 root=/dev/vda rw init=/sbin/init loglevel=5 tsc=unstable"


@dataclass
class Machine:  # pylint: disable=too-many-instance-attributes
    """What to boot, and how."""

    xen: Path
    kernel: Path
    disk: Path
    guest_disk: Path
    memory: int = 3072
    dom0_memory: int = 1280
    cpus: int = 2
    icount: bool = False
    iommu: bool = False
    xen_args: str = ""
    dom0_args: str = ""
    extra: list = field(default_factory=list)


def free_ports(count):
    """Port numbers of the loopback address that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class Qemu:
    """A running QEMU; close() ends it, and it never outlives this process."""

    def __init__(self, machine):
        self.folder = Path(tempfile.mkdtemp(prefix="xen-lab-"))
        self.serial = self.folder / "serial.log"
        self.serial.touch()
        addresses = [DOM0_ADDRESS, *GUEST_ADDRESSES]
        self.ports = dict(zip(addresses, free_ports(len(addresses))))
        with open(self.folder / "qemu.log", "w", encoding="utf-8") as log:
            # pylint: disable-next=consider-using-with,subprocess-popen-preexec-fn
            self._process = subprocess.Popen(
                self._command(machine), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=process.die_with_parent, start_new_session=True)

    def _command(self, machine):
        forwards = "".join(f",hostfwd=tcp:127.0.0.1:{port}-{address}:22"
                           for address, port in self.ports.items())
        if machine.icount:
            timing = ["-accel", "tcg,thread=single,tb-size=1024", "-icount", "shift=1,sleep=off"]
        else:
            timing = ["-accel", "tcg,thread=multi,tb-size=1024"]
        if machine.iommu:
            board = ["-M", "q35", "-device", "intel-iommu,intremap=on",
                     "-global", "ICH9-LPC.disable_s3=0"]
        else:
            board = ["-global", "PIIX4_PM.disable_s3=0"]
        xen_args = (f"{_XEN_ARGS} dom0_mem={machine.dom0_memory}M,max:{machine.dom0_memory}M "
                    f"dom0_max_vcpus={machine.cpus} {'iommu=on ' if machine.iommu else ''}"
                    f"{machine.xen_args}")
        return [*emulator.command(), *board, *timing, "-cpu", "qemu64,+svm,+npt,+rdrand",
                "-m", f"{machine.memory}M", "-smp", str(machine.cpus),
                "-display", "none", "-vga", "none", "-nodefaults", "-no-reboot",
                "-serial", f"file:{self.serial}",
                "-qmp", f"unix:{self.folder}/qmp,server=on,wait=off",
                "-kernel", str(machine.xen), "-append", xen_args,
                "-initrd", f"{machine.kernel} {_DOM0_ARGS} {machine.dom0_args}",
                "-drive", f"file={machine.disk},if=virtio,format=raw,snapshot=on",
                "-drive", f"file={machine.guest_disk},if=virtio,format=raw,readonly=on",
                "-netdev", f"user,id=net0,ipv6=off{forwards}",
                "-device", "virtio-net-pci,netdev=net0,romfile=", *machine.extra]

    def alive(self):
        """Whether QEMU still runs."""
        return self._process.poll() is None

    def said(self):
        """Everything the serial port printed so far."""
        return self.serial.read_text(encoding="utf-8", errors="replace")

    def complaint(self):
        """What QEMU itself had to say."""
        return (self.folder / "qemu.log").read_text(encoding="utf-8", errors="replace")

    def wait_for(self, text, timeout):
        """Wait until the serial port has printed @text."""
        deadline = time.monotonic() + timeout
        while text not in self.said():
            if not self.alive():
                raise LabError(f"QEMU ended before '{text}' came\n{process.tail(self.complaint())}"
                               f"\n{process.tail(self.said())}")
            if time.monotonic() > deadline:
                raise LabError(f"'{text}' did not come within {timeout} s; the last it said:\n"
                               f"{process.tail(self.said())}")
            time.sleep(0.1)

    def monitor(self, command, **arguments):
        """Give QEMU a command of its machine protocol (QMP) and return the answer."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(30)
            link.connect(str(self.folder / "qmp"))
            with link.makefile("rw", encoding="utf-8") as stream:
                stream.readline()
                for request in ({"execute": "qmp_capabilities"},
                                {"execute": command, "arguments": arguments}):
                    stream.write(json.dumps(request) + "\n")
                    stream.flush()
                    answer = self._answer(stream)
        if "error" in answer:
            raise LabError(f"QEMU refused {command}: {answer['error']['desc']}")
        return answer["return"]

    @staticmethod
    def _answer(stream):
        """The next line that answers, not one that tells of an event."""
        for line in stream:
            message = json.loads(line)
            if "event" not in message:
                return message
        raise LabError("QEMU closed its monitor")

    def status(self):
        """What the machine does: running, suspended, shutdown, ..."""
        return self.monitor("query-status")["status"]

    def wake(self):
        """Wake the machine from S3."""
        self.monitor("system_wakeup")

    def close(self):
        """End QEMU and remove its files."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
