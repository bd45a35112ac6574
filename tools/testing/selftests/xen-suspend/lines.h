/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of lines, sorted, to be shown and compared. */
#ifndef XEN_SUSPEND_LINES_H
#define XEN_SUSPEND_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "kselftest.h"

struct lines {
	char **line;
	size_t count;
	size_t room;
};

/* All of them end the program when memory runs out. */
__printf(2, 3)
void lines_add(struct lines *lines, const char *format, ...);
void lines_read(struct lines *lines, FILE *file);
void lines_sort(struct lines *lines);

/*
 * Prints as diagnostics what sorted lists, of the lines that begin with
 * @prefix, do not have in common; returns how many lines that are.
 */
size_t lines_compare(const struct lines *old, const struct lines *new,
		     const char *prefix);

#endif
