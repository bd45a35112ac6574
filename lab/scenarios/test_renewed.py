# SPDX-License-Identifier: GPL-2.0-only
"""What a guest renews that was stopped for long, or restored: its clocks, its random numbers.

The right clocks count the stop, and no watchdog barks. One image restored twice gives two guests,
who must not share their random numbers.
"""

import re
import time
from contextlib import contextmanager

import pytest

from lab.errors import LabError
from lab.load import Load
from lab.progress import say
from lab.scenarios.checks import clock_is_right, is_quiet, is_stopped, until

HOUR = 3600
# What the guest may be stopped beside what the host's clock is put on by.
SLACK = 300
# How often twins are looked for where they may fail to be any.
TRIES = 3


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


def first_numbers(dom0, guest):
    """Restore the image, see what the guest draws first, and remove it again."""
    guest.restore()
    until("numbers are drawn", lambda: guest.run("grep -c random_ /tmp/twins.log",
                                                 check=False).out.strip() == "16")
    numbers = re.findall(r"random_\d+=(\w+)", guest.run("cat /tmp/twins.log").out)
    reseeded = "crng reseeded due to virtual machine fork" in guest.run("dmesg").out
    is_quiet(guest)
    guest.ssh.close()
    dom0.xl(f"destroy {guest.name}")
    return numbers, reseeded


def unless_reset(make, judge):
    """judge(make()), with another guest if the emulated machine has reset this one.

    Without hardware virtualisation that happens to a PVH guest now and then, whatever its kernel:
    it boots again, with no word in any log.
    """
    for _ in range(TRIES):
        guest = make()
        try:
            return judge(guest)
        except (LabError, AssertionError) as error:
            if guest.type == "pv" or guest.console().count("Linux version") == 1:
                raise
            say(f"the emulated machine has reset {guest.name}: {error}")
            guest.destroy()
    raise AssertionError("reset again and again: that is no chance")


def twins(dom0, guest):
    """What two guests of one image draw first, and whether both reseeded."""
    (one, reseeded_one), (two, reseeded_two) = [first_numbers(dom0, guest) for _ in range(2)]
    assert len(set(one)) == len(set(two)) == 16
    return set(one) & set(two), reseeded_one and reseeded_two


@pytest.fixture(params=["pv", "pvh"], name="save")
def save_fixture(request, make_guest):
    """save("ours", judge): judge() a guest that draws numbers all the time, as an image."""
    def prepare(guest):
        until("the generator is seeded", lambda: "crng init done" in guest.run("dmesg").out)
        guest.run("setsid /opt/selftests/twins >> /tmp/twins.log 2>&1 < /dev/null &"
                  " until grep -q READY /tmp/twins.log; do sleep 0.1; done")
        guest.checkpoint()
        assert "machine fork" not in guest.run("dmesg").out, "a checkpoint is no restore"
        guest.run(": > /tmp/twins.log")
        guest.save()
        return guest

    return lambda flavour, judge: unless_reset(
        lambda: make_guest(flavour, disk=False, type=request.param),
        lambda guest: judge(prepare(guest)))


def test_twins_differ(dom0, save):
    """Not one number is drawn by both."""
    common, reseeded = save("ours", lambda guest: twins(dom0, guest))
    assert not common, f"both drew {common}"
    assert reseeded, "not reseeded by the kernel"


def test_twins_of_baseline(dom0, save):
    """Baseline's draw the same: so the test can see twins.

    But not those of an image that was made when the generator was due to reseed by itself.
    """
    assert any(save("baseline", lambda guest: twins(dom0, guest)[0]) for _ in range(TRIES)), \
        "no twins of baseline drew the same: does this test see them at all?"


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
