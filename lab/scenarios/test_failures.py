# SPDX-License-Identifier: GPL-2.0-only
"""A suspend that fails, wherever it does: the guest goes on, and says at once what failed.

On a kernel that watches its own locks. The same ways to fail for baseline: python3 -m lab matrix.
"""

import re
import time

import pytest

from lab.load import Load
from lab.scenarios import failing
from lab.scenarios.checks import goes_on, is_quiet, until
from lab.scenarios.failing import FREEZER_SAYS, PARAMETERS

ALL = failing.injected() | failing.refusals()


@pytest.fixture(name="guest")
def guest_fixture(shared_guest, setup):
    """A guest with the test module, for all scenarios of this file."""
    guest = shared_guest("debug", FREEZER_SAYS, memory=136)
    if guest.run("lsmod | grep -q refuse", check=False).rc:
        failing.load_module(guest, setup.module("debug"))
    return guest


@pytest.fixture(scope="module", name="loads")
def loads_fixture():
    """The load of each guest, kept over all cases, so that none can lose anything unseen."""
    return {}


@pytest.fixture(scope="module", name="late")
def late_fixture(dom0, make_guest, setup):
    """Guests of both kernels with a task that freezes after 70 s, and xl's attempts to save them.

    xl takes a minute to give up: so it begins with the first scenario, and is judged in a late one.
    """
    guests = {flavour: make_guest(flavour) for flavour in ("ours", "baseline")}
    saves = {}
    for flavour, guest in guests.items():
        failing.load_module(guest, setup.module(flavour))
        guest.run(f"""echo 100000 > /sys/power/pm_freeze_timeout
            [ ! -d {PARAMETERS} ] || echo 100000 > {PARAMETERS}/freeze_timeout_ms
            echo 70000 > {failing.MODULE}/hold_ms; echo process > {failing.MODULE}/hold
            (setsid cat /dev/{failing.DEVICE} < /dev/null > /dev/null 2>&1 &)
            until grep -q held=1 {failing.MODULE}/counts; do sleep 0.05; done""")
        saves[flavour] = dom0.popen(f"xl save {guest.name} {guest.image_path}")
    return guests, saves


def load_of(loads, dom0, guest):
    """The guest's load, begun when first asked for."""
    if guest not in loads:
        loads[guest] = Load(dom0, guest).start()
    return loads[guest]


def fails(dom0, guest, case):
    """Make a suspend fail in one way: it is told at once, in xenstore and in the log."""
    guest.run(case.begin)
    try:
        began = time.monotonic()
        code, told = failing.checkpoint(dom0, guest)
        print(f"told after {time.monotonic() - began:.1f} s: {told['message']}")
    finally:
        guest.run(case.end)
    assert code == 1, told
    report = told["report"]
    assert (report["outcome"], report["step"], report["errno"]) == \
        ("failed", case.step, case.errno), told
    for kind, name in case.culprit.items():
        assert re.search(name, report["raw"].split(f" {kind}=")[1]), told
    assert f"xen: suspend: {report['raw']}\n" in guest.console().replace("\r", "")


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize("cases", ALL.values(), ids=ALL)
def test_failure(dom0, guest, loads, cases):
    """One way to fail, or two: told at once, undone, and no trace of it in what follows."""
    load = load_of(loads, dom0, guest)
    for case in cases:
        fails(dom0, guest, case)
    failing.is_balanced(guest)
    guest.checkpoint()
    assert failing.report(dom0, guest) is None, "an outdated report is left"
    guest.save()
    guest.restore()
    load.goes_on()
    is_quiet(guest, FREEZER_SAYS)


def test_nothing_lost(dom0, guest, loads):
    """fio, the TCP stream and all watchers are content with what all those failures left."""
    load_of(loads, dom0, guest).verify()
    loads.clear()
    watching = guest.run("grep debug_locks /proc/lockdep_stats").out.split()[-1]
    assert watching == "1", "lockdep has stopped watching"


def test_now_and_then(dom0, guest, count):
    """Any step may fail at any time: a third of the hypercalls do."""
    guest.run(f"cd {failing.INJECTION}; echo hypercall > step; echo N > after; echo 5 > errno;"
              " echo 0 > verbose; echo -1 > times; echo 33 > probability")
    codes = [failing.checkpoint(dom0, guest)[0] for _ in range(count(10))]
    guest.run(f"cd {failing.INJECTION}; echo 0 > probability; echo none > step")
    print(f"exit codes: {codes}")
    assert set(codes) <= {0, 1}
    guest.checkpoint()
    is_quiet(guest, FREEZER_SAYS)


@pytest.mark.parametrize("errno", [16, 11], ids=["EBUSY", "EAGAIN"])
def test_transient(dom0, guest, errno):
    """A device that is busy for a moment is asked again, and the checkpoint succeeds."""
    guest.run(f"cd {failing.MODULE}; echo {errno} > errno; echo 2 > times; echo freeze > callback")
    guest.checkpoint()
    assert f"outcome=retrying step=devices errno={errno} device={failing.DEVICE} tries=2" \
        in guest.console()
    assert failing.report(dom0, guest) is None
    guest.run(f"echo none > {failing.MODULE}/callback")
    failing.is_balanced(guest)
    is_quiet(guest, FREEZER_SAYS)


def test_permanent(dom0, guest):
    """A device that stays busy is given up after some tries, and one with another error at once."""
    for errno, tries in ((16, 6), (5, 1)):
        case = failing.in_callback("freeze_noirq", errno)
        guest.run(case.begin)
        code, told = failing.checkpoint(dom0, guest)
        guest.run(case.end)
        assert code == 1
        assert told["report"]["tries"] == tries, told
    failing.goes_on_at_once(dom0, guest)
    is_quiet(guest, FREEZER_SAYS)


