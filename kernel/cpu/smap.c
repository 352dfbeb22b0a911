// SPDX-License-Identifier: MIT
/*
 * SMAP's instructions are put into the code at boot, where the processor has them: to one that
 * has not they are invalid.  Each place is assembled as a NOP of the same length (smap.inc), and
 * stands in a table.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/string.h"

#define SMAP_INSN_SIZE 3

struct smap_site {
	s32 site; /* relative to the field's own address */
	u32 insn; /* its bytes, the first one lowest */
};

extern const struct smap_site __smap_sites_start[], __smap_sites_end[];

/* Text is read-only but to a CPU that does not obey that (SDM 3A, 4.6.1): nothing else runs. */
void __init smap_patch(void)
{
	unsigned long flags = local_irq_save();
	u64 cr0 = read_cr0();

	write_cr0(cr0 & ~X86_CR0_WP);
	for (const struct smap_site *s = __smap_sites_start; s < __smap_sites_end; s++)
		memcpy((void *)((unsigned long)&s->site + (long)s->site), &s->insn, SMAP_INSN_SIZE);
	write_cr0(cr0);
	local_irq_restore(flags);
}
