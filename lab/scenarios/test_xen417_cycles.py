# SPDX-License-Identifier: GPL-2.0-only
"""The scenarios of test_cycles that Xen 4.17 has commands for."""

# pylint: disable=unused-import
from lab.scenarios.test_cycles import guest_fixture, test_checkpoint, test_save_restore

XEN = "4.17"
