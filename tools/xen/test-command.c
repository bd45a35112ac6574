// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the commands, on a host that is fake. */

#include <stdlib.h>

#include "clock.h"
#include "command.h"
#include "fake-xen.h"
#include "interrupt.h"
#include "test.h"

#define OLD	"request=6 outcome=failed step=processes errno=16"
#define FAILED	"request=7 outcome=failed step=devices errno=16 device=vbd-51712 tries=3"
#define GAVE_UP	"request=7 outcome=abandoned step=devices errno=62 tries=1"
#define RETRY	"request=7 outcome=retrying step=devices errno=11 device=vif-0 tries=1"

/* What comes before libxl gives up has come at once. */
#define AT_ONCE	4000

struct scenario {
	const char *name;
	const char *command;
	const char *report;		/* there before */
	struct fake_act acts[FAKE_ACTS];
	int timeout_ms, libxl_ms, libxl_rc, stopped_rc, resume_rc, run;
	bool channel;			/* is asked over its event channel */
	bool mute;			/* does not advertise */
	bool force;

	enum verdict verdict;
	enum domain_run left;		/* as what the domain is left */
	int resumed;
	const char *message;		/* what it says among other things */
	const char *without;		/* what it must not say */
};

static const struct scenario scenarios[] = {
	{
		.name = "suspend",
		.acts = { { 5, FAKE_TAKE }, { 5, FAKE_STOP } },
		.left = DOMAIN_SUSPENDED, .message = "suspended",
	}, {
		.name = "checkpoint", .command = "checkpoint",
		.acts = { { 5, FAKE_TAKE }, { 5, FAKE_STOP } },
		.resumed = 1, .message = "stopped for ",
	}, {
		.name = "resume", .command = "resume", .run = DOMAIN_SUSPENDED,
		.resumed = 1, .message = "resumed",
	}, {
		.name = "the guest fails", .report = OLD,
		.acts = { { 5, FAKE_TAKE }, { 0, FAKE_FORGET }, { 5, FAKE_REPORT, FAILED } },
		.verdict = VERDICT_FAILED,
		.message = "device vbd-51712 refused in step devices (EBUSY), after 3 tries; the",
	}, {
		.name = "the guest fails with what it said before", .report = FAILED,
		.acts = { { 5, FAKE_FORGET }, { 50, FAKE_REPORT, FAILED } },
		.verdict = VERDICT_FAILED,
	}, {
		.name = "the guest tries again and stops", .command = "checkpoint",
		.acts = { { 0, FAKE_TAKE }, { 5, FAKE_REPORT, RETRY }, { 50, FAKE_STOP } },
		.resumed = 1,
	}, {
		.name = "the guest tries again and fails",
		.acts = { { 0, FAKE_TAKE }, { 5, FAKE_REPORT, RETRY },
			  { 50, FAKE_REPORT, FAILED } },
		.verdict = VERDICT_FAILED,
	}, {
		.name = "an old report is no answer", .report = OLD,
		.acts = { { 5, FAKE_REPORT, OLD }, { 0, FAKE_TAKE }, { 50, FAKE_STOP } },
		.left = DOMAIN_SUSPENDED,
	}, {
		.name = "an old request that fails is no answer", .report = RETRY,
		.acts = { { 5, FAKE_REPORT, FAILED }, { 50, FAKE_TAKE }, { 0, FAKE_STOP } },
		.left = DOMAIN_SUSPENDED,
	}, {
		.name = "the guest fails and stops all the same",
		.acts = { { 0, FAKE_TAKE }, { 5, FAKE_STOP }, { 0, FAKE_REPORT, FAILED } },
		.left = DOMAIN_SUSPENDED, .message = "suspended",
	}, {
		.name = "the same of a checkpoint", .command = "checkpoint",
		.acts = { { 0, FAKE_TAKE }, { 5, FAKE_STOP }, { 0, FAKE_REPORT, FAILED } },
		.resumed = 1,
	}, {
		.name = "libxl times out", .libxl_ms = 100, .libxl_rc = DOMAIN_TIMED_OUT,
		.acts = { { 0, FAKE_TAKE } },
		.verdict = VERDICT_TIMEOUT, .message = "it may stop yet",
	}, {
		.name = "libxl gives up and says all is well", .libxl_ms = 100, .libxl_rc = 0,
		.verdict = VERDICT_TIMEOUT, .message = "took no notice",
	}, {
		.name = "libxl fails", .libxl_ms = 100, .libxl_rc = -3,
		.verdict = VERDICT_ERROR, .message = "ERROR_FAIL",
	}, {
		.name = "libxl fails with a domain that stopped", .stopped_rc = -3,
		.acts = { { 0, FAKE_TAKE }, { 5, FAKE_STOP } },
		.verdict = VERDICT_ERROR, .resumed = 1, .message = "goes on",
	}, {
		.name = "we time out", .timeout_ms = 100, .acts = { { 0, FAKE_TAKE } },
		.verdict = VERDICT_TIMEOUT, .message = "it may stop yet",
	}, {
		.name = "we time out before it is taken", .timeout_ms = 100,
		.verdict = VERDICT_TIMEOUT, .message = "taken back",
	}, {
		.name = "interrupted before it is taken", .acts = { { 20, FAKE_SIGNAL } },
		.verdict = VERDICT_INTERRUPTED, .without = "may stop",
	}, {
		.name = "interrupted, and then it stops",
		.acts = { { 0, FAKE_TAKE }, { 20, FAKE_SIGNAL }, { 50, FAKE_STOP } },
		.verdict = VERDICT_INTERRUPTED, .resumed = 1,
	}, {
		.name = "interrupted twice",
		.acts = { { 0, FAKE_TAKE }, { 20, FAKE_SIGNAL }, { 300, FAKE_SIGNAL } },
		.verdict = VERDICT_INTERRUPTED, .message = "it may stop yet",
	}, {
		.name = "interrupted, and then it fails",
		.acts = { { 0, FAKE_TAKE }, { 20, FAKE_SIGNAL }, { 50, FAKE_REPORT, FAILED } },
		.verdict = VERDICT_INTERRUPTED, .without = "may stop",
	}, {
		.name = "libxl's process dies", .acts = { { 0, FAKE_TAKE }, { 5, FAKE_KILL } },
		.verdict = VERDICT_ERROR, .message = "died",
	}, {
		.name = "it crashes", .acts = { { 0, FAKE_TAKE }, { 5, FAKE_CRASH } },
		.verdict = VERDICT_STATE, .left = DOMAIN_SHUTDOWN, .message = "crash",
	}, {
		.name = "over a channel", .channel = true, .acts = { { 5, FAKE_STOP } },
		.left = DOMAIN_SUSPENDED, .message = "suspended",
	}, {
		.name = "over a channel: the guest fails", .channel = true,
		.acts = { { 5, FAKE_REPORT, FAILED } }, .verdict = VERDICT_FAILED,
	}, {
		.name = "over a channel: libxl cannot ask", .channel = true,
		.libxl_ms = 1, .libxl_rc = -3,
		.verdict = VERDICT_ERROR, .message = "ERROR_FAIL", .without = ";",
	}, {
		.name = "over a channel: libxl times out", .channel = true,
		.libxl_ms = 100, .libxl_rc = DOMAIN_TIMED_OUT,
		.acts = { { 0, FAKE_AWAIT }, { 50, FAKE_REPORT, GAVE_UP } },
		.verdict = VERDICT_FAILED, .message = "goes on",
	}, {
		.name = "over a channel: we time out", .channel = true, .timeout_ms = 100,
		.acts = { { 0, FAKE_AWAIT }, { 50, FAKE_REPORT, GAVE_UP } },
		.verdict = VERDICT_TIMEOUT, .message = "step devices (ETIME)",
	}, {
		.name = "over a channel: we time out, and then it stops", .channel = true,
		.timeout_ms = 100, .acts = { { 0, FAKE_AWAIT }, { 50, FAKE_STOP } },
		.left = DOMAIN_SUSPENDED, .message = "suspended",
	}, {
		.name = "over a channel: the same of a checkpoint", .channel = true,
		.command = "checkpoint", .timeout_ms = 100,
		.acts = { { 0, FAKE_AWAIT }, { 50, FAKE_STOP } }, .resumed = 1,
	}, {
		.name = "over a channel: we time out, and no more is heard", .channel = true,
		.timeout_ms = 100, .acts = { { 0, FAKE_AWAIT }, { 200, FAKE_SIGNAL } },
		.verdict = VERDICT_TIMEOUT, .message = "should give up",
	}, {
		.name = "over a channel: interrupted", .channel = true,
		.acts = { { 20, FAKE_SIGNAL }, { 0, FAKE_AWAIT }, { 50, FAKE_REPORT, GAVE_UP } },
		.verdict = VERDICT_INTERRUPTED, .without = ";",
	}, {
		.name = "over a channel: interrupted, and then it stops", .channel = true,
		.acts = { { 20, FAKE_SIGNAL }, { 0, FAKE_AWAIT }, { 50, FAKE_STOP } },
		.verdict = VERDICT_INTERRUPTED, .resumed = 1,
	}, {
		.name = "over a channel: libxl's process dies", .channel = true,
		.acts = { { 5, FAKE_KILL }, { 0, FAKE_AWAIT }, { 50, FAKE_REPORT, GAVE_UP } },
		.verdict = VERDICT_ERROR, .message = "died", .without = ";",
	}, {
		.name = "over a channel: it crashes", .channel = true,
		.acts = { { 5, FAKE_CRASH } },
		.verdict = VERDICT_STATE, .left = DOMAIN_SHUTDOWN, .message = "crash",
	}, {
		.name = "it cannot be resumed", .command = "checkpoint", .resume_rc = -3,
		.acts = { { 0, FAKE_TAKE }, { 5, FAKE_STOP } },
		.verdict = VERDICT_ERROR, .left = DOMAIN_SUSPENDED, .message = "stays suspended",
	}, {
		.name = "suspend one that is suspended", .run = DOMAIN_SUSPENDED,
		.verdict = VERDICT_STATE, .left = DOMAIN_SUSPENDED,
	}, {
		.name = "suspend one that is paused", .run = DOMAIN_PAUSED,
		.verdict = VERDICT_STATE, .left = DOMAIN_PAUSED,
	}, {
		.name = "suspend one that does not advertise", .mute = true,
		.verdict = VERDICT_STATE, .message = "does not say",
	}, {
		.name = "the same by force", .mute = true, .force = true,
		.acts = { { 0, FAKE_TAKE }, { 5, FAKE_STOP } }, .left = DOMAIN_SUSPENDED,
	}, {
		.name = "resume one that runs", .command = "resume", .verdict = VERDICT_STATE,
	}, {
		.name = "status", .command = "status", .report = OLD, .message = "running",
	},
};

