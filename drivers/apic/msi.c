// SPDX-License-Identifier: MIT
/* Message signalled interrupts as the local APIC takes them (SDM 3A, 11.11). */
#include "drivers/apic/apic.h"
#include "kernel/irq/apicid.h"

#define MSI_ADDRESS_BASE 0xfee00000ULL /* 11.11.1: architectural, not the LAPIC's own base */
#define MSI_DEST_SHIFT	 12

/* KVM's extended destination: bits 8 to 14 of an id, where lapic_last_id() has found that it is taken. */
#define MSI_DEST_HIGH	    0x7f
#define MSI_DEST_HIGH_SHIFT 5

void msi_compose(unsigned int cpu, u8 vector, u64 *address, u32 *data)
{
	u64 id = cpu_apic_id[cpu];

	/* Physical destination, no redirection hint; fixed delivery, edge. */
	*address = MSI_ADDRESS_BASE | (id & 0xff) << MSI_DEST_SHIFT |
		   (id >> 8 & MSI_DEST_HIGH) << MSI_DEST_HIGH_SHIFT;
	*data = vector;
}
