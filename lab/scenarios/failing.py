# SPDX-License-Identifier: GPL-2.0-only
"""Ways to make a suspend fail in a guest, and what there is to see of it."""

import json
import re
from dataclasses import dataclass, field

from lab.scenarios.checks import goes_on, until

MODULE = "/sys/module/xen_suspend_refuse/parameters"
PARAMETERS = "/sys/module/xen_suspend/parameters"
INJECTION = "/sys/kernel/debug/fail_xen_suspend"
STATS = "/sys/hypervisor/suspend_stats"
DEVICE = "xen-suspend-refuse"
# What the log holds when a task refused, and which is no trouble then.
FREEZER_SAYS = ("Freezing", "Call Trace")

# The steps that have something to do before the domain stops, and those that have not.
WORKING_STEPS = ["transition-lock", "processes", "watches", "kernel-threads", "devices", "xenstore",
                 "devices-noirq", "cpus", "syscore", "grants", "runstate", "arch", "requests"]
IDLE_STEPS = ["notifiers", "console", "event-channels"]
CALLBACKS = {"prepare": "devices", "freeze": "devices", "freeze_late": "devices-noirq",
             "freeze_noirq": "devices-noirq", "syscore": "syscore"}


@dataclass
class Case:
    """A way to fail: commands in the guest before and after, and what will be reported."""

    name: str
    begin: str
    end: str
    step: str
    errno: int
    culprit: dict = field(default_factory=dict)
    logged: tuple = ()


def at_step(step, after=False, errno=5):
    """Fault injection at a step of the engine."""
    where = "after" if after else "before"
    return Case(f"{where} {step}",
                f"cd {INJECTION}; echo {step} > step; echo {'Y' if after else 'N'} > after;"
                f" echo {errno} > errno; echo 0 > verbose; echo -1 > times; echo 100 > probability",
                f"cd {INJECTION}; echo 0 > probability; echo none > step", step, errno)


def in_callback(callback, errno=5):
    """A device, or the system core, refuses."""
    culprit = {} if callback == "syscore" else {"device": DEVICE}
    return Case(callback,
                f"cd {MODULE}; echo {errno} > errno; echo -1 > times; echo {callback} > callback",
                f"echo none > {MODULE}/callback", CALLBACKS[callback], errno, culprit)


def by_task(kind):
    """A task refuses to freeze: process, kthread or workqueue."""
    reader = f"(setsid cat /dev/{DEVICE} < /dev/null > /dev/null 2>&1 &);" if kind == "process" \
        else ""
    task = {"process": r"cat:\d+", "kthread": r"xen-refuse-hold:\d+", "workqueue": "workqueue"}
    return Case(f"hold {kind}",
                f"echo {kind} > {MODULE}/hold; {reader}"
                f" until grep -q held=1 {MODULE}/counts; do sleep 0.05; done;"
                f" cd {PARAMETERS} && echo 1000 > freeze_timeout_ms"
                " && echo 0 > retries; true",
                f"echo none > {MODULE}/hold; cd {PARAMETERS} &&"
                " echo 10000 > freeze_timeout_ms && echo 5 > retries; true",
                "processes" if kind == "process" else "kernel-threads", 16, {"task": task[kind]},
                FREEZER_SAYS)


def injected():
    """Fault injection, before and after each step: the cases of a step by its name."""
    cases = {step: [at_step(step), at_step(step, after=True)] for step in WORKING_STEPS}
    cases.update({step: [at_step(step)] for step in [*IDLE_STEPS, "hypercall"]})
    return cases


def refusals():
    """Devices and tasks that refuse, which any kernel can be made to meet; by their names."""
    cases = [in_callback(callback) for callback in CALLBACKS]
    cases += [by_task(kind) for kind in ("process", "kthread", "workqueue")]
    return {case.name: [case] for case in cases}


def load_module(guest, path):
    """Put the test module into a guest, and its device before all others in the order of resume.

    It is frozen last, so that there is something to undo when it refuses.
    """
    guest.ssh.put(path, "/run/refuse.ko")
    guest.run("insmod /run/refuse.ko suspend_last=1; mountpoint -q /sys/kernel/debug ||"
              " mount -t debugfs debugfs /sys/kernel/debug")


def counts(guest):
    """How often the module's callbacks were called."""
    return {name: int(value) for name, value in
            re.findall(r"(\w+)=(\d+)", guest.run(f"cat {MODULE}/counts").out)}


def is_balanced(guest):
    """Every callback that let a suspend pass was undone."""
    seen = counts(guest)
    assert seen["prepare"] == seen["complete"], seen
    assert seen["syscore"] == seen["syscore_resume"], seen
    for phase in ("", "_late", "_noirq"):
        undone = phase.replace("_late", "_early")
        assert seen[f"freeze{phase}"] == seen[f"thaw{undone}"] + seen[f"restore{undone}"], seen


def report(dom0, guest):
    """What the guest tells in xenstore, as words by their keys; None if it tells nothing."""
    line = dom0.read(f"/local/domain/{guest.domid}/data/suspend")
    return line if line is None else dict(word.split("=", 1) for word in line.split())


def checkpoint(dom0, guest, seconds=None):
    """xen-suspendctl checkpoint: its exit code, and what it prints as JSON.

    @seconds: after which it is to give up; else when libxl does
    """
    timeout = f"--timeout {seconds} " if seconds else ""
    done = dom0.suspendctl(f"--json {timeout}checkpoint {guest.name}")
    return done.rc, json.loads(done.out)


def goes_on_at_once(dom0, guest):
    """The guest runs, without anybody's help."""
    until("the guest answers", lambda: guest.run("true", check=False, timeout=20).rc == 0, 20)
    assert not goes_on(dom0, guest, 0), "the guest had stopped"
