// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the engine: every table, failure position and outcome. */
#include <kunit/test.h>

#include "suspend.h"

#define MAX_STEPS 4

/* What was called, in order: 'S', 'C' or 'R' and the step's letter. */
struct engine_test {
	struct xen_suspend s;
	struct xen_suspend_step steps[MAX_STEPS];
	char calls[8 * MAX_STEPS + 8];
	size_t nr_calls;
	u64 clock;
	int fail_at;		/* Step whose suspend() fails, -1 for none. */
	int machine_error;	/* From stop_machine(), without calling. */
	bool machine_idle;	/* stop_machine() neither calls nor fails. */
	int hypercall_ret;
	bool stopped;		/* Inside stop_machine(). */
	bool wrong_context;
	enum xen_suspend_outcome seen;	/* By the last undo. */
};

/* Only one test runs at a time. */
static struct engine_test *current_test;

static void record(char what, char which)
{
	struct engine_test *t = current_test;

	t->calls[t->nr_calls++] = what;
	t->calls[t->nr_calls++] = which;
}

static void check_context(int i)
{
	struct engine_test *t = current_test;

	if (t->steps[i].atomic != t->stopped)
		t->wrong_context = true;
}

static int do_suspend(int i)
{
	check_context(i);
	record('S', 'a' + i);

	return current_test->fail_at == i ? -EIO : 0;
}

static void undo(struct xen_suspend *s, char what, int i)
{
	check_context(i);
	current_test->seen = s->outcome;
	record(what, 'a' + i);
}

static int suspend_0(struct xen_suspend *s)
{
	return do_suspend(0);
}

static void cancel_0(struct xen_suspend *s)
{
	undo(s, 'C', 0);
}

static void resume_0(struct xen_suspend *s)
{
	undo(s, 'R', 0);
}

static int suspend_1(struct xen_suspend *s)
{
	return do_suspend(1);
}

static void cancel_1(struct xen_suspend *s)
{
	undo(s, 'C', 1);
}

static void resume_1(struct xen_suspend *s)
{
	undo(s, 'R', 1);
}

static int suspend_2(struct xen_suspend *s)
{
	return do_suspend(2);
}

static void cancel_2(struct xen_suspend *s)
{
	undo(s, 'C', 2);
}

static void resume_2(struct xen_suspend *s)
{
	undo(s, 'R', 2);
}

static int suspend_3(struct xen_suspend *s)
{
	return do_suspend(3);
}

static void cancel_3(struct xen_suspend *s)
{
	undo(s, 'C', 3);
}

static void resume_3(struct xen_suspend *s)
{
	undo(s, 'R', 3);
}

static const struct xen_suspend_step test_steps[MAX_STEPS] = {
	{ .suspend = suspend_0, .cancel = cancel_0, .resume = resume_0 },
	{ .suspend = suspend_1, .cancel = cancel_1, .resume = resume_1 },
	{ .suspend = suspend_2, .cancel = cancel_2, .resume = resume_2 },
	{ .suspend = suspend_3, .cancel = cancel_3, .resume = resume_3 },
};

static int test_stop_machine(int (*fn)(void *data), void *data)
{
	int ret;

	if (current_test->machine_error || current_test->machine_idle)
		return current_test->machine_error;

	current_test->stopped = true;
	ret = fn(data);
	current_test->stopped = false;

	return ret;
}

static int test_hypercall(struct xen_suspend *s)
{
	if (!current_test->stopped)
		current_test->wrong_context = true;
	record('H', '!');

	return current_test->hypercall_ret;
}

static u64 test_clock(void)
{
	return ++current_test->clock;
}

static const struct xen_suspend_ops test_ops = {
	.stop_machine = test_stop_machine,
	.hypercall = test_hypercall,
	.clock = test_clock,
};

/* Steps @first_atomic and later are atomic. */
static struct engine_test *engine_test_new(struct kunit *test, int nr_steps,
					   int first_atomic)
{
	struct engine_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	memcpy(t->steps, test_steps, sizeof(test_steps));
	for (i = first_atomic; i < nr_steps; i++)
		t->steps[i].atomic = true;
	t->s.steps = t->steps;
	t->s.nr_steps = nr_steps;
	t->s.ops = &test_ops;
	t->fail_at = -1;
	current_test = t;

	return t;
}

