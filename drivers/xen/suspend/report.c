// SPDX-License-Identifier: GPL-2.0-only
/*
 * What became of a request, told in the log and in xenstore's data/suspend, which
 * a tool on the host can watch: libxl lets a guest write below data, see
 * xenstore-paths. Documentation/ABI/testing/xen-suspend describes the line.
 */
#define pr_fmt(fmt) "xen: suspend: " fmt

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched/clock.h>
#include <linux/string.h>
#include <linux/string_helpers.h>
#include <linux/time64.h>

#include <trace/events/xen_suspend.h>
#include <xen/xenbus.h>

#include "report.h"
#include "suspend.h"

#define LINE_MAX_LEN	512

/* How often to ask again for the little memory that a request to xenstore takes. */
#define NO_MEMORY_TRIES	10

/* What stands in xenstore. */
enum { NOTHING, FAILURE, WAITING };

/*
 * Protects @there and @line, and orders what is written. Taken by the request
 * thread and by the work of backends.c, with no other lock held.
 */
static DEFINE_MUTEX(report_lock);
static int there = FAILURE;	/* For all we know at boot, for example by kexec. */
static char line[LINE_MAX_LEN];

static void remove_line(void)
{
	if (there == NOTHING)
		return;

	there = NOTHING;
	xenbus_rm(XBT_NIL, "data", "suspend");
}

static void write_line(int what)
{
	int tries = NO_MEMORY_TRIES;
	int err;

	do {
		err = xenbus_write(XBT_NIL, "data", "suspend", line);
		if (err == -ENOMEM)
			msleep(20);
	} while (err == -ENOMEM && --tries);

	if (!err)
		there = what;
	else if (err != -EACCES)	/* The toolstack may not want it. */
		pr_warn("cannot write data/suspend: %d\n", err);
}

/* Appends key=value to @line; a value holds no blank, so that a line can be split. */
static void append(const char *key, const char *value)
{
	size_t len = strlen(line);
	size_t room, wanted;

	len += scnprintf(line + len, sizeof(line) - len, " %s=", key);
	room = sizeof(line) - len - 1;
	wanted = string_escape_mem(value, strlen(value), line + len, room,
				   ESCAPE_HEX | ESCAPE_NAP | ESCAPE_APPEND,
				   " \\");
	line[len + min(room, wanted)] = '\0';
}

static void append_number(const char *key, unsigned int number)
{
	size_t len = strlen(line);

	scnprintf(line + len, sizeof(line) - len, " %s=%u", key, number);
}

static void begin_line(unsigned int request, const char *outcome)
{
	snprintf(line, sizeof(line), "request=%u outcome=%s", request, outcome);
}

void xen_report_begin(void)
{
	mutex_lock(&report_lock);
	remove_line();
	mutex_unlock(&report_lock);
}

void xen_report_failure(const struct xen_suspend *s, bool again)
{
	trace_xen_suspend_report(s->request, s->outcome, s->failed, s->error,
				 s->tries, again);

	mutex_lock(&report_lock);

	begin_line(s->request, again ? "retrying" :
			       s->abandoned ? "abandoned" : "failed");
	append("step", s->failed);
	append_number("errno", -s->error);
	if (s->culprit_kind)
		append(s->culprit_kind, s->culprit);
	append_number("tries", s->tries);

	if (again)
		pr_warn("%s\n", line);
	else
		pr_err("%s\n", line);
	write_line(FAILURE);

	mutex_unlock(&report_lock);
}

void xen_report_success(const struct xen_suspend *s, u64 begin_ns)
{
	trace_xen_suspend_report(s->request, s->outcome, NULL, 0, s->tries,
				 false);

	mutex_lock(&report_lock);

	if (s->outcome == XEN_SUSPEND_RESUMED) {
		/* The new domain's data directory is empty. */
		there = NOTHING;
		pr_info("resumed in a new domain: %llu us to stop, %llu us to come back\n",
			div_u64(s->stopped - begin_ns, NSEC_PER_USEC),
			div_u64(local_clock() - s->continued, NSEC_PER_USEC));
	} else {
		remove_line();
		pr_debug("cancelled, same domain goes on after %llu us\n",
			 div_u64(local_clock() - begin_ns, NSEC_PER_USEC));
	}

	mutex_unlock(&report_lock);
}

void xen_report_waiting(unsigned int request, const char *devices, bool news)
{
	mutex_lock(&report_lock);

	if (devices[0]) {
		begin_line(request, "resumed");
		append("waiting", devices);
		if (news)
			pr_warn("%s\n", line);
		/* A request that came since has removed what stood there. */
		if (news || there == NOTHING)
			write_line(WAITING);
	} else if (news) {
		pr_info("all backends answered\n");
		if (there == WAITING)
			remove_line();
	}

	mutex_unlock(&report_lock);
}
