// SPDX-License-Identifier: GPL-2.0-only
/*
 * How suspends went, told in /sys/hypervisor/suspend_stats. The files are
 * described in Documentation/ABI/testing/sysfs-hypervisor-xen-suspend.
 */
#define pr_fmt(fmt) "xen: suspend: " fmt

#include <linux/container_of.h>
#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/time64.h>

#include <xen/xen.h>

#include "stats.h"
#include "suspend.h"

/* In nanoseconds: how long a step took, and its undo. */
struct step_stats {
	u64 last_suspend;
	u64 max_suspend;
	u64 last_undo;
	u64 max_undo;
};

/*
 * Protects all that follows: held to account for one try, or to show one value,
 * so what a request changes is seen whole. A leaf.
 */
static DEFINE_MUTEX(stats_lock);

static struct {
	unsigned int requests;
	unsigned int resumed;
	unsigned int cancelled;
	unsigned int failed;
	unsigned int abandoned;
	unsigned int retried;
	int last_failed_errno;
	char last_failed_step[XEN_SUSPEND_STEP_NAME_LEN];
	char last_failed_device[XEN_SUSPEND_CULPRIT_LEN];
	char last_failed_task[XEN_SUSPEND_CULPRIT_LEN];
	const char *last_source;
} stats = { .last_source = "" };

static struct step_stats steps[XEN_SUSPEND_MAX_STEPS];

static void account(u64 begin, u64 end, u64 *last, u64 *max)
{
	if (!end)
		return;

	*last = end - begin;
	*max = max(*max, *last);
}

static void account_steps(const struct xen_suspend *s)
{
	const struct xen_suspend_times *times;
	unsigned int i;

	for (i = 0; i < s->nr_steps; i++) {
		times = &s->times[i];
		account(times->suspend_begin, times->suspend_end,
			&steps[i].last_suspend, &steps[i].max_suspend);
		/* Once the domain has stopped the clock is wrong in these. */
		if (!s->stopped || !s->steps[i].atomic)
			account(times->undo_begin, times->undo_end,
				&steps[i].last_undo, &steps[i].max_undo);
	}
}

static const char *culprit(const struct xen_suspend *s, const char *kind)
{
	return s->culprit_kind && !strcmp(s->culprit_kind, kind) ? s->culprit :
								   "";
}

static void account_try(const struct xen_suspend *s)
{
	account_steps(s);
	if (s->outcome != XEN_SUSPEND_FAILED)
		return;

	stats.last_failed_errno = -s->error;
	strscpy(stats.last_failed_step, s->failed);
	strscpy(stats.last_failed_device, culprit(s, "device"));
	strscpy(stats.last_failed_task, culprit(s, "task"));
}

void xen_stats_retry(const struct xen_suspend *s)
{
	mutex_lock(&stats_lock);
	account_try(s);
	stats.retried++;
	mutex_unlock(&stats_lock);
}

void xen_stats_end(const struct xen_suspend *s)
{
	mutex_lock(&stats_lock);

	account_try(s);
	stats.requests++;
	stats.last_source = s->source;
	switch (s->outcome) {
	case XEN_SUSPEND_FAILED:
		if (s->abandoned)
			stats.abandoned++;
		else
			stats.failed++;
		break;
	case XEN_SUSPEND_CANCELLED:
		stats.cancelled++;
		break;
	case XEN_SUSPEND_RESUMED:
		stats.resumed++;
		break;
	}

	mutex_unlock(&stats_lock);
}

#define SHOW(name, format, value)					\
static ssize_t name##_show(struct kobject *kobj,			\
			   struct kobj_attribute *attr, char *buf)	\
{									\
	ssize_t len;							\
									\
	mutex_lock(&stats_lock);					\
	len = sysfs_emit(buf, format "\n", value);			\
	mutex_unlock(&stats_lock);					\
									\
	return len;							\
}									\
									\
static struct kobj_attribute name##_attr = __ATTR_RO(name)

