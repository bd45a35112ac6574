// SPDX-License-Identifier: GPL-2.0-only
/* Signals that end a program, see interrupt.h. */

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

#include "clock.h"
#include "interrupt.h"

static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
#define COUNT	(sizeof(signals) / sizeof(*signals))

static atomic_uint taken;
static sigset_t mask_before;

static void take(int number)
{
	(void)number;
	atomic_fetch_add(&taken, 1);
}

void interrupt_hold(void)
{
	struct sigaction action = { .sa_handler = take }, before;
	sigset_t mask;
	size_t i;

	sigemptyset(&mask);
	for (i = 0; i < COUNT; i++) {
		sigaddset(&mask, signals[i]);
		/* What whoever started us wants ignored, as nohup does, stays so. */
		sigaction(signals[i], NULL, &before);
		if (before.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &mask, &mask_before);
	/* A reader of our words that goes away must not end us half way. */
	signal(SIGPIPE, SIG_IGN);
}

void interrupt_release(void)
{
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

unsigned int interrupt_count(void)
{
	return atomic_load(&taken);
}

int interrupt_poll(struct pollfd *fds, unsigned int count, long long ns)
{
	struct timespec limit = { .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };

	return ppoll(fds, count, ns < 0 ? NULL : &limit, &mask_before);
}

void interrupt_leave(void)
{
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
}
