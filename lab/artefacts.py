# SPDX-License-Identifier: GPL-2.0-only
"""What to look at when a scenario failed, gathered in one folder."""

import re
import shutil
from pathlib import Path

from lab.errors import LabError

FAILURES = Path(__file__).parent.parent / "out/failures"
_COMMANDS = {
    "xl-dmesg.log": "xl dmesg",
    "xl-list.json": "xl list -l",
    "xl-list.txt": "xl list -v",
    "xenstore.txt": "xenstore-ls -fp",
    "dom0-dmesg.log": "dmesg",
    "dom0-processes.txt": "ps -ef",
}


def collect(dom0, name, report=""):
    """Gather everything about a failure into a folder, and return the folder."""
    folder = FAILURES / re.sub(r"[^\w.=-]+", "_", name).strip("_")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if report:
        (folder / "report.txt").write_text(report, encoding="utf-8")
    if dom0.qemu.serial.exists():
        shutil.copy(dom0.qemu.serial, folder / "serial.log")
    for file, command in _COMMANDS.items():
        _keep(folder / file, dom0, command)
    _unpack_logs(folder, dom0)
    return folder


def _keep(path, dom0, command):
    """Write what a command says, or why it says nothing."""
    try:
        done = dom0.run(command, timeout=30, check=False)
        path.write_text(done.out + done.err, encoding="utf-8")
    except LabError as error:
        path.write_text(f"{error}\n", encoding="utf-8")


def _unpack_logs(folder, dom0):
    """Copy /var/log/xen: the consoles of the guests, libxl's and the hotplug scripts' logs."""
    try:
        names = dom0.run("cd /var/log/xen && find . -type f", timeout=30).out.split()
        for name in names:
            dom0.ssh.get(f"/var/log/xen/{name}", folder / Path(name).name, timeout=30)
    except LabError as error:
        (folder / "logs-missing.txt").write_text(f"{error}\n", encoding="utf-8")
