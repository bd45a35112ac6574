// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does a process find its timers as it left them?  A thread for each way to
 * wait for a time sets short and long timers, again and again.  Judged by the
 * monotonic clock, none may fire before it is due or be lost, and a periodic
 * one has to count as many ticks as periods have passed.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "kselftest.h"
#include "options.h"
#include "timers.h"
#include "watch.h"

#define PERIOD_MS	100
#define MOST_BEHIND	10	/* reads in a row, each preempted after it */

static unsigned long longest_ms = 5000;
static unsigned long slack_ms = 1500;
static unsigned long seconds;

static const struct option_entry options[] = {
	{ .name = "longest-ms", .number = &longest_ms, .least = 100,
	  .most = 86400000, .help = "the longest timer that is set" },
	{ .name = "slack-ms", .number = &slack_ms, .least = 1,
	  .most = 86400000, .help = "later than that a timer is lost" },
	{ .name = "seconds", .number = &seconds, .most = 1 << 30,
	  .help = "time to watch, 0: until SIGTERM" },
	{ }
};

struct subject {
	const struct wait_kind *kind;	/* none: the periodic one */
	pthread_t thread;
	pthread_mutex_t lock;		/* guards what follows */
	s64 due;			/* of the timer that is set; 0: none */
	u64 fired;
	u64 early;
	u64 lost;
	u64 cancelled;
	u64 interrupted;
	u64 errors;
	s64 latest;			/* ns after it was due, at worst */
};

/* Of the periodic timer. */
static u64 ticks;
static u64 wrong_counts;

static atomic_bool stop;

static void note_lateness(struct subject *s, s64 late)
{
	if (late > s->latest)
		s->latest = late;
	if (late > (s64)(slack_ms * NSEC_PER_MSEC))
		s->lost++;
}

static void note_result(struct subject *s, enum wait_result result, s64 now)
{
	switch (result) {
	case WAIT_FIRED:
		s->fired++;
		/* On the wall clock it may be early: that kind looks itself. */
		if (now < s->due && !s->kind->realtime)
			s->early++;
		note_lateness(s, now - s->due);
		break;
	case WAIT_EARLY:
		s->fired++;
		s->early++;
		break;
	case WAIT_CANCELLED:
		s->cancelled++;
		break;
	case WAIT_INTERRUPTED:
		s->interrupted++;
		break;
	case WAIT_ERROR:
		s->errors++;
		break;
	}
}

