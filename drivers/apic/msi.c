// SPDX-License-Identifier: MIT
/* Message signalled interrupts as the local APIC takes them (SDM 3A, 11.11). */
#include "drivers/apic/apic.h"
#include "kernel/irq/apicid.h"

#define MSI_ADDRESS_BASE 0xfee00000ULL /* 11.11.1: architectural, not the LAPIC's own base */
#define MSI_DEST_SHIFT	 12

void msi_compose(unsigned int cpu, u8 vector, u64 *address, u32 *data)
{
	/* Physical destination, no redirection hint; fixed delivery, edge. */
	*address = MSI_ADDRESS_BASE | (u64)(cpu_apic_id[cpu] & 0xff) << MSI_DEST_SHIFT;
	*data = vector;
}
