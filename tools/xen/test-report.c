// SPDX-License-Identifier: GPL-2.0-only
/* Tests of how reports are read, and put into words and JSON. */

#include <stdlib.h>

#include "explain.h"
#include "json.h"
#include "report.h"
#include "test.h"

static struct report report;

static void parse(const char *line)
{
	report_parse(&report, line, strlen(line));
}

/* Each parses a line and compares what is made of it. */
static void value(const char *line, const char *key, const char *wanted, const char *name)
{
	parse(line);
	test_text(report_value(&report, key), wanted, name);
}

static void outcome(const char *line, enum report_outcome wanted, bool failure, const char *name)
{
	parse(line);
	test_ok(report_outcome(&report) == wanted && report_is_failure(&report) == failure, name);
}

static void items(const char *line, const char *key, const char *wanted, const char *name)
{
	struct report_item item = {};
	char found[256] = "";

	parse(line);
	while (report_next(&report, key, &item)) {
		strncat(found, item.at, item.length);
		strcat(found, "|");
	}
	test_text(found, wanted, name);
}

static void words(const char *line, const char *wanted, const char *name)
{
	char *found = NULL;
	size_t size;
	FILE *out = open_memstream(&found, &size);

	parse(line);
	explain_report(out, &report);
	fclose(out);
	test_text(found, wanted, name);
	free(found);
}

static void quoted(const char *text, const char *wanted, const char *name)
{
	char *found = NULL;
	size_t size;
	struct json json = { .out = open_memstream(&found, &size) };

	json_string(&json, NULL, text);
	fclose(json.out);
	test_text(found, wanted, name);
	free(found);
}

static void newer(const char *before, const char *now, bool wanted, const char *name)
{
	struct report earlier;

	parse(before);
	earlier = report;
	parse(now);
	test_ok(report_is_new(&report, &earlier) == wanted, name);
}

static void test_values(void)
{
	static const char line[] =
		"request=7 outcome=failed step=devices errno=16 device=vbd-51712 tries=3";

	value(line, "device", "vbd-51712", "a text");
	test_ok(report_number(&report, "request") == 7 && report_number(&report, "errno") == 16 &&
		report_number(&report, "tries") == 3, "numbers");
	test_text(report.raw, line, "the line as it was");
	test_ok(report.fields == 6, "as many fields as words");
	value("tries=3 request=7", "request", "7", "any order");
	value(line, "task", NULL, "an absent key");
	test_ok(report_number(&report, "task") == -1, "an absent number");
	value("a=1 new-key=x b=2", "new-key", "x", "an unknown key");
	value("a=b=c", "a", "b=c", "an equals sign in a value");
	value("a= b=2", "a", "", "an empty value");
	value("a=1 a=2", "a", "1", "of equal keys the first");
	value(" \ta=1   b=2 ", "b", "2", "many blanks");
	value("a=1\nb=2", "b", NULL, "one line only");
}

static void test_escapes(void)
{
	value("a=x\\x20y\\x5cz\\x0A", "a", "x y\\z\n", "escapes");
	value("a=\\xc3\\xa9", "a", "\xc3\xa9", "escapes of UTF-8");
	value("a=\\x00b", "a", "\\x00b", "a NUL stays as it was");
	value("a=\\x4", "a", "\\x4", "an escape cut short");
	value("a=\\x4 b=1", "a", "\\x4", "an escape cut short by a blank");
	value("a=\\xzz\\n\\", "a", "\\xzz\\n\\", "no escapes");
}

static void test_garbage(void)
{
	static char many[2 * REPORT_SIZE], word[2 * REPORT_SIZE];
	size_t i;

	parse("");
	test_ok(!report.present && !report.fields, "an empty line is no report");
	report_parse(&report, NULL, 0);
	test_ok(!report.present && !report.fields, "no line is no report");
	parse("garbage =1 ==  failed \x01\xff=2 a b=1");
	test_ok(report.present && report.fields == 1, "words of another form are no fields");
	test_text(report_value(&report, "b"), "1", "a field among garbage");
	report_parse(&report, "a=1\0b=2", 7);
	test_text(report_value(&report, "b"), NULL, "it ends with a NUL");
	report_parse(&report, "errno=16", 7);
	test_text(report_value(&report, "errno"), "1", "it ends where it ends");

	for (i = 0; i < sizeof(many) / 4; i++)
		memcpy(many + 4 * i, "a=b ", 4);
	report_parse(&report, many, sizeof(many));
	test_ok(report.fields == REPORT_FIELDS, "no more fields than there is room for");
	memset(word, 'x', sizeof(word));
	memcpy(word, "a=1 errno=", 10);
	report_parse(&report, word, sizeof(word));
	test_text(report.raw, "a=1", "too long: cut between words");
	memcpy(word, "a=1-errno=", 10);
	report_parse(&report, word, sizeof(word));
	test_ok(!report.present, "one word, too long");
}

