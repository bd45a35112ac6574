// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the engine: every table, failure position and outcome. */
#include "engine_fixture.h"
#include "suspend.h"

static void check_outcomes(struct kunit *test, int ret,
			   enum xen_suspend_outcome outcome, char undo)
{
	struct engine_test *t;
	int nr = 0, atomic = 0;

	for (; nr <= MAX_STEPS; xen_engine_next_table(&nr, &atomic)) {
		t = xen_engine_test_new(test, nr, atomic);
		t->hypercall_ret = ret;
		KUNIT_EXPECT_EQ(test, xen_suspend_run(&t->s), outcome);
		KUNIT_EXPECT_EQ(test, t->s.outcome, outcome);
		KUNIT_EXPECT_EQ(test, t->s.error, ret < 0 ? ret : 0);
		KUNIT_EXPECT_STREQ(test, t->s.failed ?: "",
				   ret < 0 ? "hypercall" : "");
		if (nr)
			KUNIT_EXPECT_EQ(test, t->seen, outcome);
		xen_engine_expect_calls(test, t, nr, true, nr, undo);
	}
}

static void engine_resumed(struct kunit *test)
{
	check_outcomes(test, 0, XEN_SUSPEND_RESUMED, 'R');
}

static void engine_cancelled(struct kunit *test)
{
	check_outcomes(test, 1, XEN_SUSPEND_CANCELLED, 'C');
}

static void engine_hypercall_error(struct kunit *test)
{
	check_outcomes(test, -EINVAL, XEN_SUSPEND_FAILED, 'C');
}

static void engine_step_fails(struct kunit *test)
{
	struct engine_test *t;
	int nr = 0, atomic = 0;
	int at;

	for (; nr <= MAX_STEPS; xen_engine_next_table(&nr, &atomic)) {
		for (at = 0; at < nr; at++) {
			t = xen_engine_test_new(test, nr, atomic);
			t->fail_at = at;
			KUNIT_EXPECT_EQ(test, xen_suspend_run(&t->s),
					XEN_SUSPEND_FAILED);
			KUNIT_EXPECT_EQ(test, t->s.error, -EIO);
			KUNIT_EXPECT_STREQ(test, t->s.failed,
					   t->steps[at].name);
			KUNIT_EXPECT_EQ(test, t->s.stopped, 0);
			if (at)
				KUNIT_EXPECT_EQ(test, t->seen,
						XEN_SUSPEND_FAILED);
			xen_engine_expect_calls(test, t, at + 1, false, at, 'C');
		}
	}
}

/* A fault before the step at @at, after it, or for the hypercall: @at == nr. */
static void check_fault(struct kunit *test, int nr, int atomic, int at,
			bool after)
{
	struct engine_test *t = xen_engine_test_new(test, nr, atomic);
	int done = after ? at + 1 : at;

	t->fault_at = at < nr ? t->steps[at].name : "hypercall";
	t->fault_after = after;
	KUNIT_EXPECT_EQ(test, xen_suspend_run(&t->s), XEN_SUSPEND_FAILED);
	KUNIT_EXPECT_EQ(test, t->s.error, -ENXIO);
	KUNIT_EXPECT_STREQ(test, t->s.failed, t->fault_at);
	KUNIT_EXPECT_EQ(test, t->s.stopped, 0);
	KUNIT_EXPECT_FALSE(test, t->s.abandoned);
	xen_engine_expect_calls(test, t, done, false, done, 'C');
}

static void engine_fault(struct kunit *test)
{
	int nr = 0, atomic = 0;
	int at;

	for (; nr <= MAX_STEPS; xen_engine_next_table(&nr, &atomic)) {
		for (at = 0; at < nr; at++) {
			check_fault(test, nr, atomic, at, false);
			check_fault(test, nr, atomic, at, true);
		}
		check_fault(test, nr, atomic, nr, false);
	}
}

/* Nobody waits any more when a step, or last the hypercall, is to begin. */
static void engine_expires(struct kunit *test)
{
	struct engine_test *t;
	int nr = 0, atomic = 0;
	int at;

	for (; nr <= MAX_STEPS; xen_engine_next_table(&nr, &atomic)) {
		for (at = 0; at <= nr; at++) {
			t = xen_engine_test_new(test, nr, atomic);
			t->expire_at = at;
			KUNIT_EXPECT_EQ(test, xen_suspend_run(&t->s),
					XEN_SUSPEND_FAILED);
			KUNIT_EXPECT_EQ(test, t->s.error, -ETIME);
			KUNIT_EXPECT_TRUE(test, t->s.abandoned);
			KUNIT_EXPECT_STREQ(test, t->s.failed, at < nr ?
					   t->steps[at].name : "hypercall");
			xen_engine_expect_calls(test, t, at, false, at, 'C');
		}
	}
}

static void engine_machine_does_not_stop(struct kunit *test)
{
	struct engine_test *t;
	int nr = 0, atomic = 0;

	for (; nr <= MAX_STEPS; xen_engine_next_table(&nr, &atomic)) {
		t = xen_engine_test_new(test, nr, atomic);
		t->machine_error = -ENOMEM;
		KUNIT_EXPECT_EQ(test, xen_suspend_run(&t->s),
				XEN_SUSPEND_FAILED);
		KUNIT_EXPECT_EQ(test, t->s.error, -ENOMEM);
		KUNIT_EXPECT_STREQ(test, t->s.failed, "stop-machine");
		xen_engine_expect_calls(test, t, atomic, false, atomic, 'C');
	}
}

