// SPDX-License-Identifier: GPL-2.0-only
/*
 * The suspend event channel: the toolstack binds to it, and then asks for a
 * suspend with a signal instead of a word in xenstore. See
 * device/suspend/event-channel in xenstore-paths, docs/misc of Xen's source.
 *
 * libxl fails a save if it cannot bind to the channel that is advertised, so that
 * must always be one that nobody holds. Some hold one for long: Remus while it
 * runs, and a libvirt that once suspended this guest until it ends. So there is
 * room for two: while one is held, the other is advertised.
 */
#define pr_fmt(fmt) "xen: suspend: " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/reboot.h>

#include <xen/events.h>
#include <xen/interface/event_channel.h>
#include <xen/suspend.h>
#include <xen/xen.h>
#include <xen/xenbus.h>

#include <asm/xen/hypercall.h>

#include "evtchn.h"
#include "request.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "xen_suspend."

/* The toolstack's domain. Nothing tells a guest of another. */
#define TOOLS_DOMID	0

static bool event_channel = true;
module_param(event_channel, bool, 0444);
MODULE_PARM_DESC(event_channel, "Let the toolstack ask for a suspend through an event channel too; default Y");

/* @port: 0 if it is not open. */
struct channel {
	evtchn_port_t port;
	int irq;
};

/*
 * Held to open, advertise and close channels. Taken by the thread that finds
 * xenstore, by the request thread, and by whoever shuts the system down, with no
 * other lock of this subsystem held.
 */
static DEFINE_MUTEX(channel_lock);

/* Written under channel_lock; ports are also read in any context. */
static struct channel channels[2];
static struct channel *advertised = &channels[0];
static bool going_down;

/* The one that was signalled last; written by its handler, read in any context. */
static struct channel *asked = &channels[0];

/* Do the tools hold their end? They do for as long as they wait. */
static bool is_bound(const struct channel *c)
{
	struct evtchn_status status = {
		.dom = DOMID_SELF,
		.port = READ_ONCE(c->port),
	};

	return status.port &&
	       !HYPERVISOR_event_channel_op(EVTCHNOP_status, &status) &&
	       status.status == EVTCHNSTAT_interdomain;
}

static bool who_asked_waits(void)
{
	return is_bound(READ_ONCE(asked));
}

struct xen_request_source xen_request_evtchn = {
	.name = "event-channel",
	.waits = who_asked_waits,
};

/* A signal that nobody can have sent, or whose sender has gone, is none. */
static irqreturn_t signalled(int irq, void *dev)
{
	struct channel *c = dev;

	if (is_bound(c)) {
		WRITE_ONCE(asked, c);
		xen_request_post(&xen_suspend_request, &xen_request_evtchn);
	}

	return IRQ_HANDLED;
}

void xen_evtchn_poll(void)
{
	struct channel *c;

	for (c = channels; c < channels + ARRAY_SIZE(channels); c++) {
		if (!c->port || !xen_test_irq_pending(c->irq))
			continue;
		xen_clear_irq_pending(c->irq);
		signalled(c->irq, c);
	}
}

/* Also of a domain that is no more, where Xen has closed it already. */
static void close_channel(struct channel *c)
{
	if (!c->port)
		return;

	WRITE_ONCE(c->port, 0);
	unbind_from_irqhandler(c->irq, c);
}

static int open_channel(struct channel *c)
{
	struct evtchn_alloc_unbound alloc = {
		.dom = DOMID_SELF,
		.remote_dom = TOOLS_DOMID,
	};
	struct evtchn_close close;
	int ret;

	ret = HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &alloc);
	if (ret)
		return ret;

	/* A signal while devices suspend is heard at once, and merged. */
	ret = bind_evtchn_to_irqhandler(alloc.port, signalled, IRQF_NO_SUSPEND,
					"xen-suspend", c);
	if (ret < 0) {
		close.port = alloc.port;
		HYPERVISOR_event_channel_op(EVTCHNOP_close, &close);
		return ret;
	}
	c->irq = ret;
	WRITE_ONCE(c->port, alloc.port);

	return 0;
}

/* The tools then ask through xenstore. Also forgets another kernel's port. */
static void withdraw(void)
{
	xenbus_write(XBT_NIL, "device/suspend", "event-channel", "");
}

static int write_port(const struct channel *c)
{
	return xenbus_printf(XBT_NIL, "device/suspend", "event-channel", "%u",
			     c->port);
}

/* Opens a channel that is not open, and advertises it. */
static void advertise(struct channel *c)
{
	int err;

	err = open_channel(c);
	if (err) {
		pr_warn("no suspend event channel: %d; the toolstack has to ask through xenstore\n",
			err);
		withdraw();
		return;
	}

	advertised = c;
	err = write_port(c);
	if (!err)
		return;

	/* A toolstack that makes no node to write to wants no channel. */
	if (err != -EACCES && err != -ENOENT)
		pr_warn("cannot write device/suspend/event-channel: %d; the toolstack has to ask through xenstore\n",
			err);
	close_channel(c);
	withdraw();
}

static void close_all(void)
{
	close_channel(&channels[0]);
	close_channel(&channels[1]);
}

/*
 * The tools may go on holding the channel: then it is the other one's turn. If
 * that is held too it was forgotten, as libxl lets one process at a time hold any.
 */
static void advertise_free_one(void)
{
	struct channel *other = &channels[advertised == &channels[0]];

	if (!is_bound(advertised))
		return;

	/* Short of memory the held one stays, and may be free by the next time. */
	close_channel(other);
	if (open_channel(other))
		return;
	if (write_port(other))
		close_channel(other);
	else
		advertised = other;
}

static int suspend_ended(struct notifier_block *nb, unsigned long outcome,
			 void *result)
{
	mutex_lock(&channel_lock);

	if (outcome == XEN_SUSPEND_RESUMED)
		close_all();
	if (!going_down) {
		if (outcome == XEN_SUSPEND_RESUMED)
			advertise(&channels[0]);
		else
			advertise_free_one();
	}

	mutex_unlock(&channel_lock);

	return NOTIFY_DONE;
}

static struct notifier_block suspend_nb = {
	.notifier_call = suspend_ended,
};

/* The next kernel may not know of a channel that the tools then rely on. */
static int system_goes_down(struct notifier_block *nb, unsigned long code,
			    void *unused)
{
	mutex_lock(&channel_lock);
	going_down = true;
	if (channels[0].port || channels[1].port) {
		withdraw();
		close_all();
	}
	mutex_unlock(&channel_lock);

	return NOTIFY_DONE;
}

static struct notifier_block reboot_nb = {
	.notifier_call = system_goes_down,
};

static int xenstore_ready(struct notifier_block *nb, unsigned long event,
			  void *data)
{
	mutex_lock(&channel_lock);
	advertise(&channels[0]);
	mutex_unlock(&channel_lock);

	return NOTIFY_DONE;
}

static struct notifier_block xenstore_nb = {
	.notifier_call = xenstore_ready,
};

static int __init evtchn_init(void)
{
	int err;

	if (!xen_domain() || xen_initial_domain() || !event_channel)
		return 0;

	err = xen_suspend_register_notifier(&suspend_nb);
	if (!err)
		err = register_reboot_notifier(&reboot_nb);
	if (!err)
		err = register_xenstore_notifier(&xenstore_nb);
	if (err)
		pr_warn("no suspend event channel: %d\n", err);

	return err;
}
device_initcall(evtchn_init);
