// SPDX-License-Identifier: GPL-2.0-only
/* Reports of guests, and numbers of errors, in words; see explain.h. */

#include <string.h>

#include "explain.h"

/*
 * By Linux's numbers: they are the guest's, whatever this host runs. Those
 * that a suspend may well fail with.
 */
static const char * const errors[] = {
	[1] = "EPERM", [2] = "ENOENT", [4] = "EINTR", [5] = "EIO", [6] = "ENXIO", [7] = "E2BIG",
	[11] = "EAGAIN", [12] = "ENOMEM", [13] = "EACCES", [14] = "EFAULT", [16] = "EBUSY",
	[17] = "EEXIST", [19] = "ENODEV", [22] = "EINVAL", [24] = "EMFILE", [28] = "ENOSPC",
	[32] = "EPIPE", [34] = "ERANGE", [38] = "ENOSYS", [61] = "ENODATA", [62] = "ETIME",
	[71] = "EPROTO", [95] = "EOPNOTSUPP", [104] = "ECONNRESET", [107] = "ENOTCONN",
	[108] = "ESHUTDOWN", [110] = "ETIMEDOUT", [111] = "ECONNREFUSED", [114] = "EALREADY",
	[115] = "EINPROGRESS", [125] = "ECANCELED",
};

const char *explain_errno(long long number)
{
	if (number < 0 || number >= (long long)(sizeof(errors) / sizeof(*errors)))
		return NULL;
	return errors[number];
}

/* It is the guest's text, and must not steer a terminal. */
static void print_safe(FILE *out, const char *text, int length)
{
	for (; length > 0; length--, text++) {
		unsigned char c = *text;

		if (c < ' ' || c > '~' || c == '\\')
			fprintf(out, "\\x%02x", c);
		else
			putc(c, out);
	}
}

static void print_value(FILE *out, const char *text)
{
	print_safe(out, text, strlen(text));
}

/* Prints the parts of the values of @key; returns how many there are. */
static int print_list(FILE *out, const struct report *r, const char *key)
{
	struct report_item item = {};
	int count = 0;

	while (report_next(r, key, &item)) {
		if (count++)
			fputs(", ", out);
		print_safe(out, item.at, item.length);
	}
	return count;
}

static void print_errno(FILE *out, const struct report *r)
{
	long long number = report_number(r, "errno");
	const char *name = explain_errno(number);

	if (name)
		fprintf(out, " (%s)", name);
	else if (number >= 0)
		fprintf(out, " (errno %lld)", number);
}

static void print_tries(FILE *out, const struct report *r)
{
	long long tries = report_number(r, "tries");

	if (tries >= 0)
		fprintf(out, ", after %lld %s", tries, tries == 1 ? "try" : "tries");
}

void explain_failure(FILE *out, const struct report *r)
{
	const char *device = report_value(r, "device");
	const char *step = report_value(r, "step");
	struct report_item item = {};

	if (device) {
		fputs("device ", out);
		print_value(out, device);
		fputs(" refused", out);
	} else if (report_next(r, "task", &item)) {
		fputs("did not freeze: ", out);
		print_list(out, r, "task");
	} else if (step) {
		fputs("it went wrong", out);
	} else {
		fputs("the guest does not say where", out);
	}
	if (step) {
		fputs(" in step ", out);
		print_value(out, step);
	}
	print_errno(out, r);
	print_tries(out, r);
}

const char *explain_mend(const struct report *r)
{
	struct report_item item = {};

	if (report_next(r, "task", &item))
		return "end that task, or try again";
	if (report_outcome(r) == REPORT_ABANDONED)
		return "it took too long; try again when it is less busy";
	return "see its kernel log, and try again";
}

/* Whether there is anything for explain_failure() to say. */
static bool has_cause(const struct report *r)
{
	return report_is_failure(r) || report_outcome(r) == REPORT_RETRYING ||
	       report_value(r, "step") || report_value(r, "device") ||
	       report_value(r, "task") || report_value(r, "errno");
}

static void print_others(FILE *out, const struct report *r)
{
	size_t i;

	for (i = 0; i < r->fields; i++) {
		if (report_knows(report_key(r, i)))
			continue;
		fprintf(out, ", %s=", report_key(r, i));
		print_value(out, report_value_of(r, i));
	}
}

void explain_report(FILE *out, const struct report *r)
{
	const char *request = report_value(r, "request");
	const char *outcome = report_value(r, "outcome");
	struct report_item item = {};

	if (!r->fields) {
		fputs("not understood: ", out);
		print_value(out, r->raw);
		return;
	}

	fputs("request ", out);
	print_value(out, request ? request : "?");
	fputs(" ", out);
	print_value(out, outcome ? outcome : "of unknown outcome");
	if (has_cause(r)) {
		fputs(": ", out);
		explain_failure(out, r);
	}
	if (report_next(r, "waiting", &item)) {
		fputs(", waiting for ", out);
		print_list(out, r, "waiting");
	}
	print_others(out, r);
}
