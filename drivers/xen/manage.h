/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _XEN_MANAGE_H
#define _XEN_MANAGE_H

/**
 * xen_resume_notifier_call() - call those of xen_resume_notifier_register()
 *
 * They learn that the domain goes on, as the same one or as a new one, before
 * its devices do.
 *
 * Context: Process context with timers standing still: must not sleep.
 */
void xen_resume_notifier_call(void);

#endif /* _XEN_MANAGE_H */
