# SPDX-License-Identifier: GPL-2.0-only
"""The least that must work."""

import pytest


@pytest.mark.parametrize("flavour", ["baseline", "ours"])
def test_save_and_restore(make_guest, flavour):
    """A guest is saved, restored, and powered off when asked to."""
    guest = make_guest(flavour)
    assert guest.run("uname -r").out.startswith("6.12.")
    guest.run("echo kept >/run/kept")
    before = guest.domid
    guest.save()
    assert guest.domid is None
    guest.restore()
    assert guest.domid != before
    assert guest.run("cat /run/kept").out == "kept\n"
    guest.poweroff()
    assert guest.problems() == []
