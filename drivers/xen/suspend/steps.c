// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps of a suspend, and the one table that puts them in order.
 *
 * A step's undo mirrors its suspend, so the way back is the table read upwards.
 */
#define pr_fmt(fmt) "xen: suspend: " fmt

#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <linux/suspend.h>
#include <linux/syscore_ops.h>
#include <linux/tick.h>

#include <xen/events.h>
#include <xen/grant_table.h>
#include <xen/hvc-console.h>
#include <xen/xen-ops.h>
#include <xen/xenbus.h>

#include "../manage.h"
#include "request.h"
#include "steps.h"
#include "suspend.h"

/*
 * transition-lock: the lock that every PM transition holds. A suspend waits for
 * a transition that userspace began, and the other way round.
 */
static unsigned int sleep_flags;	/* The request thread's own. */
static bool in_progress;	/* Set before the lock is taken: see below. */

bool xen_suspend_in_progress(void)
{
	/* Pairs with transition_lock(): who found the lock taken sees this. */
	smp_rmb();
	return READ_ONCE(in_progress);
}
EXPORT_SYMBOL_GPL(xen_suspend_in_progress);

static int transition_lock(struct xen_suspend *s)
{
	/*
	 * Whoever finds the lock taken asks if it is for a suspend, so it must
	 * never be taken for one while the answer is still no.
	 */
	smp_store_mb(in_progress, true);
	sleep_flags = lock_system_sleep();
	return 0;
}

/* Who finds the lock taken and no suspend in progress may try it again. */
static void transition_unlock(struct xen_suspend *s)
{
	unlock_system_sleep(sleep_flags);
	WRITE_ONCE(in_progress, false);
}

/*
 * watches: no callback of a watch may run on a device that sleeps, or on one
 * whose rings are gone; the xenstore step lets new watches go earlier. Held
 * before kernel threads freeze: a callback that stops one would wait for ever.
 */
static int watches_hold(struct xen_suspend *s)
{
	xs_hold_watches();
	return 0;
}

static void watches_release(struct xen_suspend *s)
{
	xs_release_watches();
}

/*
 * xenstore: wait for requests in flight, then let none begin. A new domain has
 * a new connection, on which every watch must be registered again. A watch that
 * a device registers after that belongs to its new backend and may be heard at
 * once, so backends connect while the remaining devices resume.
 */
static int xenstore_suspend(struct xen_suspend *s)
{
	xs_suspend();
	return 0;
}

static void xenstore_cancel(struct xen_suspend *s)
{
	xs_suspend_cancel();
}

static void xenstore_resume(struct xen_suspend *s)
{
	xs_resume();
	xs_hear_new_watches();
}

/* cpus: the tick and the PMU of every CPU. Until they are back, timers stand. */
static int cpus_suspend(struct xen_suspend *s)
{
	xen_arch_suspend();
	return 0;
}

static void cpus_resume(struct xen_suspend *s)
{
	xen_arch_resume();
}

static void resume_tick(void *unused)
{
	tick_resume_local();
}

/*
 * xen_arch_resume() leaves the tick of the boot CPU to timekeeping, which has
 * resumed only if the step syscore had suspended it. Once more does no harm.
 */
static void cpus_cancel(struct xen_suspend *s)
{
	xen_arch_resume();
	if (s->outcome == XEN_SUSPEND_FAILED)
		smp_call_function_single(0, resume_tick, NULL, 1);
}

/* notifiers: those of xen_resume_notifier_register(), on every way back. */
static void notifiers_call(struct xen_suspend *s)
{
	xen_resume_notifier_call();
}

/* console: its ring is a page of the new domain's, so as early as may be. */
static void console_resume(struct xen_suspend *s)
{
	xen_console_resume();
}

/* syscore: time keeping, interrupt controllers and their like. */
static int syscore_stop(struct xen_suspend *s)
{
	return syscore_suspend();
}

static void syscore_start(struct xen_suspend *s)
{
	syscore_resume();
}

/* event-channels: bind IPIs and VIRQs again, and the timer of each CPU. */
static void event_channels_resume(struct xen_suspend *s)
{
	xen_irq_resume();
	xen_timer_resume();
}

/* grants: the table's frames are the domain's, so it is mapped again. */
static int grants_suspend(struct xen_suspend *s)
{
	return gnttab_suspend();
}

