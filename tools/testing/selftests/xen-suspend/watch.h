/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs have in common that stand guard while the guest is
 * suspended: they say READY, watch until SIGTERM or until their time is up,
 * and then judge what they saw.
 */
#ifndef XEN_SUSPEND_WATCH_H
#define XEN_SUSPEND_WATCH_H

#include <stdbool.h>
#include <time.h>

#include "types.h"

#define NSEC_PER_SEC	1000000000LL
#define NSEC_PER_MSEC	1000000LL
#define NSEC_PER_USEC	1000LL

/* From here on SIGTERM and SIGINT end the watch, not the process. */
void watch_signals(void);

/* Tell whoever started us that we watch; 0 seconds mean until a signal. */
void watch_ready(unsigned long seconds);

/* Has the watch ended? */
bool watch_over(void);

/* Do nothing until it has. */
void watch_wait(void);

s64 watch_clock(clockid_t clock);

/* The CPU we run on, as the kernel knows it; user space may be told wrong. */
int watch_cpu(void);

void watch_sleep(s64 ns);

#endif
