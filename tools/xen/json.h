/* SPDX-License-Identifier: GPL-2.0-only */
/* One JSON object, written member by member. */
#ifndef XEN_SUSPENDCTL_JSON_H
#define XEN_SUSPENDCTL_JSON_H

#include <stdbool.h>
#include <stdio.h>

struct json {
	FILE *out;
	bool filled;	/* the object or list has something in it */
};

/* The name is NULL for what is in a list, and for the outermost object. */
void json_open(struct json *json, const char *name, char bracket);
void json_close(struct json *json, char bracket);

/* NULL is null. */
void json_string(struct json *json, const char *name, const char *value);
void json_text(struct json *json, const char *name, const char *value, size_t length);

/* -1 is null. */
void json_number(struct json *json, const char *name, long long value);

/* Negative is null. */
void json_decimal(struct json *json, const char *name, double value);

void json_bool(struct json *json, const char *name, bool value);

#endif
