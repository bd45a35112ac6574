# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# In place of Xen's own: write to the log without starting a process for it.
log() {
	echo "$0 $*" >&2
}
