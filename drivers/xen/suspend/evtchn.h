/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The suspend event channel.
 */
#ifndef _XEN_SUSPEND_EVTCHN_H
#define _XEN_SUSPEND_EVTCHN_H

/**
 * xen_evtchn_poll() - hear a signal that could not interrupt
 *
 * Context: The machine is stopped, interrupts off.
 */
void xen_evtchn_poll(void);

#endif /* _XEN_SUSPEND_EVTCHN_H */
