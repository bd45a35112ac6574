/* SPDX-License-Identifier: GPL-2.0-only */
/* Domains, as libxl has them. */
#ifndef XEN_SUSPENDCTL_DOMAIN_H
#define XEN_SUSPENDCTL_DOMAIN_H

#include <stdbool.h>

enum domain_run {
	DOMAIN_RUNNING,
	DOMAIN_PAUSED,
	DOMAIN_SUSPENDED,
	DOMAIN_SHUTDOWN,	/* for any reason but a suspend */
	DOMAIN_DYING,
	DOMAIN_GONE,		/* there is no such domain */
	DOMAIN_UNKNOWN,		/* libxl cannot tell */
};

struct domain_state {
	enum domain_run run;
	const char *reason;	/* of a shutdown, or NULL */
};

/* What libxl's functions return here: 0, this, or an error of libxl. */
#define DOMAIN_TIMED_OUT	1

/* A connection to libxl; its log goes to stderr, unless @verbose errors only. */
struct host *host_open(bool verbose);
void host_close(struct host *host);

/* To be called in a child process, before anything else here. */
bool host_forked(struct host *host);

const char *host_error(int rc);

/*
 * Finds a domain by its name or number. *@name is its name, or the number if
 * it has none; to be freed.
 */
bool domain_find(struct host *host, const char *which, unsigned int *domid, char **name);

struct domain_state domain_state(struct host *host, unsigned int domid);
const char *domain_run_name(enum domain_run run);

/* Asks the domain to suspend, and waits until it has, or until libxl gives up. */
int domain_suspend(struct host *host, unsigned int domid);

/* Lets a suspended domain go on where it stopped. */
int domain_resume(struct host *host, unsigned int domid);

#endif
