# SPDX-License-Identifier: GPL-2.0-only
"""The suspend event channel: libxl uses it by itself, and no signal does harm."""

import statistics
import time

import pytest

from lab import stops
from lab.scenarios import failing
from lab.scenarios.checks import goes_on, is_quiet, is_stopped, until
from lab.scenarios.failing import STATS
from lab.scenarios.test_requests import (begin_transition, shutdown_node,
                                         transition_went_well)

TIMES = 3
OFF = "xen_suspend.event_channel=0"
WAYS = [("channel", "ours", {}), ("xenstore", "ours", {"cmdline": OFF}),
        ("baseline", "baseline", {})]


@pytest.fixture(name="guest")
def guest_fixture(shared_guest):
    """A guest with our kernel."""
    return shared_guest("ours")


def port(dom0, guest):
    """What the guest advertises: a port, or nothing."""
    return dom0.read(f"/local/domain/{guest.domid}/device/suspend/event-channel")


def signal(dom0, guest, signals=1, hold_ms=0):
    """Signal as a toolstack does, or as none does; goes on in the background."""
    return dom0.popen(f"{dom0.selftest('signal')} --signals {signals} --hold-ms {hold_ms}"
                      f" {guest.domid} {port(dom0, guest)}")


def requests(guest):
    """How many requests to suspend the guest has served."""
    return int(guest.run(f"cat {STATS}/requests").out)


def test_libxl_uses_it(dom0, guest):
    """Before a restore and after it, with a fresh port."""
    for _ in range(2):
        until("the guest advertises a port", lambda: port(dom0, guest))
        assert stops.checkpoint(dom0, guest)[0] == stops.CHANNEL
        assert guest.run(f"cat {STATS}/last_source").out.strip() == "event-channel"
        guest.save()
        guest.restore()
    is_quiet(guest)


def test_stop_at_the_sources(dom0, shared_guest, count):
    """From the request until the guest has stopped, as dom0 sees it; off by a parameter."""
    for way, flavour, options in WAYS:
        guest = shared_guest(flavour, **options)
        if way == "channel":
            until("the guest advertises a port", lambda guest=guest: port(dom0, guest))
        else:
            assert not port(dom0, guest)
        seen = [stops.checkpoint(dom0, guest) for _ in range(count(TIMES))]
        print(f"{way}: stopped {statistics.median(ms for _, ms in seen):.0f} ms after the request")
        assert {asked for asked, _ in seen} == \
            {stops.CHANNEL if way == "channel" else stops.XENSTORE}
        is_quiet(guest)


def test_sender_gone(dom0, guest):
    """Who signalled has gone before the guest could stop: it does not stop for nobody."""
    before = requests(guest)
    begin_transition(guest, 6)
    time.sleep(2)
    signal(dom0, guest, hold_ms=500).wait(30)
    transition_went_well(guest)
    until("the request has ended", lambda: requests(guest) == before + 1)
    assert not goes_on(dom0, guest, 2), "the guest stopped with nobody waiting"
    told = failing.report(dom0, guest)
    assert (told["outcome"], told["errno"]) == ("abandoned", "62"), told
    is_quiet(guest)


def test_repeated(dom0, guest):
    """Many signals before the guest stops are one request."""
    before = requests(guest)
    begin_transition(guest, 6)
    time.sleep(2)
    holder = signal(dom0, guest, signals=200, hold_ms=60000)
    until("the guest stops", lambda: is_stopped(dom0, guest))
    guest.resume()
    assert not goes_on(dom0, guest, 3), "the guest stopped again"
    assert requests(guest) == before + 1
    dom0.run("pkill -x signal")
    holder.wait(30)
    transition_went_well(guest)
    is_quiet(guest)


def test_both_at_once(dom0, guest):
    """A word in control/shutdown and a signal at the same time: one suspend."""
    before = requests(guest)
    begin_transition(guest, 6)
    time.sleep(2)
    dom0.run(f"xenstore-write {shutdown_node(guest)} suspend")
    # The one that signals does not wait, but the one that wrote may.
    signal(dom0, guest, hold_ms=500).wait(30)
    until("the guest stops", lambda: is_stopped(dom0, guest))
    guest.resume()
    assert not goes_on(dom0, guest, 3), "the guest stopped again"
    assert requests(guest) == before + 1
    transition_went_well(guest)
    is_quiet(guest)


def test_early(dom0, make_guest):
    """A signal as soon as there is a channel, while the guest boots: served once it can be."""
    guest = make_guest("ours", create=False)
    guest.create(paused=True)
    node = f"/local/domain/{guest.domid}/device/suspend/event-channel"
    dom0.selftest("signal")
    holder = dom0.popen(f"until [ -n \"$(xenstore-read {node})\" ]; do :; done;"
                        f" {dom0.selftest('signal')} --hold-ms 60000 {guest.domid}"
                        f" $(xenstore-read {node})")
    dom0.xl(f"unpause {guest.name}")
    until("the guest suspends", lambda: is_stopped(dom0, guest), 60)
    dom0.run("pkill -x signal")
    holder.wait(30)
    guest.resume()
    guest.wait_up()
    assert not goes_on(dom0, guest), "the request was served twice"
    is_quiet(guest)
