# SPDX-License-Identifier: GPL-2.0-only
"""Kernels, disks and self tests put together into a booted host with guests."""

from pathlib import Path

from lab import kernel, packages, selftests
from lab.dom0 import Dom0
from lab.errors import LabError


class Setup:
    """Builds what is asked for when it is first asked for.

    @images: kernel images to use instead of building them, by flavour; "dom0" is dom0's own
    """

    Error = LabError

    def __init__(self, images=None, programs=None):
        self._images = {name: Path(path) for name, path in (images or {}).items() if path}
        self._programs = programs

    def image(self, flavour):
        """The kernel image of a flavour."""
        if flavour not in self._images:
            flavour_built = "baseline" if flavour == "dom0" else flavour
            self._images[flavour] = kernel.build(flavour_built).image
        return self._images[flavour]

    @staticmethod
    def module(flavour):
        """The test module for a kernel that the lab has built."""
        return selftests.module(kernel.build(flavour))

    def programs(self):
        """The folder of the self tests that the guests have in /opt/selftests."""
        if not self._programs:
            self._programs = selftests.programs(kernel.pristine())
        return self._programs

    def booted(self, **machine):
        """A host that boots when entered with `with`, and ends when left."""
        packages.ensure("roots")
        return Dom0(self.image("dom0"), selftests=self.programs(), **machine)

    def guest(self, dom0, flavour="ours", name=None, *, create=True, wait=True, **options):
        """A guest with a kernel of this flavour; created, unless told otherwise."""
        # pylint: disable=too-many-arguments
        guest = dom0.guest(self.image(flavour), name=name, **options)
        return guest.create(wait=wait) if create else guest
