// SPDX-License-Identifier: GPL-2.0-only
/* Ask a domain to stop, and learn at once if it will not; see stop.h. */

#include <string.h>

#include "child.h"
#include "clock.h"
#include "interrupt.h"
#include "output.h"
#include "stop.h"
#include "store.h"

/*
 * A guest that has taken the request most likely stops in a moment. Were it
 * left alone at once, nobody would resume it. One that was asked over its event
 * channel finds that closed, and most likely says in a moment that it gave up.
 */
#define GRACE	(5 * NS_PER_S)
#define LOOK	(50 * NS_PER_MS)

enum { CHILD, STORE, SOURCES };

/* Looks whether the guest has reported; true if the request has failed. */
static bool take_report(struct stop *stop, struct target *target)
{
	struct report now;

	if (!store_report(target->store, &now))
		return false;
	/* It was removed, so that the next one is about a later request. */
	if (!now.present)
		stop->before.present = false;
	if (!report_is_new(&now, &stop->before) || !strcmp(now.raw, stop->report.raw))
		return report_is_failure(&stop->report);

	stop->report = now;
	if (report_outcome(&now) == REPORT_RETRYING)
		output_report(target, "tries again", &now);
	return report_is_failure(&now);
}

static bool withdraw(struct stop *stop, struct target *target)
{
	stop->withdrawn = stop->withdrawn || store_withdraw(target->store);
	return stop->withdrawn;
}

/* Whether to wait on after a signal: the first time, if it cannot be called off. */
static bool goes_on(struct stop *stop, struct target *target, long long *deadline)
{
	if (stop->interrupted || stop->channel || withdraw(stop, target))
		return false;
	stop->interrupted = true;
	*deadline = clock_ns() + GRACE;
	output_progress(target,
			"interrupted; the guest has taken the request, so wait %lld s to resume it",
			GRACE / NS_PER_S);
	return true;
}

static bool is_over(const struct domain_state *state)
{
	return state->run == DOMAIN_SHUTDOWN || state->run == DOMAIN_DYING ||
	       state->run == DOMAIN_GONE;
}

static enum stop_end take_answer(struct stop *stop, struct child *child)
{
	struct child_answer answer;

	if (!child_read(child, &answer))
		return STOP_LOST;
	stop->rc = answer.rc;
	stop->since = answer.when;
	return STOP_ANSWERED;
}

static enum stop_end wait_for_end(struct stop *stop, struct target *target, struct child *child,
				  int watch)
{
	long long timeout = target->options->timeout;
	long long deadline = timeout ? clock_ns() + timeout : 0;
	unsigned int signals = interrupt_count();

	for (;;) {
		struct pollfd source[SOURCES] = {
			[CHILD] = { .fd = child->answer, .events = POLLIN },
			[STORE] = { .fd = watch, .events = POLLIN },
		};
		long long left = deadline ? deadline - clock_ns() : -1;

		if (deadline && left <= 0)
			return STOP_TIMED_OUT;
		interrupt_poll(source, SOURCES, left);

		if (source[CHILD].revents)
			return take_answer(stop, child);
		if (source[STORE].revents & ~POLLIN)
			watch = -1;
		if (source[STORE].revents) {
			store_drain(target->store);
			if (take_report(stop, target))
				return STOP_REPORTED;
			stop->state = domain_state(target->host, target->domid);
			if (is_over(&stop->state))
				return STOP_OVER;
		}
		if (signals != interrupt_count()) {
			signals = interrupt_count();
			if (!goes_on(stop, target, &deadline))
				return STOP_INTERRUPTED;
		}
	}
}

/* Whether the guest may still be at it, after libxl's call has not gone well. */
static bool may_be_taken(struct stop *stop, struct target *target)
{
	if (!stop->channel)
		return !withdraw(stop, target);
	/* Any other error comes before the signal. */
	return stop->end != STOP_ANSWERED || stop->rc == DOMAIN_TIMED_OUT;
}

/* What libxl says is not enough: it says 0 for a guest that took no notice. */
static void look_at_domain(struct stop *stop, struct target *target)
{
	bool answered = stop->end == STOP_ANSWERED;

	if (!answered || stop->rc)
		stop->taken = may_be_taken(stop, target);
	stop->state = domain_state(target->host, target->domid);
	if (stop->state.run == DOMAIN_SUSPENDED) {
		if (!answered || stop->rc)
			stop->since = clock_ns();
		stop->taken = false;
	} else if (is_over(&stop->state)) {
		stop->taken = false;
	} else if (take_report(stop, target)) {
		stop->taken = false;
		if (answered)
			stop->end = STOP_REPORTED;
	}
}

/* Its channel is closed: it gives up and says so, unless it is just about to stop. */
static void look_until_it_gave_up(struct stop *stop, struct target *target)
{
	long long deadline = clock_ns() + GRACE;
	unsigned int signals = interrupt_count();

	if (!stop->channel || !stop->taken)
		return;
	output_progress(target, "wait up to %lld s for the guest to give up", GRACE / NS_PER_S);
	while (stop->taken && clock_ns() < deadline && signals == interrupt_count()) {
		interrupt_poll(NULL, 0, LOOK);
		look_at_domain(stop, target);
	}
}

static const char *ask(struct stop *stop, struct target *target, struct child *child)
{
	int watch = store_watch(target->store);

	if (watch < 0 || !store_report(target->store, &stop->before))
		return "xenstore does not let us watch the guest's report";
	stop->channel = store_has_channel(target->store);
	if (!child_go(child))
		return "the process that calls libxl is gone";

	stop->end = wait_for_end(stop, target, child, watch);
	return NULL;
}

const char *stop_domain(struct stop *stop, struct target *target)
{
	struct child child;
	const char *problem;
	int err;

	memset(stop, 0, sizeof(*stop));
	err = child_start(&child, target->host, target->domid);
	if (err)
		return strerror(err);

	problem = ask(stop, target, &child);
	child_end(&child);
	if (problem)
		return problem;

	if (stop->end == STOP_INTERRUPTED)
		stop->interrupted = true;
	look_at_domain(stop, target);
	look_until_it_gave_up(stop, target);
	return NULL;
}