static void *run_kind(void *arg)
{
	struct subject *s = arg;
	int round;

	waits_block_all_signals();
	for (round = 0; !atomic_load(&stop) && !s->errors; round++) {
		/* 1/100, 1/10 and all of it: some will span a suspend. */
		s64 ns = longest_ms * NSEC_PER_MSEC;
		enum wait_result result;

		ns /= round % 3 == 0 ? 100 : round % 3 == 1 ? 10 : 1;
		ns -= ns % s->kind->unit;

		pthread_mutex_lock(&s->lock);
		s->due = watch_clock(CLOCK_MONOTONIC) + ns;
		pthread_mutex_unlock(&s->lock);

		result = s->kind->wait(ns);

		pthread_mutex_lock(&s->lock);
		note_result(s, result, watch_clock(CLOCK_MONOTONIC));
		s->due = 0;
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

/*
 * When a read returns, the ticks must be at least those that were due before
 * it, and at most those that are due after it.  That leaves room for one tick,
 * as a read waits for the next; but who has lost one is behind for good.
 */
static void count_ticks(u64 n, u64 least, u64 most)
{
	static int behind;

	ticks += n;
	behind = ticks < most ? behind + 1 : 0;
	if (ticks < least || ticks > most || behind >= MOST_BEHIND)
		wrong_counts++;
}

static void *run_periodic(void *arg)
{
	const s64 period = PERIOD_MS * NSEC_PER_MSEC;
	s64 first = watch_clock(CLOCK_MONOTONIC) + period;
	int fd = waits_periodic(first, period);
	struct subject *s = arg;

	waits_block_all_signals();
	while (!atomic_load(&stop)) {
		s64 before = watch_clock(CLOCK_MONOTONIC), after;
		u64 least = before < first ? 0 : (before - first) / period + 1;
		u64 n, most;
		ssize_t got;

		pthread_mutex_lock(&s->lock);
		s->due = first + ticks * period;
		pthread_mutex_unlock(&s->lock);

		got = read(fd, &n, sizeof(n));
		if (got < 0 && errno == EINTR)
			continue;

		after = watch_clock(CLOCK_MONOTONIC);
		most = after < first ? 0 : (after - first) / period + 1;
		pthread_mutex_lock(&s->lock);
		if (got == sizeof(n)) {
			s->fired++;
			if (after < s->due)
				s->early++;
			count_ticks(n, least, most);
			note_lateness(s, after - s->due);
		} else {
			s->errors++;
		}
		s->due = 0;
		pthread_mutex_unlock(&s->lock);
		if (s->errors)
			break;
	}
	return NULL;
}

static void start_subject(struct subject *s, const struct wait_kind *kind)
{
	int error;

	s->kind = kind;
	pthread_mutex_init(&s->lock, NULL);
	error = pthread_create(&s->thread, NULL,
			       kind ? run_kind : run_periodic, s);
	if (error)
		ksft_exit_fail_msg("no thread: %s\n", strerror(error));
}

/*
 * A timer that is due gets its slack to fire; one that is not is given up,
 * together with the thread that waits for it.  Leaves the subject locked.
 */
static void finish_subject(struct subject *s)
{
	for (;;) {
		s64 late;

		pthread_mutex_lock(&s->lock);
		late = watch_clock(CLOCK_MONOTONIC) - s->due;
		if (!s->due || late < 0)
			return;
		if (late > (s64)(slack_ms * NSEC_PER_MSEC)) {
			note_lateness(s, late);
			return;
		}
		pthread_mutex_unlock(&s->lock);
		watch_sleep(NSEC_PER_MSEC);
	}
}

static void report_subject(const struct subject *s)
{
	const char *name = s->kind ? s->kind->name : "timerfd-periodic";

	ksft_print_msg("timer=%s fired=%llu early=%llu lost=%llu latest_ms=%.3f\n",
		       name, s->fired, s->early, s->lost, s->latest / 1e6);
	ksft_print_msg("timer=%s cancelled=%llu interrupted=%llu errors=%llu\n",
		       name, s->cancelled, s->interrupted, s->errors);
	ksft_test_result(!s->early && !s->lost && !s->errors,
			 "- %s: none early, none lost\n", name);
}

int main(int argc, char **argv)
{
	struct subject *subjects;
	int i;

	if (options_parse(argc, argv, "[OPTION]...", options) != argc)
		options_usage(argv[0], "[OPTION]...");

	watch_signals();
	waits_block_signals();
	subjects = calloc(nr_wait_kinds + 1, sizeof(*subjects));
	if (!subjects)
		ksft_exit_fail_perror("calloc");

	for (i = 0; i < nr_wait_kinds; i++)
		start_subject(&subjects[i], &wait_kinds[i]);
	start_subject(&subjects[i], NULL);
	watch_ready(seconds);
	watch_wait();
	atomic_store(&stop, true);

	ksft_print_header();
	ksft_set_plan(nr_wait_kinds + 2);
	for (i = 0; i <= nr_wait_kinds; i++) {
		finish_subject(&subjects[i]);
		report_subject(&subjects[i]);
	}
	ksft_print_msg("ticks=%llu period_ms=%d wrong_counts=%llu\n",
		       ticks, PERIOD_MS, wrong_counts);
	ksft_test_result(!wrong_counts, "- as many ticks as periods have passed\n");
	ksft_finished();
}
