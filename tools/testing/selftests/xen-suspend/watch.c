// SPDX-License-Identifier: GPL-2.0-only
/* The protocol of programs that watch over a suspend, see watch.h. */

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "watch.h"

static atomic_bool signalled;
static s64 deadline;

static void take_signal(int sig)
{
	(void)sig;
	atomic_store(&signalled, true);
}

void watch_signals(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = take_signal;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

void watch_ready(unsigned long seconds)
{
	if (seconds)
		deadline = watch_clock(CLOCK_MONOTONIC) + seconds * NSEC_PER_SEC;
	puts("READY");
	fflush(stdout);
}

bool watch_over(void)
{
	if (atomic_load(&signalled))
		return true;
	return deadline && watch_clock(CLOCK_MONOTONIC) >= deadline;
}

void watch_wait(void)
{
	while (!watch_over())
		watch_sleep(200 * NSEC_PER_MSEC);
}

s64 watch_clock(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

int watch_cpu(void)
{
	unsigned int cpu;

	if (syscall(SYS_getcpu, &cpu, NULL, NULL))
		return -1;
	return cpu;
}

/* May end early on a signal: callers look at watch_over() anyway. */
void watch_sleep(s64 ns)
{
	struct timespec ts = {
		.tv_sec = ns / NSEC_PER_SEC,
		.tv_nsec = ns % NSEC_PER_SEC,
	};

	nanosleep(&ts, NULL);
}
