/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest reports of its last suspend: one line of key=value words in the
 * xenstore node data/suspend.
 *
 * The line comes from the guest, so nothing about it can be relied on. Keys
 * may come in any order; one that is absent is unknown; of equal keys the
 * first one counts, except where there may be several.
 */
#ifndef XEN_SUSPENDCTL_REPORT_H
#define XEN_SUSPENDCTL_REPORT_H

#include <stdbool.h>
#include <stddef.h>

/* A node of xenstore holds no more than this. */
#define REPORT_SIZE	4096
#define REPORT_FIELDS	64

enum report_outcome {
	REPORT_UNKNOWN,		/* absent, or none of these */
	REPORT_RETRYING,	/* it failed, and is being tried again */
	REPORT_FAILED,		/* it failed for good */
	REPORT_ABANDONED,	/* it failed when nobody waited any more */
	REPORT_RESUMED,		/* the guest is back from a suspend */
};

/* Where in report.text a key and its value begin. */
struct report_field {
	unsigned short key;
	unsigned short value;
};

struct report {
	bool present;			/* or else all is empty */
	char raw[REPORT_SIZE];		/* the line as it is in xenstore */
	char text[REPORT_SIZE];		/* keys and values, decoded */
	size_t fields;
	struct report_field field[REPORT_FIELDS];
};

/* One of several parts of a value; zero it to begin with. */
struct report_item {
	const char *at;
	int length;
	const char *next;
	size_t field;
};

/* Takes a line apart; @line need not end with a NUL, and is NULL if there is no report. */
void report_parse(struct report *r, const char *line, size_t length);

const char *report_key(const struct report *r, size_t field);
const char *report_value_of(const struct report *r, size_t field);

/* The value of @key, or NULL. */
const char *report_value(const struct report *r, const char *key);

/* The value of @key as a number, or -1 if it is absent or none. */
long long report_number(const struct report *r, const char *key);

/*
 * The next part of the values of @key: parts of a list with commas, and all of
 * it again for each time that the key is there. A task's name may hold commas:
 * tasks end with a colon and the number of the process.
 */
bool report_next(const struct report *r, const char *key, struct report_item *item);

/* Whether @key is one whose meaning is known. */
bool report_knows(const char *key);

enum report_outcome report_outcome(const struct report *r);

/* Whether it says that a suspend has failed, with no further try. */
bool report_is_failure(const struct report *r);

/*
 * Whether @r is about another request than @before. Numbers start anew with the
 * guest's kernel; but of one request nothing follows its failure.
 */
bool report_is_new(const struct report *r, const struct report *before);

#endif
