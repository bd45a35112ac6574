# SPDX-License-Identifier: GPL-2.0-only
"""What the checks of the sources share."""

import pytest

from lab.static import tree as trees


@pytest.fixture(scope="session", name="tree")
def tree_fixture():
    """A kernel with our files installed."""
    with trees.opened() as tree:
        yield tree
