// SPDX-License-Identifier: GPL-2.0-only
/* One JSON object, written member by member; see json.h. */

#include <string.h>

#include "json.h"

/* The length of the UTF-8 character at @at, 0 if it is none. */
static size_t utf8_length(const unsigned char *at, size_t left)
{
	size_t length, i;
	unsigned int c;

	if (at[0] < 0x80)
		return 1;
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return 0;
	length = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	if (length > left)
		return 0;

	c = at[0] & (0xff >> (length + 1));
	for (i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (at[i] & 0x3f);
	}
	/* Longer than need be, half of a pair, or beyond the last one. */
	if ((length == 3 && c < 0x800) || (length == 4 && c < 0x10000) ||
	    (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return 0;
	return length;
}

static void print_quoted(FILE *out, const char *text, size_t length)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + length;

	putc('"', out);
	while (at < end) {
		size_t size = utf8_length(at, end - at);

		if (!size)
			fputs("\\ufffd", out);
		else if (*at < ' ' || *at == 0x7f)
			fprintf(out, "\\u%04x", *at);
		else if (*at == '"' || *at == '\\')
			fprintf(out, "\\%c", *at);
		else
			fwrite(at, 1, size, out);
		at += size ? size : 1;
	}
	putc('"', out);
}

static void begin(struct json *json, const char *name)
{
	if (json->filled)
		fputs(", ", json->out);
	json->filled = true;
	if (name) {
		print_quoted(json->out, name, strlen(name));
		fputs(": ", json->out);
	}
}

void json_open(struct json *json, const char *name, char bracket)
{
	begin(json, name);
	putc(bracket, json->out);
	json->filled = false;
}

void json_close(struct json *json, char bracket)
{
	putc(bracket, json->out);
	json->filled = true;
}

void json_text(struct json *json, const char *name, const char *value, size_t length)
{
	begin(json, name);
	if (value)
		print_quoted(json->out, value, length);
	else
		fputs("null", json->out);
}

void json_string(struct json *json, const char *name, const char *value)
{
	json_text(json, name, value, value ? strlen(value) : 0);
}

void json_number(struct json *json, const char *name, long long value)
{
	begin(json, name);
	if (value == -1)
		fputs("null", json->out);
	else
		fprintf(json->out, "%lld", value);
}

void json_decimal(struct json *json, const char *name, double value)
{
	begin(json, name);
	if (value < 0)
		fputs("null", json->out);
	else
		fprintf(json->out, "%.3f", value);
}

void json_bool(struct json *json, const char *name, bool value)
{
	begin(json, name);
	fputs(value ? "true" : "false", json->out);
}
