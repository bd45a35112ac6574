# SPDX-License-Identifier: GPL-2.0-only
"""What the checks of the sources share."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab.static import tree as trees


@pytest.fixture(scope="session", name="tree")
def tree_fixture():
    """A kernel with our files installed."""
    with trees.opened() as tree:
        yield tree


@pytest.fixture(scope="session", name="checks", autouse=True)
def checks_fixture(tree, tmp_path_factory):
    """Checks that take long, begun before the first test: what each of them said, once it has."""
    names = trees.styled_files() + trees.patches()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        begun = {variant: pool.submit(tree.compile, variant) for variant in trees.VARIANTS}
        begun["sphinx"] = pool.submit(tree.documents)
        begun["pylint"] = pool.submit(trees.pylint)
        for name in names:
            # checkpatch keeps notes in the folder where it runs.
            begun[name] = pool.submit(tree.checkpatch, name, tmp_path_factory.mktemp("checkpatch"))
        yield begun
        pool.shutdown(cancel_futures=True)
