// SPDX-License-Identifier: MIT
/* Exceptions: decoded as the CPU means them, survived where they are to be. */
#include "kernel/trap/traps.h"

#include "kernel/core/panic.h"
#include "kernel/core/preempt.h"
#include "kernel/core/smp.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/time/hrtimer.h"
#include "kernel/time/time.h"
#include "kernel/trap/backtrace.h"
#include "kernel/trap/desc.h"
#include "kernel/trap/nmi.h"
#include "kernel/trap/nofault.h"
#include "mm/layout.h"
#include "tests/guest/guest_test.h"

static const u64 read_only = 0x1122334455667788;
static u64 writable = 0x1122334455667788;
static u8 ret_instruction[16] __aligned(16) = { 0xc3 };

GUEST_TEST(traps, read_widths)
{
	unsigned long addr = (unsigned long)&read_only;
	u64 value;

	EXPECT_EQ(nofault_read(addr, 1, &value, NULL), 0);
	EXPECT_EQ(value, 0x88);
	EXPECT_EQ(nofault_read(addr, 2, &value, NULL), 0);
	EXPECT_EQ(value, 0x7788);
	EXPECT_EQ(nofault_read(addr, 4, &value, NULL), 0);
	EXPECT_EQ(value, 0x55667788);
	EXPECT_EQ(nofault_read(addr, 8, &value, NULL), 0);
	EXPECT_EQ(value, 0x1122334455667788);
	EXPECT_EQ(nofault_read(addr, 3, &value, NULL), -EINVAL);
}

GUEST_TEST(traps, write_widths)
{
	unsigned long addr = (unsigned long)&writable;

	writable = 0x1122334455667788;
	EXPECT_EQ(nofault_write(addr, 1, ~0ULL, NULL), 0);
	EXPECT_EQ(READ_ONCE(writable), 0x11223344556677ff);
	EXPECT_EQ(nofault_write(addr, 2, 0x1234, NULL), 0);
	EXPECT_EQ(READ_ONCE(writable), 0x1122334455661234);
	EXPECT_EQ(nofault_write(addr, 4, 0, NULL), 0);
	EXPECT_EQ(READ_ONCE(writable), 0x1122334400000000);
	EXPECT_EQ(nofault_write(addr, 8, 1, NULL), 0);
	EXPECT_EQ(READ_ONCE(writable), 1);
}

GUEST_TEST(traps, write_to_read_only)
{
	unsigned long addr = (unsigned long)&read_only;
	struct fault_info fault = { 0 };

	ASSERT(nofault_write(addr, 8, 0, &fault) == -EFAULT);
	EXPECT_EQ(fault.vector, X86_TRAP_PF);
	EXPECT_EQ(fault.error_code, X86_PF_PROT | X86_PF_WRITE);
	EXPECT_EQ(fault.address, addr);
	EXPECT_EQ(*(const volatile u64 *)&read_only, 0x1122334455667788);
}

GUEST_TEST(traps, write_to_text)
{
	struct fault_info fault = { 0 };

	ASSERT(nofault_write((unsigned long)_text, 1, 0, &fault) == -EFAULT);
	EXPECT_EQ(fault.error_code, X86_PF_PROT | X86_PF_WRITE);
}

GUEST_TEST(traps, execute_data)
{
	unsigned long addr = (unsigned long)ret_instruction;
	struct fault_info fault = { 0 };

	ASSERT(nofault_exec(addr, &fault) == -EFAULT);
	EXPECT_EQ(fault.vector, X86_TRAP_PF);
	EXPECT_EQ(fault.error_code, X86_PF_PROT | X86_PF_INSTR);
	EXPECT_EQ(fault.address, addr);
	EXPECT(!irqs_disabled());
}

static unsigned int called;

static noinline void count_call(void)
{
	called++;
}

GUEST_TEST(traps, execute_text)
{
	unsigned int before = called;

	EXPECT_EQ(nofault_exec((unsigned long)count_call, NULL), 0);
	EXPECT_EQ(called, before + 1);
}

GUEST_TEST(traps, null_is_unmapped)
{
	struct fault_info fault = { 0 };
	u64 value;

	ASSERT(nofault_read(8, 8, &value, &fault) == -EFAULT);
	EXPECT_EQ(fault.vector, X86_TRAP_PF);
	EXPECT_EQ(fault.error_code, 0);
	EXPECT_EQ(fault.address, 8);
	ASSERT(nofault_exec(0, &fault) == -EFAULT);
	EXPECT_EQ(fault.error_code, X86_PF_INSTR);
}

