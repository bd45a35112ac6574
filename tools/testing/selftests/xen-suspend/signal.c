// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the host: signals a guest's suspend event channel as a toolstack would,
 * or as none would, to see what the guest makes of it.  The guest says in
 * device/suspend/event-channel which port that is.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kselftest.h"
#include "options.h"
#include "types.h"
#include "watch.h"

/* Which the header takes from the kernel. */
#define domid_t	unsigned short
#include <xen/evtchn.h>

#define DEVICE		"/dev/xen/evtchn"
#define SYNOPSIS	"[OPTION]... DOMID PORT"

static unsigned long signals = 1;
static unsigned long hold_ms;

static const struct option_entry options[] = {
	{ .name = "signals", .number = &signals, .most = 1000000,
	  .help = "how many to send, without a pause" },
	{ .name = "hold-ms", .number = &hold_ms, .most = 86400000,
	  .help = "then go on holding the channel for so long" },
	{ }
};

static unsigned int take_number(const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (*end || end == text)
		ksft_exit_fail_msg("'%s' is no number\n", text);
	return number;
}

int main(int argc, char **argv)
{
	struct ioctl_evtchn_bind_interdomain bind;
	struct ioctl_evtchn_notify notify;
	unsigned long sent;
	int first, fd, port;
	s64 until;

	first = options_parse(argc, argv, SYNOPSIS, options);
	if (argc - first != 2)
		options_usage(argv[0], SYNOPSIS);
	bind.remote_domain = take_number(argv[first]);
	bind.remote_port = take_number(argv[first + 1]);

	watch_signals();
	ksft_print_header();
	fd = open(DEVICE, O_RDWR);
	if (fd < 0)
		ksft_exit_skip("no %s: %s\n", DEVICE, strerror(errno));
	ksft_set_plan(2);

	port = ioctl(fd, IOCTL_EVTCHN_BIND_INTERDOMAIN, &bind);
	if (port < 0)
		ksft_print_msg("%s\n", strerror(errno));
	ksft_test_result(port >= 0, "- the guest's channel is bound\n");

	notify.port = port;
	for (sent = 0; sent < signals; sent++)
		if (ioctl(fd, IOCTL_EVTCHN_NOTIFY, &notify))
			break;
	ksft_test_result(sent == signals, "- %lu signals are sent\n", sent);

	until = watch_clock(CLOCK_MONOTONIC) + hold_ms * NSEC_PER_MSEC;
	while (!watch_over() && watch_clock(CLOCK_MONOTONIC) < until)
		watch_sleep(NSEC_PER_MSEC);
	close(fd);
	ksft_finished();
}
