// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a suspend fail, or take its time, wherever a test wants it to: in a
 * callback of a device or of the system core, or because a task does not freeze.
 *
 *	cd /sys/module/xen_suspend_refuse/parameters
 *	echo freeze_late > callback	# the next suspend fails there
 *	cat counts			# balanced, if all was undone
 *
 * Counted are the callbacks that let a suspend pass, and those that undo it.
 * After it prepare = complete, freeze = thaw + restore, and so on.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/freezer.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/syscore_ops.h>
#include <linux/sysfs.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#define NAME "xen-suspend-refuse"

/* Those up to SYSCORE can refuse, and are words for the parameter callback. */
enum call {
	NONE, PREPARE, FREEZE, FREEZE_LATE, FREEZE_NOIRQ, SYSCORE,
	COMPLETE, THAW, THAW_EARLY, THAW_NOIRQ,
	RESTORE, RESTORE_EARLY, RESTORE_NOIRQ, SYSCORE_RESUME,
	NR_CALLS
};

static const char * const calls[NR_CALLS] = {
	[NONE] = "none",
	[PREPARE] = "prepare",
	[FREEZE] = "freeze",
	[FREEZE_LATE] = "freeze_late",
	[FREEZE_NOIRQ] = "freeze_noirq",
	[SYSCORE] = "syscore",
	[COMPLETE] = "complete",
	[THAW] = "thaw",
	[THAW_EARLY] = "thaw_early",
	[THAW_NOIRQ] = "thaw_noirq",
	[RESTORE] = "restore",
	[RESTORE_EARLY] = "restore_early",
	[RESTORE_NOIRQ] = "restore_noirq",
	[SYSCORE_RESUME] = "syscore_resume",
};

enum hold { HOLD_NONE, HOLD_PROCESS, HOLD_KTHREAD, HOLD_WORKQUEUE };

static const char * const holds[] = {
	[HOLD_NONE] = "none",
	[HOLD_PROCESS] = "process",
	[HOLD_KTHREAD] = "kthread",
	[HOLD_WORKQUEUE] = "workqueue",
};

/*
 * No lock: the callbacks run one at a time, and only while all processes are
 * frozen, who read and write this through sysfs.
 */
static int callback = NONE;
static unsigned int error = EBUSY;
static int times = 1;
static unsigned int delay_ms;
static unsigned int passed[NR_CALLS];
static unsigned int refused;

/*
 * The lock of the module's parameters, which the kernel holds around hold_set(),
 * guards @ready: while it is false nobody may be held. @hold is written under
 * the same lock with @release_timer stopped, or else by that timer; whoever
 * waits for it to change reads it with no lock, and is woken by @hold_changed.
 */
static bool ready;
static enum hold hold;
static unsigned int hold_ms;
static DECLARE_WAIT_QUEUE_HEAD(hold_changed);
static atomic_t held = ATOMIC_INIT(0);

/* Set before the module is ready, and never changed. */
static bool suspend_last;
static struct platform_device *device;
static struct task_struct *holder;
static struct workqueue_struct *queue;

/* What a callback returns: 0, unless it is the one to refuse. */
static int pass(enum call call)
{
	if (call == callback && times) {
		if (times > 0)
			times--;
		if (call == SYSCORE)
			mdelay(delay_ms);
		else if (delay_ms)
			msleep(delay_ms);
		if (error) {
			refused++;
			return -(int)error;
		}
	}

	passed[call]++;
	return 0;
}

#define DEVICE_CALLBACK(name, call)			\
static int refuse_##name(struct device *dev)		\
{							\
	return pass(call);				\
}

DEVICE_CALLBACK(prepare, PREPARE)
DEVICE_CALLBACK(freeze, FREEZE)
DEVICE_CALLBACK(freeze_late, FREEZE_LATE)
DEVICE_CALLBACK(freeze_noirq, FREEZE_NOIRQ)
DEVICE_CALLBACK(thaw, THAW)
DEVICE_CALLBACK(thaw_early, THAW_EARLY)
DEVICE_CALLBACK(thaw_noirq, THAW_NOIRQ)
DEVICE_CALLBACK(restore, RESTORE)
DEVICE_CALLBACK(restore_early, RESTORE_EARLY)
DEVICE_CALLBACK(restore_noirq, RESTORE_NOIRQ)

