// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks, some time after a restore, for devices whose backend did not answer.
 *
 * Nothing waits for them: they connect by themselves once their backend comes.
 */
#include <linux/jiffies.h>
#include <linux/kconfig.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/seq_buf.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <xen/xenbus.h>

#include "report.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "xen_suspend."

static unsigned int backend_timeout_ms = 5000;
module_param(backend_timeout_ms, uint, 0644);
MODULE_PARM_DESC(backend_timeout_ms, "Report devices that their backends have not answered so many milliseconds after a restore, at least 100; default 5000");

#define MIN_TIMEOUT_MS	100U

/* Names of devices, separated by commas: the work's own. */
static char waiting[256];
static char reported[256];

/* The domain was restored in the request of this number; any thread. */
static unsigned int restored_in;

static void look(struct work_struct *work);
static DECLARE_DELAYED_WORK(look_later, look);

static void look_again(void)
{
	unsigned int ms = max(READ_ONCE(backend_timeout_ms), MIN_TIMEOUT_MS);

	mod_delayed_work(system_freezable_wq, &look_later,
			 msecs_to_jiffies(ms));
}

static void look(struct work_struct *work)
{
	struct seq_buf names;

	seq_buf_init(&names, waiting, sizeof(waiting));
	/* Where frontends are modules, the bus is out of reach from here. */
	if (IS_BUILTIN(CONFIG_XEN_XENBUS_FRONTEND))
		xenbus_list_connecting(&names);
	seq_buf_str(&names);

	xen_report_waiting(READ_ONCE(restored_in), waiting,
			   strcmp(waiting, reported));
	strscpy(reported, waiting);
	if (waiting[0])
		look_again();
}

void xen_backends_watch(unsigned int request)
{
	WRITE_ONCE(restored_in, request);
	look_again();
}
