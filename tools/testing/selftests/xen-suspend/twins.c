// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first random numbers after a stop.  Restore one image twice, and compare
 * what is printed: twins that print the same share their secrets.
 *
 * A stop shows in the distance of CLOCK_REALTIME, which is set right after it,
 * from CLOCK_MONOTONIC, which did not see it.
 */

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "kselftest.h"
#include "options.h"
#include "watch.h"

#define BYTES	16

static unsigned long seconds;
static unsigned long period_us = 2000;
static unsigned long count = 16;
static unsigned long stop_ms = 100;

static const struct option_entry options[] = {
	{ .name = "seconds", .number = &seconds, .most = 1 << 30,
	  .help = "time to watch, 0: until SIGTERM" },
	{ .name = "period-us", .number = &period_us, .least = 1, .most = 1000000,
	  .help = "draw random bytes so often" },
	{ .name = "count", .number = &count, .least = 1, .most = 10000,
	  .help = "print so many of them after each stop" },
	{ .name = "stop-ms", .number = &stop_ms, .least = 1, .most = 3600000,
	  .help = "what is shorter is no stop" },
	{ }
};

static s64 distance(void)
{
	return watch_clock(CLOCK_REALTIME) - watch_clock(CLOCK_MONOTONIC);
}

static void draw(unsigned char *bytes)
{
	if (getrandom(bytes, BYTES, 0) != BYTES)
		ksft_exit_fail_perror("getrandom");
}

static void print(unsigned long number, const unsigned char *bytes)
{
	int i;

	printf("# random_%lu=", number);
	for (i = 0; i < BYTES; i++)
		printf("%02x", bytes[i]);
	printf("\n");
}

/* Each CPU has a generator of its own: stay on one. */
static void stay(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		ksft_exit_fail_perror("sched_setaffinity");
}

int main(int argc, char **argv)
{
	unsigned long stops = 0, left = 0;
	unsigned char bytes[BYTES];
	s64 before, now;

	if (options_parse(argc, argv, "[OPTION]...", options) != argc)
		options_usage(argv[0], "[OPTION]...");

	stay();
	setvbuf(stdout, NULL, _IOLBF, 0);
	watch_signals();
	watch_ready(seconds);

	before = distance();
	while (!watch_over()) {
		draw(bytes);
		now = distance();
		if (now - before > (s64)stop_ms * NSEC_PER_MSEC) {
			/* These may be from before the stop. */
			draw(bytes);
			left = count;
			stops++;
		}
		before = now;
		if (left) {
			print(count - left, bytes);
			left--;
		}
		watch_sleep(period_us * NSEC_PER_USEC);
	}

	ksft_print_header();
	ksft_set_plan(1);
	ksft_print_msg("stops=%lu\n", stops);
	ksft_test_result(stops, "- the guest was stopped and random numbers were drawn\n");
	ksft_finished();
}
