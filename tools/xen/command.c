// SPDX-License-Identifier: GPL-2.0-only
/* The commands, see command.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command.h"
#include "domain.h"
#include "explain.h"
#include "interrupt.h"
#include "stop.h"
#include "store.h"

static const char hint[] = "is this dom0, with Xen's daemons running, and are you root?";

static const char *state_name(const struct domain_state *state, char *text, size_t size)
{
	if (state->run != DOMAIN_SHUTDOWN || !state->reason)
		return domain_run_name(state->run);
	snprintf(text, size, "%s (%s)", domain_run_name(state->run), state->reason);
	return text;
}

/* The domain is in no state for what is asked; @mend may be empty. */
static void refuse(struct result *result, const struct domain_state *state, const char *mend)
{
	char text[64];
	bool unknown = state->run == DOMAIN_GONE || state->run == DOMAIN_UNKNOWN;

	result_set(result, unknown ? VERDICT_ERROR : VERDICT_STATE, "its state is %s%s%s",
		   state_name(state, text, sizeof(text)), *mend ? "; " : "", mend);
}

static bool may_suspend(struct target *target, struct result *result)
{
	struct domain_state state = domain_state(target->host, target->domid);

	if (!target->domid) {
		result_set(result, VERDICT_STATE, "it is the host's own domain");
	} else if (state.run == DOMAIN_PAUSED) {
		refuse(result, &state, "unpause it first, or it cannot answer");
	} else if (state.run == DOMAIN_SUSPENDED) {
		refuse(result, &state, "'resume' lets it go on");
	} else if (state.run != DOMAIN_RUNNING) {
		refuse(result, &state, "");
	} else if (!target->options->force && !store_advertises(target->store)) {
		result_set(result, VERDICT_STATE,
			   "it does not say that it can suspend: still booting, or without a driver; --force asks it all the same");
	} else {
		return true;
	}
	return false;
}

/* Resumes a domain that is suspended, @since some time or 0 if that is unknown. */
static bool resume_domain(struct target *target, struct result *result, long long since)
{
	int rc = domain_resume(target->host, target->domid);

	if (rc) {
		result_set(result, VERDICT_ERROR,
			   "it could not be resumed (libxl: %s) and stays suspended; try 'resume'",
			   host_error(rc));
		return false;
	}
	if (since)
		result->stopped_ms = (double)(clock_ns() - since) / NS_PER_MS;
	return true;
}

static void tell_failure(struct result *result, enum verdict verdict, const struct report *report)
{
	char *cause = NULL;
	size_t size;
	FILE *out = open_memstream(&cause, &size);

	if (out) {
		explain_failure(out, report);
		fclose(out);
	}
	result_set(result, verdict, "suspend failed: %s; the guest goes on: %s",
		   cause ? cause : "out of memory", explain_mend(report));
	free(cause);
}

/* It did not stop. */
static void judge_running(struct result *result, const struct stop *stop)
{
	const char *later = "";

	if (stop->taken)
		later = stop->channel ? "; it should give up by itself" :
			"; it may stop yet, and then waits for 'resume'";

	if (stop->interrupted)
		result_set(result, VERDICT_INTERRUPTED, "interrupted%s", later);
	else if (stop->state.run != DOMAIN_RUNNING && stop->state.run != DOMAIN_PAUSED)
		refuse(result, &stop->state, "that is not what was asked for");
	else if (stop->end == STOP_REPORTED)
		tell_failure(result, VERDICT_FAILED, &stop->report);
	else if (stop->end == STOP_LOST)
		result_set(result, VERDICT_ERROR, "the process that called libxl died%s", later);
	else if (stop->end == STOP_ANSWERED && stop->rc && stop->rc != DOMAIN_TIMED_OUT)
		result_set(result, VERDICT_ERROR, "libxl could not suspend it (%s)%s",
			   host_error(stop->rc), later);
	else if (report_is_failure(&stop->report))
		tell_failure(result, VERDICT_TIMEOUT, &stop->report);
	else if (stop->taken)
		result_set(result, VERDICT_TIMEOUT, "it %sdid not stop in time%s",
			   stop->channel ? "" : "took the request, but ", later);
	else
		result_set(result, VERDICT_TIMEOUT,
			   "it took no notice of the request, which was taken back");
}

