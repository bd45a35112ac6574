# SPDX-License-Identifier: GPL-2.0-only
"""The KUnit suites, run by the guests' own kernel image on a bare machine."""

import re
import subprocess
import sys

import pytest

from lab import emulator
from lab.errors import LabError
from lab.process import die_with_parent
from lab.static.tree import REPO, kernel_files, pristine

TIMEOUT = 120
LOG = REPO / "out/kunit.log"
_ARGS = ("console=ttyS0 kunit.enable=1 kunit.filter_glob=xen-suspend* "
         "kunit_shutdown=poweroff panic=-1")


def declared():
    """The cases that the sources declare: (suite, case)."""
    found = []
    for name in kernel_files(".c"):
        text = (REPO / name).read_text(encoding="utf-8")
        cases = {array: re.findall(r"KUNIT_CASE\w*\((\w+)", body) for array, body in
                 re.findall(r"struct kunit_case (\w+)\[\] = \{(.*?)\};", text, re.DOTALL)}
        for body in re.findall(r"struct kunit_suite \w+ = \{(.*?)\};", text, re.DOTALL):
            suite = re.search(r'\.name = "([^"]+)"', body)[1]
            array = re.search(r"\.test_cases = (\w+)", body)[1]
            found += [(suite, case) for case in cases[array]]
    return found


def boot(image):
    """Boot @image without Xen or a disk; it powers off when the suites are through."""
    command = [*emulator.command(), "-machine", "pc", "-accel", "tcg", "-m", "256M", "-smp", "2",
               "-nodefaults", "-display", "none", "-no-reboot", "-bios", "qboot.rom",
               "-serial", "stdio", "-kernel", str(image), "-append", _ARGS]
    LOG.parent.mkdir(exist_ok=True)
    with open(LOG, "w", encoding="utf-8") as log:
        try:
            # pylint: disable-next=subprocess-popen-preexec-fn
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True,
                           timeout=TIMEOUT, preexec_fn=die_with_parent)
        except subprocess.TimeoutExpired as error:
            raise LabError(f"the suites did not end within {TIMEOUT} s; log: {LOG}") from error
        except subprocess.CalledProcessError as error:
            raise LabError(f"QEMU failed with {error.returncode}; log: {LOG}") from error
    return LOG.read_text(encoding="utf-8", errors="replace")


def results(log):
    """What became of each case: {(suite, case): "ok", "not ok" or "skip"}."""
    found, suite = {}, None
    for line in log.splitlines():
        line = re.sub(r"^\[ *[\d.]+\] ", "", line.rstrip())
        if match := re.match(r" {4}# Subtest: (\S+)", line):
            suite = match[1]
        elif match := re.match(r" {4}(not ok|ok) \d+ (\w+)(.*# SKIP)?", line):
            found[suite, match[2]] = "skip" if match[3] else match[1]
    return found


def said_about(log, case):
    """What the log has between the result before @case and its own."""
    lines = []
    for line in log.splitlines():
        lines.append(line)
        if match := re.search(r"\] {5}(?:not )?ok \d+ (\w+)", line):
            if match[1] == case:
                break
            lines = []
    return "\n".join(lines)


@pytest.fixture(scope="session", name="image")
def image_fixture(setup):
    """The kernel under test."""
    return setup.image("ours")


@pytest.fixture(scope="session", name="log")
def log_fixture(image):
    """The log of one boot that ran all suites."""
    return boot(image)


@pytest.mark.parametrize("suite,case", declared(), ids=lambda name: name)
def test_case(log, suite, case):
    """One case of a suite."""
    became = results(log).get((suite, case), "missing")
    if became != "ok":
        pytest.fail(f"{became}; log: {LOG}\n{said_about(log, case)}", pytrace=False)


def test_totals(log):
    """The kernel's own reader of such logs agrees, and no case ran that is not declared."""
    tool = pristine() / "tools/testing/kunit/kunit.py"
    done = subprocess.run([sys.executable, "-B", str(tool), "parse", str(LOG)], text=True,
                          check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    print(done.stdout)
    for line in re.findall(r"# Totals: .*", log):
        print(line)
    assert done.returncode == 0, done.stdout
    assert set(results(log)) == set(declared())
    totals = [int(count) for count in re.findall(r"# Totals: pass:(\d+) fail:0 skip:0", log)]
    assert sum(totals) == len(declared())
