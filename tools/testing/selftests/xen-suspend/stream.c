// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does a TCP connection live through it, with every byte?  Both sides send all
 * the time, both know what they have to receive, and nobody ever connects
 * again.  Whoever is told to end says so within the stream, and the other one
 * ends its own as well: so both know that they got everything.
 */

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest.h"
#include "options.h"
#include "stream.h"
#include "watch.h"

#define SYNOPSIS	"[OPTION]... server PORT | client HOST PORT"

static unsigned long rate_kib = 2048;
static unsigned long tick_ms = 5;
static unsigned long patience = 60;
static unsigned long seed = 1;
static unsigned long seconds;

static const struct option_entry options[] = {
	{ .name = "rate", .number = &rate_kib, .least = 1, .most = 1 << 24,
	  .help = "KiB to send each second" },
	{ .name = "tick-ms", .number = &tick_ms, .least = 1, .most = 100,
	  .help = "time from one send to the next" },
	{ .name = "patience", .number = &patience, .least = 1, .most = 86400,
	  .help = "seconds for the peer to end, once we do" },
	{ .name = "seed", .number = &seed, .help = "of what is sent" },
	{ .name = "seconds", .number = &seconds, .most = 1 << 30,
	  .help = "time to watch, 0: until SIGTERM" },
	{ }
};

static unsigned int take_port(const char *text)
{
	unsigned long port = strtoul(text, NULL, 10);

	if (!port || port > 65535)
		ksft_exit_fail_msg("'%s' is no port\n", text);
	return port;
}

/* Numeric addresses only: a static program cannot ask for names everywhere. */
static int connect_to(const char *host, const char *port)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in a4 = { .sin_family = AF_INET };
	struct sockaddr *address = (struct sockaddr *)&a4;
	socklen_t size = sizeof(a4);
	int fd;

	a4.sin_port = htons(take_port(port));
	a6.sin6_port = a4.sin_port;
	if (inet_pton(AF_INET6, host, &a6.sin6_addr) == 1) {
		address = (struct sockaddr *)&a6;
		size = sizeof(a6);
	} else if (inet_pton(AF_INET, host, &a4.sin_addr) != 1) {
		ksft_exit_fail_msg("'%s' is no IP address\n", host);
	}
	fd = socket(address->sa_family, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, address, size))
		ksft_exit_fail_perror("connect");
	return fd;
}

/* Listens on IPv6, which takes IPv4 as well, or on IPv4 where that is all. */
static int listen_on(const char *port)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in a4 = { .sin_family = AF_INET };
	struct sockaddr *address = (struct sockaddr *)&a6;
	socklen_t size = sizeof(a6);
	int fd, one = 1;

	a4.sin_port = htons(take_port(port));
	a6.sin6_port = a4.sin_port;
	fd = socket(AF_INET6, SOCK_STREAM, 0);
	if (fd < 0) {
		address = (struct sockaddr *)&a4;
		size = sizeof(a4);
		fd = socket(AF_INET, SOCK_STREAM, 0);
	}
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, address, size) || listen(fd, 1))
		ksft_exit_fail_perror("listen");
	return fd;
}

static int accept_one(int listener)
{
	struct pollfd pfd = { .fd = listener, .events = POLLIN };
	int fd;

	while (poll(&pfd, 1, 20) <= 0)
		if (watch_over())
			ksft_exit_fail_msg("no client came\n");
	fd = accept(listener, NULL, NULL);
	if (fd < 0)
		ksft_exit_fail_perror("accept");
	close(listener);
	return fd;
}

/*
 * Bytes that may be sent at this time.  After a stop what was missed is not
 * made up for: a flood would only blur the silence that peers measure.
 * Nor is it ever a few bytes: each would wake the peer, to send a few as well.
 */
static u64 allowance(s64 *since)
{
	s64 now = watch_clock(CLOCK_MONOTONIC), passed = now - *since;
	s64 bytes;

	if (passed < (s64)tick_ms * NSEC_PER_MSEC)
		return 0;
	if (passed > 100 * NSEC_PER_MSEC)
		passed = 100 * NSEC_PER_MSEC;
	bytes = (s64)rate_kib * 1024 * (passed / NSEC_PER_USEC) / 1000000;
	if (bytes)
		*since = now;
	return bytes;
}

/* Returns 0 when both directions have ended, or a negative errno. */
static int run(int fd, struct sender *tx, struct receiver *rx)
{
	s64 since = watch_clock(CLOCK_MONOTONIC), until = 0;
	struct pollfd pfd = { .fd = fd };
	bool shut = false;
	int error;

	while (!tx->ended || !rx->closed) {
		bool finish = rx->ended || rx->closed || watch_over();

		/* Without the end of the stream there is no peer to answer. */
		if (rx->closed && !rx->ended)
			return -ECONNRESET;
		if (finish && !until)
			until = watch_clock(CLOCK_MONOTONIC) + patience * NSEC_PER_SEC;
		if (until && watch_clock(CLOCK_MONOTONIC) > until)
			return -ETIMEDOUT;

		error = stream_send(tx, fd, allowance(&since), finish);
		if (error)
			return error;
		if (tx->ended && !shut) {
			shutdown(fd, SHUT_WR);
			shut = true;
		}
		pfd.events = rx->closed ? POLLOUT : POLLIN;
		if (poll(&pfd, 1, tick_ms) > 0) {
			error = stream_receive(rx, fd);
			if (error)
				return error;
		}
	}
	return 0;
}

static void print_tcp(int fd)
{
	struct tcp_info info;
	socklen_t size = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size))
		ksft_print_msg("tcp_retransmits=%u tcp_rto_ms=%u\n",
			       info.tcpi_total_retrans, info.tcpi_rto / 1000);
}

int main(int argc, char **argv)
{
	static struct receiver rx;
	static struct sender tx;
	bool server;
	int error, fd, first;

	first = options_parse(argc, argv, SYNOPSIS, options);
	server = argc - first == 2 && !strcmp(argv[first], "server");
	if (!server && (argc - first != 3 || strcmp(argv[first], "client")))
		options_usage(argv[0], SYNOPSIS);

	watch_signals();
	fd = server ? listen_on(argv[first + 1]) :
		      connect_to(argv[first + 1], argv[first + 2]);
	watch_ready(seconds);
	if (server)
		fd = accept_one(fd);
	if (fcntl(fd, F_SETFL, O_NONBLOCK))
		ksft_exit_fail_perror("fcntl");

	/* Never the same in both directions, or an echo would be right. */
	tx.seed = seed * 2 + server;
	error = run(fd, &tx, &rx);

	ksft_print_header();
	ksft_set_plan(3);
	ksft_print_msg("role=%s silence_ms=%.3f\n",
		       server ? "server" : "client", rx.silence / 1e6);
	ksft_print_msg("sent_bytes=%llu received_bytes=%llu received_frames=%llu\n",
		       tx.bytes, rx.bytes, rx.sequence);
	print_tcp(fd);
	if (rx.wrong)
		ksft_print_msg("%s\n", rx.why);
	ksft_test_result(!rx.wrong, "- what was received is right\n");
	ksft_test_result(rx.ended && rx.closed && !rx.wrong,
			 "- all that the peer has sent was received\n");
	if (error)
		ksft_print_msg("error=%d %s\n", -error, strerror(-error));
	ksft_test_result(!error, "- the connection lived until its end\n");
	ksft_finished();
}