SHOW(requests, "%u", stats.requests);
SHOW(resumed, "%u", stats.resumed);
SHOW(cancelled, "%u", stats.cancelled);
SHOW(failed, "%u", stats.failed);
SHOW(abandoned, "%u", stats.abandoned);
SHOW(retried, "%u", stats.retried);
SHOW(last_failed_errno, "%d", stats.last_failed_errno);
SHOW(last_failed_step, "%s", stats.last_failed_step);
SHOW(last_failed_device, "%s", stats.last_failed_device);
SHOW(last_failed_task, "%s", stats.last_failed_task);
SHOW(last_source, "%s", stats.last_source);

static struct attribute *stats_attrs[] = {
	&requests_attr.attr,
	&resumed_attr.attr,
	&cancelled_attr.attr,
	&failed_attr.attr,
	&abandoned_attr.attr,
	&retried_attr.attr,
	&last_failed_errno_attr.attr,
	&last_failed_step_attr.attr,
	&last_failed_device_attr.attr,
	&last_failed_task_attr.attr,
	&last_source_attr.attr,
	NULL
};

static const struct attribute_group stats_group = {
	.attrs = stats_attrs,
};

/* A file that shows nanoseconds of @value as microseconds. */
struct time_attr {
	struct kobj_attribute attr;
	u64 *value;
};

#define TIMES_A_STEP	4

static struct time_attr time_attrs[XEN_SUSPEND_MAX_STEPS][TIMES_A_STEP];
static struct attribute *step_attrs[XEN_SUSPEND_MAX_STEPS][TIMES_A_STEP + 1];
static struct attribute_group step_groups[XEN_SUSPEND_MAX_STEPS];

static ssize_t time_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	struct time_attr *time = container_of(attr, struct time_attr, attr);
	u64 ns;

	mutex_lock(&stats_lock);
	ns = *time->value;
	mutex_unlock(&stats_lock);

	return sysfs_emit(buf, "%llu\n", div_u64(ns, NSEC_PER_USEC));
}

static int __init add_step(struct kobject *dir, unsigned int i)
{
	static const char * const names[TIMES_A_STEP] = {
		"last_suspend_us", "max_suspend_us", "last_undo_us", "max_undo_us",
	};
	u64 *values[TIMES_A_STEP] = {
		&steps[i].last_suspend, &steps[i].max_suspend,
		&steps[i].last_undo, &steps[i].max_undo,
	};
	struct time_attr *time;
	unsigned int t;

	for (t = 0; t < TIMES_A_STEP; t++) {
		time = &time_attrs[i][t];
		time->attr.attr.name = names[t];
		time->attr.attr.mode = 0444;
		time->attr.show = time_show;
		time->value = values[t];
		step_attrs[i][t] = &time->attr.attr;
	}
	step_groups[i].name = xen_suspend_steps[i].name;
	step_groups[i].attrs = step_attrs[i];

	return sysfs_create_group(dir, &step_groups[i]);
}

static int __init stats_init(void)
{
	struct kobject *dir, *steps_dir;
	unsigned int i;
	int err;

	if (!xen_domain())
		return 0;

	dir = kobject_create_and_add("suspend_stats", hypervisor_kobj);
	if (!dir)
		return -ENOMEM;
	err = sysfs_create_group(dir, &stats_group);
	if (err)
		goto failed;

	steps_dir = kobject_create_and_add("steps", dir);
	if (!steps_dir) {
		err = -ENOMEM;
		goto failed;
	}
	for (i = 0; i < xen_suspend_nr_steps; i++) {
		err = add_step(steps_dir, i);
		if (err)
			pr_warn("no statistics of step %s in sysfs: %d\n",
				xen_suspend_steps[i].name, err);
	}

	return 0;

failed:
	pr_warn("no statistics in sysfs: %d\n", err);
	kobject_put(dir);
	return err;
}
late_initcall(stats_init);
