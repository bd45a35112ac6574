/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Steps with a file of their own. Each is what engine.h says of a step's
 * functions: suspend returns 0 or a negative errno, the others undo it.
 */
#ifndef _XEN_SUSPEND_STEPS_H
#define _XEN_SUSPEND_STEPS_H

struct xen_suspend;

/* tasks.c */
int xen_processes_freeze(struct xen_suspend *s);
void xen_processes_thaw(struct xen_suspend *s);
int xen_kernel_threads_freeze(struct xen_suspend *s);
void xen_kernel_threads_thaw(struct xen_suspend *s);

/* devices.c */
int xen_devices_suspend(struct xen_suspend *s);
void xen_devices_cancel(struct xen_suspend *s);
void xen_devices_resume(struct xen_suspend *s);
int xen_devices_noirq_suspend(struct xen_suspend *s);
void xen_devices_noirq_cancel(struct xen_suspend *s);
void xen_devices_noirq_resume(struct xen_suspend *s);

/* renew.c */
void xen_renew_resume(struct xen_suspend *s);

#endif /* _XEN_SUSPEND_STEPS_H */
