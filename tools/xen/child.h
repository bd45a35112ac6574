/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libxl's call to suspend a domain, in a process of its own: it cannot be
 * called off, but a process can be ended. That closes the event channel, if the
 * domain was asked over one.
 */
#ifndef XEN_SUSPENDCTL_CHILD_H
#define XEN_SUSPENDCTL_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "domain.h"

struct child {
	pid_t pid;
	int go;		/* closed, or written to, by us */
	int answer;	/* can be read when libxl's call has ended */
};

struct child_answer {
	int rc;			/* of domain_suspend() */
	long long when;		/* that was, by clock_ns() */
};

/* Starts a child, which waits for child_go(); 0, or a positive errno. */
int child_start(struct child *child, struct host *host, unsigned int domid);
bool child_go(struct child *child);

/* False if it ended without an answer. */
bool child_read(struct child *child, struct child_answer *answer);

/* Ends it, if it still runs. */
void child_end(struct child *child);

#endif
