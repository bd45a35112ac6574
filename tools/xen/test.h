/* SPDX-License-Identifier: GPL-2.0-only */
/* Results of tests as TAP. */
#ifndef XEN_SUSPENDCTL_TEST_H
#define XEN_SUSPENDCTL_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tests_run, tests_failed;

static inline void test_ok(bool good, const char *name)
{
	tests_failed += !good;
	printf("%sok %d - %s\n", good ? "" : "not ", ++tests_run, name);
	fflush(stdout);
}

/* NULL equals NULL only. */
static inline void test_text(const char *found, const char *wanted, const char *name)
{
	bool good = found && wanted ? !strcmp(found, wanted) : found == wanted;

	test_ok(good, name);
	if (!good)
		printf("# wanted: %s\n# found:  %s\n", wanted, found);
}

static inline int test_end(void)
{
	printf("1..%d\n", tests_run);
	return tests_failed ? 1 : 0;
}

#endif
