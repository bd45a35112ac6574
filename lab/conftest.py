# SPDX-License-Identifier: GPL-2.0-only
"""Fixtures of the scenarios: one Xen host for all of them, guests made to order."""

import pytest

from lab import artefacts, roots
from lab.errors import LabError
from lab.progress import say
from lab.setup import Setup

SOAK = 10


def pytest_addoption(parser):
    """Options of the lab."""
    group = parser.getgroup("lab")
    group.addoption("--soak", action="store_true", help=f"repeat everything {SOAK} times as often")
    group.addoption("--dom0-kernel", metavar="IMAGE", help="boot dom0 with this kernel image")
    group.addoption("--ours-kernel", metavar="IMAGE", help="instead of building `ours`")
    group.addoption("--baseline-kernel", metavar="IMAGE", help="instead of building `baseline`")
    group.addoption("--selftests", metavar="FOLDER", help="programs to put into the guests")


@pytest.fixture(scope="session")
def count(request):
    """How often to repeat what is done @times times: count(times)."""
    soak = request.config.getoption("--soak")
    return lambda times: times * SOAK if soak else times


@pytest.fixture(scope="session")
def setup(request):
    """Kernels and disks."""
    option = request.config.getoption
    return Setup({"dom0": option("--dom0-kernel"), "ours": option("--ours-kernel"),
                  "baseline": option("--baseline-kernel")}, option("--selftests"))


class Hosts:
    """The Xen host that runs, of the version asked for last: there is room for one."""

    def __init__(self, config, setup):
        self._config = config
        self._setup = setup
        self._version = None
        self._config.lab_dom0 = None
        self.guests = {}

    def get(self, version):
        """The host; boots it unless it runs."""
        if version != self._version:
            self.close()
            self._config.lab_dom0 = self._setup.booted(xen=version).boot()
            self._version = version
        return self._config.lab_dom0

    def close(self):
        """End it; what its own logs tell of counts too."""
        host, self._config.lab_dom0, self._version = self._config.lab_dom0, None, None
        self.guests.clear()
        if host:
            with host:
                assert not host.problems(), "after the scenarios, in the logs of dom0 or Xen"


@pytest.fixture(scope="session")
def hosts(request, setup):
    """Where the scenarios of all files get their host from."""
    found = Hosts(request.config, setup)
    yield found
    found.close()


@pytest.fixture(scope="module")
def dom0(request, hosts):
    """A booted Xen host, of the version that a file names as XEN."""
    return hosts.get(getattr(request.module, "XEN", roots.DEFAULT_XEN))


@pytest.fixture(scope="module")
def make_guest(request, setup, dom0):
    """Make guests: make_guest("ours", vcpus=4, ...).

    One that a test makes is gone after the test, one that a fixture makes after the module.
    """
    made = []

    def make(flavour="ours", **options):
        guest = setup.guest(dom0, flavour, create=False, **{
            key: options.pop(key) for key in list(options) if key not in ("create", "wait")})
        made.append(guest)
        if getattr(request.config, "lab_in_test", False):
            request.config.lab_guests.append(guest)
        if options.get("create", True):
            guest.create(wait=options.get("wait", True))
        return guest

    yield make
    for guest in made:
        guest.destroy()


@pytest.fixture(scope="module")
def shared_guest(hosts, setup, dom0):
    """One guest a kernel for all files, while its host runs: shared_guest("ours").

    There is a new one for options that none has yet, and if the last one did not stay well.
    @expected: what its log may hold, see Guest.problems()
    """
    def get(flavour, expected=(), **options):
        key = (flavour, *options.items())
        if key in hosts.guests and not hosts.guests[key].is_well(expected):
            hosts.guests.pop(key).destroy()
        if key not in hosts.guests:
            hosts.guests[key] = setup.guest(dom0, flavour, **options)
        return hosts.guests[key]

    return get


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    """Know the guests that a test itself makes."""
    item.config.lab_guests = []
    item.config.lab_in_test = True
    yield
    item.config.lab_in_test = False


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item):
    """Remove the guests that the test itself made."""
    for guest in getattr(item.config, "lab_guests", []):
        guest.destroy()
    item.config.lab_guests = []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Gather what there is to see while the guests of a failed scenario still exist."""
    outcome = yield
    report = outcome.get_result()
    host = getattr(item.config, "lab_dom0", None)
    if report.failed and host:
        try:
            folder = artefacts.collect(host, item.nodeid, report.longreprtext)
        except (LabError, OSError) as error:
            say(f"no artefacts of {item.name}: {error}")
            return
        report.sections.append(("lab", f"artefacts: {folder}"))
        say(f"artefacts of {item.name}: {folder}")
