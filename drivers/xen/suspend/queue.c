// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue of requests. It knows nothing of Xen.
 */
#include "request.h"

bool xen_request_add(struct xen_request_queue *q, struct xen_request *r,
		     unsigned long now_ms)
{
	unsigned long flags;
	bool added;

	raw_spin_lock_irqsave(&q->lock, flags);
	added = list_empty(&r->node);
	if (added) {
		list_add_tail(&r->node, &q->requests);
		r->first_ms = now_ms;
	}
	raw_spin_unlock_irqrestore(&q->lock, flags);

	return added;
}

struct xen_request *xen_request_take(struct xen_request_queue *q)
{
	struct xen_request *found = NULL;
	struct xen_request *r;
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	list_for_each_entry(r, &q->requests, node) {
		if (!r->ready || r->ready()) {
			list_del_init(&r->node);
			r->since_ms = r->first_ms;
			found = r;
			break;
		}
	}
	raw_spin_unlock_irqrestore(&q->lock, flags);

	return found;
}

bool xen_request_waits(struct xen_request_queue *q, const struct xen_request *r)
{
	struct xen_request *other;
	unsigned long flags;
	bool found = false;

	raw_spin_lock_irqsave(&q->lock, flags);
	list_for_each_entry(other, &q->requests, node) {
		if (other != r && (!other->ready || other->ready()))
			found = true;
	}
	raw_spin_unlock_irqrestore(&q->lock, flags);

	return found;
}

bool xen_request_remove(struct xen_request_queue *q, struct xen_request *r)
{
	unsigned long flags;
	bool queued;

	raw_spin_lock_irqsave(&q->lock, flags);
	queued = !list_empty(&r->node);
	list_del_init(&r->node);
	raw_spin_unlock_irqrestore(&q->lock, flags);

	return queued;
}
