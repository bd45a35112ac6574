// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine of a suspend. It knows steps and outcomes, and nothing of Xen.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include <trace/events/xen_suspend.h>

#include "engine.h"

static void fail(struct xen_suspend *s, int error, const char *step)
{
	s->outcome = XEN_SUSPEND_FAILED;
	s->error = error;
	s->failed = step;
	s->abandoned = s->ops->expired();
}

void xen_suspend_blame(struct xen_suspend *s, const char *kind, const char *who)
{
	s->culprit_kind = kind;
	strscpy(s->culprit, who);
}

/* Is there a reason not to begin a step? */
static int may_begin(struct xen_suspend *s, const char *step)
{
	if (s->ops->expired())
		return -ETIME;

	return s->ops->fault(step, false);
}

static int do_suspend(struct xen_suspend *s, unsigned int i)
{
	const struct xen_suspend_step *step = &s->steps[i];
	int error;

	trace_xen_suspend_step_begin(step->name, "suspend");
	s->times[i].suspend_begin = s->ops->clock();
	error = step->suspend(s);
	s->times[i].suspend_end = s->ops->clock();
	trace_xen_suspend_step_end(step->name, "suspend", s->outcome, error);

	return error;
}

/* Returns the first step that is not done: @to if all went well. */
static unsigned int forward(struct xen_suspend *s, unsigned int from,
			    unsigned int to)
{
	const struct xen_suspend_step *step;
	unsigned int i;
	int error;

	for (i = from; i < to; i++) {
		step = &s->steps[i];
		error = may_begin(s, step->name);
		if (!error && step->suspend)
			error = do_suspend(s, i);
		if (error) {
			fail(s, error, step->name);
			return i;
		}

		error = s->ops->fault(step->name, true);
		if (error) {
			fail(s, error, step->name);
			return i + 1;
		}
	}

	return i;
}

/* Undoes the steps from @done - 1 down to @to. */
static void backward(struct xen_suspend *s, unsigned int done, unsigned int to)
{
	bool resumed = s->outcome == XEN_SUSPEND_RESUMED;
	const char *phase = resumed ? "resume" : "cancel";
	void (*undo)(struct xen_suspend *s);
	const struct xen_suspend_step *step;
	unsigned int i;
	bool traced;

	for (i = done; i-- > to;) {
		step = &s->steps[i];
		undo = resumed ? step->resume : step->cancel;
		if (!undo)
			continue;

		/*
		 * Once the domain has stopped the clock is wrong here, and one
		 * event with a wrong time disorders all that follow on this CPU.
		 */
		traced = !(s->stopped && step->atomic);

		if (traced)
			trace_xen_suspend_step_begin(step->name, phase);
		s->times[i].undo_begin = s->ops->clock();
		undo(s);
		s->times[i].undo_end = s->ops->clock();
		if (traced)
			trace_xen_suspend_step_end(step->name, phase,
						   s->outcome, 0);
	}
}

static unsigned int first_atomic(const struct xen_suspend *s)
{
	unsigned int i;

	for (i = 0; i < s->nr_steps && !s->steps[i].atomic; i++)
		;

	return i;
}

/* Returns what the hypercall did, or a negative errno if there was none. */
static int stop_domain(struct xen_suspend *s)
{
	int ret = may_begin(s, "hypercall");

	if (!ret) {
		trace_xen_suspend_hypercall_begin(s->request);
		s->stopped = s->ops->clock();
		ret = s->ops->hypercall(s);
	}
	if (ret < 0) {
		fail(s, ret, "hypercall");
		return ret;
	}

	s->outcome = ret ? XEN_SUSPEND_CANCELLED : XEN_SUSPEND_RESUMED;
	s->error = 0;
	s->failed = NULL;

	return ret;
}

/* Errors are in @data; the caller only wants to know that this ran. */
static int run_atomic(void *data)
{
	struct xen_suspend *s = data;
	unsigned int first = first_atomic(s);
	unsigned int done;
	int ret = 0;

	/* What was said for the case that this does not run. */
	s->error = 0;

	done = forward(s, first, s->nr_steps);
	if (!s->error)
		ret = stop_domain(s);
	backward(s, done, first);
	if (s->stopped) {
		s->continued = s->ops->clock();
		trace_xen_suspend_hypercall_end(s->request, ret);
	}

	return 0;
}

static void forget_last_run(struct xen_suspend *s)
{
	memset(s->times, 0, sizeof(s->times));
	s->stopped = 0;
	s->continued = 0;
	s->outcome = XEN_SUSPEND_FAILED;
	s->error = 0;
	s->failed = NULL;
	s->abandoned = false;
	s->culprit_kind = NULL;
}

enum xen_suspend_outcome xen_suspend_run(struct xen_suspend *s)
{
	unsigned int last = first_atomic(s);
	unsigned int done;
	int error;

	forget_last_run(s);
	s->tries++;

	done = forward(s, 0, last);
	if (!s->error) {
		/* What it stays if stop_machine() finds no CPU to run on. */
		s->error = -EIO;
		s->failed = "stop-machine";
		error = s->ops->stop_machine(run_atomic, s);
		if (error)
			fail(s, error, "stop-machine");
	}
	backward(s, done, 0);

	return s->outcome;
}
