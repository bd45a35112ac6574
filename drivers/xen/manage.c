// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the toolstack asks of this domain through xenstore: control/shutdown and
 * control/sysrq, and the control/feature-* nodes that say what may be asked.
 *
 * The nodes are described in xenstore-paths, docs/misc of Xen's source.
 */
#define pr_fmt(fmt) "xen: manage: " fmt

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysrq.h>
#include <linux/workqueue.h>

#include <xen/suspend.h>
#include <xen/xen.h>
#include <xen/xen-ops.h>
#include <xen/xenbus.h>

#include "manage.h"
#include "suspend/request.h"

/* Longest part of an unknown word that goes to the log. */
#define LOG_WORD_MAX	32

/* Registered before the first suspend and never while one runs: no lock. */
static RAW_NOTIFIER_HEAD(resume_chain);

struct xen_request_source xen_request_xenstore = { .name = "xenstore" };

/* Set for good once the system goes down; what is asked later is ignored. */
static bool going_down;

void xen_resume_notifier_register(struct notifier_block *nb)
{
	raw_notifier_chain_register(&resume_chain, nb);
}
EXPORT_SYMBOL_GPL(xen_resume_notifier_register);

void xen_resume_notifier_unregister(struct notifier_block *nb)
{
	raw_notifier_chain_unregister(&resume_chain, nb);
}
EXPORT_SYMBOL_GPL(xen_resume_notifier_unregister);

void xen_resume_notifier_call(void)
{
	raw_notifier_call_chain(&resume_chain, 0, NULL);
}

/* While the system boots there may be no user space to do it: then by force. */
static void do_poweroff(void)
{
	if (system_state > SYSTEM_RUNNING)
		pr_info("the system is going down already\n");
	else
		orderly_poweroff(system_state < SYSTEM_RUNNING);
}

static void do_reboot(void)
{
	if (system_state > SYSTEM_RUNNING)
		pr_info("the system is going down already\n");
	else
		orderly_reboot();
}

static struct xen_request poweroff_request = {
	.name = "poweroff",
	.serve = do_poweroff,
	.node = LIST_HEAD_INIT(poweroff_request.node),
};

/* The tools tell halt from poweroff, a guest does not. */
static struct xen_request halt_request = {
	.name = "halt",
	.serve = do_poweroff,
	.node = LIST_HEAD_INIT(halt_request.node),
};

static struct xen_request reboot_request = {
	.name = "reboot",
	.serve = do_reboot,
	.node = LIST_HEAD_INIT(reboot_request.node),
};

/**
 * struct shutdown_command - a word that control/shutdown may hold
 * @request: What it asks for; its name is the word.
 * @feature: Advertised as control/feature-WORD.
 * @unacked: Done even if the node cannot be written to acknowledge it. The
 *	tools give up on a suspend that is not acknowledged, and nobody would
 *	resume a domain that then suspends all the same.
 */
struct shutdown_command {
	struct xen_request *request;
	bool feature;
	bool unacked;
};

static const struct shutdown_command shutdown_commands[] = {
	{ .request = &poweroff_request, .feature = true, .unacked = true },
	{ .request = &halt_request, .unacked = true },
	{ .request = &reboot_request, .feature = true, .unacked = true },
#ifdef CONFIG_XEN_SUSPEND
	{ .request = &xen_suspend_request, .feature = true },
#endif
};

static const struct shutdown_command *find_command(const char *word)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(shutdown_commands); i++) {
		if (!strcmp(word, shutdown_commands[i].request->name))
			return &shutdown_commands[i];
	}

	return NULL;
}

static bool known_command(const char *word)
{
	return find_command(word);
}

static bool known_sysrq(const char *word)
{
	return true;
}

/* Short of memory: the word is still there, and is read again a little later. */
static void read_again(struct work_struct *work);
static DECLARE_DELAYED_WORK(read_later, read_again);

static void complain(const char *what, const char *node, int err)
{
	pr_err_ratelimited("cannot %s control/%s: %d%s\n", what, node, err,
			   err == -ENOMEM ? ", trying again" : "");
	if (err == -ENOMEM)
		queue_delayed_work(system_freezable_wq, &read_later, HZ / 10);
}

/* The word in control/@node, to be freed, or NULL if there is none. */
static char *read_word(struct xenbus_transaction xbt, const char *node)
{
	char *word = xenbus_read(xbt, "control", node, NULL);
	int err;

	if (!XENBUS_IS_ERR_READ(word))
		return word;

	/* A watch also fires when the node goes or is emptied, as by us. */
	err = PTR_ERR(word);
	if (err != -ENOENT && err != -ERANGE)
		complain("read", node, err);

	return NULL;
}

/*
 * A transaction that is not ended keeps xenstore from being suspended, for ever:
 * wait for the little memory that it takes.
 */
static int end_transaction(struct xenbus_transaction xbt, int abort)
{
	int err;

	while ((err = xenbus_transaction_end(xbt, abort)) == -ENOMEM)
		msleep(20);

	return err;
}

/*
 * Reads control/@node and, if the word in it is @known, acknowledges it by
 * emptying the node in the same transaction, so that no word is lost or seen
 * twice. Returns the word, to be freed, or NULL if there is none; the word is
 * NUL-terminated and not empty. *@acked says whether it was acknowledged.
 */
