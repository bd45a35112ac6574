# SPDX-License-Identifier: GPL-2.0-only
"""One image restored twice gives two guests, who must not share their random numbers."""

import re

import pytest

from lab.errors import LabError
from lab.progress import say
from lab.scenarios.checks import is_quiet, until

TRIES = 3


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
    """Baseline's draw the same: so the test can see twins. Rarely one reseeds by itself."""
    assert save("baseline", lambda guest: any(twins(dom0, guest)[0] for _ in range(TRIES))), \
        "no twins of baseline drew the same: does this test see them at all?"
