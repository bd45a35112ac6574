# SPDX-License-Identifier: GPL-2.0-only
"""What survives which failure: every way to fail that needs no help of the kernel under test."""

import re

from rich.console import Console
from rich.table import Table

from lab.errors import LabError
from lab.load import Load
from lab.progress import step
from lab.scenarios import failing

FLAVOURS = ("baseline", "ours")
PATIENCE = 20


def _went(lab, dom0, flavour, case):
    """Fail a suspend of a new guest in one way; returns what became of it, in words."""
    guest = lab.guest(dom0, flavour)
    try:
        failing.load_module(guest, lab.module(flavour))
        load = Load(dom0, guest).start()
        guest.run(case.begin)
        code, _ = failing.checkpoint(dom0, guest, PATIENCE)
        told = "told at once" if code == 1 else "silent"
        try:
            guest.run(case.end, timeout=20)
            failing.goes_on_at_once(dom0, guest)
            guest.checkpoint(timeout=90)
            guest.save()
            guest.restore()
        except (LabError, AssertionError) as error:
            bug = [line for line in guest.problems() if "BUG" in line or "panic" in line]
            return f"dies, {told}: {bug[0].split('] ')[-1] if bug else str(error).splitlines()[0]}"
        try:
            load.verify()
        except AssertionError as error:
            late = re.findall(r"latest_ms=([\d.]+)", str(error))
            return f"survives, {told}, timers up to {max(map(float, late), default=0):.0f} ms late"
        noise = guest.problems(case.logged)
        return f"survives, {told}" + (f", but: {noise[0].split('] ')[-1]}" if noise else "")
    finally:
        guest.destroy()


def main(lab, flavours=FLAVOURS):
    """Run the matrix and print it."""
    table = Table("suspend fails in", *flavours)
    with lab.booted() as dom0:
        for case, in failing.refusals().values():
            row = []
            for flavour in flavours:
                with step(f"{flavour}: {case.name}"):
                    row.append(_went(lab, dom0, flavour, case))
            table.add_row(case.name, *row)
    Console(width=120).print(table)
    return 0
