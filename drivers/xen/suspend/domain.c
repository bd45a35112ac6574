// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspends this domain: gives the engine its steps and the world around them,
 * tries again where that may help, and has the outcome told.
 */
#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/notifier.h>
#include <linux/sched/clock.h>
#include <linux/stop_machine.h>

#include <xen/page.h>
#include <xen/xen.h>

#include <asm/xen/hypercall.h>
#include <asm/xen/hypervisor.h>

#include "fault.h"
#include "limits.h"
#include "report.h"
#include "request.h"
#include "stats.h"
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
	.expired = xen_suspend_expired,
	.fault = xen_suspend_fault,
};

static bool try_again(struct xen_suspend *s)
{
	unsigned int delay = xen_suspend_retry_delay(s);

	if (!delay)
		return false;

	xen_report_failure(s, true);
	xen_stats_retry(s);

	return xen_request_pause(delay);
}

/* Returns when the last try began. */
static u64 run_until_final(struct xen_suspend *s)
{
	u64 begin;

	if (system_state != SYSTEM_RUNNING) {
		s->outcome = XEN_SUSPEND_FAILED;
		s->error = -ESHUTDOWN;
		s->failed = "system-state";
		return 0;
	}

	do {
		begin = local_clock();
		xen_suspend_run(s);
	} while (s->outcome == XEN_SUSPEND_FAILED && try_again(s));

	return begin;
}

void xen_suspend_domain(void)
{
	static unsigned int requests;
	struct xen_suspend s = {
		.steps = xen_suspend_steps,
		.nr_steps = xen_suspend_nr_steps,
		.ops = &domain_ops,
		.request = ++requests,
		.source = READ_ONCE(xen_suspend_request.source)->name,
	};
	struct xen_suspend_result result;
	u64 begin;

	xen_report_begin();
	begin = run_until_final(&s);
	if (s.outcome == XEN_SUSPEND_FAILED)
		xen_report_failure(&s, false);
	else
		xen_report_success(&s, begin);
	xen_stats_end(&s);
	if (s.outcome == XEN_SUSPEND_RESUMED)
		xen_backends_watch(s.request);

	result.request = s.request;
	result.error = s.error;
	result.step = s.failed;
	blocking_notifier_call_chain(&outcome_chain, s.outcome, &result);
}
