# SPDX-License-Identifier: GPL-2.0-only
"""Live migration and Remus, on a Xen with shadow paging: what PV guests need for both."""

import re
import statistics

import pytest

from lab import steps, stops
from lab.load import Load
from lab.scenarios.checks import clock_is_right, goes_on, is_quiet, until

XEN = "4.17"
MIGRATIONS = {"ours": 3, "baseline": 1}
RECEIVER = "xl migrate-receive"
# What xl has said when the guest is not yet asked, is asked, and has stopped.
MOMENTS = {"before": "Saving domain", "during": "issuing .* suspend request",
           "after": "guest has suspended"}
# Dirties memory and keeps the network busy, beside the watchers and fio of Load.
STRESS = ("setsid stress-ng --quiet --temp-path /tmp --vm 1 --vm-bytes 8m"
          " --vm-method walk-1d > /dev/null 2>&1 < /dev/null &"
          " setsid iperf3 -s > /dev/null 2>&1 < /dev/null & true")


@pytest.fixture(params=["ours", "baseline"], name="guest")
def guest_fixture(request, shared_guest):
    """One guest a kernel, for all scenarios of this file."""
    return shared_guest(request.param)


def migrate(guest, receiver=RECEIVER):
    """The command that migrates a guest to this very host."""
    return f"migrate -s '' {guest.name} '{receiver}'"


class Peer:
    """Pings the guest ten times a second, and knows the longest silence."""

    def __init__(self, dom0, guest):
        self._dom0 = dom0
        self._log = f"/run/ping-{guest.name}.log"
        dom0.run(f"setsid ping -D -i 0.1 {guest.address} > {self._log} 2>&1 < /dev/null &")

    def silence(self):
        """Seconds between two answers, at most; ends the ping."""
        said = self._dom0.run(f"pkill -INT -x ping; sleep 0.5; cat {self._log}").out
        times = [float(time) for time in re.findall(r"^\[([\d.]+)\] .* icmp_seq", said, re.M)]
        assert len(times) > 2, said
        return max(after - before for before, after in zip(times, times[1:]))


def test_migrate(dom0, guest, count, request):
    """Under load: the connection lives, nothing is lost."""
    load = Load(dom0, guest).start()
    guest.run(STRESS)
    times = count(MIGRATIONS[request.node.callspec.params["guest"]])
    silences = []
    for _ in range(times):
        domid = guest.domid
        peer = Peer(dom0, guest)
        traffic = dom0.popen(f"iperf3 -c {guest.address} -b 1M -t 5")
        dom0.xl(migrate(guest), timeout=180)
        guest.wait_up()
        traffic.wait(60)
        silences.append(peer.silence())
        assert guest.domid != domid
        clock_is_right(dom0, guest)
    guest.run("pkill stress-ng && pkill iperf3")
    print("silence seen by a ping:", ", ".join(f"{silence:.1f} s" for silence in silences))
    load.verify()
    is_quiet(guest)


@pytest.mark.parametrize("moment", MOMENTS)
def test_receiver_dies(dom0, shared_guest, moment):
    """The other side dies before, during or after the stop: the guest goes on at the source."""
    guest = shared_guest("ours")
    load = Load(dom0, guest).start()
    domid = guest.domid
    dom0.run("rm -f /run/migrate.log")
    sender = dom0.popen(f"xl -vvv {migrate(guest)} > /run/migrate.log 2>&1")
    # In one command: a guest takes less time to stop than ssh to say that it was asked to.
    dom0.run(f"""timeout 100 grep -q -m 1 '{MOMENTS[moment]}' <(tail -n +1 -F /run/migrate.log)
        pkill -KILL -f '^{RECEIVER}$'; true""", timeout=120)
    assert sender.wait(120) > 0, "the migration did not fail, or not by itself"
    # What was killed cleans up nothing.
    dom0.run(f"pkill tail; xl destroy {guest.name}--incoming; true")
    assert not goes_on(dom0, guest, 3), "xl did not resume the guest"
    assert guest.domid == domid
    clock_is_right(dom0, guest)
    load.verify()
    is_quiet(guest)


