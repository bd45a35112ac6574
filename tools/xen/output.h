/* SPDX-License-Identifier: GPL-2.0-only */
/* How a command went: for people, or as one JSON object. */
#ifndef XEN_SUSPENDCTL_OUTPUT_H
#define XEN_SUSPENDCTL_OUTPUT_H

#include <stdbool.h>

#include "domain.h"
#include "report.h"
#include "target.h"

#define PROGRAM	"xen-suspendctl"

/* Also the exit code. */
enum verdict {
	VERDICT_OK = 0,
	VERDICT_FAILED = 1,
	VERDICT_USAGE = 2,
	VERDICT_ERROR = 3,
	VERDICT_TIMEOUT = 4,
	VERDICT_STATE = 5,
	VERDICT_INTERRUPTED = 130,
};

struct result {
	enum verdict verdict;
	char *message;			/* one line; NULL if memory ran out */
	char *name;			/* of the domain; NULL until it is found */
	long long domid;		/* or -1 */
	double stopped_ms;		/* how long the domain stood still, or -1 */
	bool status;			/* the next two are known */
	struct domain_state state;
	bool advertises;
	struct report report;
};

#define RESULT_INIT { .domid = -1, .stopped_ms = -1 }

/* Says how a command ended, in place of what was said before. */
[[gnu::format(printf, 3, 4)]]
void result_set(struct result *result, enum verdict verdict, const char *format, ...);

/* A line about what goes on, and one with a report in it, before the end. */
[[gnu::format(printf, 2, 3)]]
void output_progress(const struct target *target, const char *format, ...);
void output_report(const struct target *target, const char *what, const struct report *report);

void output_result(const struct options *options, const struct result *result);

#endif
