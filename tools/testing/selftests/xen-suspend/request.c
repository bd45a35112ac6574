// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes to the guest's own control/shutdown, as a host would to ask for
 * something, and looks whether the kernel takes it up: it does so by writing
 * an empty value there.  So words that no toolstack sends can be tried.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest.h"
#include "options.h"
#include "watch.h"
#include "xenstore.h"

#define NODE		"control/shutdown"
#define SYNOPSIS	"[OPTION]... [WORD]"

static unsigned long length;
static unsigned long count = 1;
static unsigned long ack_seconds;
static unsigned long no_ack_seconds;
static bool with_remove;

static const struct option_entry options[] = {
	{ .name = "length", .number = &length, .most = XENSTORE_LONGEST,
	  .help = "instead of a word: so many letters" },
	{ .name = "remove", .flag = &with_remove,
	  .help = "instead of a word: remove the node" },
	{ .name = "count", .number = &count, .least = 1, .most = 1000000,
	  .help = "do it so often, without a pause" },
	{ .name = "wait-ack", .number = &ack_seconds, .most = 86400,
	  .help = "it must be acknowledged within so many seconds" },
	{ .name = "no-ack", .number = &no_ack_seconds, .most = 86400,
	  .help = "it must not be, for so many seconds" },
	{ }
};

static int send_request(int store, const char *word)
{
	if (with_remove)
		return xenstore_remove(store, NODE);
	return xenstore_write(store, NODE, word, strlen(word));
}

/* 1: yes, 0: not yet, or a negative errno. */
static int is_acknowledged(int store)
{
	char *value;
	size_t size;
	int error = xenstore_read(store, NODE, &value, &size);

	/* Tools take a node that is gone for an acknowledgment, too. */
	if (error == -ENOENT)
		return 1;
	if (error)
		return error;
	free(value);
	return !size;
}

/* Returns what is_acknowledged() had to say in the end. */
static int wait_ack(int store, unsigned long seconds)
{
	s64 start = watch_clock(CLOCK_MONOTONIC), now;
	int result;

	do {
		result = is_acknowledged(store);
		now = watch_clock(CLOCK_MONOTONIC);
		if (result)
			break;
		watch_sleep(2 * NSEC_PER_MSEC);
	} while (now < start + (s64)seconds * NSEC_PER_SEC);

	if (result > 0)
		ksft_print_msg("ack_ms=%.3f\n", (now - start) / 1e6);
	if (result < 0)
		ksft_print_msg("reading " NODE ": %s\n", strerror(-result));
	return result;
}

static const char *make_word(void)
{
	char *word = calloc(1, length + 1);

	if (!word)
		ksft_exit_fail_perror("calloc");
	memset(word, 'x', length);
	return word;
}

static void test(int store, const char *word)
{
	unsigned long seconds = ack_seconds ? ack_seconds : no_ack_seconds;
	unsigned long done;
	int error = 0, ack;

	for (done = 0; done < count && !error; done++)
		error = send_request(store, word);
	if (error == -EACCES)
		ksft_exit_skip("the guest may not write " NODE "\n");

	ksft_set_plan(seconds ? 2 : 1);
	if (error)
		ksft_print_msg("request=%lu of=%lu error=%d %s\n", done, count,
			       -error, strerror(-error));
	ksft_test_result(!error, "- xenstore takes the request\n");
	if (!seconds)
		return;
	if (error) {
		ksft_test_result_skip("- acknowledgment\n");
		return;
	}

	ack = wait_ack(store, seconds);
	if (ack_seconds)
		ksft_test_result(ack == 1, "- acknowledged within %lu s\n",
				 seconds);
	else
		ksft_test_result(ack == 0, "- not acknowledged for %lu s\n",
				 seconds);
	/* Nobody shall stumble over it later. */
	if (!ack)
		xenstore_write(store, NODE, "", 0);
}

int main(int argc, char **argv)
{
	const char *word = "";
	int first, store, words;

	first = options_parse(argc, argv, SYNOPSIS, options);
	words = argc - first;
	if (words + !!length + with_remove != 1)
		options_usage(argv[0], SYNOPSIS);
	if (words)
		word = argv[first];
	else if (length)
		word = make_word();
	/* What is empty cannot be told from an acknowledgment. */
	if ((ack_seconds || no_ack_seconds) &&
	    (!*word || (ack_seconds && no_ack_seconds)))
		options_usage(argv[0], SYNOPSIS);

	ksft_print_header();
	store = xenstore_open();
	if (store < 0)
		ksft_exit_skip("no xenstore: %s\n", strerror(-store));
	test(store, word);
	ksft_finished();
}
