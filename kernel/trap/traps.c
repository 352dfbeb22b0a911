// SPDX-License-Identifier: MIT
/*
 * What is done about each exception.
 *
 * A program's exceptions are kernel/user's business.  One of the kernel itself is either
 * expected, and then a table says where to go on (mm/uaccess.h, kernel/trap/nofault.h), or a broken
 * invariant: it is reported whole and the kernel panics.  Three are reported
 * and survived: #BP, #DB and NMI.  Vectors from 32 on are interrupts.
 */
#include "kernel/trap/traps.h"

#include "kernel/core/lockdep.h"
#include "kernel/core/panic.h"
#include "kernel/core/preempt.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/cpu/port.h"
#include "kernel/iotrace/iotrace.h"
#include "kernel/trap/debugger.h"
#include "kernel/trap/desc.h"
#include "kernel/trap/mce.h"
#include "kernel/trap/nmi.h"
#include "kernel/trap/nofault.h"
#include "mm/uaccess.h"
#include "mm/vmstat.h"

static const char *const names[NR_EXCEPTIONS] = {
	"divide error",
	"debug",
	"non-maskable interrupt",
	"breakpoint",
	"overflow",
	"bound range exceeded",
	"invalid opcode",
	"device not available",
	"double fault",
	"coprocessor segment overrun",
	"invalid TSS",
	"segment not present",
	"stack segment fault",
	"general protection fault",
	"page fault",
	"reserved exception 15",
	"x87 exception",
	"alignment check",
	"machine check",
	"SIMD exception",
	"virtualization exception",
	"control protection fault",
	"reserved exception 22",
	"reserved exception 23",
	"reserved exception 24",
	"reserved exception 25",
	"reserved exception 26",
	"reserved exception 27",
	"hypervisor injection exception",
	"VMM communication exception",
	"security exception",
	"reserved exception 31",
};

static DEFINE_PER_CPU(u64[NR_EXCEPTIONS], counts);

DEFINE_PER_CPU(bool, nmi_in_service);

static void (*interrupt_handler)(u8 vector);

void trap_set_interrupt_handler(void (*handler)(u8 vector))
{
	interrupt_handler = handler;
}

DEFINE_PER_CPU(struct user_time, user_time);

static const struct user_trap_ops *user_ops;
void (*trap_return_to_user)(void);

const struct user_trap_ops *trap_set_user_ops(const struct user_trap_ops *ops)
{
	const struct user_trap_ops *old = user_ops;

	user_ops = ops;
	return old;
}

void trap_raise_user(struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	user_ops->exception(regs, vector, cr2);
}

const char *trap_name(unsigned int vector)
{
	return vector < NR_EXCEPTIONS ? names[vector] : "interrupt";
}

u64 trap_count_cpu(unsigned int vector, unsigned int cpu)
{
	return vector < NR_EXCEPTIONS ? READ_ONCE(per_cpu(counts[vector], cpu)) : 0;
}

u64 trap_count(unsigned int vector)
{
	unsigned int cpu;
	u64 n = 0;

	for_each_possible_cpu(cpu) n += trap_count_cpu(vector, cpu);
	return n;
}

static void die(const struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	static unsigned int dying; /* how deep in reports; of the CPU that has the claim */
	const struct kernel_stack *stack = NULL;

	panic_claim();
	/* A report may itself hit what is broken: the second one is a line, the third silence. */
	switch (dying++) {
	case 0:
		break;
	case 1:
		pr_err("%s at %pS while reporting, CR2 %016llx\n", trap_name(vector),
		       (void *)regs->ip, (unsigned long long)cr2);
		panic_after_report("exception in the report of an exception");
	default:
		for (;;)
			halt();
	}

	report_exception(regs, vector, cr2);
	/*
	 * A push onto the guard page cannot be reported on that stack: #DF, on its own.
	 * Only #PF says anything by CR2: it stays as it is for whatever comes later.
	 */
	if (vector == X86_TRAP_DF)
		stack = find_frame_guard(regs->sp);
	else if (vector == X86_TRAP_PF)
		stack = find_stack_guard(cr2);
	if (stack)
		panic_after_report("stack overflow of the %s stack", stack->name);
	panic_after_report("%s", trap_name(vector));
}

/* SDM 3B, 17.2.3 */
#define DR6_RESET 0xffff0ff0UL

unsigned long take_dr6(void)
{
	unsigned long dr6;

	__asm__ __volatile__("mov %%dr6, %0" : "=r"(dr6));
	__asm__ __volatile__("mov %0, %%dr6" ::"r"(DR6_RESET));
	return dr6;
}

/*
 * Reported and gone on: a breakpoint on an instruction is a fault, so RF has to
 * let that instruction pass; a single step that nobody asked for would go on
 * for ever, so it ends here.
 */
static void handle_debug(struct pt_regs *regs, u64 cr2)
{
	unsigned long dr6 = take_dr6();

	report_exception(regs, X86_TRAP_DB, cr2);
	pr_info("DR6: %016lx:%s%s\n", dr6, dr6 & DR6_BS ? " single step" : "",
		dr6 & DR6_BREAKS ? " breakpoint" : "");
	if (dr6 & DR6_BREAKS)
		regs->flags |= X86_EFLAGS_RF;
	if (dr6 & DR6_BS)
		regs->flags &= ~(unsigned long)X86_EFLAGS_TF;
}

/* Port 61h says why, on a PC: SERR# or IOCHK# (ICH9 datasheet, 13.7.1). */
#define NMI_SC_PORT  0x61
#define NMI_SC_SERR  BIT(7)
#define NMI_SC_IOCHK BIT(6)

