/* SPDX-License-Identifier: GPL-2.0-only */
/* A world for the engine to run in under KUnit, which notes what it calls. */
#ifndef _XEN_SUSPEND_ENGINE_FIXTURE_H
#define _XEN_SUSPEND_ENGINE_FIXTURE_H

#include <kunit/test.h>

#include "engine.h"

#define MAX_STEPS 4

/* What was called, in order: 'S', 'C' or 'R' and the step's letter. */
struct engine_test {
	struct xen_suspend s;
	struct xen_suspend_step steps[MAX_STEPS];
	char calls[8 * MAX_STEPS + 8];
	size_t nr_calls;
	u64 clock;
	int fail_at;		/* Step whose suspend() fails, -1 for none. */
	const char *fault_at;	/* Step of the injected fault, NULL for none. */
	bool fault_after;
	int begun;		/* How often expired() was asked. */
	int expire_at;		/* How often it says no; -1: always. */
	int machine_error;	/* From stop_machine(), without calling. */
	bool machine_idle;	/* stop_machine() neither calls nor fails. */
	int hypercall_ret;
	bool stopped;		/* Inside stop_machine(). */
	bool wrong_context;
	enum xen_suspend_outcome seen;	/* By the last undo. */
};

/* Steps @first_atomic and later are atomic. */
struct engine_test *xen_engine_test_new(struct kunit *test, int nr_steps,
					int first_atomic);

/*
 * Expects that @tried steps were begun, then the hypercall or not, and then the
 * steps from @done - 1 to 0 undone with @undo: 'C' or 'R'.
 */
void xen_engine_expect_calls(struct kunit *test, struct engine_test *t,
			     int tried, bool hypercall, int done, char undo);

/* All lengths of table up to MAX_STEPS, and in each all places of atomic. */
void xen_engine_next_table(int *nr_steps, int *first_atomic);

#endif /* _XEN_SUSPEND_ENGINE_FIXTURE_H */
