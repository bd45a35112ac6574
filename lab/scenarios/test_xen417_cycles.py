# SPDX-License-Identifier: GPL-2.0-only
"""The scenarios of test_cycles that Xen 4.17 has commands for."""

import pytest

from lab.scenarios import failing
from lab.scenarios.checks import goes_on, is_quiet
# pylint: disable-next=unused-import
from lab.scenarios.test_cycles import test_checkpoint, test_save_restore

XEN = "4.17"


@pytest.fixture(name="guest")
def guest_fixture(shared_guest):
    """A guest with our kernel: what baseline does is known from the other version."""
    return shared_guest("ours")


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
