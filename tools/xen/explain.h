/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports of guests, and numbers of errors, in words. */
#ifndef XEN_SUSPENDCTL_EXPLAIN_H
#define XEN_SUSPENDCTL_EXPLAIN_H

#include <stdio.h>

#include "report.h"

/* The name of one of Linux's errors, as EBUSY; NULL if it has none here. */
const char *explain_errno(long long number);

/* What a failed try failed at: "device vbd-51712 refused in step devices (EBUSY)". */
void explain_failure(FILE *out, const struct report *r);

/* What to do about a suspend that failed. */
const char *explain_mend(const struct report *r);

/* The whole report, of whatever outcome. */
void explain_report(FILE *out, const struct report *r);

#endif
