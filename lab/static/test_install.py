# SPDX-License-Identifier: GPL-2.0-only
"""`make install` and `make uninstall`: a kernel tree is served whole or left as it was."""

import os
import re
import shutil

import pytest

from lab.static import tree as trees
from lab.static.tree import REPO, must, run


@pytest.fixture(scope="module", name="source")
def source_fixture():
    """The kernel's source."""
    return trees.pristine()


@pytest.fixture(name="linux")
def linux_fixture(source, tmp_path):
    """A copy of the folders of the kernel's source that installing touches, without the others."""
    return partial_copy(source, tmp_path / "linux")


def partial_copy(source, target):
    """Copy the files of each folder on the way to one that is replaced, patched or added."""
    folders = {folder for name in [*trees.patched_files(), *installed_files()]
               for folder in name.parents}
    for folder in sorted(folders):
        if (source / folder).is_dir():
            (target / folder).mkdir()
            for path in (source / folder).iterdir():
                if path.is_file():
                    shutil.copy2(path, target / folder / path.name)
    return target


def installed_files():
    """Where our files go; a superset of what is copied does no harm."""
    return [name for name in trees.tracked()
            if name.parts[0] in ("drivers", "include", "tools", "Documentation")]


def make(action, kdir):
    """Run make install or make uninstall; returns exit code and what it printed."""
    return run("make", "-s", action, f"KDIR={kdir}")


def snapshot(folder):
    """All names below @folder, with type, mode and the identity or contents of files."""
    found = {}
    for parent, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(parent, name)
            status = os.lstat(path)
            found[os.path.relpath(path, folder)] = (status.st_mode, status.st_ino, path)
    return found


def contents(entry):
    """What snapshot() found, in a form that two trees can share."""
    mode, _, path = entry
    if os.path.islink(path):
        return mode, os.readlink(path)
    if os.path.isdir(path):
        return mode, None
    with open(path, "rb") as file:
        return mode, file.read()


def differences(before, after):
    """Names that differ; files that are one by hard links are not read."""
    return sorted(name for name in before.keys() | after.keys()
                  if name not in before or name not in after
                  or before[name][:2] != after[name][:2]
                  and contents(before[name]) != contents(after[name]))


def refused(action, linux, *words):
    """Expect @action to fail with one line that has these words, and to change nothing."""
    before = {name: contents(entry) for name, entry in snapshot(linux).items()}
    code, said = run("sh", trees.INSTALL, action, linux)
    assert code != 0, said
    assert len(said.splitlines()) == 1, said
    for word in words:
        assert word in said
    after = {name: contents(entry) for name, entry in snapshot(linux).items()}
    changed = sorted(name for name in before.keys() | after.keys()
                     if before.get(name) != after.get(name))
    assert not changed


def test_there_and_back(source, tmp_path_factory):
    """The whole tree, by hard links, is the same after both; and so is what it is linked to."""
    linux = trees.cache.root() / "static" / "round-trip"
    shutil.rmtree(linux, ignore_errors=True)
    original = partial_copy(source, tmp_path_factory.mktemp("original") / "linux")
    try:
        trees.copy_links(source, linux)
        before = snapshot(linux)
        first = {name: entry for name, entry in snapshot(source).items()
                 if not name.split("/")[0] == "build"}
        assert not differences(first, before)

        code, said = make("install", linux)
        assert code == 0, said
        installed = differences(first, snapshot(linux))
        assert "include/xen/suspend.h" in installed
        assert "drivers/xen/manage.c" in installed
        assert {str(name) for name in trees.patched_files()} <= set(installed)
        for name in trees.kernel_files(".c", ".h"):
            assert (linux / name).read_bytes() == (REPO / name).read_bytes()

        code, said = make("uninstall", linux)
        assert code == 0, said
        assert not differences(first, snapshot(linux))
    finally:
        shutil.rmtree(linux, ignore_errors=True)

    kept = partial_copy(source, tmp_path_factory.mktemp("kept") / "linux")
    assert not differences(snapshot(original), snapshot(kept)), "written through a hard link"


def test_again_after_uninstall(linux):
    """What was taken out can be put in again."""
    for action in ("install", "uninstall", "install"):
        code, said = make(action, linux)
        assert code == 0, said


def test_patches_fit(linux):
    """Each patch applies in turn exactly where it says, and names author, date and subject."""
    for name in trees.patches():
        patch = REPO / name
        said = must("patch", "-p1", "--fuzz=0", "-i", patch, cwd=linux)
        assert not re.search(r"offset|fuzz", said), f"{name}\n{said}"
        with open(patch, encoding="utf-8") as text:
            head = text.read().split("\n---\n")[0]
        for field in ("From", "Date", "Subject"):
            assert re.search(rf"^{field}: .", head, re.MULTILINE), f"{name} has no {field}"
        assert len(head.split("\n\n", 1)[1].strip()) > 80, f"{name} does not say why"


def test_refuses_other_version(linux):
    """A kernel that there are no patches for."""
    makefile = linux / "Makefile"
    text = makefile.read_text(encoding="utf-8")
    makefile.write_text(re.sub(r"^PATCHLEVEL = \d+", "PATCHLEVEL = 999", text,
                               flags=re.MULTILINE), encoding="utf-8")
    refused("install", linux, ".999")


@pytest.mark.parametrize("name", trees.patched_files(), ids=str)
def test_refuses_changed_file(linux, name):
    """A kernel where a file that a patch changes is another."""
    (linux / name).write_text("/* something else */\n", encoding="utf-8")
    refused("install", linux, "do not apply")


def test_refuses_twice(linux):
    """A kernel that has it already."""
    must("make", "-s", "install", f"KDIR={linux}")
    refused("install", linux, "already")


def test_refuses_foreign_folder(tmp_path):
    """A folder that is no kernel."""
    (tmp_path / "notes.txt").write_text("not a kernel\n", encoding="utf-8")
    refused("install", tmp_path, "not a Linux source tree")
    refused("uninstall", tmp_path, "not a Linux source tree")


def test_refuses_nothing_to_take_out(linux):
    """A kernel that it was never installed into."""
    refused("uninstall", linux, "no xen-suspend")


@pytest.mark.parametrize("name", trees.patched_files(), ids=str)
def test_refuses_changed_since(linux, name):
    """A kernel where a patched file was changed since: the change would be in the way or lost."""
    must("make", "-s", "install", f"KDIR={linux}")
    (linux / name).write_text("/* something else */\n", encoding="utf-8")
    refused("uninstall", linux, "cannot be taken back")


def test_refuses_no_folder():
    """No KDIR at all."""
    code, said = run("make", "-s", "install")
    assert code != 0
    assert "KDIR is not set" in said
