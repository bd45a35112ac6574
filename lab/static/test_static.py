# SPDX-License-Identifier: GPL-2.0-only
"""The tools that read sources find nothing in ours."""

import re

import pytest

from lab.static import tree as trees
from lab.static.tree import REPO, VARIANTS, run

# Of an author's machine, or of one mirror of many: neither belongs into the repository.
PRIVATE = re.compile(r"/home/\w|/root/[.\w]|https?://[\w.-]*(?:debian\.(?:org|net)|/debian\b)")
MAX_LINES = 400


def ids(names):
    """Files as the ids of tests."""
    return {"argvalues": names, "ids": [str(name) for name in names]}


def shell_scripts():
    """Shell scripts of the repository, known by their name or their first line."""
    shebang = re.compile(rb"#! ?/(usr/)?bin/(env )?(ba|da)?sh\b")
    return [name for name in trees.tracked()
            if name.suffix == ".sh" or shebang.match((REPO / name).read_bytes()[:64])]


def report(findings):
    """Fail with @findings, if there are any."""
    if findings:
        pytest.fail("\n".join(findings), pytrace=False)


def succeed(result):
    """Fail with what a program printed, unless it exited with 0; return that."""
    code, said = result
    if code:
        pytest.fail(said or f"exit code {code}", pytrace=False)
    return said


@pytest.mark.parametrize("name", **ids(trees.styled_files() + trees.patches()))
def test_checkpatch(checks, name):
    """checkpatch: the style of a file or a patch. Who sends a patch signs it off."""
    report(succeed(checks[name].result()).splitlines())


@pytest.mark.parametrize("variant", VARIANTS)
def test_warnings(tree, checks, variant):
    """The compiler's warnings, with those of W=1."""
    report(tree.ours(succeed(checks[variant].result()["warnings"])))


@pytest.mark.parametrize("variant", VARIANTS)
def test_sparse(tree, checks, variant):
    """sparse, which follows address spaces, locks and byte orders."""
    report(tree.ours(succeed(checks[variant].result()["sparse"])))


@pytest.mark.parametrize("name", **ids(trees.module_files()))
def test_module(tree, checks, name):
    """Test modules: what the compiler and sparse say, as above."""
    variant = next(iter(VARIANTS))
    checks[variant].result()
    report(tree.ours(succeed(tree.make_module(variant, name, "W=1", "C=1", "CHECK=sparse"))))


def test_sphinx(tree, checks):
    """sphinx: our pages, where they belong in the kernel's own documents."""
    names = [str(name) for name in trees.tracked() if name.parts[0] == "Documentation"]
    said = succeed(checks["sphinx"].result())
    report([line for line in said.splitlines() if any(f"{name}:" in line for name in names)
            and not is_left_out(tree, line)])
    pages = tree.folder / "docs/Documentation/output"
    assert (pages / "admin-guide/xen-suspend.html").exists()
    assert (pages / "driver-api/xen/suspend.html").exists()


def is_left_out(tree, line):
    """Whether this line of sphinx's misses a page that the kernel has, but that is not made now."""
    match = re.search(r"unknown document: '/(.*)'", line)
    return match and (tree.linux / f"Documentation/{match[1]}.rst").exists()


def test_abi_entries(tree, tmp_path):
    """The ABI entries, as the kernel's own script makes a page of them for sphinx.

    By themselves: some releases of sphinx leave that page of the kernel's documents empty.
    """
    entries, source, built = (tmp_path / name for name in ("ABI", "source", "built"))
    entries.mkdir()
    source.mkdir()
    for name in trees.tracked():
        if name.match("Documentation/ABI/*/*"):
            (entries / name.name).write_bytes((REPO / name).read_bytes())
    page = succeed(run("perl", tree.linux / "scripts/get_abi.pl", "rest", "--rst-source",
                       "--dir", entries))
    (source / "index.rst").write_text("ABI\n###\n\n" + page, encoding="utf-8")
    said = succeed(run("sphinx-build", "-q", "-C", "-b", "html", source, built))
    # Labels are the script's.
    report([line for line in said.splitlines() if "undefined label" not in line
            and not is_left_out(tree, line)])
    assert "data/suspend" in (built / "index.html").read_text(encoding="utf-8")


def kernel_doc(folder, names):
    """What kernel-doc has to say of these files of a kernel."""
    return succeed(run(folder / "scripts/kernel-doc", "-none", "-Wall", *names,
                       cwd=folder)).splitlines()


def test_kernel_doc(tree):
    """kernel-doc: each comment that it reads is complete."""
    report(kernel_doc(tree.linux, trees.kernel_files(".c", ".h")))


def test_kernel_doc_patched(tree):
    """kernel-doc: the patches add nothing to what it says of the kernel's own files."""
    names = [name for name in trees.patched_files() if name.suffix in (".c", ".h")]
    line_number = re.compile(r":\d+:")
    known = {line_number.sub(":", line) for line in kernel_doc(tree.source, names)}
    report([line for line in kernel_doc(tree.linux, names)
            if line_number.sub(":", line) not in known])


@pytest.mark.parametrize("name", **ids(shell_scripts()))
def test_shellcheck(name):
    """shellcheck."""
    succeed(run("shellcheck", "-x", "-f", "gcc", name))


def test_pylint(checks):
    """pylint, on all Python; lab/pylintrc says what it leaves out and why."""
    succeed(checks["pylint"].result())


def test_short_files():
    """A file with more lines has more than one job."""
    lengths = {name: len((REPO / name).read_text(encoding="utf-8").splitlines())
               for name in trees.kernel_files() if name.parts[0] in ("drivers", "include")}
    report([f"{name}: {length} lines, more than {MAX_LINES}" for name, length in lengths.items()
            if length > MAX_LINES])


def test_licence_lines():
    """Each file of the kernel names its licence in the first line, scripts in the second.

    Not so a README, and what configures a kselftest: no other of these does.
    """
    documents = [name for name in trees.tracked() if name.suffix == ".rst"]
    findings = []
    for name in trees.kernel_files() + documents:
        if name.name in ("README", "config", "settings"):
            continue
        lines = (REPO / name).read_text(encoding="utf-8").splitlines()[:2]
        first = lines[1:] if lines and lines[0].startswith("#!") else lines[:1]
        if not any("SPDX-License-Identifier: GPL-2.0" in line for line in first):
            findings.append(f"{name}: no SPDX-License-Identifier")
    report(findings)


def test_nothing_private():
    """No path of one machine and no mirror's address: apt and the caller know these."""
    findings = []
    for name in trees.tracked():
        text = (REPO / name).read_bytes().decode("utf-8", "replace")
        findings += [f"{name}:{number}: {line.strip()}"
                     for number, line in enumerate(text.splitlines(), 1) if PRIVATE.search(line)]
    report(findings)
