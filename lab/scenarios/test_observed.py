# SPDX-License-Identifier: GPL-2.0-only
"""What one sees of a suspend from inside: statistics, tracepoints, events, and no file that the
documentation does not know."""

import re

import pytest

from lab.kernel import REPOSITORY
from lab.scenarios import failing
from lab.scenarios.checks import is_quiet, until
from lab.scenarios.failing import STATS

ABI = REPOSITORY / "Documentation/ABI/testing"
SCRIPT = REPOSITORY / "tools/xen/xen-suspend.bt"
ENDS = ["resumed", "cancelled", "failed", "abandoned"]
# The files of every fault injection are described with it.
FRAMEWORK = ("probability", "interval", "times", "space", "verbose", "verbose_ratelimit_burst",
             "verbose_ratelimit_interval_ms", "task-filter", "require-start", "require-end",
             "reject-start", "reject-end", "stacktrace-depth")


@pytest.fixture(name="guest")
def guest_fixture(shared_guest):
    """A guest with our kernel."""
    return shared_guest("ours")


def statistics(guest):
    """All values below suspend_stats, by their paths."""
    listed = guest.run(f"cd {STATS}; grep -r '' . | sed 's,^\\./,,'").out
    return dict(line.split(":", 1) for line in listed.splitlines())


def fail(dom0, guest):
    """Have one checkpoint fail."""
    case = failing.at_step("xenstore", errno=5)
    guest.run(case.begin)
    code, _ = failing.checkpoint(dom0, guest)
    guest.run(case.end)
    assert code == 1


def test_statistics(dom0, guest):
    """Each request counts once, in the file of its outcome, and the steps have their times."""
    before = statistics(guest)
    # What a reader sees at any time adds up, unless a request ended while it read.
    guest.run(f"""cat > /tmp/read <<'END'
cd {STATS}
while [ ! -e /tmp/enough ]; do
    read n < requests; sum=0
    for f in {' '.join(ENDS)}; do read v < $f; sum=$((sum + v)); done
    read m < requests
    [ $n != $m ] || [ $sum = $n ] || echo "$n requests, $sum ends"
    seen=$m
done
echo seen=$seen
END
        rm -f /tmp/enough; setsid sh /tmp/read > /tmp/read.log 2>&1 < /dev/null &""")
    guest.checkpoint()
    fail(dom0, guest)
    guest.save()
    guest.restore()
    guest.run("touch /tmp/enough; until grep -q seen= /tmp/read.log; do sleep 0.1; done")
    after = statistics(guest)
    assert guest.run("cat /tmp/read.log").out == f"seen={after['requests']}\n"
    grown = {name: int(after[name]) - int(before[name]) for name in ["requests", *ENDS]}
    assert grown == {"requests": 3, "resumed": 1, "cancelled": 1, "failed": 1, "abandoned": 0}
    assert (after["last_failed_step"], after["last_failed_errno"]) == ("xenstore", "5")
    for step in failing.WORKING_STEPS:
        assert int(after[f"steps/{step}/max_suspend_us"]) >= \
            int(after[f"steps/{step}/last_suspend_us"])
    # One step alone may be quicker than the ticks that the guest's clock is corrected by.
    for way in ("last_suspend_us", "last_undo_us"):
        assert sum(int(value) for name, value in after.items() if name.endswith(way)) > 0, way
    is_quiet(guest)


def test_trace_cmd(guest):
    """trace-cmd's record has the whole story: each step, down and back, and the outcome."""
    guest.run("cd /tmp; setsid trace-cmd record -q -e xen_suspend -o /tmp/trace.dat"
              " > /tmp/trace.log 2>&1 < /dev/null &"
              " until [ $(cat /sys/kernel/tracing/events/xen_suspend/enable) = 1 ]; do"
              " sleep 0.1; done; sleep 2", timeout=120)
    guest.checkpoint()
    guest.save()
    guest.restore()
    guest.run("pkill -INT -o -x trace-cmd; while pgrep -x trace-cmd; do sleep 0.2; done",
              timeout=120)
    story = guest.run("trace-cmd report -q -i /tmp/trace.dat", timeout=120).out
    told = re.findall(r"xen_suspend_(\w+): +(.*)", story)
    begun = [tuple(text.split()[:2]) for event, text in told if event == "step_begin"]
    ended = [tuple(text.split()[:2]) for event, text in told if event == "step_end"]
    assert sorted(begun) == sorted(ended)
    for step in failing.WORKING_STEPS:
        assert begun.count((step, "suspend")) == 2, (step, begun)
    assert ("devices", "cancel") in begun and ("devices", "resume") in begun
    assert ("renew", "resume") in begun and ("renew", "cancel") not in begun
    outcomes = [re.search(r"outcome=(\w+)", text)[1] for event, text in told if event == "report"]
    assert outcomes == ["cancelled", "resumed"]
    returned = [re.search(r"ret=(-?\d+)", text)[1] for event, text in told
                if event == "hypercall_end"]
    assert sorted(returned) == ["0", "1"]
    assert len([event for event, _ in told if event == "request"]) == 2
    is_quiet(guest)