def test_nobody_waits(dom0, guest):
    """Past the deadline a suspend is given up, also between the last steps."""
    for callback, step in (("freeze_noirq", "renew"), ("syscore", "event-channels")):
        guest.run(f"cd {failing.MODULE}; echo 0 > errno; echo 1 > times; echo 3000 > delay_ms;"
                  f" echo {callback} > callback; echo 2000 > {PARAMETERS}/deadline_ms")
        code, told = failing.checkpoint(dom0, guest)
        guest.run(f"echo 50000 > {PARAMETERS}/deadline_ms; cd {failing.MODULE};"
                  " echo 0 > delay_ms; echo none > callback")
        assert code == 1
        assert told["report"]["outcome"] == "abandoned"
        assert told["report"]["step"] == step
    failing.goes_on_at_once(dom0, guest)
    failing.is_balanced(guest)
    guest.checkpoint()
    is_quiet(guest, FREEZER_SAYS)


def test_no_permission(dom0, guest):
    """A toolstack that lets the guest write no report: no error, and the guest goes on."""
    path = f"/local/domain/{guest.domid}/data"
    dom0.run(f"xenstore-chmod {path} r0 r{guest.domid}")
    guest.run(f"cd {failing.MODULE}; echo 5 > errno; echo 1 > times; echo freeze > callback")
    code, _ = failing.checkpoint(dom0, guest, 5)
    guest.run(f"echo none > {failing.MODULE}/callback")
    dom0.run(f"xenstore-chmod {path} n{guest.domid} r0")
    assert code == 4, "xen-suspendctl was told"
    failing.goes_on_at_once(dom0, guest)
    assert "cannot write data/suspend" not in guest.console()
    guest.checkpoint()


def test_memory_short(dom0, guest, count):
    """Allocations fail, in the thread that suspends and in the one that hears requests."""
    guest.run("""cd /sys/kernel/debug/failslab; echo 0 > verbose; echo Y > task-filter
        echo N > ignore-gfp-wait; echo 10000 > times; echo 50 > probability
        for name in xen-suspend xenwatch; do echo 1 > /proc/$(pgrep -x $name)/make-it-fail; done""")
    codes = []
    for _ in range(count(10)):
        codes.append(failing.checkpoint(dom0, guest)[0])
        failing.goes_on_at_once(dom0, guest)
    left = guest.run("cd /sys/kernel/debug/failslab; echo 0 > probability; cat times").out
    print(f"{10000 - int(left)} allocations failed; exit codes: {codes}")
    assert int(left) < 10000, "no allocation failed"
    assert set(codes) <= {0, 1}
    guest.checkpoint()
    guest.save()
    guest.restore()
    is_quiet(guest, FREEZER_SAYS)


def test_poweroff_among_retries(dom0, make_guest, setup):
    """A poweroff does not wait until a suspend that fails again and again is given up."""
    guest = make_guest("debug")
    failing.load_module(guest, setup.module("debug"))
    guest.run(f"echo 1000000 > {PARAMETERS}/retries")
    guest.run(failing.in_callback("freeze", 16).begin)
    command = dom0.popen(f"xen-suspendctl suspend {guest.name}")
    until("the guest tries again", lambda: "outcome=retrying" in guest.console())
    dom0.run(f"xenstore-write /local/domain/{guest.domid}/control/shutdown poweroff")
    until("the guest powers off", lambda: guest.domid is None, 30)
    command.wait(60)


def test_lets_go_too_late(dom0, late):
    """A task that freezes after xl gave up: ours runs on, baseline suspends and is left so."""
    guests, saves = late
    for save in saves.values():
        assert save.wait(120) != 0, "xl did not give up"
    reported = failing.report(dom0, guests["ours"])
    assert reported["outcome"] == "abandoned" and reported["task"].startswith("cat:"), reported
    assert goes_on(dom0, guests["baseline"], 20), "baseline is not orphaned: is the test right?"
    assert not goes_on(dom0, guests["ours"], 10), "the guest suspended with nobody waiting"
    is_quiet(guests["ours"], FREEZER_SAYS)


def test_silent_backend(dom0, make_guest):
    """After a restore one backend says nothing: the others work, and it recovers when it comes."""
    guest = make_guest("ours")
    guest.run("dd if=/dev/urandom of=/data/before bs=64k count=4 2> /dev/null; sync")
    guest.save()
    dom0.xl(f"restore -p {guest.image_path}")
    backend = f"vbd-{guest.domid}-{0xca10}"
    driver = "/sys/bus/xen-backend/drivers/vbd"
    dom0.run(f"echo {backend} > {driver}/unbind")
    dom0.xl(f"unpause {guest.name}")
    guest.wait_up()
    until("the guest tells who waits", lambda: failing.report(dom0, guest) is not None, 30)
    reported = failing.report(dom0, guest)
    assert reported["outcome"] == "resumed", reported
    assert reported["waiting"] == f"vbd-{0xca10}", reported
    guest.run("sha256sum /opt/selftests/* > /dev/null")
    dom0.run(f"echo {backend} > {driver}/bind")
    until("the device recovers", lambda: failing.report(dom0, guest) is None, 30)
    guest.run("echo 3 > /proc/sys/vm/drop_caches; sha256sum /data/before; sync", timeout=30)
    guest.checkpoint()
    is_quiet(guest)
