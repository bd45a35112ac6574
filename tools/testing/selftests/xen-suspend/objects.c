// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ties a guest to the outside, by name: the interrupts of its event
 * channels, and the rings and event channels that its frontends have published
 * in xenstore.  A checkpoint must leave all of them untouched.  A restore makes
 * new ones, but none must be missing, and each device has to be in the state
 * it was in.
 */

#include <stdio.h>
#include <string.h>

#include "kselftest.h"
#include "lines.h"
#include "options.h"
#include "xenstore.h"

#define SYNOPSIS	"show | compare [--expect-new] FILE"
#define DEEPEST		5

static bool expect_new;

static const struct option_entry options[] = {
	{ .name = "expect-new", .flag = &expect_new,
	  .help = "after a restore: the same names, whatever their numbers" },
	{ }
};

/* Past the label and the counts of @cpus, or NULL if it has none. */
static char *after_counts(char *line, int cpus)
{
	char *at = strchr(line, ':'), *end;

	if (!at)
		return NULL;
	for (at++; cpus; cpus--, at = end) {
		strtoull(at, &end, 10);
		if (end == at)
			return NULL;
	}
	return at;
}

/* @text has the chip, the kind and the names, in columns of any width. */
static void add_interrupt(struct lines *lines, unsigned int irq, char *text)
{
	char name[256] = "";
	size_t used = 0;
	char *word, *save;

	for (word = strtok_r(text, "\n ", &save); word;
	     word = strtok_r(NULL, "\n ", &save)) {
		if (used + strlen(word) + 2 > sizeof(name))
			break;
		used += sprintf(name + used, " %s", word);
	}
	if (!strncmp(name, " xen-", 5))
		lines_add(lines, "interrupt%s: irq=%u", name, irq);
}

static void add_interrupts(struct lines *lines)
{
	FILE *file = fopen("/proc/interrupts", "r");
	char *line = NULL, *at;
	size_t size = 0;
	int cpus = 0;

	if (!file)
		ksft_exit_fail_perror("/proc/interrupts");
	if (getline(&line, &size, file) > 0)
		for (at = strstr(line, "CPU"); at; at = strstr(at + 1, "CPU"))
			cpus++;
	while (getline(&line, &size, file) > 0) {
		unsigned int irq;

		at = after_counts(line, cpus);
		if (at && sscanf(line, "%u:", &irq) == 1)
			add_interrupt(lines, irq, at);
	}
	free(line);
	fclose(file);
}

static bool name_is_wanted(const char *name)
{
	return strstr(name, "ring-ref") || strstr(name, "event-channel") ||
	       !strcmp(name, "page-ref") || !strcmp(name, "port") ||
	       !strcmp(name, "backend") || !strcmp(name, "state");
}

static void add_node(struct lines *lines, int store, const char *path)
{
	char *value;
	size_t size;

	if (xenstore_read(store, path, &value, &size))
		return;
	lines_add(lines, "store %s: %s", path, value);
	free(value);
}

/* Without the nodes that come and go, or that are not for us to read. */
static void add_nodes(struct lines *lines, int store, const char *path, int depth)
{
	char *names, *name;
	size_t size;

	if (depth > DEEPEST || xenstore_directory(store, path, &names, &size))
		return;
	for (name = names; name < names + size; name += strlen(name) + 1) {
		char below[1024];
		int length;

		length = snprintf(below, sizeof(below), "%s/%s", path, name);
		if (length >= (int)sizeof(below))
			continue;
		if (name_is_wanted(name))
			add_node(lines, store, below);
		else
			add_nodes(lines, store, below, depth + 1);
	}
	free(names);
}

static void collect(struct lines *lines, int store)
{
	add_interrupts(lines);
	add_node(lines, store, "domid");
	add_nodes(lines, store, "device", 0);
	add_nodes(lines, store, "console", 0);
	add_nodes(lines, store, "store", 0);
	lines_sort(lines);
}

/* After a restore: keep the names, but the states as they are. */
static void forget_values(struct lines *lines)
{
	size_t i;

	for (i = 0; i < lines->count; i++) {
		char *at = strstr(lines->line[i], ": ");

		if (at && !strstr(lines->line[i], "/state: "))
			*at = '\0';
	}
	lines_sort(lines);
}

static void compare(const char *path, int store)
{
	struct lines old = { }, new = { };
	FILE *file = fopen(path, "r");
	size_t differ;

	if (!file)
		ksft_exit_fail_perror(path);
	lines_read(&old, file);
	fclose(file);
	if (!old.count)
		ksft_exit_fail_msg("%s is empty\n", path);
	lines_sort(&old);
	collect(&new, store);
	if (expect_new) {
		forget_values(&old);
		forget_values(&new);
	}

	ksft_set_plan(2);
	ksft_print_msg("lines_before=%zu lines_after=%zu\n", old.count, new.count);
	differ = lines_compare(&old, &new, "interrupt ");
	ksft_test_result(!differ, "- interrupts of event channels\n");
	differ = lines_compare(&old, &new, "store ");
	ksft_test_result(!differ, "- rings, event channels and states in xenstore\n");
	ksft_finished();
}

int main(int argc, char **argv)
{
	struct lines lines = { };
	int first, store;
	bool show;
	size_t i;

	first = options_parse(argc, argv, SYNOPSIS, options);
	show = argc - first == 1 && !strcmp(argv[first], "show");
	if (!show && (argc - first != 2 || strcmp(argv[first], "compare")))
		options_usage(argv[0], SYNOPSIS);

	store = xenstore_open();
	if (!show)
		ksft_print_header();
	if (store < 0 && show) {
		fprintf(stderr, "objects: no xenstore: %s\n", strerror(-store));
		return KSFT_SKIP;
	}
	if (store < 0)
		ksft_exit_skip("no xenstore: %s\n", strerror(-store));
	if (!show)
		compare(argv[first + 1], store);

	collect(&lines, store);
	for (i = 0; i < lines.count; i++)
		puts(lines.line[i]);
	return ferror(stdout) || fflush(stdout) ? KSFT_FAIL : KSFT_PASS;
}
