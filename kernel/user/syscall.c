// SPDX-License-Identifier: MIT
/* System calls: the table, the processor's part, and the way back to the program. */
#define pr_fmt(fmt) "syscall: " fmt

#include "kernel/core/syscall.h"

#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/cpu.h"
#include "kernel/sched/sched.h"
#include "kernel/trap/desc.h"
#include "kernel/trap/traps.h"
#include "kernel/user/entry.h"
#include "kernel/user/fpu_frame.h"
#include "kernel/user/futex.h"
#include "kernel/user/signal_frame.h"
#include "kernel/user/trap_user.h"

/* entry.asm's. */
extern syscall_fn sys_call_table[NR_SYSCALLS];
syscall_fn sys_call_table[NR_SYSCALLS];
void syscall_entry(void);
void return_to_user(void);
long sys_ni_syscall(unsigned long, unsigned long, unsigned long, unsigned long, unsigned long,
		    unsigned long);
void exit_to_user_mode(struct pt_regs *regs);
void refuse_user_frame(struct pt_regs *regs);

/* ---------------------------------------------------------------- what is not there */

static bool said[NR_SYSCALLS + 1]; /* the last one is for all numbers beyond */

/* Any number that has no function: once each, the person is told who has asked. */
long sys_ni_syscall(unsigned long a __maybe_unused, unsigned long b __maybe_unused,
		    unsigned long c __maybe_unused, unsigned long d __maybe_unused,
		    unsigned long e __maybe_unused, unsigned long f __maybe_unused)
{
	u32 nr = (u32)current_pt_regs()->orig_ax;

	if (!__atomic_exchange_n(&said[min(nr, (u32)NR_SYSCALLS)], true, __ATOMIC_RELAXED))
		pr_info("%s[%u] asks for number %d, which is not there\n", current->comm,
			current->tgid, (int)nr);
	return -ENOSYS;
}

/* ---------------------------------------------------------------- the way back */

/* With interrupts off; the caller looks again whether there is anything to do. */
void exit_to_user_mode(struct pt_regs *regs)
{
	if (WARN(preempt_count(), "%s[%u]: system call %ld left preemption off, %u deep\n",
		 current->comm, current->tgid, (long)regs->orig_ax, preempt_count()))
		while (preempt_count())
			preempt_enable_no_resched();
	local_irq_enable();
	if (need_resched())
		schedule();
	clear_tsk_thread_flag(current, TIF_NOTIFY_RESUME);
	if (signal_pending(current))
		do_signal(regs);
	local_irq_disable();
}

/* IRETQ would raise #GP for it: so the program has it, as from an instruction of its own. */
void refuse_user_frame(struct pt_regs *regs)
{
	regs->orig_ax = 0;
	trap_raise_user(regs, X86_TRAP_GP, 0);
}

/* ---------------------------------------------------------------- set-up */

/* What SYSCALL clears of RFLAGS: TF, IF, DF, IOPL, NT, RF, AC and ID, all that has an effect. */
#define SYSCALL_FLAGS_OFF 0x257700UL

/* SDM 3A, 5.8.8: CS and SS are STAR's for SYSCALL; for SYSRET 16 and 8 beyond its other half. */
static void setup_syscall(void *unused)
{
	(void)unused;
	wrmsr(MSR_STAR, (u64)(USER_CS - 16) << 48 | (u64)KERNEL_CS << 32);
	wrmsr(MSR_LSTAR, (u64)syscall_entry);
	wrmsr(MSR_CSTAR, (u64)syscall_entry); /* no code of 32 bits runs: nobody comes from it */
	wrmsr(MSR_SYSCALL_MASK, SYSCALL_FLAGS_OFF);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE);
}

static void __init fill_table(void)
{
	for (unsigned int nr = 0; nr < NR_SYSCALLS; nr++)
		sys_call_table[nr] = sys_ni_syscall;
	for (const struct syscall *s = __syscalls_start; s < __syscalls_end; s++) {
		BUG_ON(s->nr >= NR_SYSCALLS || sys_call_table[s->nr] != sys_ni_syscall);
		sys_call_table[s->nr] = s->fn;
	}
}

void __init user_init(void)
{
	fill_table();
	futex_init();
	fpu_frame_init();
	trap_set_user_ops(&user_trap_ops);
	trap_return_to_user = return_to_user;
	on_each_cpu(setup_syscall, NULL, true);
}
