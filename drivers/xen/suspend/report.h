/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What became of a request, told in the log and in xenstore.
 */
#ifndef _XEN_SUSPEND_REPORT_H
#define _XEN_SUSPEND_REPORT_H

#include <linux/types.h>

struct xen_suspend;

/**
 * xen_report_begin() - a request is taken: what an earlier one left is outdated
 *
 * Context: The request thread; may sleep.
 */
void xen_report_begin(void);

/**
 * xen_report_failure() - tell who waits that a suspend failed
 * @s: The suspend, all undone.
 * @again: It will be tried again, so this is not the end.
 *
 * Context: The request thread; may sleep.
 */
void xen_report_failure(const struct xen_suspend *s, bool again);

/**
 * xen_report_success() - the domain stopped and goes on
 * @s: The suspend, all undone.
 * @begin_ns: When it began, in local_clock().
 *
 * Context: The request thread; may sleep.
 */
void xen_report_success(const struct xen_suspend *s, u64 begin_ns);

/**
 * xen_report_waiting() - tell which devices wait for their backends
 * @request: Number of the request that the domain was restored in.
 * @devices: Their names, separated by commas; empty if none waits any more.
 * @news: They are others than at the last call.
 *
 * Context: Process context, may sleep.
 */
void xen_report_waiting(unsigned int request, const char *devices, bool news);

/**
 * xen_backends_watch() - see to it that devices that wait for ever are reported
 * @request: Number of the request that the domain was restored in.
 *
 * Context: Any.
 */
void xen_backends_watch(unsigned int request);

#endif /* _XEN_SUSPEND_REPORT_H */