def test_bpftrace(make_guest):
    """The script for bpftrace prints a line for each suspend, and how long each step took."""
    guest = make_guest("debug", memory=288)
    guest.ssh.put(SCRIPT, "/tmp/script.bt")
    # This kernel has no BTF, which takes long to make: so bpftrace wants a header of types.
    guest.run("mkdir -p /tmp/linux; echo '#include <stdbool.h>' > /tmp/linux/types.h")
    guest.run("cd /tmp; setsid bpftrace -I /tmp script.bt > told 2>&1 < /dev/null &"
              " for i in $(seq 60); do grep -q REQUEST /tmp/told && exit; sleep 0.5; done;"
              " cat /tmp/told >&2; exit 1", timeout=120)
    guest.checkpoint()
    guest.save()
    guest.restore()
    guest.run("pkill -INT -x bpftrace; while pgrep -x bpftrace; do sleep 0.2; done", timeout=120)
    told = guest.run("cat /tmp/told").out
    lines = re.findall(r"^\d\d:[\d:]+ +\d+ +1 +\d+ +\d+  (.*)$", told, re.M)
    assert lines == ["cancelled, same domain", "resumed in a new domain"], told
    for step in failing.WORKING_STEPS:
        assert f"@us[{step}, suspend]:" in told, told
    assert "@us[renew, resume]:" in told and "@us[renew, cancel]:" not in told, told
    is_quiet(guest)


def test_uevent(dom0, guest):
    """User space hears of each outcome, and can tell one from the other."""
    guest.run("setsid busybox uevent sh -c 'echo \"$XEN_SUSPEND $REQUEST $DEVPATH\"'"
              " > /tmp/uevents 2> /tmp/uevents.err < /dev/null & sleep 1")
    guest.checkpoint()
    fail(dom0, guest)
    guest.save()
    guest.restore()
    until("three events", lambda: len(events(guest)) == 3)
    seen = events(guest)
    assert [outcome for outcome, _ in seen] == ["cancelled", "failed", "resumed"]
    numbers = [int(number) for _, number in seen]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    guest.run("pkill -x uevent; pkill busybox; true")


def events(guest):
    """The events so far: outcome and number."""
    return re.findall(r"^(\w+) (\d+) /devices/platform/xen-suspend$",
                      guest.run("cat /tmp/uevents").out, re.M)


def documented():
    """What has an entry: files in sysfs and debugfs, and nodes of xenstore."""
    entries = re.findall(r"^What:\s+(\S+)$", "".join(
        (ABI / name).read_text(encoding="utf-8")
        for name in ("xen-suspend", "sysfs-hypervisor-xen-suspend")), re.M)
    return {entry for entry in entries if not entry.endswith("/")}


def test_abi(dom0, guest):
    """Every file, parameter and node of a running guest has an entry, and every entry is there."""
    fail(dom0, guest)  # So that data/suspend is there.
    files = guest.run(f"""find {STATS} /sys/module/xen_suspend/parameters -type f
        find {failing.INJECTION} -type f
        find /sys/devices/platform/xen-suspend -maxdepth 1 -name uevent""").out.split()
    shown = {re.sub(r"/steps/[^/]+/", "/steps/<step>/", path) for path in files
             if path.rsplit("/", 1)[1] not in FRAMEWORK}
    home = f"/local/domain/{guest.domid}"
    for folder in ("control", "data", "device/suspend"):
        shown |= {f"{folder}/{name}" for name in dom0.list(f"{home}/{folder}")}
    # Others' nodes, and one that is there only for a key of sysrq.
    shown -= {"control/platform-feature-multiprocessor-suspend",
              "control/platform-feature-xs_reset_watches", "control/sysrq"}
    assert shown == documented() - {"control/sysrq"}
