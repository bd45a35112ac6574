# SPDX-License-Identifier: GPL-2.0-only
"""The lab that `boot` keeps running, as others find it: `shell`, `logs`."""

import json
import os
from pathlib import Path

from lab import cache
from lab.errors import LabError


def _file():
    return cache.root() / "running.json"


def announce(dom0):
    """Note how to reach a running lab."""
    _file().write_text(json.dumps({
        "pid": os.getpid(), "serial": str(dom0.qemu.serial),
        "ports": dom0.qemu.ports,
        "login": {name: machine.command_line() for name, machine in
                  [("dom0", dom0.ssh), *((name, guest.ssh) for name, guest in
                                         dom0.guests.items())]}}), encoding="utf-8")


def forget():
    """The lab is no more."""
    _file().unlink(missing_ok=True)


def running():
    """What announce() noted, if that lab still runs."""
    try:
        noted = json.loads(_file().read_text(encoding="utf-8"))
        os.kill(noted["pid"], 0)
    except (FileNotFoundError, ProcessLookupError) as error:
        raise LabError("no lab is running; start one: python3 -m lab boot") from error
    return noted


def login(name):
    """The command that logs in to dom0 or a guest."""
    logins = running()["login"]
    if name not in logins:
        raise LabError(f"no machine is called {name}; there are {', '.join(logins)}")
    return logins[name]


def serial():
    """The log of dom0's serial port."""
    return Path(running()["serial"])
