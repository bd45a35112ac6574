# SPDX-License-Identifier: GPL-2.0-only
"""The KUnit suites, which need a kernel and no Xen."""