static void refuse_complete(struct device *dev)
{
	pass(COMPLETE);
}

static const struct dev_pm_ops refuse_pm_ops = {
	.prepare = refuse_prepare,
	.complete = refuse_complete,
	.freeze = refuse_freeze,
	.freeze_late = refuse_freeze_late,
	.freeze_noirq = refuse_freeze_noirq,
	.thaw = refuse_thaw,
	.thaw_early = refuse_thaw_early,
	.thaw_noirq = refuse_thaw_noirq,
	.restore = refuse_restore,
	.restore_early = refuse_restore_early,
	.restore_noirq = refuse_restore_noirq,
};

static struct platform_driver driver = {
	.driver = { .name = NAME, .pm = &refuse_pm_ops },
};

static int __init refuse_probe(struct platform_device *pdev)
{
	return 0;
}

/* Some releases of 6.12 have the one form, some the other: see the Makefile. */
#ifdef HAVE_STRUCT_SYSCORE
#define SYSCORE_ARGUMENT void *unused
#else
#define SYSCORE_ARGUMENT void
#define register_syscore(syscore) register_syscore_ops((syscore)->ops)
#define unregister_syscore(syscore) unregister_syscore_ops((syscore)->ops)
struct syscore { struct syscore_ops *ops; };
#endif

static int refuse_syscore_suspend(SYSCORE_ARGUMENT)
{
	return pass(SYSCORE);
}

static void refuse_syscore_resume(SYSCORE_ARGUMENT)
{
	pass(SYSCORE_RESUME);
}

static struct syscore_ops syscore_ops = {
	.suspend = refuse_syscore_suspend,
	.resume = refuse_syscore_resume,
};

static struct syscore syscore = { .ops = &syscore_ops };

/* Nothing about this sleep tells the freezer that it may be left alone. */
static void be_held(enum hold mode)
{
	atomic_inc(&held);
	wait_event(hold_changed, READ_ONCE(hold) != mode);
	atomic_dec(&held);
}

static int hold_thread(void *unused)
{
	set_freezable();
	while (!kthread_should_stop()) {
		wait_event_freezable(hold_changed,
				     READ_ONCE(hold) == HOLD_KTHREAD ||
				     kthread_should_stop());
		be_held(HOLD_KTHREAD);
	}

	return 0;
}

static void hold_work_function(struct work_struct *work)
{
	be_held(HOLD_WORKQUEUE);
}

static DECLARE_WORK(hold_work, hold_work_function);

static ssize_t refuse_read(struct file *file, char __user *buffer, size_t size,
			   loff_t *position)
{
	be_held(HOLD_PROCESS);
	return 0;
}

static const struct file_operations refuse_fops = {
	.owner = THIS_MODULE,
	.read = refuse_read,
};

static struct miscdevice misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = NAME,
	.fops = &refuse_fops,
};

static void change_hold(enum hold mode)
{
	WRITE_ONCE(hold, mode);
	wake_up_all(&hold_changed);
}

static void release(struct timer_list *unused)
{
	change_hold(HOLD_NONE);
}

static DEFINE_TIMER(release_timer, release);

static int hold_set(const char *word, const struct kernel_param *kp)
{
	int mode = sysfs_match_string(holds, word);

	if (mode < 0)
		return mode;
	if (!ready)
		return -EAGAIN;

	timer_delete_sync(&release_timer);
	change_hold(mode);
	if (mode == HOLD_WORKQUEUE)
		queue_work(queue, &hold_work);
	if (mode != HOLD_NONE && hold_ms)
		mod_timer(&release_timer, jiffies + msecs_to_jiffies(hold_ms));

	return 0;
}

static int hold_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", holds[READ_ONCE(hold)]);
}

static const struct kernel_param_ops hold_ops = { .set = hold_set, .get = hold_get };

static int callback_set(const char *word, const struct kernel_param *kp)
{
	int call = __sysfs_match_string(calls, SYSCORE + 1, word);

	if (call < 0)
		return call;

	callback = call;
	return 0;
}

static int callback_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", calls[callback]);
}

