# SPDX-License-Identifier: GPL-2.0-only
"""What the other Xen's guests go through, on 4.17: the same tests, for our kernel, fewer times."""

import pytest

from lab.scenarios import failing
from lab.scenarios.checks import goes_on, is_quiet
# pylint: disable=unused-import
from lab.scenarios.test_cycles import test_checkpoint, test_save_restore, test_suspend_resume
from lab.scenarios.test_failed_save import (load_fixture, test_killed_after_the_stop,
                                            test_killed_before_the_stop,
                                            test_killed_during_the_stop, test_target_disk_full)
from lab.scenarios.test_preempt import test_preempt
from lab.scenarios.test_requests import (test_poweroff_during_a_suspend, test_reboot_and_poweroff,
                                         test_request_while_booting, test_sysrq,
                                         test_transition_at_the_same_moment,
                                         test_two_suspends_at_once,
                                         test_words_that_are_no_request)

XEN = "4.17"


@pytest.fixture(name="guest")
def guest_fixture(shared_guest):
    """A guest with our kernel."""
    return shared_guest("ours")


@pytest.fixture(name="either")
def either_fixture(guest):
    """Where the test is for both kernels."""
    return guest


@pytest.fixture(name="flavour")
def flavour_fixture():
    """Where the test is for several kernels."""
    return "ours"


@pytest.fixture(name="thorough")
def thorough_fixture():
    """All of it has been done often on the other version."""
    return False


def test_suspendctl(dom0, guest):
    """xen-suspendctl, built with the libraries of this version: a checkpoint, and a failure."""
    code, told = failing.checkpoint(dom0, guest)
    assert code == 0, told
    case = failing.at_step("xenstore", errno=5)
    guest.run(case.begin)
    code, told = failing.checkpoint(dom0, guest)
    guest.run(case.end)
    assert (code, told["report"]["step"]) == (1, "xenstore"), told
    assert not goes_on(dom0, guest, 0), "the guest had stopped"
    is_quiet(guest)
