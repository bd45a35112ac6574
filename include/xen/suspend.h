/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Suspend of a Xen guest: what the rest of the kernel may ask and be told.
 *
 * See Documentation/driver-api/xen/suspend.rst.
 */
#ifndef _XEN_SUSPEND_H
#define _XEN_SUSPEND_H

#include <linux/errno.h>
#include <linux/types.h>

struct notifier_block;

/**
 * enum xen_suspend_outcome - what became of a request to suspend
 * @XEN_SUSPEND_FAILED: The domain never stopped. A step refused, or the
 *	hypercall returned a negative error; all is undone.
 * @XEN_SUSPEND_CANCELLED: The domain stopped and goes on as the same domain
 *	(checkpoint, aborted migration, host that slept). Grants, event
 *	channels and rings are the same objects as before.
 * @XEN_SUSPEND_RESUMED: Goes on in a new domain (restore, migration). Grants,
 *	event channels and the connection to xenstore were made anew.
 *
 * Xen's tools put 1 into the guest's return register to cancel, and a restored
 * guest reads 0: see SCHEDOP_shutdown in xen/include/public/sched.h.
 */
enum xen_suspend_outcome {
	XEN_SUSPEND_FAILED,
	XEN_SUSPEND_CANCELLED,
	XEN_SUSPEND_RESUMED,
};

/**
 * struct xen_suspend_result - how a suspend ended, as told to notifiers
 * @request: Its number since boot.
 * @error: Zero, or the negative errno of a suspend that failed.
 * @step: Name of the step that failed, NULL if none did.
 */
struct xen_suspend_result {
	unsigned int request;
	int error;
	const char *step;
};

#ifdef CONFIG_XEN_SUSPEND

/**
 * xen_suspend_in_progress() - is a suspend under way?
 *
 * True from before the suspend waits for the lock of PM transitions until after
 * it has let go of it, so also while processes are frozen. The answer may be
 * outdated when the caller reads it, unless the caller is a step or a device
 * callback of that suspend.
 *
 * Context: Any.
 * Return: true while the suspend thread runs a suspend.
 */
bool xen_suspend_in_progress(void);

/**
 * xen_suspend_register_notifier() - be told how each suspend ends
 * @nb: Called in the suspend thread after the last step is undone, so
 *	with processes running and devices awake. The action is an enum
 *	xen_suspend_outcome, the data a struct xen_suspend_result. It may
 *	sleep; while it does no further request is served. The return
 *	value is ignored.
 *
 * Context: Process context, may sleep.
 * Return: 0, or -EEXIST if @nb is registered already.
 */
int xen_suspend_register_notifier(struct notifier_block *nb);

/**
 * xen_suspend_unregister_notifier() - stop being told
 * @nb: As given to xen_suspend_register_notifier().
 *
 * Context: Process context, may sleep; waits for a call of @nb in progress.
 * Return: 0, or -ENOENT if @nb is not registered.
 */
int xen_suspend_unregister_notifier(struct notifier_block *nb);

#else

static inline bool xen_suspend_in_progress(void)
{
	return false;
}

static inline int xen_suspend_register_notifier(struct notifier_block *nb)
{
	return -EOPNOTSUPP;
}

static inline int xen_suspend_unregister_notifier(struct notifier_block *nb)
{
	return -EOPNOTSUPP;
}

#endif /* CONFIG_XEN_SUSPEND */

#endif /* _XEN_SUSPEND_H */
