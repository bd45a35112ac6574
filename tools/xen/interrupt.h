/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Signals that end a program are heard at one place only, where it waits:
 * whatever else it is about to do, it completes.
 */
#ifndef XEN_SUSPENDCTL_INTERRUPT_H
#define XEN_SUSPENDCTL_INTERRUPT_H

#include <poll.h>

/* From now on signals wait; until this. */
void interrupt_hold(void);
void interrupt_release(void);

/* How many came so far; while they are held, only interrupt_poll() lets them in. */
unsigned int interrupt_count(void);

/* Like poll(), for so many nanoseconds; negative is for ever. */
int interrupt_poll(struct pollfd *fds, unsigned int count, long long ns);

/* In a child process: leave them to the parent, but let it end this one. */
void interrupt_leave(void);

#endif
