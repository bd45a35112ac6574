# SPDX-License-Identifier: GPL-2.0-only
"""Requests: power, sysrq, several at once, malformed ones, and one that comes too early."""

import time

import pytest

from lab.scenarios.checks import goes_on, is_quiet, is_stopped, until


@pytest.fixture(name="guest")
def guest_fixture(shared_guest):
    """A guest with our kernel."""
    return shared_guest("ours")


@pytest.fixture(params=["ours", "baseline"], name="either")
def either_fixture(request, shared_guest):
    """A guest of each kernel."""
    return shared_guest(request.param)


@pytest.fixture(params=["ours", "baseline", "without"], name="flavour")
def flavour_fixture(request):
    """Every kernel, also one without suspend."""
    return request.param


def shutdown_node(guest):
    """Where requests are written."""
    return f"/local/domain/{guest.domid}/control/shutdown"


def ask(dom0, guest, word):
    """Write a request, and wait until the guest has taken it up."""
    dom0.run(f"xenstore-write {shutdown_node(guest)} {word}")
    until(f"the guest acknowledges {word}",
          lambda: not dom0.run(f"xenstore-read {shutdown_node(guest)}").out.strip())


def begin_transition(guest, seconds):
    """One second from now, start a PM transition that comes back by itself after some seconds."""
    guest.run(f"""echo devices > /sys/power/pm_test
        echo {seconds} > /sys/module/suspend/parameters/pm_test_delay
        rm -f /tmp/transition
        setsid sh -c 'sleep 1; echo freeze > /sys/power/state; echo $? > /tmp/transition' \
            > /dev/null 2>&1 < /dev/null &""")


def transition_went_well(guest):
    """The transition that was begun last has come back, and without an error."""
    until("the PM transition comes back",
          lambda: guest.run("[ -s /tmp/transition ]", check=False).rc == 0)
    assert guest.run("cat /tmp/transition").out.strip() == "0"


def begin_checkpoint(dom0, guest):
    """Ask for a checkpoint while the guest is busy with something else; it is acknowledged."""
    command = dom0.popen(f"xl save -c {guest.name} {guest.image_path}")
    path = shutdown_node(guest)
    until("the guest acknowledges the suspend",
          lambda: command.poll() is None and not dom0.run(f"xenstore-read {path}").out.strip(), 10)
    return command


def test_words_that_are_no_request(dom0, either):
    """Unknown, empty, overlong, 200 in a row, removed: the guest goes on and still suspends."""
    node = shutdown_node(either)
    domid = either.domid
    dom0.run(f"xenstore-write {node} nonsense")
    dom0.run(f"xenstore-write {node} ''")
    dom0.run(f"xenstore-write {node} $(head -c 4000 /dev/zero | tr '\\0' x)")
    assert len(dom0.run(f"xenstore-read {node}").out.strip()) == 4000, "an unknown word was taken"
    dom0.run(f"xenstore-write $(for i in $(seq 200); do echo {node} word$i; done)", timeout=120)
    assert dom0.run(f"xenstore-read {node}").out.strip() == "word200"
    dom0.run(f"xenstore-rm {node}")
    assert either.run("echo alive").out.strip() == "alive"
    dom0.run(f"xenstore-write {node} ''; xenstore-chmod {node} b{domid}")
    either.checkpoint()
    assert not goes_on(dom0, either)
    is_quiet(either)


def test_sysrq(dom0, either):
    """`xl sysrq`: the key reaches the kernel."""
    dom0.xl(f"sysrq {either.name} h")
    until("sysrq's help in the log", lambda: "sysrq: HELP" in either.run("dmesg").out)
    is_quiet(either)


