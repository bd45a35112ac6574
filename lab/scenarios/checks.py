# SPDX-License-Identifier: GPL-2.0-only
"""What scenarios ask of a guest, whatever was done to it."""

import time


def clock_is_right(dom0, guest):
    """CLOCK_REALTIME of the guest is right to 2 s."""
    before = float(dom0.run("date +%s.%N").out)
    inside = float(guest.run("date +%s.%N").out)
    after = float(dom0.run("date +%s.%N").out)
    assert before - 2 <= inside <= after + 2, \
        f"the guest's clock is wrong: {inside:.3f}, right is {before:.3f} to {after:.3f}"


def is_quiet(guest, expected=()):
    """No WARNING, BUG, lockup or finding of lockdep in any log."""
    assert not guest.problems(expected)


def until(what, condition, seconds=30):
    """Wait for @condition() to be true; @what says what for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.2)


def is_stopped(dom0, guest):
    """The domain has suspended, and waits to be resumed or destroyed."""
    return "s" in dom0.states()[guest.name][3]


def goes_on(dom0, guest, seconds=4):
    """The guest runs in the domain in which it was; returns whether it had to be resumed, for it
    stopped within so many seconds."""
    resumed = False
    deadline = time.monotonic() + seconds
    while True:
        if is_stopped(dom0, guest):
            guest.resume()
            resumed = True
            break
        if time.monotonic() >= deadline:
            break
        time.sleep(0.5)
    guest.wait_up()
    return resumed
