# SPDX-License-Identifier: GPL-2.0-only
"""Ours beside baseline in virtual time, where the same work takes the same time each time.

Idle guests in one boot of Xen, with time that passes by the instructions that are executed.
"""

import statistics

from rich.console import Console
from rich.table import Table

from lab import demo, steps, stops
from lab.progress import step

TIMES = 15
# Who is measured: the kernel, and its command line.
WAYS = {"ours": ("ours", ""), "ours, by xenstore": ("ours", "xen_suspend.event_channel=0"),
        "baseline": ("baseline", "")}


def measure(dom0, guest, run):
    """Checkpoints, then a save and a restore; returns the ms until each checkpoint's stop."""
    steps.start(guest)
    with step(f"{run.flavour}: {TIMES} checkpoints"):
        seen = [stops.checkpoint(dom0, guest)[1] for _ in range(TIMES)]
    with step(f"{run.flavour}: save and restore"):
        guest.save(timeout=300)
        guest.restore(timeout=300)
    suspends, _ = steps.read(guest)
    run.suspends["checkpoint"] = sorted(suspends[:TIMES], key=steps.whole)[TIMES // 2]
    run.suspends["save + restore"] = suspends[TIMES]
    return seen


def main(lab):
    """Run it; @lab boots Xen and makes guests."""
    console = Console(width=110)
    table = Table(title="From the toolstack's request until the guest has stopped, ms of dom0")
    for name in ("guest", "median", "least", "most"):
        table.add_column(name, justify="left" if name == "guest" else "right")
    runs = {}
    with lab.booted(icount=True, boot_timeout=600) as dom0:
        for way, (flavour, cmdline) in WAYS.items():
            with step(f"{way}: booting a guest"):
                guest = lab.guest(dom0, flavour, cmdline=cmdline, create=False)
                guest.create(timeout=300)
            runs[way] = demo.Run(way)
            seen = measure(dom0, guest, runs[way])
            table.add_row(way, *(f"{value:.2f}" for value in
                                 (statistics.median(seen), min(seen), max(seen))))
            guest.destroy()
    console.print(table)
    console.print(demo.steps_table(runs["ours"], runs["baseline"]))
    return 0
