# SPDX-License-Identifier: GPL-2.0-only
"""How long a guest takes to stop, as dom0 sees it: from libxl's request until it has stopped."""

import re

CHANNEL = "event channel"
XENSTORE = "XenBus control node"


def stamped(command):
    """A command of xl for dom0's shell: what it says, each line with the time at which it does."""
    return (f"xl -vvv {command} 2>&1 |"
            ' while IFS= read -r line; do echo "$EPOCHREALTIME $line"; done')


def times(said, what):
    """When a log with times says so, in seconds."""
    return [float(time) for time in re.findall(rf"^([\d.]+) .*{what}", said, re.M)]


def checkpoint(dom0, guest):
    """Take a checkpoint: what libxl asked through, and the ms until the guest had stopped."""
    said = dom0.run(stamped(f"save -c {guest.name} /dev/null"), timeout=300).out
    through = re.search(r"issuing \S+ suspend request via (.*)$", said, re.M)[1]
    asked, stopped = times(said, "issuing "), times(said, "guest has suspended")
    return through, (stopped[0] - asked[0]) * 1000