GUEST_TEST(traps, not_canonical)
{
	struct fault_info fault = { 0 };
	u64 value;

	ASSERT(nofault_read(BIT_ULL(63), 8, &value, &fault) == -EFAULT);
	EXPECT_EQ(fault.vector, X86_TRAP_GP);
	ASSERT(nofault_exec(BIT_ULL(63), &fault) == -EFAULT);
	EXPECT_EQ(fault.vector, X86_TRAP_GP);
}

GUEST_TEST(traps, stacks_have_guard_pages)
{
	struct fault_info fault = { 0 };
	u64 value;

	for (unsigned int i = 0; i < NR_CPU_STACKS; i++) {
		const struct kernel_stack *s = &this_cpu_stacks()[i];

		if (!s->name) /* another CPU's first one is its idle thread's */
			continue;
		EXPECT_EQ(s->bottom - s->guard, PAGE_SIZE);
		EXPECT(IS_ALIGNED(s->guard, PAGE_SIZE) && IS_ALIGNED(s->top, PAGE_SIZE));
		EXPECT_EQ(nofault_read(s->guard, 8, &value, NULL), -EFAULT);
		EXPECT_EQ(nofault_read(s->bottom - 8, 8, &value, &fault), -EFAULT);
		EXPECT_EQ(fault.error_code, 0);
		EXPECT_EQ(nofault_read(s->bottom, 8, &value, NULL), 0);
		EXPECT(find_stack(s->bottom) == s && find_stack(s->top - 1) == s);
		EXPECT(find_stack_guard(s->guard) == s && !find_stack(s->guard));
	}
	EXPECT(find_stack((unsigned long)&value) != NULL);
}

GUEST_TEST(traps, breakpoint_is_survived)
{
	u64 before = trap_count(X86_TRAP_BP);

	__asm__ __volatile__("int3");
	EXPECT_EQ(trap_count(X86_TRAP_BP), before + 1);
}

GUEST_TEST(traps, single_step_is_survived)
{
	u64 before = trap_count(X86_TRAP_DB);

	__asm__ __volatile__("pushfq; orq %0, (%%rsp); popfq; nop; nop" ::"i"(X86_EFLAGS_TF)
			     : "cc", "memory");
	EXPECT_EQ(trap_count(X86_TRAP_DB), before + 1);
}

/* A hardware breakpoint on data: DR0 and DR7 (SDM 3B, 17.2.4: L0, write, 8 bytes). */
GUEST_TEST(traps, watchpoint_strikes)
{
	u64 before = trap_count(X86_TRAP_DB);

	__asm__ __volatile__("mov %0, %%dr0" ::"r"(&writable));
	__asm__ __volatile__("mov %0, %%dr7" ::"r"(0x90401UL));
	WRITE_ONCE(writable, 5);
	__asm__ __volatile__("mov %0, %%dr7" ::"r"(0x400UL));
	EXPECT_EQ(trap_count(X86_TRAP_DB), before + 1);
	EXPECT_EQ(READ_ONCE(writable), 5);
}

static noinline int five(void)
{
	__asm__ __volatile__("");
	return 5;
}

/* One that is hit for ever: interrupts go before it (SDM 3A, table 6-2). */
static u64 too_many; /* of X86_TRAP_DB */

static enum hrtimer_restart end_a_storm(struct hrtimer *timer)
{
	if (trap_count(X86_TRAP_DB) >= too_many)
		__asm__ __volatile__("mov %0, %%dr7" ::"r"(0x400UL));
	hrtimer_forward(timer, ktime_get(), 10 * NSEC_PER_MSEC);
	return HRTIMER_RESTART;
}

/* And on an instruction (0, 1 byte): once it was told, the instruction runs. */
GUEST_TEST(traps, breakpoint_on_an_instruction_is_passed)
{
	u64 before = trap_count(X86_TRAP_DB);
	struct hrtimer timer;
	int value;

	too_many = before + 100;
	hrtimer_init(&timer, end_a_storm);
	preempt_disable();
	hrtimer_start(&timer, 10 * NSEC_PER_MSEC, HRTIMER_MODE_REL);
	__asm__ __volatile__("mov %0, %%dr0" ::"r"(&five));
	__asm__ __volatile__("mov %0, %%dr7" ::"r"(0x401UL));
	value = five();
	__asm__ __volatile__("mov %0, %%dr7" ::"r"(0x400UL));
	hrtimer_cancel(&timer);
	preempt_enable();
	EXPECT_EQ(trap_count(X86_TRAP_DB), before + 1);
	EXPECT_EQ(value, 5);
}