static void handle_nmi(const struct pt_regs *regs, u64 cr2)
{
	u8 reason = inb(NMI_SC_PORT);

	report_exception(regs, X86_TRAP_NMI, cr2);
	pr_warn("NMI: port 61h reads 0x%02x: %s; going on\n", reason,
		reason & NMI_SC_SERR  ? "SERR#, a bus or memory error" :
		reason & NMI_SC_IOCHK ? "IOCHK#, an error on an I/O channel" :
					"no reason given");
}

/* Whatever runs, these are about the machine. */
static bool is_for_program(unsigned int vector)
{
	return vector != X86_TRAP_NMI && vector != X86_TRAP_DF && vector != X86_TRAP_MC;
}

/* A page may be waited for: nothing but the trap itself has interrupts or preemption off. */
static bool may_wait(const struct pt_regs *regs)
{
	return (regs->flags & X86_EFLAGS_IF) && !preempt_count();
}

/* It struck a routine that touches a program's memory, which goes on or ends early. */
static bool handle_uaccess(struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	unsigned long fixup = uaccess_fixup(regs->ip);

	if (!fixup)
		return false;
	if (vector == X86_TRAP_PF && cr2 < TASK_SIZE_MAX && user_ops && may_wait(regs) &&
	    user_ops->page_fault(regs, cr2))
		return true;
	regs->ip = fixup;
	return true;
}

/* One that the kernel may have expected. */
static bool handle_expected(struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	return handle_uaccess(regs, vector, cr2) || fixup_exception(regs, (u8)vector);
}

/*
 * What has a stack of the IST has it once: a breakpoint in the handler of a #DB, or of a NMI that came
 * upon one, would begin at its top again.  So there are none meanwhile.
 */
static unsigned long suspend_breakpoints(void)
{
	unsigned long dr7;

	__asm__ __volatile__("mov %%dr7, %0" : "=r"(dr7));
	if (dr7 & DR7_ENABLED)
		debug_registers_off();
	return dr7;
}

/* A debugger may have changed them meanwhile: then its own are the right ones. */
static void resume_breakpoints(unsigned long dr7)
{
	if (debugger)
		debug_registers_load();
	else if (dr7 & DR7_ENABLED)
		__asm__ __volatile__("mov %0, %%dr7" ::"r"(dr7));
}

/* The debugger has dealt with it. */
static bool debugger_takes(struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	return debugger && debugger->exception(regs, vector, cr2);
}

/* Its debugger has no breakpoint on the way to itself. */
#define __nobreak __section(".nobreak.text") noinline

static __nobreak void debug_exception(struct pt_regs *regs, u64 cr2)
{
	unsigned long dr7 = suspend_breakpoints();

	if (!debugger_takes(regs, X86_TRAP_DB, cr2))
		handle_debug(regs, cr2);
	resume_breakpoints(dr7);
}

/* A traced access was done in the place of its instruction: a step of that is over, as the CPU would say. */
static bool handle_traced(struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	if (vector != X86_TRAP_PF || regs->orig_ax & ~X86_PF_WRITE || !iotrace_fault(regs, cr2))
		return false;
	if (unlikely(regs->flags & X86_EFLAGS_TF)) {
		__asm__ __volatile__("mov %0, %%dr6" ::"r"(DR6_RESET | DR6_BS));
		debug_exception(regs, cr2);
	}
	return true;
}

static bool nmi_is_served(struct pt_regs *regs)
{
	bool sent = nmi_take();
	bool debuggers = debugger && debugger->nmi(regs);

	return nmi_serve(regs) || debuggers || sent; /* one NMI may be for all of them */
}

__nobreak void trap_dispatch(struct pt_regs *regs, unsigned int vector)
{
	unsigned long dr7;
	u64 cr2;

	if (vector >= NR_EXCEPTIONS) {
		lockdep_enter_irq();
		interrupt_handler((u8)vector);
		lockdep_exit_irq();
		if (should_resched() && (regs->flags & X86_EFLAGS_IF))
			preempt_schedule_irq();
		return;
	}

	cr2 = read_cr2();
	this_cpu_add(counts[vector], 1);
	if (vector == X86_TRAP_PF)
		count_vm_event(PGFAULT);
	if (unlikely(regs->flags & X86_EFLAGS_TF) && debugger && vector != X86_TRAP_DB &&
	    vector != X86_TRAP_NMI)
		debugger->amid_step(regs);
	if (user_mode(regs) && is_for_program(vector)) {
		if ((vector == X86_TRAP_DB || vector == X86_TRAP_BP) &&
		    debugger_takes(regs, vector, cr2))
			return;
		trap_raise_user(regs, vector, cr2);
		return;
	}
	switch (vector) {
	case X86_TRAP_BP:
		if (!debugger_takes(regs, vector, cr2))
			report_exception(regs, vector, cr2);
		return;
	case X86_TRAP_DB:
		debug_exception(regs, cr2);
		return;
	case X86_TRAP_NMI:
		this_cpu(nmi_in_service) = true;
		dr7 = suspend_breakpoints();
		if (!nmi_is_served(regs))
			handle_nmi(regs, cr2);
		resume_breakpoints(dr7);
		this_cpu(nmi_in_service) = false;
		/* What was interrupted may be between a fault and its reading of CR2. */
		write_cr2(cr2);
		return;
	case X86_TRAP_MC:
		if (mce_handle(regs))
			return;
		/* fallthrough */
	case X86_TRAP_DF:
		debugger_takes(regs, vector, cr2);
		break; /* aborts: nothing may go on from here */
	default:
		if (handle_traced(regs, vector, cr2) || handle_expected(regs, vector, cr2) ||
		    debugger_takes(regs, vector, cr2))
			return;
	}
	die(regs, vector, cr2);
}