def test_reboot_and_poweroff(dom0, make_guest, flavour):
    """`xl reboot` brings up a new domain, `xl shutdown` ends it, both through user space."""
    guest = make_guest(flavour)
    domid = guest.domid
    dom0.xl(f"reboot {guest.name}")
    until("a new domain", lambda: guest.domid not in (None, domid), 60)
    guest.ssh.close()
    guest.wait_up()
    dom0.xl(f"shutdown -w {guest.name}", timeout=60)
    guest.wait_gone(30)
    assert "The system is going down" in guest.console(), "user space was not asked"
    is_quiet(guest)


def test_without_suspend(dom0, make_guest):
    """With CONFIG_XEN_SUSPEND=n: not advertised, not taken, and all else is there."""
    guest = make_guest("without")
    features = f"/local/domain/{guest.domid}/control/feature"
    assert not dom0.read(f"{features}-suspend")
    assert dom0.read(f"{features}-poweroff") == "1"
    assert dom0.read(f"{features}-reboot") == "1"
    dom0.write(shutdown_node(guest), "suspend")
    until("the word is in the log", lambda: 'holds "suspend"' in guest.run("dmesg").out)
    assert dom0.read(shutdown_node(guest)) == "suspend", "it was acknowledged"
    dom0.xl(f"sysrq {guest.name} h")
    until("sysrq's help in the log", lambda: "sysrq: HELP" in guest.run("dmesg").out)
    is_quiet(guest)


def test_poweroff_during_a_suspend(dom0, make_guest):
    """A poweroff that arrives while a suspend waits is honoured, after the suspend."""
    guest = make_guest("ours")
    begin_transition(guest, 6)
    time.sleep(2)
    checkpoint = begin_checkpoint(dom0, guest)
    time.sleep(1)
    ask(dom0, guest, "poweroff")
    assert checkpoint.wait(60) == 0, "the suspend that came first was not served"
    until("the guest powers off", lambda: guest.domid is None, 60)
    is_quiet(guest)


def test_two_suspends_at_once(dom0, guest):
    """A second request before the domain stops is served by the same stop."""
    begin_transition(guest, 6)
    time.sleep(2)
    checkpoint = begin_checkpoint(dom0, guest)
    time.sleep(1)
    ask(dom0, guest, "suspend")
    assert checkpoint.wait(60) == 0
    assert not goes_on(dom0, guest), "the second request stopped the guest again"
    transition_went_well(guest)
    is_quiet(guest)


def test_transition_at_the_same_moment(dom0, guest, count):
    """Suspends from outside and PM transitions from inside exclude each other; none is lost."""
    rounds = count(2)
    guest.run("""echo freezer > /sys/power/pm_test
        echo 0 > /sys/module/suspend/parameters/pm_test_delay
        cat > /tmp/transitions <<'END'
        done=0; refused=0
        while [ ! -e /tmp/enough ]; do
            if echo freeze > /sys/power/state; then done=$((done + 1)); else refused=$((refused + 1)); fi
        done
        echo $done $refused > /tmp/result
END
        rm -f /tmp/enough /tmp/result
        setsid sh /tmp/transitions > /dev/null 2>&1 < /dev/null &""")
    for _ in range(rounds):
        guest.checkpoint()
        assert not goes_on(dom0, guest)
    guest.run("touch /tmp/enough; until [ -s /tmp/result ]; do sleep 0.2; done")
    done, refused = guest.run("cat /tmp/result").out.split()
    print(f"{done} transitions from inside, {rounds} suspends from outside")
    assert refused == "0", f"{refused} transitions were refused"
    assert int(done) > 0
    is_quiet(guest)


def test_request_while_booting(dom0, make_guest):
    """A request that is there before the kernel is: served once the guest has booted so far."""
    guest = make_guest("ours", create=False)
    guest.create(paused=True)
    dom0.run(f"xenstore-write {shutdown_node(guest)} suspend")
    dom0.xl(f"unpause {guest.name}")
    until("the guest suspends", lambda: is_stopped(dom0, guest), 60)
    guest.resume()
    guest.wait_up()
    assert not goes_on(dom0, guest), "the request was served twice"
    is_quiet(guest)
