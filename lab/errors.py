# SPDX-License-Identifier: GPL-2.0-only
"""What goes wrong in the lab, told in a sentence."""


class LabError(Exception):
    """A failure whose text names the cause and, where there is one, the mend."""
