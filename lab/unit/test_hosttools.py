# SPDX-License-Identifier: GPL-2.0-only
"""The tools for dom0: they build for each version of Xen, and pass their own tests."""

import pytest

from lab import hosttools
from lab.static.tree import run


@pytest.mark.parametrize("version", hosttools.versions())
def test_builds(version):
    """Against the libraries of that version."""
    assert list(hosttools.build(version).iterdir())


def test_own_tests(tmp_path):
    """make check, which needs no Xen."""
    code, said = run("make", "-s", "-C", hosttools.SOURCES, "check", f"OUTPUT={tmp_path}",
                     "CFLAGS=-O2 -Werror")
    assert code == 0, said
    assert "not ok" not in said
