# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's preemption models: PREEMPT is every other scenario's; here are the others.

And what PREEMPT makes hard: page tables that change all the time, of which none may be caught
half way when the image is made.
"""

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


def test_page_tables_in_flux(make_guest, dom0, count):
    """Processes fork, map and exit as fast as they can, while the guest is saved and restored."""
    guest = make_guest("ours", memory=144)
    load = Load(dom0, guest).start()
    guest.run("setsid stress-ng --quiet --temp-path /tmp --fork 1 --vfork 1 --mmap 1"
              " --mmap-bytes 4m > /dev/null 2>&1 < /dev/null & true")
    for _ in range(count(5)):
        guest.save()
        guest.restore()
        load.goes_on()
        assert guest.run("pgrep -c stress-ng").out.strip() != "0", "the stress ended"
    guest.run("pkill -KILL stress-ng; true")
    clock_is_right(dom0, guest)
    load.verify()
    is_quiet(guest)
