# SPDX-License-Identifier: GPL-2.0-only
"""The main job on a real guest: save, restore, checkpoint, suspend and resume, under load.

Once with our kernel and once with baseline, in the same boot of Xen; then a table and a picture.
"""

import statistics
import time
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from lab import picture, steps
from lab.load import Load
from lab.progress import step

FLAVOURS = ["ours", "baseline"]
# Operations in the order of the demo, and how often each is done: the median is shown.
SUSPENDS = {"save + restore": 3, "checkpoint": 5, "suspend + resume": 3}


@dataclass
class Run:
    """What one kernel did: seconds each xl command took, and the suspends seen inside the guest.

    @suspends: as the function graph tracer saw them; @stories: as our tracepoints tell them
    """

    flavour: str
    seconds: dict = field(default_factory=dict)
    suspends: dict = field(default_factory=dict)
    stories: dict = field(default_factory=dict)
    verdict: str = "not finished"
    figures: dict = field(default_factory=dict)

    def timed(self, name, action, times=1):
        """Do an operation on the host some times, and note how long each took."""
        with step(f"{self.flavour}: {name}" + (f", {times} times" if times > 1 else "")):
            for _ in range(times):
                begin = time.monotonic()
                action()
                self.seconds.setdefault(name, []).append(time.monotonic() - begin)


def medians(suspends):
    """The middle one of each operation's suspends, which come in the order of the demo."""
    result = {}
    for name, times in SUSPENDS.items():
        same, suspends = suspends[:times], suspends[times:]
        if same:
            result[name] = sorted(same, key=steps.whole)[len(same) // 2]
    return result


def operate(dom0, guest, run):
    """Every operation, on a guest under load."""
    steps.start(guest)
    with step(f"{run.flavour}: starting fio, a TCP stream, watchers of memory, clocks and timers"):
        load = Load(dom0, guest).start()
    for _ in range(SUSPENDS["save + restore"]):
        run.timed("xl save", guest.save)
        run.timed("xl restore", guest.restore)
    run.timed("xl save -c", guest.checkpoint, SUSPENDS["checkpoint"])
    run.timed("xl suspend; xl resume", lambda: (guest.suspend(), guest.resume(), guest.wait_up()),
              SUSPENDS["suspend + resume"])
    seen, told = steps.read(guest)
    troubles = guest.problems()
    if len(seen) != sum(SUSPENDS.values()):
        troubles.append(f"{len(seen)} suspends were seen inside, not {sum(SUSPENDS.values())}")
    run.suspends = medians(seen)
    run.stories = medians(told)
    with step(f"{run.flavour}: verifying"):
        run.figures = load.verify()
    run.verdict = "; ".join(troubles) or "came back whole"


def milliseconds(value):
    """A figure of the table."""
    return "" if value is None else f"{value:.2f}"


def ratio(ours, baseline):
    """Ours as a part of baseline."""
    return f"{ours / baseline:.2f}" if ours and baseline else ""


def commands_table(ours, baseline):
    """What the host sees."""
    table = Table(title="On the host, seconds (emulated machine: read them as ratios)")
    for name in ("command", "ours", "baseline", "ratio"):
        table.add_column(name, justify="left" if name == "command" else "right")
    for name, values in ours.seconds.items():
        value, other = (statistics.median(seconds) if seconds else None
                        for seconds in (values, baseline.seconds.get(name)))
        table.add_row(name, milliseconds(value), milliseconds(other), ratio(value, other))
    return table


def steps_table(ours, baseline):
    """What the guests saw, step by step."""
    table = Table(title="Inside the guest, milliseconds a step: on the way down and back")
    for name in ("operation", "step", "ours ↓", "baseline ↓", "ours ↑", "baseline ↑", "ratio"):
        table.add_column(name, justify="left" if name in ("operation", "step") else "right")
    for name in filter(ours.suspends.get, SUSPENDS):
        mine = steps.totals(ours.suspends.get(name, []))
        its = steps.totals(baseline.suspends.get(name, []))
        label = name
        for part in steps.STEPS:
            ours_ms = mine.get(part, (None, None))
            base_ms = its.get(part, (None, None))
            if ours_ms == base_ms == (None, None):
                continue
            table.add_row(label, part, milliseconds(ours_ms[0]), milliseconds(base_ms[0]),
                          milliseconds(ours_ms[1]), milliseconds(base_ms[1]),
                          ratio(sum(filter(None, ours_ms)), sum(filter(None, base_ms))))
            label = ""
        total_ours, total_base = (sum(map(sum, totals.values())) for totals in (mine, its))
        table.add_row("", "[bold]all steps", f"[bold]{total_ours:.2f}",
                      f"[bold]{total_base:.2f}", "", "",
                      f"[bold]{ratio(total_ours, total_base)}", end_section=True)
    return table


def verdict_table(runs):
    """Whether the guests noticed."""
    table = Table(title="What the guests' own checks say")
    for name in ("kernel", "TCP silence, ms", "bytes on the stream", "fio verified", "verdict"):
        table.add_column(name, overflow="fold")
    for run in runs:
        peer = run.figures.get("stream-peer", {})
        fio = run.figures.get("fio", {})
        table.add_row(run.flavour, peer.get("silence_ms", "?"), peer.get("received_bytes", "?"),
                      str(fio.get("verified", "?")), run.verdict)
    return table


def main(lab, out):
    """Run it; @lab boots Xen and makes guests, @out is the folder for the picture."""
    ours, baseline = runs = [Run(flavour) for flavour in FLAVOURS]
    with lab.booted() as dom0:
        for run in runs:
            flavour = run.flavour
            guest = lab.guest(dom0, flavour, f"demo-{flavour}")
            try:
                operate(dom0, guest, run)
            except (AssertionError, lab.Error) as error:
                run.verdict = str(error)
            guest.destroy()
    console = Console(width=110)
    console.print(commands_table(ours, baseline))
    console.print(steps_table(ours, baseline))
    console.print(verdict_table(runs))
    for path in picture.timeline(runs, list(SUSPENDS), out):
        console.print(f"picture: {path}")
    good = ours.verdict == "came back whole"
    console.print("demo: our guest came back whole from every operation" if good else
                  "demo: FAILED, see the verdict above")
    return 0 if good else 1
