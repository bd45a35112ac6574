/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a suspend of a Xen guest does, as it does it.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM xen_suspend

#if !defined(_TRACE_XEN_SUSPEND_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_XEN_SUSPEND_H

#include <linux/tracepoint.h>

#include <xen/suspend.h>

/* Room for a name; arrays, as bpftrace 0.23 finds no strings of other kinds. */
#define XEN_SUSPEND_TRACE_NAME 32

TRACE_DEFINE_ENUM(XEN_SUSPEND_FAILED);
TRACE_DEFINE_ENUM(XEN_SUSPEND_CANCELLED);
TRACE_DEFINE_ENUM(XEN_SUSPEND_RESUMED);

#define show_xen_suspend_outcome(outcome)			\
	__print_symbolic(outcome,				\
			 { XEN_SUSPEND_FAILED, "failed" },	\
			 { XEN_SUSPEND_CANCELLED, "cancelled" },	\
			 { XEN_SUSPEND_RESUMED, "resumed" })

/**
 * xen_suspend_request - the toolstack asks for something
 * @name: What it asks for, as in control/shutdown.
 * @source: How it asks: "xenstore" or "event-channel".
 *
 * Context: Any.
 */
TRACE_EVENT(xen_suspend_request,
	    TP_PROTO(const char *name, const char *source),
	    TP_ARGS(name, source),
	    TP_STRUCT__entry(__array(char, name, XEN_SUSPEND_TRACE_NAME)
			     __array(char, source, XEN_SUSPEND_TRACE_NAME)
	    ),
	    TP_fast_assign(strscpy_pad(__entry->name, name);
			   strscpy_pad(__entry->source, source);
	    ),
	    TP_printk("%s source=%s", __entry->name, __entry->source)
);

/**
 * xen_suspend_step_begin - a step begins
 * @step: Its name.
 * @phase: "suspend", "cancel" or "resume".
 *
 * Context: As the step: process context, or interrupts off with all other CPUs
 * held. Not told of atomic steps that are undone once the domain has stopped: the
 * clock is wrong then, and one event with a wrong time disorders all that follow on
 * its CPU.
 */
TRACE_EVENT(xen_suspend_step_begin,
	    TP_PROTO(const char *step, const char *phase),
	    TP_ARGS(step, phase),
	    TP_STRUCT__entry(__array(char, step, XEN_SUSPEND_TRACE_NAME)
			     __array(char, phase, XEN_SUSPEND_TRACE_NAME)
	    ),
	    TP_fast_assign(strscpy_pad(__entry->step, step);
			   strscpy_pad(__entry->phase, phase);
	    ),
	    TP_printk("%s %s", __entry->step, __entry->phase)
);

/**
 * xen_suspend_step_end - a step has ended
 * @step: Its name.
 * @phase: "suspend", "cancel" or "resume".
 * @outcome: Of the suspend so far: failed until the domain has stopped.
 * @error: Negative errno if the step failed, which only "suspend" can, else 0.
 *
 * Context: As xen_suspend_step_begin.
 */
TRACE_EVENT(xen_suspend_step_end,
	    TP_PROTO(const char *step, const char *phase,
		     enum xen_suspend_outcome outcome, int error),
	    TP_ARGS(step, phase, outcome, error),
	    TP_STRUCT__entry(__array(char, step, XEN_SUSPEND_TRACE_NAME)
			     __array(char, phase, XEN_SUSPEND_TRACE_NAME)
			     __field(int, outcome)
			     __field(int, error)
	    ),
	    TP_fast_assign(strscpy_pad(__entry->step, step);
			   strscpy_pad(__entry->phase, phase);
			   __entry->outcome = outcome;
			   __entry->error = error;
	    ),
	    TP_printk("%s %s outcome=%s error=%d", __entry->step,
		      __entry->phase, show_xen_suspend_outcome(__entry->outcome),
		      __entry->error)
);

/**
 * xen_suspend_hypercall_begin - the domain is about to stop
 * @request: Number of the request.
 *
 * Context: Interrupts off, all other CPUs held.
 */
TRACE_EVENT(xen_suspend_hypercall_begin,
	    TP_PROTO(unsigned int request),
	    TP_ARGS(request),
	    TP_STRUCT__entry(__field(unsigned int, request)
	    ),
	    TP_fast_assign(__entry->request = request;
	    ),
	    TP_printk("request=%u", __entry->request)
);

/**
 * xen_suspend_hypercall_end - the domain went on, or did not stop, and the atomic
 *	steps are undone
 * @request: Number of the request.
 * @ret: What Xen returned: 0 in a new domain, positive in the same, negative if
 *	it did not stop.
 *
 * Context: As xen_suspend_hypercall_begin.
 */
TRACE_EVENT(xen_suspend_hypercall_end,
	    TP_PROTO(unsigned int request, int ret),
	    TP_ARGS(request, ret),
	    TP_STRUCT__entry(__field(unsigned int, request)
			     __field(int, ret)
	    ),
	    TP_fast_assign(__entry->request = request;
			   __entry->ret = ret;
	    ),
	    TP_printk("request=%u ret=%d", __entry->request, __entry->ret)
);

/**
 * xen_suspend_report - what became of a try
 * @request: Number of the request.
 * @outcome: The outcome.
 * @step: Name of the step that failed, NULL if none did.
 * @error: Negative errno, or 0.
 * @tries: How often it was tried.
 * @again: It will be tried again.
 *
 * Context: The request thread.
 */
TRACE_EVENT(xen_suspend_report,
	    TP_PROTO(unsigned int request, enum xen_suspend_outcome outcome,
		     const char *step, int error, unsigned int tries, bool again),
	    TP_ARGS(request, outcome, step, error, tries, again),
	    TP_STRUCT__entry(__field(unsigned int, request)
			     __field(int, outcome)
			     __array(char, step, XEN_SUSPEND_TRACE_NAME)
			     __field(int, error)
			     __field(unsigned int, tries)
			     __field(bool, again)
	    ),
	    TP_fast_assign(__entry->request = request;
			   __entry->outcome = outcome;
			   strscpy_pad(__entry->step, step ?: "");
			   __entry->error = error;
			   __entry->tries = tries;
			   __entry->again = again;
	    ),
	    TP_printk("request=%u outcome=%s step=%s error=%d tries=%u%s",
		      __entry->request, show_xen_suspend_outcome(__entry->outcome),
		      __entry->step, __entry->error, __entry->tries,
		      __entry->again ? " again" : "")
);

#endif /* _TRACE_XEN_SUSPEND_H */

#include <trace/define_trace.h>
