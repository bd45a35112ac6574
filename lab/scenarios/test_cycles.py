# SPDX-License-Identifier: GPL-2.0-only
"""Save and restore, checkpoint, suspend and resume: of a guest that works, several in a row.

Run for ours and, fewer times, for baseline, which survives them all: so the lab itself is proved.
"""

import re
import time

import pytest

from lab.load import Load
from lab.qemu import DOM0_ADDRESS
from lab.scenarios.checks import clock_is_right, is_quiet, is_stopped, until

# How often each is done, if thoroughly, and if to see that the lab is right.
SAVES = {True: 3, False: 1}
CHECKPOINTS = {True: 10, False: 3}
SUSPENDS = {True: 2, False: 1}


@pytest.fixture(params=["ours", "baseline"], name="flavour")
def flavour_fixture(request):
    """Which kernel the guest has."""
    return request.param


@pytest.fixture(name="thorough")
def thorough_fixture(flavour):
    """Whether this is what all is about."""
    return flavour == "ours"


@pytest.fixture(name="guest")
def guest_fixture(flavour, shared_guest):
    """A guest with that kernel."""
    return shared_guest(flavour)


def test_save_restore(dom0, guest, thorough, count):
    """`xl save`, `xl restore`: the image is sound, and the guest goes on in a new domain."""
    load = Load(dom0, guest).start()
    for _ in range(count(SAVES[thorough])):
        domid = guest.domid
        guest.save()
        dom0.run("PYTHONPATH=$(echo /usr/lib/xen-*/lib/python) verify-stream-v2 --format xl --in "
                 + guest.image_path, timeout=120)
        guest.restore()
        assert guest.domid != domid
        clock_is_right(dom0, guest)
    print("downtime seen by the peer:", load.verify()["stream-peer"].get("silence_ms"), "ms")
    is_quiet(guest)


def test_checkpoint(dom0, guest, thorough, count):
    """`xl save -c`: the same domain goes on, with the same event channels, grants and rings."""
    load = Load(dom0, guest).start()
    domid = guest.domid
    guest.run("/opt/selftests/objects show > /tmp/objects")
    for _ in range(count(CHECKPOINTS[thorough])):
        guest.checkpoint(guest.image_path)
        assert guest.domid == domid
        objects = guest.run("/opt/selftests/objects compare /tmp/objects", check=False)
        assert objects.rc == 0, objects.out
    clock_is_right(dom0, guest)
    load.verify()
    is_quiet(guest)


def test_suspend_resume(dom0, guest, thorough, count):
    """`xl suspend`, wait, `xl resume`: memory and domain are kept meanwhile."""
    load = Load(dom0, guest).start()
    domid = guest.domid
    for _ in range(count(SUSPENDS[thorough])):
        guest.suspend()
        assert is_stopped(dom0, guest)
        time.sleep(3)
        guest.resume()
        assert guest.domid == domid
        guest.wait_up()
        clock_is_right(dom0, guest)
    load.verify()
    is_quiet(guest)


def free_kib(guest):
    """Memory that could be had, with nothing kept that the kernel can do without."""
    guest.run("sync; echo 3 > /proc/sys/vm/drop_caches; sleep 1")
    return int(re.search(r"MemFree:\s+(\d+)", guest.run("cat /proc/meminfo").out)[1])


def test_memory_is_kept(shared_guest, count):
    """Restores cost our guest no memory; each costs baseline the buffers of its network."""
    lost = {}
    restores = count(2)
    for flavour in ("ours", "baseline"):
        guest = shared_guest(flavour)
        guest.save()
        guest.restore()
        before = free_kib(guest)
        for _ in range(restores):
            guest.save()
            guest.restore()
        lost[flavour] = (before - free_kib(guest)) / restores
        is_quiet(guest)
    print("KiB lost at each restore:", lost)
    assert lost["ours"] < 512, lost
    assert lost["baseline"] - lost["ours"] > 1024, "is the test right?"


def test_peers_learn_the_place(dom0, guest):
    """A guest of which no process talks is heard of at its new place, by the bridge."""
    mac = guest.run("cat /sys/class/net/eth0/address").out.strip()
    guest.save()
    guest.ssh.close()
    guest.restore(wait=False)
    until("the bridge knows the new place",
          lambda: mac in dom0.run(f"bridge fdb show dev vif{guest.domid}.0", check=False).out)
    guest.wait_up()
    is_quiet(guest)


def test_place_is_told_first(dom0, guest, flavour):
    """What processes wrote before the network is back goes out after the guest's new place is told.

    On baseline before.
    """
    frames = "/run/frames"
    mac = guest.run("cat /sys/class/net/eth0/address").out.strip()
    guest.run(f"setsid ping -q -i 0.02 {DOM0_ADDRESS} > /dev/null 2>&1 < /dev/null & true")
    guest.save()
    guest.ssh.close()
    dom0.run(f"setsid tcpdump -Z root -nle -i any -y LINUX_SLL2 inbound > {frames} 2>&1"
             " < /dev/null & for i in $(seq 100); do"
             f" grep -q listening {frames} && break; sleep 0.1; done")
    guest.restore(wait=False)
    seen = f"vif{guest.domid}.0 .* {mac} "
    until("the guest is heard of", lambda: not dom0.run(f"grep -q '{seen}.*IPv4' {frames}",
                                                        check=False).rc)
    first = dom0.run(f"pkill -x tcpdump; grep -m 1 '{seen}' {frames}").out
    guest.wait_up()
    guest.run("pkill -x ping")
    assert ("ethertype ARP" in first) == (flavour == "ours"), first
    is_quiet(guest)
