/* SPDX-License-Identifier: GPL-2.0-only */
/* What the command line asks for. */
#ifndef XEN_SUSPENDCTL_OPTIONS_H
#define XEN_SUSPENDCTL_OPTIONS_H

#include <stdbool.h>

struct options {
	bool json;
	bool quiet;
	bool verbose;
	bool force;		/* ask even a guest that does not say it can */
	long long timeout;	/* in nanoseconds, 0: as long as libxl waits */
	const char *command;
	const char *domain;
};

#endif
