// SPDX-License-Identifier: MIT
/* The numbers of CPUs.  See apicid.h.  Pure: also runs on the host. */
#define pr_fmt(fmt) "APIC: " fmt

#include "kernel/irq/apicid.h"

#include "kernel/core/printk.h"

u32 cpu_apic_id[NR_CPUS];

static bool is_numbered(u32 id, unsigned int nr)
{
	for (unsigned int cpu = 0; cpu < nr; cpu++)
		if (cpu_apic_id[cpu] == id)
			return true;
	return false;
}

unsigned int number_cpus(const struct irq_routing *r, u32 boot, u32 last, unsigned int limit)
{
	unsigned int listed = min(r->nr_cpus, (unsigned int)NR_CPUS), nr = 1, over = 0;
	bool boot_listed = false;

	cpu_apic_id[0] = boot;
	for (unsigned int i = 0; i < listed; i++) {
		u32 id = r->apic_id[i];

		if (id == boot ? boot_listed : is_numbered(id, nr))
			pr_warn("id 0x%x stands twice in the %s\n", id, r->source);
		else if (id == boot)
			boot_listed = true;
		else if (id > last)
			pr_warn("id 0x%x is beyond what can be reached: its processor is left out\n",
				id);
		else if (nr == limit)
			over++;
		else
			cpu_apic_id[nr++] = id;
	}
	over += r->nr_cpus - listed;
	if (over)
		pr_warn("NR_CPUS/possible_cpus limit of %u reached.  %u processor%s ignored.\n",
			limit, over, over == 1 ? "" : "s");
	if (listed && !boot_listed)
		pr_warn("Boot CPU (id %u) not listed by BIOS\n", boot);
	return nr;
}
