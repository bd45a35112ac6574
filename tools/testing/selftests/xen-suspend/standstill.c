// SPDX-License-Identifier: GPL-2.0-only
/*
 * What did one stop of known length do to the clocks?  To user space it is a
 * sleep of the system, so clock_gettime(2) and timerfd_create(2) say what is
 * right: CLOCK_BOOTTIME and CLOCK_REALTIME count it, CLOCK_MONOTONIC does not,
 * and timers that came due meanwhile fire right after it.  Nobody has stolen
 * that time either: proc(5), steal in /proc/stat.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "kselftest.h"
#include "options.h"
#include "watch.h"

static unsigned long least_s = 1;
static unsigned long most_s = 86400;

static const struct option_entry options[] = {
	{ .name = "least-s", .number = &least_s, .least = 1, .most = 1 << 30,
	  .help = "the stop takes at least so many seconds" },
	{ .name = "most-s", .number = &most_s, .least = 1, .most = 1 << 30,
	  .help = "and at most so many" },
	{ }
};

struct moment {
	s64 monotonic;
	s64 boottime;
	s64 realtime;
	double steal_s;
};

/* Of all CPUs together. */
static double read_steal(void)
{
	unsigned long long ticks = 0;
	FILE *file = fopen("/proc/stat", "r");

	if (!file ||
	    fscanf(file, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &ticks) != 1)
		ksft_exit_fail_perror("/proc/stat");
	fclose(file);
	return (double)ticks / sysconf(_SC_CLK_TCK);
}

static void take(struct moment *m)
{
	m->monotonic = watch_clock(CLOCK_MONOTONIC);
	m->boottime = watch_clock(CLOCK_BOOTTIME);
	m->realtime = watch_clock(CLOCK_REALTIME);
	m->steal_s = read_steal();
}

/* A timer of a clock that is due half way through the stop. */
static int start_timer(clockid_t clock, int flags)
{
	struct itimerspec due = { };
	s64 now = watch_clock(clock);
	int fd = timerfd_create(clock, TFD_NONBLOCK);

	due.it_value.tv_sec = now / NSEC_PER_SEC + least_s / 2;
	due.it_value.tv_nsec = now % NSEC_PER_SEC;
	if (fd < 0 || timerfd_settime(fd, TFD_TIMER_ABSTIME | flags, &due, NULL))
		ksft_exit_fail_perror("timerfd");
	return fd;
}

/* 1: it has fired, 0: it has not, or a negative errno. */
static int has_fired(int fd)
{
	u64 ticks;

	if (read(fd, &ticks, sizeof(ticks)) == sizeof(ticks))
		return 1;
	return errno == EAGAIN ? 0 : -errno;
}

static bool is_stop(const char *name, s64 gained)
{
	double s = (double)gained / NSEC_PER_SEC;

	ksft_print_msg("clock=%s gained_s=%.3f\n", name, s);
	return s >= least_s && s <= most_s;
}

int main(int argc, char **argv)
{
	int monotonic, boottime, realtime, set, fired;
	struct moment from, to;
	s64 awake;

	if (options_parse(argc, argv, "[OPTION]...", options) != argc)
		options_usage(argv[0], "[OPTION]...");

	watch_signals();
	take(&from);
	monotonic = start_timer(CLOCK_MONOTONIC, 0);
	boottime = start_timer(CLOCK_BOOTTIME, 0);
	realtime = start_timer(CLOCK_REALTIME, 0);
	set = start_timer(CLOCK_REALTIME, TFD_TIMER_CANCEL_ON_SET);
	watch_ready(0);
	watch_wait();
	take(&to);
	awake = to.monotonic - from.monotonic;

	ksft_print_header();
	ksft_set_plan(7);
	ksft_print_msg("awake_s=%.3f steal_s=%.3f\n", (double)awake / NSEC_PER_SEC,
		       to.steal_s - from.steal_s);
	ksft_test_result(is_stop("boottime", to.boottime - from.boottime - awake),
			 "- CLOCK_BOOTTIME counts the stop, CLOCK_MONOTONIC does not\n");
	ksft_test_result(is_stop("realtime", to.realtime - from.realtime - awake),
			 "- CLOCK_REALTIME counts the stop\n");
	ksft_test_result(to.steal_s - from.steal_s < least_s / 10.0,
			 "- steal time does not\n");
	ksft_test_result(has_fired(boottime) == 1,
			 "- a timer of CLOCK_BOOTTIME due meanwhile has fired\n");
	ksft_test_result(has_fired(realtime) == 1,
			 "- so has one of CLOCK_REALTIME\n");
	if (awake / NSEC_PER_SEC < (s64)least_s / 2)
		ksft_test_result(!has_fired(monotonic),
				 "- one of CLOCK_MONOTONIC has not\n");
	else
		ksft_test_result_skip("- awake for longer than a timer waits\n");
	/* timerfd_create(2): a clock that was set cancels it, even if due. */
	fired = has_fired(set);
	ksft_print_msg("cancel_on_set=%s\n", fired < 0 ? strerror(-fired) :
					     fired ? "fired" : "waits");
	ksft_test_result(fired == -ECANCELED || fired == 1,
			 "- one that is cancelled when the clock is set was heard of\n");
	ksft_finished();
}
