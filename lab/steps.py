# SPDX-License-Identifier: GPL-2.0-only
"""How long each step of a suspend takes inside a guest.

The kernel's function graph tracer measures it for the tables, over the functions that both
mainline's do_suspend() and our steps call: one instrument for both kernels. What our tracepoints
tell of the same suspends comes along in the same trace.
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
# The function whose call ends a suspend, on either kernel, and the event that ends one of ours.
LAST = "thaw_processes"
LAST_EVENT = "xen_suspend_report"
# Where the steps of our table that have another name, or several, belong above.
PARTS = {"processes": "tasks", "kernel-threads": "tasks"}
# The machine is stopped from the begin of this step until the domain goes on.
FIRST_ATOMIC = "syscore"
GOES_ON = "xen_suspend_hypercall_end"

DOWN = {name: step for step, (down, _) in STEPS.items() for name in down}
BACK = {name: step for step, (_, back) in STEPS.items() for name in back}

LINE = re.compile(r"^\s*(?P<time>\d+\.\d+)\s*\|\s*\d+\)\s*"
                  r"(?:[$@*#!+]?\s*(?P<us>[\d.]+) us)?\s*\|\s*(?P<call>.*?)\s*$")
LEAF = re.compile(r"([\w.]+)\(\);")
RETURN = re.compile(r"} /\* ([\w.]+) ")
EVENT = re.compile(r"/\* (\w+): (.*) \*/")


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
        [ ! -d events/xen_suspend ] || echo 1 > events/xen_suspend/enable
        : > trace; echo 1 > tracing_on""")


def read(guest):
    """The suspends recorded so far, see parse()."""
    return parse(guest.run(f"cat {TRACING}/trace").out)


def _call(match):
    """The call that a line of the graph ends, if it is one of ours: its name and its Span."""
    time, call = float(match["time"]) * 1000, match["call"]
    leaf, end = LEAF.match(call), RETURN.match(call)
    name = (leaf or end)[1] if leaf or end else None
    if match["us"] is None or name not in DOWN and name not in BACK:
        return None
    length = float(match["us"]) / 1000
    return name, Span(DOWN.get(name) or BACK[name], name in BACK, time - (length if end else 0),
                      length)


def _by_graph(calls):
    """Cut the calls of the graph into suspends."""
    suspends, spans = [], []
    for name, span in sorted(calls, key=lambda call: call[1].end):
        spans.append(span)
        if name == LAST:
            suspends.append(sorted(spans, key=lambda span: span.begin))
            spans = []
    return suspends


def _by_events(events):
    """Cut the events of our steps into suspends."""
    suspends, spans, begun = [], [], {}
    for time, name, words in sorted(events):
        step, phase = (FIRST_ATOMIC, "suspend") if name == GOES_ON else words[:2]
        if name == LAST_EVENT:
            suspends.append(sorted(spans, key=lambda span: span.begin))
            spans, begun = [], {}
        elif name.endswith("step_begin"):
            begun[step, phase] = time
        elif (step, phase) in begun and (step != FIRST_ATOMIC or name == GOES_ON):
            begin = begun.pop((step, phase))
            spans.append(Span("machine" if name == GOES_ON else PARTS.get(step, step),
                              phase != "suspend", begin, time - begin))
    return suspends


def _of_interest(name, words):
    """Whether an event is used."""
    return name in (LAST_EVENT, GOES_ON) or name.startswith("xen_suspend_step") and \
        (words[0] == FIRST_ATOMIC or PARTS.get(words[0], words[0]) in STEPS)


def parse(text):
    """Cut a trace into suspends: lists of lists of Span, by the graph and by the tracepoints.

    Only times count: what other CPUs recorded may come later in the text.
    """
    calls, events = [], []
    for match in filter(None, map(LINE.match, text.splitlines())):
        event = EVENT.match(match["call"])
        call = None if event else _call(match)
        if call:
            calls.append(call)
        elif event and _of_interest(event[1], event[2].split()):
            events.append((float(match["time"]) * 1000, event[1], event[2].split()))
    return _by_graph(calls), _by_events(events)


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