def test_two_at_once(dom0, make_guest):
    """Two guests migrate side by side."""
    guests = [make_guest("ours") for _ in range(2)]
    loads = [Load(dom0, guest).start() for guest in guests]
    for command in [dom0.popen(f"xl {migrate(guest)}") for guest in guests]:
        assert command.wait(240) == 0
    for guest, load in zip(guests, loads):
        guest.wait_up()
        clock_is_right(dom0, guest)
        load.verify()
        is_quiet(guest)


def parts(suspends):
    """What a checkpoint consists of inside the guest: medians, ms down and back."""
    seen = [steps.totals(suspend) for suspend in suspends]
    whole = statistics.median(steps.whole(suspend) for suspend in suspends)
    return f"in the guest {whole:.1f} ms: " + ", ".join(
        f"{step} " + "+".join(f"{statistics.median(one.get(step, (0, 0))[way] for one in seen):.1f}"
                              for way in (0, 1)) for step in steps.STEPS)


REMUS = "remus -F -b -n -d -i 200 {0} nowhere"
SECONDS = {"ours": 60, "baseline": 10}


def judge_checkpoints(dom0):
    """Remus has taken several; tell how many a second, and how long the guest took to stop."""
    said = dom0.run("cat /run/remus.log").out
    asked, stopped = stops.times(said, "issuing "), stops.times(said, "guest has suspended")
    assert len(stopped) > 2, said[-2000:]
    pauses = [after - before for before, after in zip(asked, stopped)]
    print(f"{len(stopped) / (stopped[-1] - stopped[0]):.2f} checkpoints a second,"
          f" request to stop {statistics.median(pauses) * 1000:.0f} ms")


def test_remus(dom0, guest, count, request):
    """Checkpoints by Remus for a minute, under load; then it is killed, and the guest goes on."""
    seconds = count(SECONDS[request.node.callspec.params["guest"]])
    steps.start(guest)
    load = Load(dom0, guest).start()
    domid = guest.domid
    remus = dom0.popen(stops.stamped(REMUS.format(guest.name)) + " > /run/remus.log")
    guest.run(f"sleep {seconds}", timeout=seconds * 3 + 60)
    assert remus.poll() is None, dom0.run("tail /run/remus.log").out
    dom0.run("pkill -KILL -x xl; pkill -KILL libxl-save; true")
    remus.wait(30)
    goes_on(dom0, guest)
    assert guest.domid == domid
    judge_checkpoints(dom0)
    print(parts(steps.read(guest)[0]))
    clock_is_right(dom0, guest)
    load.verify()
    is_quiet(guest)


def test_remus_takes_over(dom0, make_guest, count):
    """Checkpoints go to a second domain, by live migration; the first one is lost: it goes on.

    Neither disk nor network is replicated here, so the guest's work needs neither.
    """
    guest = make_guest("ours", disk=False)
    load = Load(dom0, guest, fio=False, stream=False).start()
    domid, seconds = guest.domid, count(10)
    command = f"remus -F -n -d -i 200 -s '' {guest.name} '{RECEIVER} -r'"
    remus = dom0.popen(stops.stamped(command) + " > /run/remus.log")
    guest.run(f"sleep {seconds}", timeout=seconds * 3 + 60)
    assert remus.poll() is None, dom0.run("tail /run/remus.log").out
    judge_checkpoints(dom0)
    guest.ssh.close()
    # What becomes of it all if its host is lost.
    dom0.run("pkill -KILL -f '^xl -vvv remus'; pkill -KILL -f '^[^ ]*libxl-save-helper --save';"
             f" xl destroy {domid}")
    until("the second domain takes over", lambda: guest.domid not in (None, domid))
    guest.wait_up()
    clock_is_right(dom0, guest)
    load.verify()
    is_quiet(guest)
