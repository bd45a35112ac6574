// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspends this domain: gives the engine its steps and the world around them,
 * and says what became of it.
 */
#define pr_fmt(fmt) "xen: suspend: " fmt

#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/sched/clock.h>
#include <linux/stop_machine.h>
#include <linux/time64.h>

#include <xen/page.h>
#include <xen/xen.h>

#include <asm/xen/hypercall.h>
#include <asm/xen/hypervisor.h>

#include "suspend.h"

static BLOCKING_NOTIFIER_HEAD(outcome_chain);

int xen_suspend_register_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&outcome_chain, nb);
}
EXPORT_SYMBOL_GPL(xen_suspend_register_notifier);

int xen_suspend_unregister_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_unregister(&outcome_chain, nb);
}
EXPORT_SYMBOL_GPL(xen_suspend_unregister_notifier);

/* CPU 0 it must be: Xen brings back a restored PV domain on its vCPU 0. */
static int stop_on_boot_cpu(int (*fn)(void *data), void *data)
{
	return stop_machine(fn, data, cpumask_of(0));
}

/*
 * A PV domain hands over the frame of its start_info page, into which the
 * restoring tools write the new domain's values. Other types have no such page.
 */
static int shutdown_suspend(struct xen_suspend *s)
{
	return HYPERVISOR_suspend(xen_pv_domain() ?
				  virt_to_gfn(xen_start_info) : 0);
}

static const struct xen_suspend_ops domain_ops = {
	.stop_machine = stop_on_boot_cpu,
	.hypercall = shutdown_suspend,
	.clock = local_clock,
};

static void log_outcome(const struct xen_suspend *s, u64 begin)
{
	u64 us = div_u64(local_clock() - begin, NSEC_PER_USEC);

	switch (s->outcome) {
	case XEN_SUSPEND_FAILED:
		pr_err("failed in step %s: error %d; undone after %llu us\n",
		       s->failed ? s->failed->name :
		       s->stopped ? "hypercall" : "stop-machine",
		       s->error, us);
		break;
	case XEN_SUSPEND_CANCELLED:
		pr_debug("cancelled, same domain goes on after %llu us\n", us);
		break;
	case XEN_SUSPEND_RESUMED:
		pr_info("resumed in a new domain: %llu us to stop, %llu us to come back\n",
			div_u64(s->stopped - begin, NSEC_PER_USEC),
			div_u64(local_clock() - s->continued, NSEC_PER_USEC));
		break;
	}
}

void xen_suspend_domain(void)
{
	struct xen_suspend s = {
		.steps = xen_suspend_steps,
		.nr_steps = xen_suspend_nr_steps,
		.ops = &domain_ops,
	};
	struct xen_suspend_result result;
	u64 begin = local_clock();

	if (system_state != SYSTEM_RUNNING) {
		pr_info("the system does not run, so it does not suspend\n");
		return;
	}

	xen_suspend_run(&s);
	log_outcome(&s, begin);

	result.error = s.error;
	result.step = s.failed ? s.failed->name : NULL;
	blocking_notifier_call_chain(&outcome_chain, s.outcome, &result);
}
