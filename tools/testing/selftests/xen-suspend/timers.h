/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways in which a process can wait for a time, one function each. */
#ifndef XEN_SUSPEND_TIMERS_H
#define XEN_SUSPEND_TIMERS_H

#include <stdbool.h>

#include "types.h"

enum wait_result {
	WAIT_FIRED,
	WAIT_CANCELLED,		/* the wall clock was set: start again */
	WAIT_INTERRUPTED,	/* EINTR though no signal came: start again */
	WAIT_EARLY,		/* by the clock it was set on */
	WAIT_ERROR,		/* errno says which */
};

struct wait_kind {
	const char *name;
	enum wait_result (*wait)(s64 ns);
	s64 unit;		/* the ns that it can be set to, and no finer */
	bool realtime;		/* setting the clock may make it fire sooner */
};

extern const struct wait_kind wait_kinds[];
extern const int nr_wait_kinds;

/* To be called first: signals that tell of timers are to stay pending. */
void waits_block_signals(void);

/* And in each thread that waits: the signal that ends us is not for it. */
void waits_block_all_signals(void);

/* A timerfd that ticks each @period ns on the monotonic clock, from @first on. */
int waits_periodic(s64 first, s64 period);

#endif