static bool good(const struct scenario *s, const struct result *result, long long ms)
{
	if (result->verdict != s->verdict || fake->run != (int)s->left ||
	    fake->resumed != s->resumed || ms > AT_ONCE)
		return false;
	if (s->message && !(result->message && strstr(result->message, s->message)))
		return false;
	if (s->without && result->message && strstr(result->message, s->without))
		return false;
	/* What was not taken must not be found by the guest later. */
	return !fake->requested;
}

static void play(const struct scenario *s)
{
	struct result result = RESULT_INIT;
	struct options options = {
		.json = true,
		.force = s->force,
		.timeout = s->timeout_ms * NS_PER_MS,
		.command = s->command ? s->command : "suspend",
		.domain = "g1",
	};
	long long ms;

	fake_reset(s->report ? s->report : "");
	if (s->libxl_ms) {
		fake->libxl_ms = s->libxl_ms;
		fake->libxl_rc = s->libxl_rc;
	}
	fake->stopped_rc = s->stopped_rc;
	fake->resume_rc = s->resume_rc;
	fake->advertises = !s->mute;
	fake->channel = s->channel;
	fake->run = s->run;

	fake_guest_start(s->acts);
	ms = -clock_ns() / NS_PER_MS;
	command_run(&options, &result);
	ms += clock_ns() / NS_PER_MS;
	fake_guest_end();

	test_ok(good(s, &result, ms), s->name);
	if (!good(s, &result, ms))
		printf("# verdict %d, domain %s, resumed %d times, %lld ms: %s\n",
		       result.verdict, domain_run_name(fake->run), fake->resumed, ms,
		       result.message);
	free(result.message);
	free(result.name);
}

int main(void)
{
	size_t i;

	for (i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++)
		play(&scenarios[i]);
	return test_end();
}
