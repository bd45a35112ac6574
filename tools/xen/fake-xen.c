// SPDX-License-Identifier: GPL-2.0-only
/* A Xen host with one guest, for tests; see fake-xen.h. */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "fake-xen.h"
#include "store.h"

#define DOMID	5

struct fake *fake;

static int changed[2];
static pid_t guest;
static int nothing;

static void sleep_ms(int ms)
{
	usleep(1000 * ms);
}

static void fire_watch(void)
{
	if (write(changed[1], "", 1) != 1)
		_exit(1);
}

static void set_report(const char *text)
{
	while (atomic_flag_test_and_set(&fake->lock))
		sleep_ms(1);
	snprintf(fake->report, sizeof(fake->report), "%s", text);
	atomic_flag_clear(&fake->lock);
	fire_watch();
}

void fake_reset(const char *report)
{
	if (!fake) {
		fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (fake == MAP_FAILED || pipe2(changed, O_NONBLOCK))
			abort();
	}
	memset(fake, 0, sizeof(*fake));
	fake->libxl_ms = 20000;
	fake->libxl_rc = DOMAIN_TIMED_OUT;
	fake->advertises = true;
	fake->run = DOMAIN_RUNNING;
	set_report(report);
}

static void act(const struct fake_act *act)
{
	sleep_ms(act->ms);
	switch (act->deed) {
	case FAKE_NOTHING:
		break;
	case FAKE_TAKE:
		fake->requested = false;
		break;
	case FAKE_REPORT:
		set_report(act->text);
		break;
	case FAKE_FORGET:
		set_report("");
		break;
	case FAKE_STOP:
		fake->run = DOMAIN_SUSPENDED;
		break;
	case FAKE_CRASH:
		fake->run = DOMAIN_SHUTDOWN;
		fire_watch();
		break;
	case FAKE_SIGNAL:
		kill(getppid(), SIGINT);
		break;
	case FAKE_KILL:
		kill(fake->caller, SIGKILL);
		break;
	case FAKE_AWAIT:
		while (!kill(fake->caller, 0))
			sleep_ms(1);
		break;
	}
}

void fake_guest_start(const struct fake_act *acts)
{
	int i;

	guest = fork();
	if (guest)
		return;
	while (!fake->asked)
		sleep_ms(1);
	for (i = 0; i < FAKE_ACTS; i++)
		act(&acts[i]);
	_exit(0);
}

void fake_guest_end(void)
{
	kill(guest, SIGKILL);
	waitpid(guest, NULL, 0);
}

/* domain.h */

struct host *host_open(bool verbose)
{
	(void)verbose;
	return (struct host *)&nothing;
}

void host_close(struct host *host)
{
	(void)host;
}

bool host_forked(struct host *host)
{
	return host;
}

const char *host_error(int rc)
{
	return rc == -3 ? "ERROR_FAIL" : "?";
}

bool domain_find(struct host *host, const char *which, unsigned int *domid, char **name)
{
	if (!host || strcmp(which, "g1"))
		return false;
	*domid = DOMID;
	*name = strdup(which);
	return *name;
}

struct domain_state domain_state(struct host *host, unsigned int domid)
{
	bool there = host && domid == DOMID;

	return (struct domain_state){
		.run = there ? (enum domain_run)fake->run : DOMAIN_GONE,
		.reason = fake->run == DOMAIN_SHUTDOWN ? "crash" : NULL,
	};
}

const char *domain_run_name(enum domain_run run)
{
	return run == DOMAIN_RUNNING ? "running" : run == DOMAIN_SUSPENDED ? "suspended" :
	       run == DOMAIN_SHUTDOWN ? "shutdown" : run == DOMAIN_PAUSED ? "paused" : "gone";
}

int domain_suspend(struct host *host, unsigned int domid)
{
	long long end = clock_ns() + fake->libxl_ms * NS_PER_MS;

	fake->caller = getpid();
	fake->requested = !fake->channel;
	fake->asked = true;
	while (clock_ns() < end) {
		struct domain_state state = domain_state(host, domid);

		if (state.run == DOMAIN_SUSPENDED)
			return fake->stopped_rc;
		/* Over a channel it hears of nothing else. */
		if (state.run != DOMAIN_RUNNING && !fake->channel)
			return -3;
		sleep_ms(1);
	}
	fake->requested = false;
	return fake->libxl_rc;
}

int domain_resume(struct host *host, unsigned int domid)
{
	(void)host;
	(void)domid;
	if (fake->resume_rc)
		return fake->resume_rc;
	fake->resumed++;
	fake->run = DOMAIN_RUNNING;
	return 0;
}

/* store.h */

struct store *store_open(unsigned int domid)
{
	return domid == DOMID ? (struct store *)&nothing : NULL;
}

void store_close(struct store *store)
{
	(void)store;
}

bool store_advertises(struct store *store)
{
	return store && fake->advertises;
}

bool store_has_channel(struct store *store)
{
	return store && fake->channel;
}

bool store_report(struct store *store, struct report *report)
{
	while (atomic_flag_test_and_set(&fake->lock))
		sleep_ms(1);
	report_parse(report, *fake->report ? fake->report : NULL, sizeof(fake->report));
	atomic_flag_clear(&fake->lock);
	return store;
}

int store_watch(struct store *store)
{
	return store ? changed[0] : -1;
}

void store_drain(struct store *store)
{
	char bytes[16];

	(void)store;
	while (read(changed[0], bytes, sizeof(bytes)) > 0)
		;
}

bool store_withdraw(struct store *store)
{
	return store && atomic_exchange(&fake->requested, false);
}
