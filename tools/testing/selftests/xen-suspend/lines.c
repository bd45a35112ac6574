// SPDX-License-Identifier: GPL-2.0-only
/* Lists of lines, see lines.h. */

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

static void take_line(struct lines *lines, char *line)
{
	if (lines->count == lines->room) {
		lines->room = lines->room ? 2 * lines->room : 64;
		lines->line = realloc(lines->line,
				      lines->room * sizeof(*lines->line));
	}
	if (!lines->line || !line) {
		perror("lines");
		exit(KSFT_FAIL);
	}
	lines->line[lines->count++] = line;
}

void lines_add(struct lines *lines, const char *format, ...)
{
	char *line = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&line, format, args) < 0)
		line = NULL;
	va_end(args);
	take_line(lines, line);
}

void lines_read(struct lines *lines, FILE *file)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		take_line(lines, strdup(line));
	}
	free(line);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char * const *)a, *(char * const *)b);
}

void lines_sort(struct lines *lines)
{
	if (lines->count)
		qsort(lines->line, lines->count, sizeof(*lines->line), compare);
}

/* The line at *@i or the next one that begins with @prefix, or NULL. */
static const char *next_line(const struct lines *lines, size_t *i,
			     const char *prefix)
{
	for (; *i < lines->count; (*i)++)
		if (!strncmp(lines->line[*i], prefix, strlen(prefix)))
			return lines->line[*i];
	return NULL;
}

size_t lines_compare(const struct lines *old, const struct lines *new,
		     const char *prefix)
{
	size_t i = 0, j = 0, differ = 0;

	for (;;) {
		const char *a = next_line(old, &i, prefix);
		const char *b = next_line(new, &j, prefix);
		int order;

		if (!a && !b)
			return differ;
		order = !b ? -1 : !a ? 1 : strcmp(a, b);
		if (order)
			differ++;
		if (order < 0)
			printf("# - %s\n", a);
		if (order > 0)
			printf("# + %s\n", b);
		if (order <= 0)
			i++;
		if (order >= 0)
			j++;
	}
}
