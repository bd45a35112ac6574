/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How suspends went, told in /sys/hypervisor/suspend_stats.
 */
#ifndef _XEN_SUSPEND_STATS_H
#define _XEN_SUSPEND_STATS_H

struct xen_suspend;

#ifdef CONFIG_SYS_HYPERVISOR

/**
 * xen_stats_retry() - a suspend failed and will be tried again
 * @s: The suspend, all undone.
 *
 * Context: The request thread; may sleep.
 */
void xen_stats_retry(const struct xen_suspend *s);

/**
 * xen_stats_end() - a request has ended
 * @s: The suspend, all undone.
 *
 * Context: The request thread; may sleep.
 */
void xen_stats_end(const struct xen_suspend *s);

#else

static inline void xen_stats_retry(const struct xen_suspend *s)
{
}

static inline void xen_stats_end(const struct xen_suspend *s)
{
}

#endif

#endif /* _XEN_SUSPEND_STATS_H */
