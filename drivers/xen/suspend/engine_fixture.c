// SPDX-License-Identifier: GPL-2.0-only
/* A world for the engine to run in under KUnit, which notes what it calls. */
#include <linux/string.h>

#include "engine_fixture.h"

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
	{ "a", false, suspend_0, cancel_0, resume_0 },
	{ "b", false, suspend_1, cancel_1, resume_1 },
	{ "c", false, suspend_2, cancel_2, resume_2 },
	{ "d", false, suspend_3, cancel_3, resume_3 },
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

static bool test_expired(void)
{
	struct engine_test *t = current_test;

	return t->expire_at >= 0 && t->begun++ >= t->expire_at;
}

static int test_fault(const char *step, bool after)
{
	struct engine_test *t = current_test;

	if (!t->fault_at || strcmp(step, t->fault_at) || after != t->fault_after)
		return 0;

	return -ENXIO;
}

static const struct xen_suspend_ops test_ops = {
	.stop_machine = test_stop_machine,
	.hypercall = test_hypercall,
	.clock = test_clock,
	.expired = test_expired,
	.fault = test_fault,
};

struct engine_test *xen_engine_test_new(struct kunit *test, int nr_steps,
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
	t->expire_at = -1;
	current_test = t;

	return t;
}

void xen_engine_expect_calls(struct kunit *test, struct engine_test *t,
			     int tried, bool hypercall, int done, char undo)
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

void xen_engine_next_table(int *nr_steps, int *first_atomic)
{
	if (++*first_atomic > *nr_steps) {
		*first_atomic = 0;
		++*nr_steps;
	}
}