static char *take_word(const char *node, bool (*known)(const char *word),
		       bool *acked)
{
	struct xenbus_transaction xbt;
	char *word;
	int err;

	*acked = false;

	/* Most often there is none: no need for a transaction to see that. */
	word = read_word(XBT_NIL, node);
	if (!word)
		return NULL;

	do {
		kfree(word);
		err = xenbus_transaction_start(&xbt);
		if (err) {
			complain("read", node, err);
			return NULL;
		}

		word = read_word(xbt, node);
		if (!word || !known(word)) {
			end_transaction(xbt, 1);
			return word;
		}

		err = xenbus_write(xbt, "control", node, "");
		if (err) {
			end_transaction(xbt, 1);
			complain("acknowledge", node, err);
			return word;
		}

		err = end_transaction(xbt, 0);
	} while (err == -EAGAIN);

	if (err)
		complain("acknowledge", node, err);
	*acked = !err;

	return word;
}

static void shutdown_changed(struct xenbus_watch *watch, const char *path,
			     const char *token)
{
	const struct shutdown_command *command;
	bool acked;
	char *word;

	if (going_down)
		return;

	word = take_word("shutdown", known_command, &acked);
	if (!word)
		return;

	command = find_command(word);
	if (!command)
		pr_info_ratelimited("control/shutdown holds \"%.*s\"%s, which this kernel does not know: ignored\n",
				    LOG_WORD_MAX, word,
				    strlen(word) > LOG_WORD_MAX ? "..." : "");
	else if (acked || command->unacked)
		xen_request_post(command->request, &xen_request_xenstore);

	kfree(word);
}

static struct xenbus_watch shutdown_watch = {
	.node = "control/shutdown",
	.callback = shutdown_changed,
};

static void sysrq_changed(struct xenbus_watch *watch, const char *path,
			  const char *token)
{
	bool acked;
	char *word;

	word = take_word("sysrq", known_sysrq, &acked);
	if (word && acked)
		handle_sysrq(word[0]);

	kfree(word);
}

static struct xenbus_watch sysrq_watch = {
	.node = "control/sysrq",
	.callback = sysrq_changed,
};

/* A toolstack that lets no guest write here can do without: not fatal. */
static void advertise(void)
{
	unsigned int i;
	char node[32];
	int err;

	for (i = 0; i < ARRAY_SIZE(shutdown_commands); i++) {
		if (!shutdown_commands[i].feature)
			continue;
		snprintf(node, sizeof(node), "feature-%s",
			 shutdown_commands[i].request->name);
		err = xenbus_printf(XBT_NIL, "control", node, "%u", 1);
		if (err)
			pr_warn("cannot write control/%s: %d\n", node, err);
	}
}

/* A new domain has a new directory in xenstore. */
static int suspend_ended(struct notifier_block *nb, unsigned long outcome,
			 void *result)
{
	if (outcome == XEN_SUSPEND_RESUMED)
		advertise();

	return NOTIFY_DONE;
}

static struct notifier_block suspend_nb = {
	.notifier_call = suspend_ended,
};

static void read_again(struct work_struct *work)
{
	shutdown_changed(&shutdown_watch, NULL, NULL);
	if (IS_ENABLED(CONFIG_MAGIC_SYSRQ))
		sysrq_changed(&sysrq_watch, NULL, NULL);
}

static void watch_node(struct xenbus_watch *watch)
{
	int err = register_xenbus_watch(watch);

	if (err)
		pr_err("cannot watch %s: %d; requests there go unheard\n",
		       watch->node, err);
}

static int xenstore_ready(struct notifier_block *nb, unsigned long event,
			  void *data)
{
	watch_node(&shutdown_watch);
	if (IS_ENABLED(CONFIG_MAGIC_SYSRQ))
		watch_node(&sysrq_watch);
	advertise();

	return NOTIFY_DONE;
}

static struct notifier_block xenstore_nb = {
	.notifier_call = xenstore_ready,
};

static int system_goes_down(struct notifier_block *nb, unsigned long code,
			    void *unused)
{
	going_down = true;

	return NOTIFY_DONE;
}

static struct notifier_block reboot_nb = {
	.notifier_call = system_goes_down,
};

/**
 * xen_setup_shutdown_event() - hear what the toolstack asks of this domain
 *
 * Begins as soon as xenstore can be reached.
 *
 * Context: Process context, may sleep. Called once, at boot.
 * Return: 0, -ENODEV outside Xen, or another negative errno if this domain
 * cannot serve requests.
 */
int xen_setup_shutdown_event(void)
{
	int err;

	if (!xen_domain())
		return -ENODEV;

	err = xen_request_thread_start();
	if (err)
		return err;

	err = register_reboot_notifier(&reboot_nb);
	if (err)
		goto failed;

	if (IS_ENABLED(CONFIG_XEN_SUSPEND)) {
		err = xen_suspend_register_notifier(&suspend_nb);
		if (err)
			goto failed;
	}

	err = register_xenstore_notifier(&xenstore_nb);
	if (!err)
		return 0;

failed:
	pr_err("cannot be told of shutdown, restore or xenstore: %d; requests go unheard\n",
	       err);
	return err;
}
EXPORT_SYMBOL_GPL(xen_setup_shutdown_event);

subsys_initcall(xen_setup_shutdown_event);
