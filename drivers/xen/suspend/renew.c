// SPDX-License-Identifier: GPL-2.0-only
/*
 * The step that renews what a restored guest may not share with another guest
 * restored from the same image: the state of the random number generator.
 */
#include <linux/random.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>

#include <xen/interface/xen.h>
#include <xen/interface/version.h>
#include <xen/xen.h>

#include <asm/xen/hypercall.h>

#include "steps.h"
#include "suspend.h"

/* What tells one restore from another. It need not be secret. */
struct restore_id {
	u64 cycles;
	u64 realtime_ns;
	u64 boottime_ns;
	xen_domain_handle_t handle;
};

/*
 * The generator itself mixes in what the CPU's random instructions and the cycle
 * counter give, and tells those who registered for it, such as WireGuard.
 */
void xen_renew_resume(struct xen_suspend *s)
{
	struct restore_id id;

	memset(&id, 0, sizeof(id));
	id.cycles = random_get_entropy();
	id.realtime_ns = ktime_get_real_ns();
	id.boottime_ns = ktime_get_boottime_ns();
	HYPERVISOR_xen_version(XENVER_guest_handle, &id.handle);
	add_vmfork_randomness(&id, sizeof(id));
}
