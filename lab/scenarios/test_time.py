# SPDX-License-Identifier: GPL-2.0-only
"""Time after a long stop: the right clocks count it, and no watchdog barks."""

import re
import time
from contextlib import contextmanager

import pytest

from lab.load import Load
from lab.scenarios.checks import clock_is_right, is_quiet, is_stopped

HOUR = 3600
# What the guest may be stopped beside what the host's clock is put on by.
SLACK = 300


@contextmanager
def watched(guest, least, most):
    """standstill watches a guest over one stop, and is content with what it saw."""
    guest.run(f"""(setsid sh -c '/opt/selftests/standstill --least-s {least} --most-s {most}
        echo code=$?' > /tmp/standstill.log 2>&1 < /dev/null &)
        until grep -q READY /tmp/standstill.log; do sleep 0.1; done""")
    yield
    guest.run("pkill -TERM -x standstill; until grep -q code= /tmp/standstill.log; do sleep 0.1;"
              " done")
    log = guest.run("cat /tmp/standstill.log").out
    print(" ".join(re.findall(r"(\w+=\S+)", log)))
    assert "code=0" in log and "not ok" not in log, log


def put_on(dom0, seconds):
    """Put on the clock of the host, and so Xen's, which guests start with."""
    dom0.run(f"date -s 'now {seconds} seconds'")


@pytest.fixture(name="hour_later")
def hour_later_fixture(dom0):
    """hour_later(): it is an hour later on the host; until the end of the test."""
    passed = []

    def hour_later():
        put_on(dom0, HOUR)
        passed.append(HOUR)

    yield hour_later
    put_on(dom0, -sum(passed))


@pytest.fixture(scope="module", name="asleep")
def asleep_fixture(dom0, make_guest):
    """A guest of each kernel that sleeps while the other scenarios of this file run."""
    guests = [make_guest(flavour) for flavour in ("ours", "baseline")]
    loads = [Load(dom0, guest).start() for guest in guests]
    for guest in guests:
        guest.suspend()
    return list(zip(guests, loads, [time.monotonic()] * len(guests)))


@pytest.mark.usefixtures("asleep")
@pytest.mark.parametrize("clocksource", ["xen", "tsc"])
def test_hour(dom0, make_guest, hour_later, clocksource):
    """An hour passes while the guest is saved, and another while it is suspended."""
    guest = make_guest("ours", cmdline=f"clocksource={clocksource} tsc=reliable")
    source = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
    assert guest.run(f"cat {source}").out.strip() == clocksource
    load = Load(dom0, guest).start()
    with watched(guest, HOUR, HOUR + SLACK):
        guest.save()
        hour_later()
        guest.restore()
    clock_is_right(dom0, guest)
    with watched(guest, HOUR, HOUR + SLACK):
        guest.suspend()
        hour_later()
        guest.resume()
        guest.wait_up()
    clock_is_right(dom0, guest)
    load.verify()
    is_quiet(guest)


def test_minutes(dom0, asleep):
    """Minutes in earnest, longer than any watchdog waits."""
    for guest, load, since in asleep:
        assert is_stopped(dom0, guest)
        slept = time.monotonic() - since
        if slept < 130:  # khungtaskd's two minutes, and some
            time.sleep(130 - slept)
        guest.resume()
        guest.wait_up()
        time.sleep(3)
        clock_is_right(dom0, guest)
        load.verify()
        is_quiet(guest)