static void engine_machine_does_nothing(struct kunit *test)
{
	struct engine_test *t = xen_engine_test_new(test, 3, 2);

	t->machine_idle = true;
	KUNIT_EXPECT_EQ(test, xen_suspend_run(&t->s), XEN_SUSPEND_FAILED);
	KUNIT_EXPECT_EQ(test, t->s.error, -EIO);
	xen_engine_expect_calls(test, t, 2, false, 2, 'C');
}

/* A step without one of its functions is passed over and has no times. */
static void engine_absent_functions(struct kunit *test)
{
	struct engine_test *t = xen_engine_test_new(test, 4, 2);

	t->steps[0].resume = NULL;
	t->steps[1].suspend = NULL;
	t->steps[2].cancel = NULL;
	t->steps[3].suspend = NULL;
	t->steps[3].resume = NULL;
	xen_suspend_run(&t->s);
	KUNIT_EXPECT_STREQ(test, t->calls, "SaScH!RcRb");
	KUNIT_EXPECT_EQ(test, t->s.times[1].suspend_begin, 0);
	KUNIT_EXPECT_EQ(test, t->s.times[0].undo_end, 0);

	t->nr_calls = 0;
	memset(t->calls, 0, sizeof(t->calls));
	t->hypercall_ret = 1;
	xen_suspend_run(&t->s);
	KUNIT_EXPECT_STREQ(test, t->calls, "SaScH!CdCbCa");
}

/* The clock ticks once a reading, so the times count the readings. */
static void engine_times(struct kunit *test)
{
	struct engine_test *t = xen_engine_test_new(test, 3, 2);
	int i;

	xen_suspend_run(&t->s);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, t->s.times[i].suspend_begin, 2 * i + 1);
		KUNIT_EXPECT_EQ(test, t->s.times[i].suspend_end, 2 * i + 2);
	}
	KUNIT_EXPECT_EQ(test, t->s.stopped, 7);
	KUNIT_EXPECT_EQ(test, t->s.times[2].undo_begin, 8);
	KUNIT_EXPECT_EQ(test, t->s.times[2].undo_end, 9);
	KUNIT_EXPECT_EQ(test, t->s.continued, 10);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, t->s.times[i].undo_begin, 13 - 2 * i);
		KUNIT_EXPECT_EQ(test, t->s.times[i].undo_end, 14 - 2 * i);
	}
}

/* A second run knows nothing of the first. */
static void engine_runs_again(struct kunit *test)
{
	struct engine_test *t = xen_engine_test_new(test, 3, 1);

	xen_suspend_run(&t->s);
	KUNIT_EXPECT_NE(test, t->s.stopped, 0);

	t->fail_at = 1;
	KUNIT_EXPECT_EQ(test, xen_suspend_run(&t->s), XEN_SUSPEND_FAILED);
	KUNIT_EXPECT_EQ(test, t->s.stopped, 0);
	KUNIT_EXPECT_EQ(test, t->s.continued, 0);
	KUNIT_EXPECT_EQ(test, t->s.times[2].suspend_begin, 0);
	KUNIT_EXPECT_EQ(test, t->s.times[1].undo_begin, 0);

	t->fail_at = -1;
	KUNIT_EXPECT_EQ(test, xen_suspend_run(&t->s), XEN_SUSPEND_RESUMED);
	KUNIT_EXPECT_EQ(test, t->s.error, 0);
	KUNIT_EXPECT_NULL(test, t->s.failed);
	KUNIT_EXPECT_EQ(test, t->s.tries, 3);
}

/* The table of a real domain is one that the engine can run. */
static void engine_domain_table(struct kunit *test)
{
	const struct xen_suspend_step *steps = xen_suspend_steps;
	unsigned int i, j;

	KUNIT_ASSERT_GT(test, xen_suspend_nr_steps, 0);
	for (i = 0; i < xen_suspend_nr_steps; i++) {
		KUNIT_ASSERT_NOT_NULL(test, steps[i].name);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, steps[i].name, steps[j].name);
		if (i)
			KUNIT_EXPECT_GE(test, steps[i].atomic,
					steps[i - 1].atomic);
	}
	KUNIT_EXPECT_FALSE(test, steps[0].atomic);
	KUNIT_EXPECT_TRUE(test, steps[xen_suspend_nr_steps - 1].atomic);
}

static struct kunit_case engine_cases[] = {
	KUNIT_CASE(engine_resumed),
	KUNIT_CASE(engine_cancelled),
	KUNIT_CASE(engine_hypercall_error),
	KUNIT_CASE(engine_step_fails),
	KUNIT_CASE(engine_fault),
	KUNIT_CASE(engine_expires),
	KUNIT_CASE(engine_machine_does_not_stop),
	KUNIT_CASE(engine_machine_does_nothing),
	KUNIT_CASE(engine_absent_functions),
	KUNIT_CASE(engine_times),
	KUNIT_CASE(engine_runs_again),
	KUNIT_CASE(engine_domain_table),
	{}
};

static struct kunit_suite engine_suite = {
	.name = "xen-suspend-engine",
	.test_cases = engine_cases,
};

kunit_test_suite(engine_suite);