static void grants_resume(struct xen_suspend *s)
{
	int error = gnttab_resume();

	if (error)
		pr_err("cannot map the grant table: %d\n", error);
}

/*
 * runstate: a new domain counts the time its vCPUs were stolen from zero, so
 * what the old one counted is carried over; a cancelled one goes on counting.
 */
enum { RUNSTATE_SAVE = -1, RUNSTATE_CARRY_OVER = 0, RUNSTATE_DROP = 1 };

static int runstate_suspend(struct xen_suspend *s)
{
	xen_manage_runstate_time(RUNSTATE_SAVE);
	return 0;
}

static void runstate_cancel(struct xen_suspend *s)
{
	xen_manage_runstate_time(RUNSTATE_DROP);
}

static void runstate_resume(struct xen_suspend *s)
{
	xen_manage_runstate_time(RUNSTATE_CARRY_OVER);
}

/* arch: shared info, page tables, p2m: what holds machine frame numbers. */
static int arch_suspend(struct xen_suspend *s)
{
	xen_arch_pre_suspend();
	return 0;
}

static void arch_cancel(struct xen_suspend *s)
{
	xen_arch_post_suspend(true);
}

static void arch_resume(struct xen_suspend *s)
{
	xen_arch_post_suspend(false);
}

/*
 * requests: whoever asked for a suspend since this one began is served by it,
 * unless the domain does not stop after all.
 */
static bool merged;	/* Only one CPU runs here. */

static int requests_merge(struct xen_suspend *s)
{
	merged = xen_request_merge();
	return 0;
}

static void requests_keep_if_failed(struct xen_suspend *s)
{
	if (merged && s->outcome == XEN_SUSPEND_FAILED)
		xen_request_unmerge();
}

const struct xen_suspend_step xen_suspend_steps[] = {
	{
		.name = "transition-lock",
		.suspend = transition_lock,
		.cancel = transition_unlock,
		.resume = transition_unlock,
	}, {
		.name = "processes",
		.suspend = xen_processes_freeze,
		.cancel = xen_processes_thaw,
		.resume = xen_processes_thaw,
	}, {
		.name = "watches",
		.suspend = watches_hold,
		.cancel = watches_release,
		.resume = watches_release,
	}, {
		.name = "kernel-threads",
		.suspend = xen_kernel_threads_freeze,
		.cancel = xen_kernel_threads_thaw,
		.resume = xen_kernel_threads_thaw,
	}, {
		.name = "devices",
		.suspend = xen_devices_suspend,
		.cancel = xen_devices_cancel,
		.resume = xen_devices_resume,
	}, {
		.name = "xenstore",
		.suspend = xenstore_suspend,
		.cancel = xenstore_cancel,
		.resume = xenstore_resume,
	}, {
		.name = "devices-noirq",
		.suspend = xen_devices_noirq_suspend,
		.cancel = xen_devices_noirq_cancel,
		.resume = xen_devices_noirq_resume,
	}, {
		.name = "renew",
		.resume = xen_renew_resume,
	}, {
		.name = "cpus",
		.suspend = cpus_suspend,
		.cancel = cpus_cancel,
		.resume = cpus_resume,
	}, {
		.name = "notifiers",
		.cancel = notifiers_call,
		.resume = notifiers_call,
	}, {
		.name = "console",
		.resume = console_resume,
	}, {
		.name = "syscore",
		.atomic = true,
		.suspend = syscore_stop,
		.cancel = syscore_start,
		.resume = syscore_start,
	}, {
		.name = "event-channels",
		.atomic = true,
		.resume = event_channels_resume,
	}, {
		.name = "grants",
		.atomic = true,
		.suspend = grants_suspend,
		.cancel = grants_resume,
		.resume = grants_resume,
	}, {
		.name = "runstate",
		.atomic = true,
		.suspend = runstate_suspend,
		.cancel = runstate_cancel,
		.resume = runstate_resume,
	}, {
		.name = "arch",
		.atomic = true,
		.suspend = arch_suspend,
		.cancel = arch_cancel,
		.resume = arch_resume,
	}, {
		.name = "requests",
		.atomic = true,
		.suspend = requests_merge,
		.cancel = requests_keep_if_failed,
	},
};

const unsigned int xen_suspend_nr_steps = ARRAY_SIZE(xen_suspend_steps);
static_assert(ARRAY_SIZE(xen_suspend_steps) <= XEN_SUSPEND_MAX_STEPS);