#define NOWHERE (KERNEL_HALF + 0x1000) /* and behind it */

static unsigned int nmis_here;

static bool fault_in_nmi(const struct pt_regs *regs)
{
	u64 value;

	(void)regs;
	nofault_read(NOWHERE + PAGE_SIZE, 8, &value, NULL);
	WRITE_ONCE(nmis_here, nmis_here + 1);
	return true;
}

/* A NMI that faults comes between a fault and its reading of CR2. */
GUEST_TEST(traps, nmi_keeps_the_address_of_a_fault)
{
	unsigned long flags;
	u64 value, cr2;
	bool came;

	NEED_LAPIC();
	nmis_here = 0;
	nmi_set_handler(fault_in_nmi);
	flags = local_irq_save();
	EXPECT_EQ(nofault_read(NOWHERE, 8, &value, NULL), -EFAULT);
	nmi_send(smp_processor_id());
	came = poll_timeout(READ_ONCE(nmis_here), PATIENCE_USEC);
	cr2 = read_cr2();
	local_irq_restore(flags);
	nmi_set_handler(NULL);
	EXPECT(came);
	EXPECT_EQ(cr2, NOWHERE);
}

GUEST_TEST(traps, divide_error_goes_to_its_fixup)
{
	unsigned long ax = ~0UL, dx = 0, cx = 0;

	__asm__ __volatile__("xorl %%eax, %%eax\n\t"
			     "xorl %%edx, %%edx\n\t"
			     "xorl %%ecx, %%ecx\n"
			     "1: divl %%ecx\n\t"
			     "movq $-1, %%rax\n"
			     "2:\n\t" _ASM_EXTABLE(1b, 2b)
			     : "=a"(ax), "=d"(dx), "=c"(cx)
			     :
			     : "cc");
	EXPECT_EQ(ax, X86_TRAP_DE);
	EXPECT_EQ(dx, 0);
}

GUEST_TEST(traps, invalid_opcode_goes_to_its_fixup)
{
	unsigned long ax = ~0UL;

	__asm__ __volatile__("1: ud2\n"
			     "2:\n\t" _ASM_EXTABLE(1b, 2b)
			     : "+a"(ax)
			     :
			     : "rdx", "rcx");
	EXPECT_EQ(ax, X86_TRAP_UD);
}

/* SDM 3A, figure 6-7: the code names the selector that was bad. */
GUEST_TEST(traps, bad_selector_is_named)
{
	unsigned long ax = ~0UL, dx = 0;

	__asm__ __volatile__("1: movw %w[selector], %%fs\n"
			     "2:\n\t" _ASM_EXTABLE(1b, 2b)
			     : "+a"(ax), "+d"(dx)
			     : [selector] "r"(0x1230)
			     : "rcx");
	EXPECT_EQ(ax, X86_TRAP_GP);
	EXPECT_EQ(dx, 0x1230);
}

GUEST_TEST(traps, protections_are_on)
{
	EXPECT(read_cr0() & X86_CR0_WP);
	EXPECT_EQ(!!(rdmsr(MSR_EFER) & EFER_NXE), boot_cpu.nx);
	EXPECT_EQ(!!(read_cr4() & X86_CR4_SMEP), boot_cpu.smep);
	EXPECT_EQ(!!(read_cr4() & X86_CR4_SMAP), boot_cpu.smap);
}

GUEST_TEST(traps, machine_checks_are_let_in)
{
	EXPECT_EQ(!!(read_cr4() & X86_CR4_MCE), boot_cpu.mce);
}

GUEST_TEST(traps, freed_code_is_no_code)
{
	EXPECT(is_kernel_text((unsigned long)trap_name));
	EXPECT(!is_kernel_text((unsigned long)__inittext_begin));
	EXPECT(!is_kernel_text((unsigned long)__inittext_end - 1));
}

/* Only what lies within an exception frame's reach above a guard page counts. */
GUEST_TEST(traps, frame_guard)
{
	const struct kernel_stack *stack = &this_cpu_stacks()[IST_DF];

	EXPECT(find_frame_guard(stack->bottom) == stack);
	EXPECT(find_frame_guard(stack->bottom + 48) == stack);
	EXPECT(find_frame_guard(stack->guard + 8) == stack);
	EXPECT(!find_frame_guard(stack->bottom + 64));
	EXPECT(!find_frame_guard(stack->top));
}

/*
 * SDM 3A, 6.13: a stack address that is not canonical is #SS, where a processor keeps that apart from #GP (QEMU's TCG
 * does not); its error code is 0, and RBP, by which nobody may look for a frame then, is as it was.
 */
