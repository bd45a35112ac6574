/* SPDX-License-Identifier: GPL-2.0-only */
/* Command lines: --name N for numbers, --name for flags, then words. */
#ifndef XEN_SUSPEND_OPTIONS_H
#define XEN_SUSPEND_OPTIONS_H

#include <stdbool.h>

#include "kselftest.h"

struct option_entry {
	const char *name;	/* without the dashes; NULL ends the table */
	unsigned long *number;	/* either it takes a number ... */
	unsigned long least;
	unsigned long most;	/* 0: no limit */
	bool *flag;		/* ... or it is given or not */
	const char *help;
};

/*
 * Returns the index in argv of the first word that is no option; the words
 * follow all options there.  Ends the program after --help, and with an error
 * if an option is wrong.
 */
int options_parse(int argc, char **argv, const char *synopsis,
		  const struct option_entry *table);

/* For words that make no sense: says how the program is called, and ends it. */
void __noreturn options_usage(const char *program, const char *synopsis);

#endif
