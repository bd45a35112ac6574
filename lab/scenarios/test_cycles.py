# SPDX-License-Identifier: GPL-2.0-only
"""Save and restore, checkpoint, suspend and resume: of a guest that works, several in a row.

Run for ours and for baseline, which survives them all: so the lab itself is proved.
"""

import time

import pytest

from lab.load import Load
from lab.scenarios.checks import clock_is_right, is_quiet, is_stopped

SAVES = 3
CHECKPOINTS = 10


@pytest.fixture(params=["ours", "baseline"], name="guest")
def guest_fixture(request, shared_guest):
    """One guest a kernel, for all scenarios of this file."""
    return shared_guest(request.param)


def test_save_restore(dom0, guest, count):
    """`xl save`, `xl restore`: the image is sound, and the guest goes on in a new domain."""
    load = Load(dom0, guest).start()
    for _ in range(count(SAVES)):
        domid = guest.domid
        guest.save()
        dom0.run("PYTHONPATH=$(echo /usr/lib/xen-*/lib/python) verify-stream-v2 --format xl --in "
                 + guest.image_path, timeout=120)
        guest.restore()
        assert guest.domid != domid
        clock_is_right(dom0, guest)
    print("downtime seen by the peer:", load.verify()["stream-peer"].get("silence_ms"), "ms")
    is_quiet(guest)


def test_checkpoint(dom0, guest, count):
    """`xl save -c`: the same domain goes on, with the same event channels, grants and rings."""
    load = Load(dom0, guest).start()
    domid = guest.domid
    guest.run("/opt/selftests/objects show > /tmp/objects")
    for _ in range(count(CHECKPOINTS)):
        guest.checkpoint()
        assert guest.domid == domid
        objects = guest.run("/opt/selftests/objects compare /tmp/objects", check=False)
        assert objects.rc == 0, objects.out
    clock_is_right(dom0, guest)
    load.verify()
    is_quiet(guest)


def test_suspend_resume(dom0, guest, count):
    """`xl suspend`, wait, `xl resume`: memory and domain are kept meanwhile."""
    load = Load(dom0, guest).start()
    domid = guest.domid
    for _ in range(count(2)):
        guest.suspend()
        assert is_stopped(dom0, guest)
        time.sleep(5)
        guest.resume()
        assert guest.domid == domid
        guest.wait_up()
        clock_is_right(dom0, guest)
    load.verify()
    is_quiet(guest)
