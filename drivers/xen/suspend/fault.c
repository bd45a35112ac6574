// SPDX-License-Identifier: GPL-2.0-only
/*
 * Failures made on purpose, by the kernel's fault injection framework:
 * /sys/kernel/debug/fail_xen_suspend.
 */
#include <linux/debugfs.h>
#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "fault.h"
#include "suspend.h"

static DECLARE_FAULT_ATTR(fail_xen_suspend);

/* The step to fail, a name of the table's; written in debugfs, read anywhere. */
static const char *fault_step;
static bool fault_after;
static u32 fault_errno = EIO;

static const char hypercall[] = "hypercall";

int xen_suspend_fault(const char *step, bool after)
{
	const char *wanted = READ_ONCE(fault_step);

	if (!wanted || strcmp(wanted, step) || READ_ONCE(fault_after) != after)
		return 0;

	return should_fail(&fail_xen_suspend, 1) ? -(int)fault_errno : 0;
}

/* NULL for a name that no step has. */
static const char *find_step(const char *name)
{
	unsigned int i;

	if (!strcmp(name, hypercall))
		return hypercall;
	for (i = 0; i < xen_suspend_nr_steps; i++) {
		if (!strcmp(name, xen_suspend_steps[i].name))
			return xen_suspend_steps[i].name;
	}

	return NULL;
}

static ssize_t step_read(struct file *file, char __user *to, size_t count,
			 loff_t *pos)
{
	const char *step = READ_ONCE(fault_step) ?: "none";
	char text[XEN_SUSPEND_STEP_NAME_LEN + 1];
	int len;

	len = scnprintf(text, sizeof(text), "%s\n", step);

	return simple_read_from_buffer(to, count, pos, text, len);
}

static ssize_t step_write(struct file *file, const char __user *from,
			  size_t count, loff_t *pos)
{
	char text[XEN_SUSPEND_STEP_NAME_LEN + 1] = {};
	const char *step = NULL;

	if (*pos || count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, count))
		return -EFAULT;

	strim(text);
	if (strcmp(text, "none")) {
		step = find_step(text);
		if (!step)
			return -EINVAL;
	}
	WRITE_ONCE(fault_step, step);

	return count;
}

static const struct file_operations step_fops = {
	.open = simple_open,
	.read = step_read,
	.write = step_write,
};

/* Without debugfs nothing is ever injected. */
static int __init fault_init(void)
{
	struct dentry *dir;

	dir = fault_create_debugfs_attr("fail_xen_suspend", NULL,
					&fail_xen_suspend);
	if (IS_ERR(dir))
		return PTR_ERR(dir);

	debugfs_create_file("step", 0600, dir, NULL, &step_fops);
	debugfs_create_bool("after", 0600, dir, &fault_after);
	debugfs_create_u32("errno", 0600, dir, &fault_errno);

	return 0;
}
late_initcall(fault_init);
