// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a suspend may take, and how often it is tried.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/module.h>

#include "limits.h"
#include "request.h"
#include "suspend.h"

/* These are built in: name them after the subsystem and not after the file. */
#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "xen_suspend."

/*
 * libxl waits 60 s for the domain to stop, see domain_suspend_common_wait_guest
 * in its source; 10 s are left for the image to be given up and for a slow clock.
 */
static unsigned int deadline_ms = 50000;
module_param(deadline_ms, uint, 0644);
MODULE_PARM_DESC(deadline_ms, "Give up a suspend that has not stopped the domain so many milliseconds after it was asked for; default 50000");

static unsigned int freeze_timeout_ms = 10000;
module_param(freeze_timeout_ms, uint, 0644);
MODULE_PARM_DESC(freeze_timeout_ms, "Wait at most so many milliseconds for tasks to freeze, and not longer than /sys/power/pm_freeze_timeout; default 10000");

static unsigned int retries = 5;
module_param(retries, uint, 0644);
MODULE_PARM_DESC(retries, "Try a suspend that failed with EBUSY or EAGAIN again, so many times; default 5");

static const struct xen_request_source *sources[] = {
	&xen_request_xenstore,
	&xen_request_evtchn,
};

#define FIRST_DELAY_MS	100
#define MAX_DELAY_MS	5000

/* How long this one will go on waiting, negative if it does not. */
static long source_left_ms(const struct xen_request_source *source)
{
	unsigned long asked = READ_ONCE(source->asked_ms);

	/* Who asked before this request was queued has been served. */
	if ((long)(asked - xen_suspend_request.since_ms) < 0)
		return -1;
	if (source->waits && !source->waits())
		return -1;

	return asked + READ_ONCE(deadline_ms) - xen_request_now_ms();
}

/* Milliseconds until the deadline, negative after it. */
static long left_ms(void)
{
	long left = -1;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sources); i++)
		left = max(left, source_left_ms(sources[i]));

	return left;
}

bool xen_suspend_expired(void)
{
	return left_ms() < 0;
}

unsigned int xen_suspend_freeze_limit(void)
{
	return clamp(left_ms(), 0L, (long)READ_ONCE(freeze_timeout_ms));
}

unsigned int xen_suspend_retry_delay(const struct xen_suspend *s)
{
	unsigned int delay;

	if (s->abandoned || (s->error != -EBUSY && s->error != -EAGAIN))
		return 0;
	if (s->tries > READ_ONCE(retries))
		return 0;

	delay = min(FIRST_DELAY_MS << min(s->tries - 1, 6U), MAX_DELAY_MS);

	return delay < left_ms() ? delay : 0;
}
