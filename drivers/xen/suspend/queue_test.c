// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the queue of requests: nothing is lost, nothing is doubled,
 * and what may not be served yet holds up nobody else.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/completion.h>

#include "request.h"

#define ADDERS 4
#define ADDS 20000

static bool is_ready;

static bool ready(void)
{
	return is_ready;
}

struct queue_test {
	struct xen_request_queue q;
	struct xen_request a, b, c;
	/* queue_concurrent only: */
	struct completion done;
	atomic_t adders;
	atomic_t added;
	unsigned int taken;
};

static int queue_test_init(struct kunit *test)
{
	struct queue_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;

	raw_spin_lock_init(&t->q.lock);
	INIT_LIST_HEAD(&t->q.requests);
	INIT_LIST_HEAD(&t->a.node);
	INIT_LIST_HEAD(&t->b.node);
	INIT_LIST_HEAD(&t->c.node);
	test->priv = t;

	return 0;
}

static void queue_empty(struct kunit *test)
{
	struct queue_test *t = test->priv;

	KUNIT_EXPECT_NULL(test, xen_request_take(&t->q));
	KUNIT_EXPECT_FALSE(test, xen_request_remove(&t->q, &t->a));
}

static void queue_in_order(struct kunit *test)
{
	struct queue_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, xen_request_add(&t->q, &t->b, 0));
	KUNIT_EXPECT_TRUE(test, xen_request_add(&t->q, &t->a, 0));
	KUNIT_EXPECT_TRUE(test, xen_request_add(&t->q, &t->c, 0));
	KUNIT_EXPECT_PTR_EQ(test, xen_request_take(&t->q), &t->b);
	KUNIT_EXPECT_PTR_EQ(test, xen_request_take(&t->q), &t->a);
	KUNIT_EXPECT_PTR_EQ(test, xen_request_take(&t->q), &t->c);
	KUNIT_EXPECT_NULL(test, xen_request_take(&t->q));
}

static void queue_merges(struct kunit *test)
{
	struct queue_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, xen_request_add(&t->q, &t->a, 0));
	KUNIT_EXPECT_FALSE(test, xen_request_add(&t->q, &t->a, 0));
	KUNIT_EXPECT_TRUE(test, xen_request_add(&t->q, &t->b, 0));
	KUNIT_EXPECT_FALSE(test, xen_request_add(&t->q, &t->a, 0));
	KUNIT_EXPECT_PTR_EQ(test, xen_request_take(&t->q), &t->a);
	KUNIT_EXPECT_PTR_EQ(test, xen_request_take(&t->q), &t->b);
	KUNIT_EXPECT_NULL(test, xen_request_take(&t->q));
}

/* One that is being served was taken, so the next is a new one. */
static void queue_again_while_served(struct kunit *test)
{
	struct queue_test *t = test->priv;

	xen_request_add(&t->q, &t->a, 0);
	KUNIT_EXPECT_PTR_EQ(test, xen_request_take(&t->q), &t->a);
	KUNIT_EXPECT_TRUE(test, xen_request_add(&t->q, &t->a, 0));
	KUNIT_EXPECT_PTR_EQ(test, xen_request_take(&t->q), &t->a);
}

/* Whoever asked since the first of those that are one waits for what is served. */
static void queue_first_counts(struct kunit *test)
{
	struct queue_test *t = test->priv;

	xen_request_add(&t->q, &t->a, 10);
	xen_request_add(&t->q, &t->a, 20);
	xen_request_take(&t->q);
	KUNIT_EXPECT_EQ(test, t->a.since_ms, 10);
	xen_request_add(&t->q, &t->a, 30);
	KUNIT_EXPECT_EQ(test, t->a.since_ms, 10);
	xen_request_take(&t->q);
	KUNIT_EXPECT_EQ(test, t->a.since_ms, 30);
}

