// SPDX-License-Identifier: MIT
/*
 * The GDT, the TSS, and the table of stacks.
 *
 * In long mode segments only carry rights, and a TSS only stack pointers
 * (SDM 3A, 3.2.4 and 7.7).  The stacks that its IST names are for exceptions
 * which may strike when RSP itself cannot be trusted; kernel/trap/trap_entry.asm
 * lays them out, each above its guard page, which is taken out of the final tables.
 */
#include "kernel/trap/desc.h"

#include "kernel/core/percpu.h"
#include "kernel/lib/errno.h"
#include "mm/kasan.h"
#include "mm/layout.h"
#include "mm/pgtable.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

/* SDM 3A, figure 7-11. */
struct tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3;
	u16 iomap_base; /* at or beyond the limit: no port is open to user mode */
} __packed;

_Static_assert(sizeof(struct tss) == 104, "SDM 3A, 7.7");

struct table_pointer {
	u16 limit;
	u64 base;
} __packed;

/* SDM 3A, 3.4.5: present, ring 0, accessed; L for code, G and a limit of all ones. */
#define DESC_CODE64 0x00af9b000000ffffULL
#define DESC_DATA   0x00cf93000000ffffULL
#define DESC_DPL3   0x0000600000000000ULL
#define DESC_TSS    0x0000890000000000ULL /* available 64-bit TSS, present */

#define IST_WORDS 2 /* above the frame on an IST stack, which the CPU aligns to 16 */

extern char boot_stack_guard[], boot_stack_top[];
extern char ist_df_guard[], ist_df_top[], ist_nmi_guard[], ist_nmi_top[];
extern char ist_db_guard[], ist_db_top[], ist_mce_guard[], ist_mce_top[];

#define STACK(label, symbol)                                                                     \
	{                                                                                        \
		label, (unsigned long)symbol##_guard, (unsigned long)symbol##_guard + PAGE_SIZE, \
			(unsigned long)symbol##_top                                              \
	}

const struct kernel_stack kernel_stacks[NR_CPU_STACKS] = {
	STACK("boot", boot_stack), STACK("#DF", ist_df),  STACK("NMI", ist_nmi),
	STACK("#DB", ist_db),	   STACK("#MC", ist_mce),
};

/* Any other CPU's, which are made before it starts; NULL of the boot CPU. */
static DEFINE_PER_CPU(struct kernel_stack *, cpu_stacks);

/* kernel/user/entry.asm uses rsp[0], and rsp[2], which is nobody's, for the program's RSP. */
struct cpu_desc {
	u64 gdt[GDT_TSS / 8 + 2];
	u32 pad; /* the TSS's words are at multiples of 8, and all in one page */
	struct tss tss;
} __packed __aligned(256);
_Static_assert(offsetof(struct cpu_desc, tss.rsp) == 88, "CPU_DESC_RSP0 of entry.asm");
extern struct cpu_desc cpu_desc;
DEFINE_PER_CPU(struct cpu_desc, cpu_desc);

DEFINE_PER_CPU(const struct kernel_stack *, thread_stack);

const struct kernel_stack *this_cpu_stacks(void)
{
	return this_cpu(cpu_stacks) ?: kernel_stacks;
}

struct pt_regs *ist_regs(enum ist ist)
{
	return (struct pt_regs *)((unsigned long *)this_cpu_stacks()[ist].top - IST_WORDS) - 1;
}

/* The i-th of those that find_stack() knows: the CPU's, then the thread's, which may be NULL. */
static const struct kernel_stack *known_stack(unsigned int i)
{
	return i < NR_CPU_STACKS ? &this_cpu_stacks()[i] : this_cpu(thread_stack);
}

const struct kernel_stack *find_stack(unsigned long addr)
{
	const struct kernel_stack *s;

	for (unsigned int i = 0; i <= NR_CPU_STACKS; i++)
		if ((s = known_stack(i)) && addr >= s->bottom && addr < s->top)
			return s;
	return NULL;
}

const struct kernel_stack *find_stack_guard(unsigned long addr)
{
	const struct kernel_stack *s;

	for (unsigned int i = 0; i <= NR_CPU_STACKS; i++)
		if ((s = known_stack(i)) && addr >= s->guard && addr < s->bottom)
			return s;
	return NULL;
}

