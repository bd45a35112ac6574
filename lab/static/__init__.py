# SPDX-License-Identifier: GPL-2.0-only
"""Checks of the sources, which need no machine to run on."""
