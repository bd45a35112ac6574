// SPDX-License-Identifier: GPL-2.0-only
/* What is in xenstore about the suspend of one domain; see store.h. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenstore.h>

#include "store.h"

#define TOKEN	"report"

struct store {
	struct xs_handle *xs;
	char *report;
	char *shutdown;
	char *feature;
	char *channel;
};

static char *below(const char *folder, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

static bool set_paths(struct store *store, unsigned int domid)
{
	char *folder = xs_get_domain_path(store->xs, domid);

	if (folder) {
		store->report = below(folder, "data/suspend");
		store->shutdown = below(folder, "control/shutdown");
		store->feature = below(folder, "control/feature-suspend");
		store->channel = below(folder, "device/suspend/event-channel");
		free(folder);
	}
	return store->report && store->shutdown && store->feature && store->channel;
}

struct store *store_open(unsigned int domid)
{
	struct store *store = calloc(1, sizeof(*store));

	if (!store)
		return NULL;
	store->xs = xs_open(0);
	if (store->xs && set_paths(store, domid))
		return store;
	store_close(store);
	return NULL;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	xs_close(store->xs);
	free(store->report);
	free(store->shutdown);
	free(store->feature);
	free(store->channel);
	free(store);
}

static bool holds(struct store *store, xs_transaction_t transaction, const char *path,
		  const char *word)
{
	char *value = xs_read(store->xs, transaction, path, NULL);
	bool same = value && !strcmp(value, word);

	free(value);
	return same;
}

bool store_advertises(struct store *store)
{
	return holds(store, XBT_NULL, store->feature, "1");
}

bool store_has_channel(struct store *store)
{
	char *port = xs_read(store->xs, XBT_NULL, store->channel, NULL);
	bool there = port && *port;

	free(port);
	return there;
}

bool store_report(struct store *store, struct report *report)
{
	unsigned int length = 0;
	char *line = xs_read(store->xs, XBT_NULL, store->report, &length);

	if (!line && errno != ENOENT)
		return false;
	report_parse(report, line, length);
	free(line);
	return true;
}

int store_watch(struct store *store)
{
	int fd = xs_fileno(store->xs);

	if (fd < 0 || !xs_watch(store->xs, store->report, TOKEN) ||
	    !xs_watch(store->xs, "@releaseDomain", TOKEN))
		return -1;
	return fd;
}

void store_drain(struct store *store)
{
	char **event;

	while ((event = xs_check_watch(store->xs)))
		free(event);
}

bool store_withdraw(struct store *store)
{
	bool there, ended;

	do {
		xs_transaction_t transaction = xs_transaction_start(store->xs);

		if (transaction == XBT_NULL)
			return false;
		there = holds(store, transaction, store->shutdown, "suspend") &&
			xs_write(store->xs, transaction, store->shutdown, "", 0);
		ended = xs_transaction_end(store->xs, transaction, !there);
	} while (!ended && errno == EAGAIN);

	return there && ended;
}
