/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failures made on purpose, by the kernel's fault injection framework.
 */
#ifndef _XEN_SUSPEND_FAULT_H
#define _XEN_SUSPEND_FAULT_H

#include <linux/types.h>

#ifdef CONFIG_XEN_SUSPEND_FAULT_INJECTION

/**
 * xen_suspend_fault() - is a step to fail here?
 * @step: Its name.
 * @after: Asked after the work of the step, not before.
 *
 * Context: Any, also with the machine stopped.
 * Return: 0, or the negative errno to fail with.
 */
int xen_suspend_fault(const char *step, bool after);

#else

static inline int xen_suspend_fault(const char *step, bool after)
{
	return 0;
}

#endif

#endif /* _XEN_SUSPEND_FAULT_H */
