/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A Xen host with one guest, for tests: what domain.h and store.h declare, and
 * a process that plays the guest.
 */
#ifndef XEN_SUSPENDCTL_FAKE_XEN_H
#define XEN_SUSPENDCTL_FAKE_XEN_H

#include <stdatomic.h>
#include <stdbool.h>

#include "domain.h"

enum fake_deed {
	FAKE_NOTHING,
	FAKE_TAKE,	/* acknowledge the request */
	FAKE_REPORT,
	FAKE_FORGET,	/* remove the report */
	FAKE_STOP,	/* suspend */
	FAKE_CRASH,
	FAKE_SIGNAL,	/* interrupt the program, from outside */
	FAKE_KILL,	/* kill the process that calls libxl */
	FAKE_AWAIT,	/* wait until that process has ended */
};

/* Done so many milliseconds after the request, or after what was done before. */
struct fake_act {
	int ms;
	enum fake_deed deed;
	const char *text;
};

#define FAKE_ACTS	8

/* All that the processes share. */
struct fake {
	/* How the host behaves, set by a test. */
	int libxl_ms;		/* libxl gives up */
	int libxl_rc;		/* and returns this, taking back the request */
	int stopped_rc;		/* it returns this for a domain that stopped */
	int resume_rc;
	bool advertises;
	bool channel;		/* the guest has one, and libxl asks over it */

	/* What is so at a moment. */
	atomic_int run;		/* enum domain_run */
	atomic_bool asked;	/* in whichever way */
	atomic_bool requested;	/* by a word in xenstore */
	atomic_int resumed;
	atomic_int caller;
	atomic_flag lock;	/* of the report */
	char report[256];
};

extern struct fake *fake;

/* Begins anew, with a running domain called g1. */
void fake_reset(const char *report);

/* The guest acts once it is asked. */
void fake_guest_start(const struct fake_act *acts);
void fake_guest_end(void);

#endif
