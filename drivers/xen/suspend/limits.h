/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a suspend may take, and how often it is tried.
 */
#ifndef _XEN_SUSPEND_LIMITS_H
#define _XEN_SUSPEND_LIMITS_H

#include <linux/types.h>

struct xen_suspend;

/**
 * xen_suspend_expired() - has everyone who asked for this suspend given up?
 *
 * The toolstack waits for a limited time since its request. A request that
 * joins a suspend under way gives it more time.
 *
 * Context: Any, also with the machine stopped.
 * Return: true once parameter deadline_ms has passed since the last request, or
 * everyone who asked for this suspend is known to wait no longer.
 */
bool xen_suspend_expired(void);

/**
 * xen_suspend_freeze_limit() - how long tasks may take to freeze
 *
 * Context: The request thread.
 * Return: Milliseconds: parameter freeze_timeout_ms, or less if the deadline
 * is nearer.
 */
unsigned int xen_suspend_freeze_limit(void);

/**
 * xen_suspend_retry_delay() - how long to wait before a failed suspend is tried
 *	again
 * @s: The suspend that failed.
 *
 * What may pass is tried again, that is -EBUSY and -EAGAIN: parameter retries
 * times, after 100 ms and then twice as long each time, as long as the deadline
 * allows.
 *
 * Context: The request thread.
 * Return: Milliseconds, or 0 if it is not to be tried again.
 */
unsigned int xen_suspend_retry_delay(const struct xen_suspend *s);

#endif /* _XEN_SUSPEND_LIMITS_H */
