// SPDX-License-Identifier: GPL-2.0-only
/* What a guest reports of its last suspend, see report.h. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* Enough for any number that is meant, and no overflow. */
#define MOST_DIGITS	15

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that \xHH at @at stands for; -1 if there is none. No string holds a NUL. */
static int escaped(const char *at, const char *end)
{
	int high, low;

	if (end - at < 4 || at[0] != '\\' || at[1] != 'x')
		return -1;
	high = hex(at[2]);
	low = hex(at[3]);
	if (high < 0 || low < 0 || (!high && !low))
		return -1;
	return high << 4 | low;
}

static size_t decode(char *to, const char *at, const char *end)
{
	char *begin = to;

	while (at < end) {
		int byte = escaped(at, end);

		*to++ = byte < 0 ? *at : byte;
		at += byte < 0 ? 1 : 4;
	}
	*to++ = '\0';
	return to - begin;
}

/* Where the key of a word ends; NULL if the word is not of the form key=value. */
static const char *end_of_key(const char *at, const char *end)
{
	const char *begin = at;

	while (at < end && (isalnum((unsigned char)*at) || *at == '-' || *at == '_' || *at == '.'))
		at++;
	return at > begin && at < end && *at == '=' ? at : NULL;
}

static size_t take_word(struct report *r, size_t used, const char *word, const char *end)
{
	struct report_field *field = &r->field[r->fields];
	const char *equals = end_of_key(word, end);

	if (!equals || r->fields == REPORT_FIELDS)
		return used;

	field->key = used;
	memcpy(r->text + used, word, equals - word);
	used += equals - word;
	r->text[used++] = '\0';
	field->value = used;
	r->fields++;
	return used + decode(r->text + used, equals + 1, end);
}

/* A line that is too long ends with its last whole word. */
static size_t fitting(const char *line, size_t length)
{
	const char *newline = memchr(line, '\n', length);

	if (newline)
		length = newline - line;
	length = strnlen(line, length);
	if (length < REPORT_SIZE)
		return length;
	for (length = REPORT_SIZE - 1; length && !is_blank(line[length]); length--)
		;
	return length;
}

void report_parse(struct report *r, const char *line, size_t length)
{
	const char *at, *end;
	size_t used = 0;

	memset(r, 0, sizeof(*r));
	if (!line)
		return;

	length = fitting(line, length);
	memcpy(r->raw, line, length);
	r->present = length > 0;

	for (at = r->raw; *at; at = end) {
		while (is_blank(*at))
			at++;
		for (end = at; *end && !is_blank(*end); end++)
			;
		used = take_word(r, used, at, end);
	}
}

const char *report_key(const struct report *r, size_t field)
{
	return r->text + r->field[field].key;
}

const char *report_value_of(const struct report *r, size_t field)
{
	return r->text + r->field[field].value;
}

const char *report_value(const struct report *r, const char *key)
{
	size_t i;

	for (i = 0; i < r->fields; i++)
		if (!strcmp(report_key(r, i), key))
			return report_value_of(r, i);
	return NULL;
}

long long report_number(const struct report *r, const char *key)
{
	const char *value = report_value(r, key);
	size_t digits = value ? strspn(value, "0123456789") : 0;

	if (!digits || digits > MOST_DIGITS || value[digits])
		return -1;
	return strtoll(value, NULL, 10);
}

/* The end of a task, name:number; that of the whole text if it is none. */
static const char *end_of_task(const char *at)
{
	const char *colon = at;

	while ((colon = strchr(colon, ':'))) {
		size_t digits = strspn(++colon, "0123456789");

		if (digits && (!colon[digits] || colon[digits] == ','))
			return colon + digits;
	}
	return at + strlen(at);
}

bool report_next(const struct report *r, const char *key, struct report_item *item)
{
	bool tasks = !strcmp(key, "task");
	const char *end;

	while (!item->next || !*item->next) {
		if (item->field == r->fields)
			return false;
		if (!strcmp(report_key(r, item->field), key))
			item->next = report_value_of(r, item->field);
		item->field++;
	}

	end = tasks ? end_of_task(item->next) : item->next + strcspn(item->next, ",");
	item->at = item->next;
	item->length = end - item->at;
	item->next = *end ? end + 1 : end;
	return true;
}

bool report_knows(const char *key)
{
	static const char * const known[] = {
		"request", "outcome", "step", "errno", "device", "task", "tries", "waiting",
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(key, known[i]))
			return true;
	return false;
}

enum report_outcome report_outcome(const struct report *r)
{
	static const char * const names[] = {
		[REPORT_RETRYING] = "retrying",
		[REPORT_FAILED] = "failed",
		[REPORT_ABANDONED] = "abandoned",
		[REPORT_RESUMED] = "resumed",
	};
	const char *value = report_value(r, "outcome");
	size_t i;

	for (i = REPORT_RETRYING; value && i <= REPORT_RESUMED; i++)
		if (!strcmp(value, names[i]))
			return i;
	return REPORT_UNKNOWN;
}

bool report_is_failure(const struct report *r)
{
	enum report_outcome outcome = report_outcome(r);

	return outcome == REPORT_FAILED || outcome == REPORT_ABANDONED;
}

bool report_is_new(const struct report *r, const struct report *before)
{
	const char *request = report_value(r, "request");
	const char *earlier = report_value(before, "request");

	if (!r->present || !before->present)
		return r->present;
	if (!strcmp(r->raw, before->raw))
		return false;
	return !request || !earlier || strcmp(request, earlier) || report_is_failure(before);
}
