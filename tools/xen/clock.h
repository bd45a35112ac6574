/* SPDX-License-Identifier: GPL-2.0-only */
/* Time that never steps, the same for all processes. */
#ifndef XEN_SUSPENDCTL_CLOCK_H
#define XEN_SUSPENDCTL_CLOCK_H

#include <time.h>

#define NS_PER_MS	1000000LL
#define NS_PER_S	1000000000LL

static inline long long clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

#endif
