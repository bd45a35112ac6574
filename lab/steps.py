# SPDX-License-Identifier: GPL-2.0-only
"""How long each step of a suspend takes inside a guest.

The kernel's function graph tracer measures it, over the functions that both
mainline's do_suspend() and our steps call: one instrument for both kernels.
"""

import re
from dataclasses import dataclass

TRACING = "/sys/kernel/tracing"

# step: (functions on the way down, functions on the way back)
STEPS = {
    "tasks": (["freeze_processes", "freeze_kernel_threads"],
              ["thaw_kernel_threads", "thaw_processes"]),
    "watches": (["xs_hold_watches"], ["xs_release_watches"]),
    "devices": (["dpm_suspend_start"], ["dpm_resume_end"]),
    "xenstore": (["xs_suspend"], ["xs_resume", "xs_suspend_cancel"]),
    "devices-noirq": (["dpm_suspend_end"], ["dpm_resume_start"]),
    "cpus": (["xen_arch_suspend"], ["xen_arch_resume"]),
    "machine": (["stop_machine"], []),
}
# Functions whose calls begin and end a suspend, on either kernel.
LAST = "thaw_processes"

DOWN = {name: step for step, (down, _) in STEPS.items() for name in down}
BACK = {name: step for step, (_, back) in STEPS.items() for name in back}

LINE = re.compile(r"^\s*(?P<time>\d+\.\d+)\s*\|\s*\d+\)\s*"
                  r"(?:[$@*#!+]?\s*(?P<us>[\d.]+) us)?\s*\|\s*(?P<call>.*?)\s*$")


@dataclass
class Span:
    """One call: a step of one suspend, on its way down or back. Times in ms."""

    step: str
    back: bool
    begin: float
    length: float

    @property
    def end(self):
        """When the call returned."""
        return self.begin + self.length


def start(guest):
    """Begin to record in a guest; what was recorded before is forgotten."""
    names = " ".join(list(DOWN) + list(BACK))
    guest.run(f"""cd {TRACING}
        [ -e tracing_on ] || mount -t tracefs tracefs .
        cd {TRACING}
        echo 0 > tracing_on; echo nop > current_tracer; : > set_ftrace_filter
        # Not every kernel has them all.
        for f in {names}; do echo $f >> set_ftrace_filter; done 2> /dev/null
        echo function_graph > current_tracer
        echo 1 > options/funcgraph-abstime; echo 1 > options/funcgraph-tail
        : > trace; echo 1 > tracing_on""")


def read(guest):
    """The suspends recorded so far: a list of lists of Span."""
    return parse(guest.run(f"cat {TRACING}/trace").out)


def parse(text):
    """Cut a function graph trace into suspends."""
    suspends, spans, stack = [], [], []
    for line in text.splitlines():
        match = LINE.match(line)
        if not match:
            continue
        time = float(match["time"]) * 1000
        call = match["call"]
        name = re.match(r"[\w.]*", call).group()
        if call.endswith("{"):
            stack.append((name, time))
            continue
        if call.startswith("}"):
            if not stack:
                continue
            name, time = stack.pop()
        if name not in DOWN and name not in BACK or match["us"] is None:
            continue
        spans.append(Span(DOWN.get(name) or BACK[name], name in BACK, time,
                          float(match["us"]) / 1000))
        if name == LAST:
            suspends.append(sorted(spans, key=lambda span: span.begin))
            spans = []
    return suspends


def totals(suspend):
    """Milliseconds a step, down and back: {step: (down, back)}."""
    result = {}
    for span in suspend:
        down, back = result.get(span.step, (0.0, 0.0))
        if span.back:
            back += span.length
        else:
            down += span.length
        result[span.step] = (down, back)
    return result


def whole(suspend):
    """Milliseconds from the first step's begin to the last step's end."""
    return max(span.end for span in suspend) - min(span.begin for span in suspend)