static const struct kernel_param_ops callback_ops = { .set = callback_set, .get = callback_get };

static int errno_set(const char *number, const struct kernel_param *kp)
{
	return param_set_uint_minmax(number, kp, 0, MAX_ERRNO);
}

static const struct kernel_param_ops errno_ops = { .set = errno_set, .get = param_get_uint };

static int counts_get(char *buffer, const struct kernel_param *kp)
{
	int length = 0;
	int call;

	for (call = PREPARE; call < NR_CALLS; call++)
		length += sysfs_emit_at(buffer, length, "%s=%u ", calls[call],
					passed[call]);
	return length + sysfs_emit_at(buffer, length, "refused=%u held=%d\n",
				      refused, atomic_read(&held));
}

static const struct kernel_param_ops counts_ops = { .get = counts_get };

module_param_cb(callback, &callback_ops, NULL, 0644);
MODULE_PARM_DESC(callback, "What refuses: none (default), prepare, freeze, freeze_late, freeze_noirq or syscore");
module_param_cb(errno, &errno_ops, &error, 0644);
MODULE_PARM_DESC(errno, "With what error, positive (default 16, EBUSY); with 0 it is only slow");
module_param(times, int, 0644);
MODULE_PARM_DESC(times, "How often from now on, counted down (default 1); -1 for ever");
module_param(delay_ms, uint, 0644);
MODULE_PARM_DESC(delay_ms, "How long the callback takes first; syscore does not sleep but spins");
module_param(suspend_last, bool, 0444);
MODULE_PARM_DESC(suspend_last, "Suspend this device after all others, not before them; set when loaded");
module_param_cb(hold, &hold_ops, NULL, 0644);
MODULE_PARM_DESC(hold, "What does not freeze, once loaded: none, process, kthread or workqueue");
module_param(hold_ms, uint, 0644);
MODULE_PARM_DESC(hold_ms, "How long after hold is set all are released; 0: only by hold=none (default)");
module_param_cb(counts, &counts_ops, NULL, 0444);
MODULE_PARM_DESC(counts, "Calls that passed or undid, refusals, and tasks held at present");

static int __init refuse_init(void)
{
	int ret;

	queue = alloc_workqueue(NAME, WQ_FREEZABLE, 1);
	if (!queue)
		return -ENOMEM;

	holder = kthread_run(hold_thread, NULL, "xen-refuse-hold");
	if (IS_ERR(holder)) {
		ret = PTR_ERR(holder);
		goto destroy_queue;
	}

	device = platform_create_bundle(&driver, refuse_probe, NULL, 0, NULL, 0);
	if (IS_ERR(device)) {
		ret = PTR_ERR(device);
		goto stop_holder;
	}

	/* A device is suspended before those that were there when it came. */
	if (suspend_last) {
		ret = device_move(&device->dev, &platform_bus,
				  DPM_ORDER_DEV_AFTER_PARENT);
		if (ret)
			goto unregister_device;
	}

	/* Last of what can fail, as whoever opens it keeps the module. */
	ret = misc_register(&misc);
	if (ret)
		goto unregister_device;

	register_syscore(&syscore);

	kernel_param_lock(THIS_MODULE);
	ready = true;
	kernel_param_unlock(THIS_MODULE);

	return 0;

unregister_device:
	platform_device_unregister(device);
	platform_driver_unregister(&driver);
stop_holder:
	kthread_stop(holder);
destroy_queue:
	destroy_workqueue(queue);
	return ret;
}

/* No process is held here: it has the misc device open, and so the module. */
static void __exit refuse_exit(void)
{
	kernel_param_lock(THIS_MODULE);
	ready = false;
	kernel_param_unlock(THIS_MODULE);
	timer_shutdown_sync(&release_timer);
	change_hold(HOLD_NONE);

	unregister_syscore(&syscore);
	misc_deregister(&misc);
	platform_device_unregister(device);
	platform_driver_unregister(&driver);
	kthread_stop(holder);
	destroy_workqueue(queue);
}

module_init(refuse_init);
module_exit(refuse_exit);
MODULE_DESCRIPTION("Test of suspend: refuses on demand");
MODULE_LICENSE("GPL");
