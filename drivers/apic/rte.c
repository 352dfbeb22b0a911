// SPDX-License-Identifier: MIT
/* Redirection table entries as values.  See rte.h. */
#include "drivers/apic/rte.h"

#include "kernel/core/printk.h"

u64 rte_dest(u32 apic_id)
{
	return (u64)(apic_id & 0xff) << RTE_DEST_SHIFT | (u64)(apic_id >> 8 & RTE_DEST_HIGH)
								 << RTE_DEST_HIGH_SHIFT;
}

static unsigned int dest_of(u64 rte)
{
	return (unsigned int)(rte >> RTE_DEST_SHIFT | (rte >> RTE_DEST_HIGH_SHIFT & RTE_DEST_HIGH)
							      << 8);
}

u64 rte_make(u8 vector, bool level, bool active_low, u32 apic_id)
{
	u64 rte = RTE_MASKED | vector | rte_dest(apic_id);

	if (level)
		rte |= RTE_LEVEL;
	if (active_low)
		rte |= RTE_ACTIVE_LOW;
	return rte;
}

void rte_describe(char *buf, size_t size, u64 rte)
{
	static const char *const delivery[] = { "fixed", "lowest", "SMI",      "reserved",
						"NMI",	 "INIT",   "reserved", "ExtINT" };

	scnprintf(buf, size, "vector %02x %s %s %u %s %s%s%s%s", (unsigned int)(rte & 0xff),
		  delivery[rte >> RTE_DELIVERY_SHIFT & 7], rte & RTE_LOGICAL ? "logical" : "dest",
		  dest_of(rte), rte & RTE_LEVEL ? "level" : "edge",
		  rte & RTE_ACTIVE_LOW ? "low" : "high", rte & RTE_MASKED ? " masked" : "",
		  rte & RTE_PENDING ? " pending" : "", rte & RTE_REMOTE_IRR ? " remote-IRR" : "");
}
