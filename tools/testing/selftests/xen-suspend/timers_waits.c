// SPDX-License-Identifier: GPL-2.0-only
/* Each way to wait for a time, see timers.h. */

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "timers.h"
#include "watch.h"

#define TIMER_SIGNAL	SIGRTMIN

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static struct timespec to_timespec(s64 ns)
{
	return (struct timespec){
		.tv_sec = ns / NSEC_PER_SEC,
		.tv_nsec = ns % NSEC_PER_SEC,
	};
}

void waits_block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigaddset(&set, TIMER_SIGNAL);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void waits_block_all_signals(void)
{
	sigset_t set;

	sigfillset(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* Waits for @sig, which one timer and no one else sends. */
static enum wait_result wait_signal(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	while (sigwaitinfo(&set, NULL) < 0)
		if (errno != EINTR)
			return WAIT_ERROR;
	return WAIT_FIRED;
}

static enum wait_result read_timerfd(int fd)
{
	u64 ticks;
	ssize_t n;

	do {
		n = read(fd, &ticks, sizeof(ticks));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECANCELED ? WAIT_CANCELLED : WAIT_ERROR;
	return ticks == 1 ? WAIT_FIRED : WAIT_ERROR;
}

static enum wait_result wait_timerfd(s64 ns)
{
	struct itimerspec spec = { .it_value = to_timespec(ns) };
	enum wait_result result = WAIT_ERROR;
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);

	if (fd >= 0 && !timerfd_settime(fd, 0, &spec, NULL))
		result = read_timerfd(fd);
	if (fd >= 0)
		close(fd);
	return result;
}

static enum wait_result wait_timerfd_realtime(s64 ns)
{
	const int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
	s64 due = watch_clock(CLOCK_REALTIME) + ns;
	struct itimerspec spec = { .it_value = to_timespec(due) };
	enum wait_result result = WAIT_ERROR;
	int fd = timerfd_create(CLOCK_REALTIME, 0);

	if (fd >= 0 && !timerfd_settime(fd, flags, &spec, NULL))
		result = read_timerfd(fd);
	if (result == WAIT_FIRED && watch_clock(CLOCK_REALTIME) < due)
		result = WAIT_EARLY;
	if (fd >= 0)
		close(fd);
	return result;
}

static enum wait_result wait_nanosleep(s64 ns)
{
	struct timespec ts = to_timespec(ns);

	while (nanosleep(&ts, &ts))
		if (errno != EINTR)
			return WAIT_ERROR;
	return WAIT_FIRED;
}

static enum wait_result wait_setitimer(s64 ns)
{
	struct itimerval value = {
		.it_value = {
			.tv_sec = ns / NSEC_PER_SEC,
			.tv_usec = ns % NSEC_PER_SEC / NSEC_PER_USEC,
		},
	};

	if (setitimer(ITIMER_REAL, &value, NULL))
		return WAIT_ERROR;
	return wait_signal(SIGALRM);
}

static enum wait_result wait_posix_timer(s64 ns)
{
	struct itimerspec spec = { .it_value = to_timespec(ns) };
	enum wait_result result = WAIT_ERROR;
	struct sigevent event;
	timer_t timer;

	memset(&event, 0, sizeof(event));
	event.sigev_notify = SIGEV_THREAD_ID;
	event.sigev_signo = TIMER_SIGNAL;
	event.sigev_notify_thread_id = syscall(SYS_gettid);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		return WAIT_ERROR;
	if (!timer_settime(timer, 0, &spec, NULL))
		result = wait_signal(TIMER_SIGNAL);
	timer_delete(timer);
	return result;
}

/* Unlike the others the kernel never resumes this wait after a freeze. */
static enum wait_result wait_epoll(s64 ns)
{
	enum wait_result result = WAIT_ERROR;
	int fd = epoll_create1(0);
	struct epoll_event event;
	int n;

	if (fd < 0)
		return WAIT_ERROR;
	n = epoll_wait(fd, &event, 1, ns / NSEC_PER_MSEC);
	if (!n)
		result = WAIT_FIRED;
	else if (n < 0 && errno == EINTR)
		result = WAIT_INTERRUPTED;
	close(fd);
	return result;
}

static enum wait_result wait_futex(s64 ns)
{
	struct timespec ts = to_timespec(ns);
	u32 word = 0;

	syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &ts, NULL, 0);
	if (errno == ETIMEDOUT)
		return WAIT_FIRED;
	return errno == EINTR ? WAIT_INTERRUPTED : WAIT_ERROR;
}

const struct wait_kind wait_kinds[] = {
	{ "timerfd", wait_timerfd, 1, false },
	{ "timerfd-realtime", wait_timerfd_realtime, 1, true },
	{ "nanosleep", wait_nanosleep, 1, false },
	{ "setitimer", wait_setitimer, NSEC_PER_USEC, false },
	{ "posix-timer", wait_posix_timer, 1, false },
	{ "epoll", wait_epoll, NSEC_PER_MSEC, false },
	{ "futex", wait_futex, 1, false },
};

const int nr_wait_kinds = ARRAY_SIZE(wait_kinds);

int waits_periodic(s64 first, s64 period)
{
	struct itimerspec spec = {
		.it_value = to_timespec(first),
		.it_interval = to_timespec(period),
	};
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);

	if (fd >= 0 && timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL)) {
		close(fd);
		return -1;
	}
	return fd;
}
