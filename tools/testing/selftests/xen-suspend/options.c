// SPDX-License-Identifier: GPL-2.0-only
/* Command lines, see options.h. */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define MOST_OPTIONS	16

static void print_help(const char *program, const char *synopsis,
		       const struct option_entry *table)
{
	printf("Usage: %s %s\n", program, synopsis);
	for (; table->name; table++) {
		printf("  --%s%-*s %s", table->name,
		       14 - (int)strlen(table->name),
		       table->number ? " N" : "", table->help);
		if (table->number)
			printf(" (default %lu)", *table->number);
		putchar('\n');
	}
}

void __noreturn options_usage(const char *program, const char *synopsis)
{
	fprintf(stderr, "Usage: %s %s\n%s --help tells the options\n",
		program, synopsis, program);
	exit(KSFT_FAIL);
}

static bool take_number(const struct option_entry *entry, const char *text)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*entry->number = strtoul(text, &end, 0);
	return !errno && !*end && *entry->number >= entry->least &&
	       (!entry->most || *entry->number <= entry->most);
}

int options_parse(int argc, char **argv, const char *synopsis,
		  const struct option_entry *table)
{
	struct option options[MOST_OPTIONS + 2];
	int count, which, c;

	memset(options, 0, sizeof(options));
	for (count = 0; count < MOST_OPTIONS && table[count].name; count++) {
		options[count].name = table[count].name;
		options[count].has_arg = table[count].number ?
					 required_argument : no_argument;
	}
	options[count].name = "help";

	while ((c = getopt_long(argc, argv, "", options, &which)) != -1) {
		if (c == '?')
			options_usage(argv[0], synopsis);
		if (which == count) {
			print_help(argv[0], synopsis, table);
			exit(KSFT_PASS);
		}
		if (!table[which].number) {
			*table[which].flag = true;
		} else if (!take_number(&table[which], optarg)) {
			fprintf(stderr, "%s: --%s does not take '%s'\n",
				argv[0], table[which].name, optarg);
			exit(KSFT_FAIL);
		}
	}
	return optind;
}