void __init unmap_stack_guards(void)
{
	for (unsigned int i = 0; i < NR_CPU_STACKS; i++)
		unmap_page_range(&init_mm, kernel_stacks[i].guard, PAGE_SIZE);
}

#define FRAME_REACH 63 /* SDM 3A, 6.14.2: RSP aligned down to 16, then up to six words */

const struct kernel_stack *find_frame_guard(unsigned long sp)
{
	return find_stack_guard(sp - 1) ?: find_stack_guard(sp - FRAME_REACH);
}

/* FS and GS stay null from the entry on: GS's base is what per-CPU data is found by. */
static void load_segments(const struct table_pointer *pointer)
{
	/* CS changes only by a far transfer: a far return is the one that takes 64 bits. */
	__asm__ __volatile__("lgdt %0\n\t"
			     "pushq %1\n\t"
			     "leaq 1f(%%rip), %%rax\n\t"
			     "pushq %%rax\n\t"
			     "lretq\n"
			     "1:\n\t"
			     "movl %2, %%ds\n\t"
			     "movl %2, %%es\n\t"
			     "movl %2, %%ss"
			     :
			     : "m"(*pointer), "i"(KERNEL_CS), "r"(KERNEL_DS)
			     : "rax", "memory");
}

/* What strikes at any time finds the CPU's GS base above its frame: trap_entry.asm. */
static void fill_tss(struct tss *tss, const struct kernel_stack *stacks, unsigned long gs_base)
{
	for (unsigned int ist = 1; ist <= NR_IST; ist++) {
		unsigned long *frame = (unsigned long *)stacks[ist].top - IST_WORDS;

		*frame = gs_base;
		tss->ist[ist - 1] = (u64)frame;
	}
	tss->iomap_base = sizeof(*tss);
}

static void fill_gdt(u64 *gdt, const struct tss *tss)
{
	u64 base = (u64)tss;

	gdt[KERNEL_CS / 8] = DESC_CODE64;
	gdt[KERNEL_DS / 8] = DESC_DATA;
	gdt[USER_DS / 8] = DESC_DATA | DESC_DPL3;
	gdt[USER_CS / 8] = DESC_CODE64 | DESC_DPL3;
	/* SDM 3A, figure 7-4: the base is spread over both entries. */
	gdt[GDT_TSS / 8] =
		DESC_TSS | (sizeof(*tss) - 1) | (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
	gdt[GDT_TSS / 8 + 1] = base >> 32;
}

void desc_setup_this_cpu(void)
{
	unsigned int cpu = smp_processor_id();
	struct cpu_desc *d = &per_cpu(cpu_desc, cpu);
	const struct table_pointer pointer = { sizeof(d->gdt) - 1, (u64)d->gdt };

	fill_tss(&d->tss, this_cpu_stacks(), per_cpu_offset[cpu]);
	fill_gdt(d->gdt, &d->tss);
	load_segments(&pointer);
	__asm__ __volatile__("ltr %w0" ::"r"(GDT_TSS));
}

void set_entry_stack(unsigned long top)
{
	this_cpu(cpu_desc.tss.rsp[0]) = top;
}

/* The page below what vmalloc() gives is never mapped: it is the guard of the area before. */
static bool __init make_stack(struct kernel_stack *s, const char *name, unsigned long size)
{
	void *bottom = vmalloc(size);

	*s = (struct kernel_stack){ name, (unsigned long)bottom - PAGE_SIZE, (unsigned long)bottom,
				    (unsigned long)bottom + size };
	return bottom && kasan_watch(bottom, size) == 0;
}

int __init desc_prepare_cpu(unsigned int cpu)
{
	struct kernel_stack *stacks = kzalloc(NR_CPU_STACKS * sizeof(*stacks), GFP_KERNEL);
	bool made = stacks;

	/* The first one is its idle thread's, which the scheduler has. */
	for (unsigned int ist = 1; made && ist <= NR_IST; ist++)
		made = make_stack(&stacks[ist], kernel_stacks[ist].name,
				  IST_STACK_SIZE * STACK_FACTOR);
	if (!made) {
		for (unsigned int ist = 1; stacks && ist <= NR_IST; ist++)
			vfree((void *)stacks[ist].bottom);
		kfree(stacks);
		return -ENOMEM;
	}
	per_cpu(cpu_stacks, cpu) = stacks;
	return 0;
}