GUEST_TEST(traps, stack_address_not_canonical)
{
	unsigned long ax = ~0UL, dx = ~0UL, bp = 0;

	__asm__ __volatile__("push %%rbp\n\t"
			     "movq %[bad], %%rbp\n"
			     "1: movq (%%rbp), %%rax\n"
			     "2: movq %%rbp, %[bp]\n\t"
			     "pop %%rbp\n\t" _ASM_EXTABLE(1b, 2b)
			     : "+a"(ax), "+d"(dx), [bp] "=&r"(bp)
			     : [bad] "r"(BIT_ULL(63))
			     : "rcx", "memory");
	EXPECT(ax == X86_TRAP_SS || ax == X86_TRAP_GP);
	EXPECT_EQ(dx, 0);
	EXPECT_EQ(bp, BIT_ULL(63));
}

/* A gate, as the processor reads it (SDM 3A, figure 6-8). */
struct gate_words {
	u16 offset_low, selector;
	u8 ist, type;
	u16 offset_middle;
	u32 offset_high, reserved;
} __packed;

/* SDM 3A, table 6-1, and AMD's #VC and #SX (APM 2, table 8-1). */
static bool has_error_code(unsigned int v)
{
	return v == 8 || (v >= 10 && v <= 14) || v == 17 || v == 21 || v == 29 || v == 30;
}

/* Those that may strike on a stack that is none, or between SYSCALL and SWAPGS. */
static unsigned int stack_of(unsigned int v)
{
	return v == X86_TRAP_DF	 ? IST_DF :
	       v == X86_TRAP_NMI ? IST_NMI :
	       v == X86_TRAP_DB	 ? IST_DB :
	       v == X86_TRAP_MC	 ? IST_MCE :
				   IST_NONE;
}

/*
 * Most vectors never strike in a test: so each one's way in is read. It pushes a 0 where the processor pushes no
 * code, then RDI, and carries its number; its gate is an interrupt gate on the right stack, and programs reach
 * those of INT3 and INTO alone.
 */
GUEST_TEST(traps, each_vector_s_way_in)
{
	struct {
		u16 limit;
		const struct gate_words *gate;
	} __packed idtr;

	__asm__ __volatile__("sidt %0" : "=m"(idtr));
	ASSERT(idtr.limit == 256 * sizeof(struct gate_words) - 1);
	for (unsigned int v = 0; v < 256; v++) {
		const struct gate_words *g = &idtr.gate[v];
		const u8 *code = (const u8 *)((u64)g->offset_high << 32 |
					      (u64)g->offset_middle << 16 | g->offset_low);
		u32 carried;

		EXPECT_EQ(g->selector, KERNEL_CS);
		EXPECT_EQ(g->ist, stack_of(v));
		EXPECT_EQ(g->type, v == X86_TRAP_BP || v == X86_TRAP_OF ? 0xee : 0x8e);
		if (!has_error_code(v)) {
			EXPECT(code[0] == 0x6a && code[1] == 0); /* push 0 */
			code += 2;
		}
		EXPECT(code[0] == 0x57 && code[1] == 0xbf); /* push rdi; mov edi, imm32 */
		memcpy(&carried, code + 2, sizeof(carried));
		EXPECT_EQ(carried, v);
	}
}

/* ---------------------------------------------------------------- a fault within a NMI */

static unsigned int nmis_over;
static bool amid_nmi;

/* The first asks for the next, which may not come before it is over, whatever returns meanwhile. */
static bool ask_for_next(const struct pt_regs *regs)
{
	u64 value;

	(void)regs;
	if (amid_nmi)
		panic("a NMI came into the handler of another, onto its stack");
	amid_nmi = true;
	if (nmis_over == 0) {
		smp_send_nmi(raw_smp_processor_id());
		EXPECT_EQ(nofault_read(0, 8, &value, NULL), -EFAULT);
		udelay(100);
	}
	amid_nmi = false;
	WRITE_ONCE(nmis_over, nmis_over + 1);
	return true;
}

GUEST_TEST(traps, fault_in_a_nmi_lets_no_other_in)
{
	NEED_LAPIC();
	nmis_over = 0;
	nmi_set_handler(ask_for_next);
	preempt_disable();
	smp_send_nmi(raw_smp_processor_id());
	EXPECT(poll_timeout(READ_ONCE(nmis_over) == 2, PATIENCE_USEC));
	preempt_enable();
	nmi_set_handler(NULL);
}
