/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine of a suspend: ordered steps, forward and back.
 */
#ifndef _XEN_SUSPEND_ENGINE_H
#define _XEN_SUSPEND_ENGINE_H

#include <linux/types.h>

#include <xen/suspend.h>

struct xen_suspend;

/* Longest table that the engine runs; needing no memory, it cannot lack any. */
#define XEN_SUSPEND_MAX_STEPS 24

#define XEN_SUSPEND_CULPRIT_LEN 128
#define XEN_SUSPEND_STEP_NAME_LEN 32

/**
 * struct xen_suspend_step - one thing to do before the domain stops, and how to
 *	undo it afterwards
 * @name: As it appears in logs and reports.
 * @atomic: Runs on one CPU with interrupts off and all other CPUs held. In a
 *	table the atomic steps follow all others.
 * @suspend: Do it. Returns 0 or a negative errno; after an error nothing of
 *	this step may remain done, as it will not be undone. NULL: nothing
 *	to do.
 * @cancel: Undo it in the same domain, whether the domain stopped or a later
 *	step failed. Grants, event channels and rings are still good. NULL:
 *	nothing to undo.
 * @resume: Undo it in a new domain, where they are gone. NULL: nothing to
 *	undo.
 *
 * Undoing cannot fail.
 */
struct xen_suspend_step {
	const char *name;
	bool atomic;
	int (*suspend)(struct xen_suspend *s);
	void (*cancel)(struct xen_suspend *s);
	void (*resume)(struct xen_suspend *s);
};

/**
 * struct xen_suspend_ops - what the engine needs from the world around it
 * @stop_machine: Calls @fn(@data) once with interrupts off and all other CPUs
 *	held. Returns what @fn returned, or a negative errno without having
 *	called it; it may also return 0 without having called it.
 * @hypercall: Stops the domain. Returns 0 in a new domain, a positive value in
 *	the same domain, a negative errno if the domain did not stop.
 * @clock: Nanoseconds from a clock that may be read in every step.
 * @expired: Does nobody wait for this suspend any more? Asked before each step
 *	and, last, before the hypercall.
 * @fault: Is a fault to be injected before, or after, the step of this name?
 *	Returns 0 or the negative errno to fail with. The hypercall counts as
 *	a step, which can only fail before.
 *
 * The last three are called in every step, with interrupts off in atomic ones.
 */
struct xen_suspend_ops {
	int (*stop_machine)(int (*fn)(void *data), void *data);
	int (*hypercall)(struct xen_suspend *s);
	u64 (*clock)(void);
	bool (*expired)(void);
	int (*fault)(const char *step, bool after);
};

/**
 * struct xen_suspend_times - when a step ran, in nanoseconds of the ops' clock
 * @suspend_begin: Before the step's suspend(). All are 0 for what did not run.
 * @suspend_end: After it.
 * @undo_begin: Before the step's cancel() or resume(). Once the domain has stopped
 *	the clock is wrong until the atomic steps are undone, here and in
 *	@undo_end.
 * @undo_end: After it.
 */
struct xen_suspend_times {
	u64 suspend_begin;
	u64 suspend_end;
	u64 undo_begin;
	u64 undo_end;
};

/**
 * struct xen_suspend - one suspend, from request to outcome
 * @steps: The table, in the order of suspending.
 * @nr_steps: How many steps @steps has.
 * @ops: The world around.
 * @times: When each step ran.
 * @stopped: Clock just before the hypercall, 0 if it was not reached.
 * @continued: Clock after the atomic steps are undone: nearer to the hypercall
 *	the clock is not yet set right. 0 as @stopped.
 * @outcome: Valid inside cancel() and resume(), and after the run.
 * @error: Negative errno if @outcome is XEN_SUSPEND_FAILED, else 0.
 * @failed: Name of the step that failed, which may also be "stop-machine" or
 *	"hypercall"; NULL if none did.
 * @abandoned: When it failed, nobody waited for it any more. If that is why it
 *	failed, @error is -ETIME.
 * @culprit_kind: What @culprit names: "device" or "task"; NULL if nobody is to
 *	blame.
 * @culprit: Who made the step fail; tasks as COMMAND:PID, separated by commas.
 * @request: Its number since boot; the engine leaves it alone.
 * @source: How it was asked for; the engine leaves it alone.
 * @tries: How often it was run, this time included; the engine counts.
 *
 * Owned by the thread that calls xen_suspend_run(); needs no lock.
 */
struct xen_suspend {
	const struct xen_suspend_step *steps;
	unsigned int nr_steps;
	const struct xen_suspend_ops *ops;

	struct xen_suspend_times times[XEN_SUSPEND_MAX_STEPS];
	u64 stopped;
	u64 continued;
	enum xen_suspend_outcome outcome;
	int error;
	const char *failed;
	bool abandoned;
	const char *culprit_kind;
	char culprit[XEN_SUSPEND_CULPRIT_LEN];
	unsigned int request;
	const char *source;
	unsigned int tries;
};

/**
 * xen_suspend_blame() - say who makes a step fail
 * @s: The suspend.
 * @kind: "device" or "task".
 * @who: Its name; what is too long is cut.
 *
 * Context: The suspend() of a step that returns an error.
 */
void xen_suspend_blame(struct xen_suspend *s, const char *kind, const char *who);

/**
 * xen_suspend_run() - suspend, and come back
 * @s: Filled in down to @ops.
 *
 * Does all steps in order, stops the domain, and undoes all steps in reverse
 * order: with resume() if it woke in a new domain, with cancel() in any other
 * case. If a step fails, only the steps before it are undone. May be called
 * again to try once more.
 *
 * Context: Process context, may sleep.
 * Return: The outcome, which is also in @s, with the error if there is one.
 */
enum xen_suspend_outcome xen_suspend_run(struct xen_suspend *s);

#endif /* _XEN_SUSPEND_ENGINE_H */