/* What should be called when @done steps are done and then undone with @undo. */
static void expect_calls(struct kunit *test, struct engine_test *t, int tried,
			 bool hypercall, int done, char undo)
{
	char expected[sizeof(t->calls)] = "";
	size_t n = 0;
	int i;

	for (i = 0; i < tried; i++) {
		expected[n++] = 'S';
		expected[n++] = 'a' + i;
	}
	if (hypercall) {
		expected[n++] = 'H';
		expected[n++] = '!';
	}
	for (i = done; i-- > 0;) {
		expected[n++] = undo;
		expected[n++] = 'a' + i;
	}
	KUNIT_EXPECT_STREQ(test, t->calls, expected);
	KUNIT_EXPECT_FALSE(test, t->wrong_context);
}

/* All lengths of table up to MAX_STEPS, and in each all places of atomic. */
static void next_table(int *nr_steps, int *first_atomic)
{
	if (++*first_atomic > *nr_steps) {
		*first_atomic = 0;
		++*nr_steps;
	}
}

static void check_outcomes(struct kunit *test, int ret,
			   enum xen_suspend_outcome outcome, char undo)
{
	struct engine_test *t;
	int nr = 0, atomic = 0;

	for (; nr <= MAX_STEPS; next_table(&nr, &atomic)) {
		t = engine_test_new(test, nr, atomic);
		t->hypercall_ret = ret;
		KUNIT_EXPECT_EQ(test, xen_suspend_run(&t->s), outcome);
		KUNIT_EXPECT_EQ(test, t->s.outcome, outcome);
		KUNIT_EXPECT_EQ(test, t->s.error, ret < 0 ? ret : 0);
		KUNIT_EXPECT_NULL(test, t->s.failed);
		if (nr)
			KUNIT_EXPECT_EQ(test, t->seen, outcome);
		expect_calls(test, t, nr, true, nr, undo);
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

	for (; nr <= MAX_STEPS; next_table(&nr, &atomic)) {
		for (at = 0; at < nr; at++) {
			t = engine_test_new(test, nr, atomic);
			t->fail_at = at;
			KUNIT_EXPECT_EQ(test, xen_suspend_run(&t->s),
					XEN_SUSPEND_FAILED);
			KUNIT_EXPECT_EQ(test, t->s.error, -EIO);
			KUNIT_EXPECT_PTR_EQ(test, t->s.failed, &t->steps[at]);
			KUNIT_EXPECT_EQ(test, t->s.stopped, 0);
			if (at)
				KUNIT_EXPECT_EQ(test, t->seen,
						XEN_SUSPEND_FAILED);
			expect_calls(test, t, at + 1, false, at, 'C');
		}
	}
}

static void engine_machine_does_not_stop(struct kunit *test)
{
	struct engine_test *t;
	int nr = 0, atomic = 0;

	for (; nr <= MAX_STEPS; next_table(&nr, &atomic)) {
		t = engine_test_new(test, nr, atomic);
		t->machine_error = -ENOMEM;
		KUNIT_EXPECT_EQ(test, xen_suspend_run(&t->s),
				XEN_SUSPEND_FAILED);
		KUNIT_EXPECT_EQ(test, t->s.error, -ENOMEM);
		KUNIT_EXPECT_NULL(test, t->s.failed);
		expect_calls(test, t, atomic, false, atomic, 'C');
	}
}

static void engine_machine_does_nothing(struct kunit *test)
{
	struct engine_test *t = engine_test_new(test, 3, 2);

	t->machine_idle = true;
	KUNIT_EXPECT_EQ(test, xen_suspend_run(&t->s), XEN_SUSPEND_FAILED);
	KUNIT_EXPECT_EQ(test, t->s.error, -EIO);
	expect_calls(test, t, 2, false, 2, 'C');
}

/* A step without one of its functions is passed over and has no times. */
static void engine_absent_functions(struct kunit *test)
{
	struct engine_test *t = engine_test_new(test, 4, 2);

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
	struct engine_test *t = engine_test_new(test, 3, 2);
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
	struct engine_test *t = engine_test_new(test, 3, 1);

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
