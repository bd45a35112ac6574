// SPDX-License-Identifier: GPL-2.0-only
/* How a command went, see output.h. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "json.h"
#include "output.h"

void result_set(struct result *result, enum verdict verdict, const char *format, ...)
{
	va_list args;

	free(result->message);
	result->verdict = verdict;
	va_start(args, format);
	if (vasprintf(&result->message, format, args) < 0)
		result->message = NULL;
	va_end(args);
}

static bool silent(const struct target *target)
{
	return target->options->quiet || target->options->json;
}

void output_progress(const struct target *target, const char *format, ...)
{
	va_list args;

	if (silent(target))
		return;
	fprintf(stderr, PROGRAM ": %s: ", target->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	putc('\n', stderr);
}

void output_report(const struct target *target, const char *what, const struct report *report)
{
	if (silent(target))
		return;
	fprintf(stderr, PROGRAM ": %s: %s: ", target->name, what);
	explain_failure(stderr, report);
	putc('\n', stderr);
}

static const char *verdict_name(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_OK:
		return "ok";
	case VERDICT_FAILED:
		return "failed";
	case VERDICT_USAGE:
		return "usage";
	case VERDICT_ERROR:
		return "error";
	case VERDICT_TIMEOUT:
		return "timeout";
	case VERDICT_STATE:
		return "state";
	case VERDICT_INTERRUPTED:
		return "interrupted";
	}
	return NULL;
}

static void json_list(struct json *json, const char *name, const struct report *r, const char *key)
{
	struct report_item item = {};

	json_open(json, name, '[');
	while (report_next(r, key, &item))
		json_text(json, NULL, item.at, item.length);
	json_close(json, ']');
}

/* Of equal keys the first one: that is the one that counts. */
static void json_others(struct json *json, const struct report *r)
{
	size_t i;

	json_open(json, "other", '{');
	for (i = 0; i < r->fields; i++) {
		const char *key = report_key(r, i), *value = report_value_of(r, i);

		if (!report_knows(key) && report_value(r, key) == value)
			json_string(json, key, value);
	}
	json_close(json, '}');
}

static void json_report(struct json *json, const struct report *r)
{
	if (!r->present) {
		json_string(json, "report", NULL);
		return;
	}
	json_open(json, "report", '{');
	json_number(json, "request", report_number(r, "request"));
	json_string(json, "outcome", report_value(r, "outcome"));
	json_string(json, "step", report_value(r, "step"));
	json_number(json, "errno", report_number(r, "errno"));
	json_string(json, "error", explain_errno(report_number(r, "errno")));
	json_string(json, "device", report_value(r, "device"));
	json_list(json, "tasks", r, "task");
	json_list(json, "waiting", r, "waiting");
	json_number(json, "tries", report_number(r, "tries"));
	json_others(json, r);
	json_string(json, "raw", r->raw);
	json_close(json, '}');
}

static void print_json(const struct options *options, const struct result *result)
{
	struct json json = { .out = stdout };

	json_open(&json, NULL, '{');
	json_string(&json, "domain", result->name ? result->name : options->domain);
	json_number(&json, "domid", result->domid);
	json_string(&json, "command", options->command);
	json_string(&json, "result", verdict_name(result->verdict));
	json_string(&json, "message", result->message);
	json_decimal(&json, "stopped_ms", result->stopped_ms);
	if (result->status) {
		json_string(&json, "state", domain_run_name(result->state.run));
		json_string(&json, "reason", result->state.reason);
		json_bool(&json, "advertises_suspend", result->advertises);
	}
	json_report(&json, &result->report);
	json_close(&json, '}');
	putchar('\n');
}

static void print_status(const struct result *result)
{
	printf("%s (domain %lld): %s\n", result->name, result->domid, result->message);
	printf("can suspend: %s\n", result->advertises ? "yes" : "it does not say so");
	fputs("last report: ", stdout);
	if (result->report.present)
		explain_report(stdout, &result->report);
	else
		fputs("none", stdout);
	putchar('\n');
}

void output_result(const struct options *options, const struct result *result)
{
	const char *message = result->message ? result->message : "out of memory";
	const char *name = result->name ? result->name : options->domain;

	if (options->json)
		print_json(options, result);
	else if (result->verdict != VERDICT_OK)
		fprintf(stderr, PROGRAM ": %s%s%s\n", name ? name : "", name ? ": " : "", message);
	else if (result->status)
		print_status(result);
	else if (!options->quiet)
		printf("%s: %s\n", name, message);
}
