/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests from the toolstack: any source queues, one thread serves them.
 */
#ifndef _XEN_SUSPEND_REQUEST_H
#define _XEN_SUSPEND_REQUEST_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/**
 * struct xen_request - something the toolstack may ask of this domain
 * @name: The word in control/shutdown.
 * @ready: May it be served yet? NULL: always. Until it may, others pass it.
 *	Called with the queue's lock held, so must not sleep; asked again ten
 *	times a second.
 * @serve: Do it. May sleep.
 * @first_ms: When it was queued, see xen_request_now_ms(). Protected by the
 *	queue's lock.
 * @since_ms: What @first_ms was when it was taken: who asked since then waits for
 *	what is served now. The request thread's own.
 * @source: How it was asked for last. Written by who posts it, read by anyone.
 * @node: Where it stands in the queue. Protected by the queue's lock.
 *
 * There is one static object for each kind of request, so that queueing needs
 * no memory, and a request that is queued already merges with the first.
 */
struct xen_request {
	const char *name;
	bool (*ready)(void);
	void (*serve)(void);
	unsigned long first_ms;
	unsigned long since_ms;
	const struct xen_request_source *source;
	struct list_head node;
};

/**
 * struct xen_request_source - a way in which the toolstack asks
 * @name: As it appears in statistics and traces.
 * @waits: Does it still wait for what it asked for? Called in any context. NULL:
 *	it cannot be told.
 * @asked_ms: When it asked last, see xen_request_now_ms(). Written by who posts
 *	a request, read by anyone.
 */
struct xen_request_source {
	const char *name;
	bool (*waits)(void);
	unsigned long asked_ms;
};

/* A word in control/shutdown: manage.c. */
extern struct xen_request_source xen_request_xenstore;

/* A signal of the suspend event channel: evtchn.c. */
extern struct xen_request_source xen_request_evtchn;

/**
 * struct xen_request_queue - requests in the order of their arrival
 * @lock: Protects @requests and the @node of every request in it. Taken in any
 *	context, also with the machine stopped, hence raw. A leaf: no other
 *	lock is taken inside.
 * @requests: Those not yet taken.
 */
struct xen_request_queue {
	raw_spinlock_t lock;
	struct list_head requests;
};

/**
 * xen_request_add() - queue a request, at the end
 * @q: The queue.
 * @r: The request.
 * @now_ms: When it was asked for; only the first counts of those that are one.
 *
 * Context: Any.
 * Return: true, or false if it was queued before and the two are now one.
 */
bool xen_request_add(struct xen_request_queue *q, struct xen_request *r,
		     unsigned long now_ms);

/**
 * xen_request_take() - the next request that may be served
 * @q: The queue.
 *
 * Context: Any.
 * Return: The first request that is ready, no longer in the queue, or NULL.
 */
struct xen_request *xen_request_take(struct xen_request_queue *q);

/**
 * xen_request_remove() - take back a request
 * @q: The queue.
 * @r: The request.
 *
 * Context: Any.
 * Return: true if it was queued.
 */
bool xen_request_remove(struct xen_request_queue *q, struct xen_request *r);

/**
 * xen_request_waits() - is any request queued but this one?
 * @q: The queue.
 * @r: The request that does not count. One that is not ready does not either.
 *
 * Context: Any.
 * Return: true if there is one.
 */
bool xen_request_waits(struct xen_request_queue *q, const struct xen_request *r);

#ifdef CONFIG_XEN_SUSPEND

/**
 * xen_request_post() - ask the request thread to serve a request
 * @r: The request. Merges with an equal one that was not begun.
 * @source: How it is asked for.
 *
 * Context: Any.
 */
void xen_request_post(struct xen_request *r, struct xen_request_source *source);

/*
 * Asks to suspend this domain. All that are posted before the domain stops are
 * served by that stop; one posted later is a new request.
 */
extern struct xen_request xen_suspend_request;

/**
 * xen_request_merge() - the domain stops now: queued suspends are served by it
 *
 * Context: The machine is stopped, interrupts off.
 * Return: true if there was one.
 */
bool xen_request_merge(void);

/**
 * xen_request_unmerge() - the domain did not stop: they wait to be served again
 *
 * Context: The request thread, in any step; it need not be woken.
 */
void xen_request_unmerge(void);

/**
 * xen_request_now_ms() - the clock of requests
 *
 * It also counts while the domain is paused, in which time the toolstack may
 * well give up.
 *
 * Context: Any, also with the machine stopped.
 * Return: Milliseconds. It wraps around: compare differences.
 */
unsigned long xen_request_now_ms(void);

/**
 * xen_request_pause() - let time pass while a suspend is served
 * @ms: Milliseconds.
 *
 * Context: The request thread; sleeps.
 * Return: true, or false early or late if another kind of request waits, which
 * is not to be kept waiting by more of this one.
 */
bool xen_request_pause(unsigned int ms);

/**
 * xen_request_thread_start() - be ready to serve requests
 *
 * Context: Process context, may sleep.
 * Return: 0, or a negative errno if there is no thread.
 */
int xen_request_thread_start(void);

#else

/* Without a suspend to wait for, a request is served where it is heard. */
static inline void xen_request_post(struct xen_request *r,
				    struct xen_request_source *source)
{
	r->serve();
}

static inline int xen_request_thread_start(void)
{
	return 0;
}

#endif /* CONFIG_XEN_SUSPEND */

#endif /* _XEN_SUSPEND_REQUEST_H */
