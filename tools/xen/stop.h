/* SPDX-License-Identifier: GPL-2.0-only */
/* Ask a domain to stop, and learn at once if it will not. */
#ifndef XEN_SUSPENDCTL_STOP_H
#define XEN_SUSPENDCTL_STOP_H

#include <stdbool.h>

#include "domain.h"
#include "report.h"
#include "target.h"

enum stop_end {
	STOP_ANSWERED,		/* libxl's call has ended */
	STOP_REPORTED,		/* the guest says that it failed */
	STOP_TIMED_OUT,		/* before libxl's call did */
	STOP_INTERRUPTED,	/* by a signal */
	STOP_LOST,		/* the child ended without an answer */
	STOP_OVER,		/* the domain shut down for another reason, or is gone */
};

struct stop {
	enum stop_end end;
	bool interrupted;		/* however it ended then */
	int rc;				/* of libxl, if STOP_ANSWERED */
	bool channel;			/* it was asked over its event channel */
	bool withdrawn;			/* the request, before it was taken */
	bool taken;			/* not stopped, and has not said that it will not */
	struct domain_state state;	/* after the end */
	long long since;		/* when it was known to be suspended */
	struct report before;		/* what must not be mistaken for ours */
	struct report report;		/* of our request, as far as there was one */
};

/*
 * Asks a domain to suspend, and waits for what comes of it; to be called with
 * signals held. All is said in @stop; returns NULL, or why it could not even be
 * asked.
 */
const char *stop_domain(struct stop *stop, struct target *target);

#endif