static void test_numbers(void)
{
	static const char * const none[] = {
		"n=", "n=-16", "n=+1", "n=0x10", "n=1x", "n=1.5", "n=1\\x20",
		"n=99999999999999999999999999",
	};
	size_t i;

	for (i = 0; i < sizeof(none) / sizeof(*none); i++) {
		parse(none[i]);
		test_ok(report_number(&report, "n") == -1, none[i]);
	}
}

static void test_lists(void)
{
	items("waiting=vbd-51712,vif-0", "waiting", "vbd-51712|vif-0|", "a list");
	items("waiting=,,vif-0,", "waiting", "||vif-0|", "a list with holes");
	items("a=1", "waiting", "", "no list");
	items("waiting=", "waiting", "", "an empty list");
	items("task=cp:12 x=1 task=dd:3", "task", "cp:12|dd:3|", "two tasks");
	items("task=a,b:12,c:d:3", "task", "a,b:12|c:d:3|", "tasks with odd names");
	items("task=,:,a", "task", ",:,a|", "no tasks at all");
}

static void test_outcomes(void)
{
	outcome("outcome=failed", REPORT_FAILED, true, "failed");
	outcome("outcome=abandoned", REPORT_ABANDONED, true, "abandoned");
	outcome("outcome=retrying", REPORT_RETRYING, false, "retrying");
	outcome("outcome=resumed", REPORT_RESUMED, false, "resumed");
	outcome("outcome=fine", REPORT_UNKNOWN, false, "an unknown outcome");
	outcome("errno=16", REPORT_UNKNOWN, false, "no outcome");
	outcome("outcome=retrying outcome=failed", REPORT_RETRYING, false, "two outcomes");

	newer("", "request=1", true, "none before");
	newer("request=1", "", false, "none now");
	newer("request=1 outcome=retrying", "request=1 outcome=failed", false, "the same request");
	newer("request=1 outcome=failed", "request=2 outcome=failed", true, "another request");
	newer("request=1 outcome=failed errno=16", "request=1 outcome=failed errno=5", true,
	      "another kernel");
	newer("outcome=failed", "outcome=failed", false, "the same, without a number");
	newer("outcome=retrying", "outcome=failed", true, "another one, without a number");
}

static void test_words(void)
{
	words("request=7 outcome=failed step=devices errno=16 device=vbd-51712 tries=3",
	      "request 7 failed: device vbd-51712 refused in step devices (EBUSY), after 3 tries",
	      "a device, in words");
	words("request=8 outcome=failed step=processes errno=16 task=cp:1234 tries=1",
	      "request 8 failed: did not freeze: cp:1234 in step processes (EBUSY), after 1 try",
	      "a task, in words");
	words("request=9 outcome=abandoned step=devices-noirq errno=62",
	      "request 9 abandoned: it went wrong in step devices-noirq (ETIME)",
	      "a step, in words");
	words("request=10 outcome=resumed waiting=vbd-51712,vif-0 new=1\\x0a2",
	      "request 10 resumed, waiting for vbd-51712, vif-0, new=1\\x0a2",
	      "a resume, in words");
	words("outcome=failed errno=4001",
	      "request ? failed: the guest does not say where (errno 4001)", "hardly a word");
	words("\x1b[2J", "not understood: \\x1b[2J", "nothing that steers a terminal");
}

static void test_json(void)
{
	quoted("a\"b\\c\n\x7f", "\"a\\\"b\\\\c\\u000a\\u007f\"", "quoted for JSON");
	quoted("\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7\"",
	       "UTF-8 for JSON");
	quoted("\xff \xc3 \xc0\xaf \xed\xa0\x80",
	       "\"\\ufffd \\ufffd \\ufffd\\ufffd \\ufffd\\ufffd\\ufffd\"",
	       "no UTF-8 for JSON");
	quoted(NULL, "null", "nothing for JSON");
}

int main(void)
{
	test_values();
	test_escapes();
	test_garbage();
	test_numbers();
	test_lists();
	test_outcomes();
	test_words();
	test_json();
	return test_end();
}
