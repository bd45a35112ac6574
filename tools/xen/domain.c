// SPDX-License-Identifier: GPL-2.0-only
/* Domains, as libxl has them; see domain.h. */

#define LIBXL_API_VERSION 0x041400

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <libxl_utils.h>
#include <xentoollog.h>

#include "domain.h"

/* Xen gives no domain this number or a higher one. */
#define FIRST_RESERVED	0x7ff0

struct host {
	libxl_ctx *ctx;
	xentoollog_logger_stdiostream *log;
	xentoollog_level level;
};

static bool connect_libxl(struct host *host)
{
	return !libxl_ctx_alloc(&host->ctx, LIBXL_VERSION, 0, (xentoollog_logger *)host->log);
}

struct host *host_open(bool verbose)
{
	struct host *host = calloc(1, sizeof(*host));

	if (!host)
		return NULL;
	host->level = verbose ? XTL_DEBUG : XTL_ERROR;
	host->log = xtl_createlogger_stdiostream(stderr, host->level, 0);
	if (host->log && connect_libxl(host))
		return host;
	host_close(host);
	return NULL;
}

void host_close(struct host *host)
{
	if (!host)
		return;
	if (host->ctx)
		libxl_ctx_free(host->ctx);
	if (host->log)
		xtl_logger_destroy((xentoollog_logger *)host->log);
	free(host);
}

bool host_forked(struct host *host)
{
	libxl_postfork_child_noexec(host->ctx);
	host->ctx = NULL;
	return connect_libxl(host);
}

const char *host_error(int rc)
{
	const char *text = libxl_error_to_string(rc);

	return text ? text : "unknown error";
}

/* -1 if it is no number, FIRST_RESERVED if it is too large for a domain. */
static long number(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long value;

	if (!digits || text[digits])
		return -1;
	value = strtoul(text, NULL, 10);
	return value < FIRST_RESERVED ? value : FIRST_RESERVED;
}

bool domain_find(struct host *host, const char *which, unsigned int *domid, char **name)
{
	long id = number(which);

	if (id >= FIRST_RESERVED)
		return false;
	if (id >= 0)
		*domid = id;
	else if (libxl_name_to_domid(host->ctx, which, domid))
		return false;
	if (domain_state(host, *domid).run == DOMAIN_GONE)
		return false;
	*name = libxl_domid_to_name(host->ctx, *domid);
	if (!*name)
		*name = strdup(which);
	return *name;
}

static enum domain_run run_of(const libxl_dominfo *info)
{
	if (info->dying)
		return DOMAIN_DYING;
	if (info->shutdown)
		return info->shutdown_reason == LIBXL_SHUTDOWN_REASON_SUSPEND ?
		       DOMAIN_SUSPENDED : DOMAIN_SHUTDOWN;
	return info->paused ? DOMAIN_PAUSED : DOMAIN_RUNNING;
}

struct domain_state domain_state(struct host *host, unsigned int domid)
{
	struct domain_state state = { .run = DOMAIN_UNKNOWN };
	libxl_dominfo info;
	int rc;

	libxl_dominfo_init(&info);
	/* That a domain is gone is an answer here, not an error to be logged. */
	if (host->level > XTL_DEBUG)
		xtl_stdiostream_set_minlevel(host->log, XTL_CRITICAL);
	rc = libxl_domain_info(host->ctx, &info, domid);
	xtl_stdiostream_set_minlevel(host->log, host->level);
	if (!rc) {
		state.run = run_of(&info);
		if (info.shutdown)
			state.reason = libxl_shutdown_reason_to_string(info.shutdown_reason);
	} else if (rc == ERROR_DOMAIN_NOTFOUND) {
		state.run = DOMAIN_GONE;
	}
	libxl_dominfo_dispose(&info);
	return state;
}

const char *domain_run_name(enum domain_run run)
{
	static const char * const names[] = {
		[DOMAIN_RUNNING] = "running",
		[DOMAIN_PAUSED] = "paused",
		[DOMAIN_SUSPENDED] = "suspended",
		[DOMAIN_SHUTDOWN] = "shutdown",
		[DOMAIN_DYING] = "dying",
		[DOMAIN_GONE] = "gone",
		[DOMAIN_UNKNOWN] = "unknown",
	};

	return names[run];
}

int domain_suspend(struct host *host, unsigned int domid)
{
	int rc = libxl_domain_suspend_only(host->ctx, domid, NULL);

	return rc == ERROR_TIMEDOUT || rc == ERROR_GUEST_TIMEDOUT ? DOMAIN_TIMED_OUT : rc;
}

int domain_resume(struct host *host, unsigned int domid)
{
	return libxl_domain_resume(host->ctx, domid, 1, NULL);
}
