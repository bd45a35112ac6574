// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps that suspend devices: first prepare and suspend, then, with xenstore
 * silent, late and noirq, after which device interrupts are off.
 */
#include <linux/pm.h>
#include <linux/sched/mm.h>
#include <linux/suspend.h>

#include "steps.h"
#include "suspend.h"

/*
 * Until devices are back, an allocation of this thread must not wait for I/O,
 * which they may be needed for.
 */
static unsigned int noio_flags;		/* The request thread's own. */

/* Whose name is not taken is forgotten: it failed in some earlier transition. */
static void forget_failed_device(void)
{
	char name[2];

	dpm_take_failed_dev(name, sizeof(name));
}

static void blame_device(struct xen_suspend *s)
{
	char name[40];

	dpm_take_failed_dev(name, sizeof(name));
	if (name[0])
		xen_suspend_blame(s, "device", name);
}

static pm_message_t cancel_message(const struct xen_suspend *s)
{
	return s->outcome == XEN_SUSPEND_FAILED ? PMSG_RECOVER : PMSG_THAW;
}

int xen_devices_suspend(struct xen_suspend *s)
{
	int error;

	forget_failed_device();
	noio_flags = memalloc_noio_save();
	error = dpm_suspend_start(PMSG_FREEZE);
	if (error) {
		blame_device(s);
		dpm_resume_end(PMSG_RECOVER);
		memalloc_noio_restore(noio_flags);
	}

	return error;
}

void xen_devices_cancel(struct xen_suspend *s)
{
	dpm_resume_end(cancel_message(s));
	memalloc_noio_restore(noio_flags);
}

void xen_devices_resume(struct xen_suspend *s)
{
	dpm_resume_end(PMSG_RESTORE);
	memalloc_noio_restore(noio_flags);
}

int xen_devices_noirq_suspend(struct xen_suspend *s)
{
	int error = dpm_suspend_end(PMSG_FREEZE);

	if (error)
		blame_device(s);

	return error;
}

void xen_devices_noirq_cancel(struct xen_suspend *s)
{
	dpm_resume_start(cancel_message(s));
}

void xen_devices_noirq_resume(struct xen_suspend *s)
{
	dpm_resume_start(PMSG_RESTORE);
}
