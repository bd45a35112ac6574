/* SPDX-License-Identifier: GPL-2.0-only */
/* The domain that a command is about, and the ways to it. */
#ifndef XEN_SUSPENDCTL_TARGET_H
#define XEN_SUSPENDCTL_TARGET_H

#include "options.h"

struct target {
	const struct options *options;
	struct host *host;
	struct store *store;
	unsigned int domid;
	char *name;
};

#endif
