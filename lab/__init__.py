# SPDX-License-Identifier: GPL-2.0-only
"""A Xen host under QEMU, with guests, to try suspend and resume in."""
