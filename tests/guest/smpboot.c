// SPDX-License-Identifier: MIT
/* What each CPU must have alike, and what must be its own.  Also right where there is one. */

#include "drivers/apic/apic.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/apicid.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/timeout.h"
#include "kernel/trap/desc.h"
#include "kernel/trap/nofault.h"
#include "mm/layout.h"
#include "mm/mtrr.h"
#include "tests/guest/guest_test.h"

#define CR4_OSXSAVE BIT_ULL(18)

struct look {
	u64 cr0, cr3, cr4, efer, pat, xcr0;
	u64 mtrr[MTRR_MAX_REGISTERS];
	u64 gdt, idt;
	u32 id, number;
	u16 tr;
	bool interrupts_off;
	unsigned int guards, stacks; /* of the CPU's five: as they should be */
	bool on_known_stack;
};

static u32 mtrrs[MTRR_MAX_REGISTERS];
static unsigned int nr_mtrrs;

static u64 table_base(bool idt)
{
	struct {
		u16 limit;
		u64 base;
	} __packed pointer;

	if (idt)
		__asm__ __volatile__("sidt %0" : "=m"(pointer));
	else
		__asm__ __volatile__("sgdt %0" : "=m"(pointer));
	return pointer.base;
}

/* SDM 2D, XGETBV: what XSAVE saves; without CR4.OSXSAVE there is none. */
static u64 read_xcr0(void)
{
	u32 low, high;

	if (!(read_cr4() & CR4_OSXSAVE))
		return 0;
	__asm__ __volatile__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (u64)high << 32 | low;
}

static void look_at_stacks(struct look *l)
{
	const struct kernel_stack *stacks = this_cpu_stacks();
	u64 value;

	for (unsigned int i = 1; i < NR_CPU_STACKS; i++) {
		const struct kernel_stack *s = &stacks[i];

		l->guards += find_stack_guard(s->guard) == s &&
			     nofault_read(s->guard, 8, &value, NULL) == -EFAULT &&
			     nofault_read(s->bottom - 8, 8, &value, NULL) == -EFAULT;
		l->stacks += find_stack(s->bottom) == s && find_stack(s->top - 1) == s &&
			     nofault_write(s->bottom, 8, 0, NULL) == 0;
	}
	l->on_known_stack = find_stack((unsigned long)&value) != NULL;
}

static void look(void *info)
{
	struct look *l = info;

	*l = (struct look){
		.cr0 = read_cr0(),
		.cr3 = read_cr3(),
		.cr4 = read_cr4(),
		.efer = rdmsr(MSR_EFER),
		.pat = boot_cpu.pat ? rdmsr(MSR_IA32_CR_PAT) : 0,
		.xcr0 = read_xcr0(),
		.gdt = table_base(false),
		.idt = table_base(true),
		.id = lapic_id(),
		.number = smp_processor_id(),
		.interrupts_off = irqs_disabled(),
	};
	__asm__ __volatile__("str %0" : "=m"(l->tr));
	for (unsigned int i = 0; i < nr_mtrrs; i++)
		l->mtrr[i] = rdmsr(mtrrs[i]);
	look_at_stacks(l);
}

static struct look boot, other;

static void compare(unsigned int cpu)
{
	EXPECT_EQ(other.cr0, boot.cr0);
	EXPECT_EQ(other.cr3, boot.cr3);
	EXPECT_EQ(other.cr4, boot.cr4);
	EXPECT_EQ(other.efer, boot.efer);
	EXPECT_EQ(other.pat, boot.pat);
	EXPECT_EQ(other.xcr0, boot.xcr0);
	for (unsigned int i = 0; i < nr_mtrrs; i++)
		EXPECT_EQ(other.mtrr[i], boot.mtrr[i]);
	EXPECT_EQ(other.idt, boot.idt);
	EXPECT_EQ(other.tr, GDT_TSS);
	EXPECT_EQ(other.number, cpu);
	EXPECT_EQ(other.id, cpu_apic_id[cpu]);
	EXPECT(other.interrupts_off && other.on_known_stack);
	EXPECT_EQ(other.guards, NR_IST);
	EXPECT_EQ(other.stacks, NR_IST);
	EXPECT_EQ(other.gdt - boot.gdt, per_cpu_offset[cpu] - per_cpu_offset[0]);
}

GUEST_TEST(smpboot, each_cpu_is_set_up_like_the_first)
{
	unsigned int cpu;

	nr_mtrrs = boot_cpu.mtrr ? mtrr_list_registers(rdmsr(MSR_MTRRCAP), mtrrs) : 0;
	ASSERT(smp_call_function_single(0, look, &boot, true) == 0);
	for_each_online_cpu(cpu)
	{
		ASSERT(smp_call_function_single(cpu, look, &other, true) == 0);
		compare(cpu);
	}
}

/* The trampoline is gone: page 0 and the first MiB are mapped where RAM is, and nowhere else. */
GUEST_TEST(smpboot, nothing_is_mapped_where_it_is)
{
	u64 value;

	for (unsigned long page = 0; page < 0x100000; page += PAGE_SIZE)
		EXPECT_EQ(nofault_read(page, 8, &value, NULL), -EFAULT);
}

/*
 * Nobody asks others while nobody has anything to do.  With watchdog_thresh=1 a round is due
 * every 400 ms: this thread's own, before it sleeps and after, and those of a thread that
 * wakes once in a while.
 */
GUEST_TEST(smpboot, an_idle_machine_is_left_alone)
{
	unsigned int cpu = smp_alone() ? NR_CPUS : cpumask_next(0, &cpu_online_mask);
	u64 before;

	if (cpu == NR_CPUS) {
		guest_skip("one CPU");
		return;
	}
	before = irq_local_count(RESCHEDULE_VECTOR, cpu);
	msleep(4000);
	EXPECT(irq_local_count(RESCHEDULE_VECTOR, cpu) - before <= 6);
}
