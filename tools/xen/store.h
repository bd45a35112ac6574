/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in xenstore about the suspend of one domain. */
#ifndef XEN_SUSPENDCTL_STORE_H
#define XEN_SUSPENDCTL_STORE_H

#include <stdbool.h>

#include "report.h"

/* NULL if there is no way to xenstore. */
struct store *store_open(unsigned int domid);
void store_close(struct store *store);

/* Whether the domain says that it can suspend. */
bool store_advertises(struct store *store);

/*
 * Whether the domain has an event channel for requests to suspend: then libxl asks
 * over that, and what is asked is called off when the process that asked ends.
 */
bool store_has_channel(struct store *store);

/* The last report, if there is one; false if it cannot be read. */
bool store_report(struct store *store, struct report *report);

/*
 * Starts to watch the report: the descriptor that this returns can be read when
 * the report has changed, or a domain shut down or went away, until store_drain()
 * is called. -1 on failure.
 */
int store_watch(struct store *store);
void store_drain(struct store *store);

/*
 * Takes back the request to suspend. False if it is no longer there: the domain
 * has taken it, or was asked in another way.
 */
bool store_withdraw(struct store *store);

#endif
