# SPDX-License-Identifier: GPL-2.0-only
"""One image restored twice gives two guests, who must not share their random numbers."""

import re

import pytest

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


def twins(dom0, guest):
    """What two guests of one image draw first, and whether both reseeded."""
    (one, reseeded_one), (two, reseeded_two) = [first_numbers(dom0, guest) for _ in range(2)]
    assert len(set(one)) == len(set(two)) == 16
    return set(one) & set(two), reseeded_one and reseeded_two


@pytest.fixture(name="save")
def save_fixture(make_guest):
    """save("ours"): a guest that draws numbers all the time, as an image."""
    def save(flavour):
        guest = make_guest(flavour, disk=False)
        until("the generator is seeded", lambda: "crng init done" in guest.run("dmesg").out)
        guest.run("setsid /opt/selftests/twins >> /tmp/twins.log 2>&1 < /dev/null &"
                  " until grep -q READY /tmp/twins.log; do sleep 0.1; done")
        guest.checkpoint()
        assert "machine fork" not in guest.run("dmesg").out, "a checkpoint is no restore"
        guest.run(": > /tmp/twins.log")
        guest.save()
        return guest
    return save


def test_twins_differ(dom0, save):
    """Not one number is drawn by both."""
    common, reseeded = twins(dom0, save("ours"))
    assert not common, f"both drew {common}"
    assert reseeded, "not reseeded by the kernel"


def test_twins_of_baseline(dom0, save):
    """Baseline's draw the same: so the test can see twins. Rarely one reseeds by itself."""
    guest = save("baseline")
    for _ in range(TRIES):
        common, _ = twins(dom0, guest)
        if common:
            return
    pytest.fail("no twins of baseline drew the same: does this test see them at all?")
