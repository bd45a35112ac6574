// SPDX-License-Identifier: GPL-2.0-only
/* xen-suspendctl: suspend and resume Xen guests, and learn at once why one refuses. */

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command.h"
#include "options.h"
#include "output.h"

#define VERSION		"1.0"
#define MOST_SECONDS	86400

enum { OPT_JSON = 1, OPT_QUIET, OPT_VERBOSE, OPT_FORCE, OPT_TIMEOUT, OPT_HELP, OPT_VERSION };

static const struct option option_table[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "verbose", no_argument, NULL, OPT_VERBOSE },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{}
};

static const char help[] =
	"Usage: " PROGRAM " [OPTION]... COMMAND DOMAIN\n"
	"Suspend and resume Xen guests, and learn at once why one refuses.\n"
	"\n"
	"Commands; DOMAIN is a name or a number:\n"
	"  suspend            have it stop, and keep it in memory\n"
	"  resume             let a suspended one go on where it stopped\n"
	"  checkpoint         have it stop, and let it go on at once\n"
	"  status             tell its state and its last report\n"
	"\n"
	"Options:\n"
	"  --json             print one JSON object, whatever happens\n"
	"  --timeout SECONDS  give up earlier than libxl does\n"
	"  --force            ask even a guest that does not say that it can suspend\n"
	"  --quiet            print errors only\n"
	"  --verbose          print what libxl does\n"
	"  --help             print this\n"
	"  --version          print the version\n"
	"\n"
	"Exit codes: 0 done, 1 the guest reported failure, 2 usage, 3 error, 4 timed out,\n"
	"5 the domain is in no state for it, 130 interrupted.\n";

/* Seconds, with a fraction or not; 0 if it is none that can be waited for. */
static long long parse_seconds(const char *text)
{
	char *end;
	double seconds;

	if (!isdigit((unsigned char)*text))
		return 0;
	errno = 0;
	seconds = strtod(text, &end);
	if (errno || *end || !(seconds <= MOST_SECONDS))
		return 0;
	return seconds * NS_PER_S;
}

/* All options are read, whatever is wrong with one: --json may come last. */
static void parse_options(struct options *options, struct result *result, int argc, char **argv)
{
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", option_table, NULL)) != -1) {
		switch (option) {
		case OPT_JSON:
			options->json = true;
			break;
		case OPT_QUIET:
			options->quiet = true;
			break;
		case OPT_VERBOSE:
			options->verbose = true;
			break;
		case OPT_FORCE:
			options->force = true;
			break;
		case OPT_TIMEOUT:
			options->timeout = parse_seconds(optarg);
			if (!options->timeout)
				result_set(result, VERDICT_USAGE,
					   "--timeout takes seconds, up to %d, not '%s'",
					   MOST_SECONDS, optarg);
			break;
		case OPT_HELP:
			fputs(help, stdout);
			exit(VERDICT_OK);
		case OPT_VERSION:
			puts(PROGRAM " " VERSION);
			exit(VERDICT_OK);
		default:
			result_set(result, VERDICT_USAGE, option == ':' ?
				   "%s takes a value; see --help" :
				   "there is no option %s; see --help", argv[optind - 1]);
		}
	}
}

static void parse(struct options *options, struct result *result, int argc, char **argv)
{
	parse_options(options, result, argc, argv);
	if (optind < argc)
		options->command = argv[optind];
	if (optind + 1 < argc)
		options->domain = argv[optind + 1];

	if (result->verdict)
		return;
	if (argc - optind != 2)
		result_set(result, VERDICT_USAGE,
			   "one command and one domain are needed; see --help");
	else if (!command_exists(options->command))
		result_set(result, VERDICT_USAGE, "there is no command '%s'; see --help",
			   options->command);
}

int main(int argc, char **argv)
{
	struct result result = RESULT_INIT;
	struct options options = {};

	parse(&options, &result, argc, argv);
	if (!result.verdict)
		command_run(&options, &result);
	output_result(&options, &result);
	free(result.message);
	free(result.name);
	return result.verdict;
}
