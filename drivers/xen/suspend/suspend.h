/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the suspend core know of each other.
 */
#ifndef _XEN_SUSPEND_SUSPEND_H
#define _XEN_SUSPEND_SUSPEND_H

#include "engine.h"

/* The one table of steps, in the order of suspending: steps.c. */
extern const struct xen_suspend_step xen_suspend_steps[];
extern const unsigned int xen_suspend_nr_steps;

/**
 * xen_suspend_domain() - suspend this domain now, and come back
 *
 * Reports the outcome and tells it to the notifiers.
 *
 * Context: The request thread; may sleep.
 */
void xen_suspend_domain(void);

#endif /* _XEN_SUSPEND_SUSPEND_H */
