// SPDX-License-Identifier: MIT
/* What both readers of firmware's interrupt tables share.  Pure: also runs on the host. */
#include "kernel/irq/routing.h"

#include "kernel/lib/string.h"

struct irq_routing irq_routing;

void inti_decode(u16 flags, bool default_level, bool default_low, bool *level, bool *active_low)
{
	*level = default_level;
	*active_low = default_low;
	/* The value 2 is reserved in both fields: taken as the bus's default. */
	if ((flags & INTI_TRIGGER_MASK) == INTI_TRIGGER_EDGE)
		*level = false;
	if ((flags & INTI_TRIGGER_MASK) == INTI_TRIGGER_LEVEL)
		*level = true;
	if ((flags & INTI_POLARITY_MASK) == INTI_POLARITY_HIGH)
		*active_low = false;
	if ((flags & INTI_POLARITY_MASK) == INTI_POLARITY_LOW)
		*active_low = true;
}

void irq_routing_reset(struct irq_routing *r)
{
	memset(r, 0, sizeof(*r));
	r->nmi_lint = NO_LINT;
	for (u32 i = 0; i < ARRAY_SIZE(r->isa); i++)
		r->isa[i].gsi = i;
}

void irq_routing_add_cpu(struct irq_routing *r, u32 apic_id, bool enabled)
{
	if (!enabled) {
		r->nr_hotplug++;
		return;
	}
	if (r->nr_cpus < NR_CPUS)
		r->apic_id[r->nr_cpus] = apic_id;
	r->nr_cpus++;
}
