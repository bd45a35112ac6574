// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells user space how a suspend ended, with a uevent of a device that is there
 * for nothing else.
 */
#define pr_fmt(fmt) "xen: suspend: " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/printk.h>

#include <xen/suspend.h>
#include <xen/xen.h>

static struct platform_device *event_device;

static const char * const outcomes[] = {
	[XEN_SUSPEND_FAILED] = "XEN_SUSPEND=failed",
	[XEN_SUSPEND_CANCELLED] = "XEN_SUSPEND=cancelled",
	[XEN_SUSPEND_RESUMED] = "XEN_SUSPEND=resumed",
};

static int send_event(struct notifier_block *nb, unsigned long outcome,
		      void *data)
{
	const struct xen_suspend_result *result = data;
	char request[32];
	char *env[3] = { (char *)outcomes[outcome], request, NULL };

	snprintf(request, sizeof(request), "REQUEST=%u", result->request);
	kobject_uevent_env(&event_device->dev.kobj, KOBJ_CHANGE, env);

	return NOTIFY_DONE;
}

static struct notifier_block event_nb = {
	.notifier_call = send_event,
};

static int __init event_init(void)
{
	if (!xen_domain())
		return 0;

	event_device = platform_device_register_simple("xen-suspend",
						       PLATFORM_DEVID_NONE,
						       NULL, 0);
	if (IS_ERR(event_device)) {
		pr_warn("no device to send events with: %ld\n",
			PTR_ERR(event_device));
		return PTR_ERR(event_device);
	}

	return xen_suspend_register_notifier(&event_nb);
}
device_initcall(event_init);
