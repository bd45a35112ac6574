# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's preemption models: PREEMPT is every other scenario's; here are the others."""

import pytest

from lab.load import Load
from lab.scenarios.checks import clock_is_right, is_quiet


@pytest.mark.parametrize("model", ["voluntary", "none"])
def test_preempt(dom0, make_guest, model):
    """Save, restore and checkpoint under load."""
    guest = make_guest("ours", cmdline=f"preempt={model}")
    assert f"({model})" in guest.run("cat /sys/kernel/debug/sched/preempt").out
    load = Load(dom0, guest).start()
    guest.save()
    guest.restore()
    guest.checkpoint()
    clock_is_right(dom0, guest)
    load.verify()
    is_quiet(guest)
