// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps that freeze tasks. With preemption, a task that runs could hold a
 * machine frame number in a register when the image is taken.
 */
#include <linux/freezer.h>
#include <linux/limits.h>

#include "limits.h"
#include "steps.h"
#include "suspend.h"

/* The transition lock is held, which protects the freezer's limit and names. */
static int freeze(struct xen_suspend *s, int (*freeze_tasks)(void))
{
	int error;

	freeze_refused[0] = '\0';
	freeze_limit_msecs = xen_suspend_freeze_limit();
	error = freeze_tasks();
	freeze_limit_msecs = UINT_MAX;

	/* The freezer puts a comma before each name. */
	if (error && freeze_refused[0])
		xen_suspend_blame(s, "task", freeze_refused + 1);

	return error;
}

int xen_processes_freeze(struct xen_suspend *s)
{
	return freeze(s, freeze_processes);
}

void xen_processes_thaw(struct xen_suspend *s)
{
	thaw_processes();
}

/* Those that can be frozen, and the freezable workqueues. */
int xen_kernel_threads_freeze(struct xen_suspend *s)
{
	return freeze(s, freeze_kernel_threads);
}

void xen_kernel_threads_thaw(struct xen_suspend *s)
{
	thaw_kernel_threads();
}