/* It stopped. Something else may have gone wrong; then it must not be left so. */
static void judge_stopped(struct target *target, struct result *result, const struct stop *stop,
			  bool keep)
{
	bool error = stop->end == STOP_ANSWERED && stop->rc && stop->rc != DOMAIN_TIMED_OUT;
	bool late = stop->end != STOP_ANSWERED || stop->rc;

	if (keep && !error && !stop->interrupted) {
		result_set(result, VERDICT_OK, "suspended%s", late ? ", at the last moment" : "");
		return;
	}
	if (!resume_domain(target, result, stop->since))
		return;
	if (stop->interrupted)
		result_set(result, VERDICT_INTERRUPTED,
			   "interrupted; it had stopped for %.1f ms and goes on",
			   result->stopped_ms);
	else if (error)
		result_set(result, VERDICT_ERROR,
			   "libxl could not suspend it (%s); it had stopped for %.1f ms and goes on",
			   host_error(stop->rc), result->stopped_ms);
	else
		result_set(result, VERDICT_OK, "stopped for %.1f ms, goes on",
			   result->stopped_ms);
}

static void stop_and_judge(struct target *target, struct result *result, bool keep)
{
	struct stop stop;
	const char *problem = stop_domain(&stop, target);

	if (problem) {
		result_set(result, VERDICT_ERROR, "could not be asked: %s", problem);
		return;
	}
	result->report = stop.report;
	if (stop.state.run == DOMAIN_SUSPENDED)
		judge_stopped(target, result, &stop, keep);
	else
		judge_running(result, &stop);
}

static void suspend(struct target *target, struct result *result, bool keep)
{
	if (!may_suspend(target, result))
		return;
	/* Between a stop and what comes after it nothing may end us. */
	interrupt_hold();
	stop_and_judge(target, result, keep);
	interrupt_release();
}

static void do_suspend(struct target *target, struct result *result)
{
	suspend(target, result, true);
}

static void do_checkpoint(struct target *target, struct result *result)
{
	suspend(target, result, false);
}

static void do_resume(struct target *target, struct result *result)
{
	struct domain_state state = domain_state(target->host, target->domid);

	if (state.run != DOMAIN_SUSPENDED)
		refuse(result, &state, "only a suspended domain can be resumed");
	else if (resume_domain(target, result, 0))
		result_set(result, VERDICT_OK, "resumed");
}

static void do_status(struct target *target, struct result *result)
{
	char text[64];

	if (!store_report(target->store, &result->report)) {
		result_set(result, VERDICT_ERROR, "xenstore does not let us read its report");
		return;
	}
	result->state = domain_state(target->host, target->domid);
	result->advertises = store_advertises(target->store);
	result->status = true;
	result_set(result, VERDICT_OK, "%s", state_name(&result->state, text, sizeof(text)));
}

static const struct command {
	const char *name;
	void (*run)(struct target *target, struct result *result);
} commands[] = {
	{ "suspend", do_suspend },
	{ "resume", do_resume },
	{ "checkpoint", do_checkpoint },
	{ "status", do_status },
};

static const struct command *find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	return NULL;
}

bool command_exists(const char *name)
{
	return find(name);
}

static void run(struct target *target, struct result *result)
{
	target->store = store_open(target->domid);
	if (!target->store) {
		result_set(result, VERDICT_ERROR, "no way to xenstore: %s", hint);
		return;
	}
	find(target->options->command)->run(target, result);
	store_close(target->store);
}

void command_run(const struct options *options, struct result *result)
{
	struct target target = { .options = options };

	target.host = host_open(options->verbose);
	if (!target.host) {
		result_set(result, VERDICT_ERROR, "no way to libxl: %s", hint);
		return;
	}
	if (domain_find(target.host, options->domain, &target.domid, &target.name)) {
		result->domid = target.domid;
		result->name = target.name;
		run(&target, result);
	} else {
		result_set(result, VERDICT_ERROR, "there is no such domain");
	}
	host_close(target.host);
}