static void queue_remove(struct kunit *test)
{
	struct queue_test *t = test->priv;

	xen_request_add(&t->q, &t->a, 0);
	xen_request_add(&t->q, &t->b, 0);
	KUNIT_EXPECT_TRUE(test, xen_request_remove(&t->q, &t->a));
	KUNIT_EXPECT_FALSE(test, xen_request_remove(&t->q, &t->a));
	KUNIT_EXPECT_PTR_EQ(test, xen_request_take(&t->q), &t->b);
	KUNIT_EXPECT_TRUE(test, xen_request_add(&t->q, &t->a, 0));
	KUNIT_EXPECT_PTR_EQ(test, xen_request_take(&t->q), &t->a);
}

static void queue_not_ready(struct kunit *test)
{
	struct queue_test *t = test->priv;

	t->a.ready = ready;
	is_ready = false;
	xen_request_add(&t->q, &t->a, 0);
	KUNIT_EXPECT_NULL(test, xen_request_take(&t->q));
	xen_request_add(&t->q, &t->b, 0);
	KUNIT_EXPECT_PTR_EQ(test, xen_request_take(&t->q), &t->b);
	KUNIT_EXPECT_NULL(test, xen_request_take(&t->q));
	is_ready = true;
	KUNIT_EXPECT_PTR_EQ(test, xen_request_take(&t->q), &t->a);
}

static void queue_waits(struct kunit *test)
{
	struct queue_test *t = test->priv;

	KUNIT_EXPECT_FALSE(test, xen_request_waits(&t->q, &t->a));
	xen_request_add(&t->q, &t->a, 0);
	KUNIT_EXPECT_FALSE(test, xen_request_waits(&t->q, &t->a));
	KUNIT_EXPECT_TRUE(test, xen_request_waits(&t->q, &t->b));
	t->a.ready = ready;
	is_ready = false;
	KUNIT_EXPECT_FALSE(test, xen_request_waits(&t->q, &t->b));
	is_ready = true;
	KUNIT_EXPECT_TRUE(test, xen_request_waits(&t->q, &t->b));
}

static int add_often(void *data)
{
	struct queue_test *t = data;
	int i;

	for (i = 0; i < ADDS; i++) {
		if (xen_request_add(&t->q, &t->a, 0))
			atomic_inc(&t->added);
		if (!(i % 64))
			cond_resched();
	}
	if (atomic_dec_and_test(&t->adders))
		complete(&t->done);

	return 0;
}

/* Many ask while one serves: each that was not merged is served once. */
static void queue_concurrent(struct kunit *test)
{
	struct queue_test *t = test->priv;
	struct task_struct *task;
	int i;

	init_completion(&t->done);
	atomic_set(&t->adders, ADDERS);
	for (i = 0; i < ADDERS; i++) {
		task = kthread_run(add_often, t, "queue-test/%d", i);
		if (IS_ERR(task) && atomic_dec_and_test(&t->adders))
			complete(&t->done);
		KUNIT_EXPECT_FALSE(test, IS_ERR(task));
	}

	while (!completion_done(&t->done)) {
		if (xen_request_take(&t->q))
			t->taken++;
		cond_resched();
	}
	wait_for_completion(&t->done);
	if (xen_request_take(&t->q))
		t->taken++;

	KUNIT_EXPECT_GT(test, t->taken, 0);
	KUNIT_EXPECT_EQ(test, t->taken, atomic_read(&t->added));
}

static struct kunit_case queue_cases[] = {
	KUNIT_CASE(queue_empty),
	KUNIT_CASE(queue_in_order),
	KUNIT_CASE(queue_merges),
	KUNIT_CASE(queue_again_while_served),
	KUNIT_CASE(queue_first_counts),
	KUNIT_CASE(queue_remove),
	KUNIT_CASE(queue_not_ready),
	KUNIT_CASE(queue_waits),
	KUNIT_CASE(queue_concurrent),
	{}
};

static struct kunit_suite queue_suite = {
	.name = "xen-suspend-queue",
	.init = queue_test_init,
	.test_cases = queue_cases,
};

kunit_test_suite(queue_suite);
