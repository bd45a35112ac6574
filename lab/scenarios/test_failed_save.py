# SPDX-License-Identifier: GPL-2.0-only
"""A save that fails half way: the guest goes on in place, by itself or after `xl resume`."""

import pytest

from lab.load import Load
from lab.scenarios.checks import clock_is_right, goes_on, is_quiet, is_stopped, until

FULL = "/run/full"
PIPE = "/run/saved/pipe"
LOG = "/run/save.log"
KILL_SAVE = "pkill -KILL -x xl; pkill -KILL libxl-save; kill $(cat /run/reader)"


@pytest.fixture(params=["ours", "baseline"], name="guest")
def guest_fixture(request, shared_guest):
    """One guest a kernel, for all scenarios of this file."""
    return shared_guest(request.param)


@pytest.fixture(name="load")
def load_fixture(dom0, guest):
    """Work before and after; what became of the guest is judged at the end."""
    load = Load(dom0, guest).start()
    yield load
    clock_is_right(dom0, guest)
    load.verify()
    is_quiet(guest)


@pytest.mark.usefixtures("load")
def test_target_disk_full(dom0, guest):
    """The disk fills up while memory is written: xl resumes the guest itself."""
    domid = guest.domid
    dom0.run(f"mkdir -p {FULL}; mount -t tmpfs -o size=8m tmpfs {FULL}")
    try:
        saved = dom0.xl(f"save {guest.name} {FULL}/image", check=False, timeout=120)
    finally:
        dom0.run(f"umount {FULL}")
    assert saved.rc != 0, "the save did not fail"
    assert guest.domid == domid
    assert not goes_on(dom0, guest), "xl did not resume the guest"


def start_save(dom0, guest):
    """Begin a save whose image goes nowhere: it blocks once the guest has stopped."""
    dom0.run(f"rm -f {PIPE}; mkfifo {PIPE}; "
             f"sleep 300 < {PIPE} > /dev/null 2>&1 & echo $! > /run/reader")
    dom0.run(f"setsid xl -vvv save {guest.name} {PIPE} > {LOG} 2>&1 < /dev/null &")


def kill_save(dom0):
    """Kill xl and then its helper: in the other order xl would have time to resume the guest."""
    dom0.run(f"{KILL_SAVE}; true")


@pytest.mark.usefixtures("load")
def test_killed_before_the_stop(dom0, guest):
    """xl dies as soon as it has begun."""
    domid = guest.domid
    start_save(dom0, guest)
    kill_save(dom0)
    goes_on(dom0, guest)
    assert guest.domid == domid


@pytest.mark.usefixtures("load")
def test_killed_during_the_stop(dom0, guest):
    """xl dies when it has asked the guest, which then stops with nobody waiting, or does not."""
    domid = guest.domid
    start_save(dom0, guest)
    dom0.run(f"timeout 50 grep -q -m 1 issuing <(tail -n +1 -F {LOG}); {KILL_SAVE};"
             " pkill tail; true")
    goes_on(dom0, guest)
    assert guest.domid == domid


@pytest.mark.usefixtures("load")
def test_killed_after_the_stop(dom0, guest):
    """xl dies while it writes the image of a guest that has stopped."""
    domid = guest.domid
    start_save(dom0, guest)
    until("the guest stops", lambda: is_stopped(dom0, guest))
    kill_save(dom0)
    assert goes_on(dom0, guest), "the guest went on without being resumed"
    assert guest.domid == domid
