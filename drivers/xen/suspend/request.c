// SPDX-License-Identifier: GPL-2.0-only
/*
 * The thread that serves requests, one at a time.
 *
 * It is not the xenwatch thread, so that state changes of backends are heard
 * while a guest suspends and, above all, while it resumes.
 */
#define pr_fmt(fmt) "xen: suspend: " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/sched/clock.h>
#include <linux/time64.h>
#include <linux/wait.h>

#define CREATE_TRACE_POINTS
#include <trace/events/xen_suspend.h>

#include "evtchn.h"
#include "request.h"
#include "suspend.h"

static struct xen_request_queue queue = {
	.lock = __RAW_SPIN_LOCK_UNLOCKED(queue.lock),
	.requests = LIST_HEAD_INIT(queue.requests),
};

static DECLARE_WAIT_QUEUE_HEAD(queued);

/*
 * Tasks freeze only once init runs: until then the kernel's own boot is a task
 * that cannot. When the system is going down it is too late;
 * xen_suspend_domain() says so.
 */
static bool suspend_ready(void)
{
	return system_state >= SYSTEM_RUNNING;
}

struct xen_request xen_suspend_request = {
	.name = "suspend",
	.ready = suspend_ready,
	.serve = xen_suspend_domain,
	.node = LIST_HEAD_INIT(xen_suspend_request.node),
};

unsigned long xen_request_now_ms(void)
{
	return div_u64(local_clock(), NSEC_PER_MSEC);
}

void xen_request_post(struct xen_request *r, struct xen_request_source *source)
{
	unsigned long now = xen_request_now_ms();

	trace_xen_suspend_request(r->name, source->name);
	WRITE_ONCE(source->asked_ms, now);
	WRITE_ONCE(r->source, source);
	if (xen_request_add(&queue, r, now))
		wake_up(&queued);
	else
		pr_info_ratelimited("%s is asked for already, the two are one\n", r->name);
}

bool xen_request_merge(void)
{
	xen_evtchn_poll();

	return xen_request_remove(&queue, &xen_suspend_request);
}

void xen_request_unmerge(void)
{
	xen_request_add(&queue, &xen_suspend_request,
			xen_suspend_request.first_ms);
}

/* Is something else waiting that would be served now? */
static bool other_request_waits(void)
{
	return xen_request_waits(&queue, &xen_suspend_request);
}

bool xen_request_pause(unsigned int ms)
{
	return !wait_event_idle_timeout(queued, other_request_waits(),
					msecs_to_jiffies(ms));
}

static int request_thread(void *unused)
{
	struct xen_request *r;

	for (;;) {
		/* What waits to become ready wakes nobody: look again. */
		wait_event_idle(queued, !list_empty(&queue.requests));
		wait_event_idle_timeout(queued, (r = xen_request_take(&queue)),
					HZ / 10);
		if (r)
			r->serve();
	}

	return 0;
}

int xen_request_thread_start(void)
{
	struct task_struct *task;

	task = kthread_run(request_thread, NULL, "xen-suspend");
	if (IS_ERR(task)) {
		pr_err("cannot start the request thread: %ld; nothing that the toolstack asks is served\n",
		       PTR_ERR(task));
		return PTR_ERR(task);
	}

	return 0;
}
