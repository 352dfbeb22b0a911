// SPDX-License-Identifier: MIT
/*
 * From a signal to its handler and back: the frame on the program's stack.
 *
 * The kernel writes there what the program was about to do (rt_sigframe, in Linux's layout) and has
 * the handler run on top of it, which returns to sa_restorer, and that calls rt_sigreturn(): the
 * program goes on as the frame says, which the handler may have changed.  So what it says is checked
 * where the processor would mind, on the way back (kernel/user/entry.asm), or here.
 */
#include "kernel/user/signal_frame.h"

#include <asm/sigcontext.h>
#include <linux/signal.h>
/* after it */
#include <asm/ucontext.h>

#include "kernel/core/printk.h"
#include "kernel/core/syscall.h"
#include "kernel/cpu/fpu.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/job.h"
#include "kernel/trap/desc.h"
#include "kernel/user/fpu_frame.h"
#include "kernel/user/process.h"
#include "kernel/user/trap_user.h"
#include "mm/uaccess.h"

/* SDM 1, 3.4.3: the flags that are a program's. */
#define FLAG_CF BIT(0)
#define FLAG_PF BIT(2)
#define FLAG_AF BIT(4)
#define FLAG_ZF BIT(6)
#define FLAG_SF BIT(7)
#define FLAG_TF BIT(8)
#define FLAG_DF BIT(10)
#define FLAG_OF BIT(11)
#define FLAG_RF BIT(16)
#define FLAG_AC BIT(18)
#define USER_FLAGS \
	(FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_TF | FLAG_DF | FLAG_OF | FLAG_AC)

#define RED_ZONE       128 /* bytes below the stack pointer that are a function's: psABI, 3.2.2 */
#define FRAME_ALIGN    16UL
#define SYSCALL_LENGTH 2 /* bytes of the instruction */

struct rt_sigframe {
	void __user *pretcode;
	struct ucontext uc;
	siginfo_t info;
};

_Static_assert(sizeof(struct rt_sigframe) == 440, "Linux's arch/x86/include/asm/sigframe.h");

/* Linux has room for a frame of 32 bits in it, which is larger, and for that one's registers of x87. */
#define LARGEST_FRAME (732UL + 112UL)

unsigned long max_sigframe_size(void)
{
	unsigned long fpu;

	fpu__alloc_mathframe(0, &fpu);
	return ALIGN(LARGEST_FRAME + FRAME_ALIGN - 1 + fpu + FPU_ALIGN - 1, FRAME_ALIGN);
}

/* ---------------------------------------------------------------- to the handler */

/* The first address above the frame: on the stack for handlers, if it is to be. */
static unsigned long frame_top(const struct k_sigaction *ka, unsigned long sp, bool *alternate)
{
	*alternate = on_sig_stack(sp);
	sp -= RED_ZONE;
	if (ka->sa.sa_flags & SA_ONSTACK && !sas_ss_flags(sp)) {
		sp = current->sas_ss_sp + current->sas_ss_size;
		*alternate = true;
	}
	return sp;
}

/* sp is within the stack for handlers, whatever becomes of that stack then. */
static bool fits_sig_stack(unsigned long sp)
{
	return sp > current->sas_ss_sp && sp - current->sas_ss_sp <= current->sas_ss_size;
}

static void fill_sigcontext(struct sigcontext *sc, const struct pt_regs *regs, void __user *fp,
			    u64 mask)
{
	sc->r8 = regs->r8;
	sc->r9 = regs->r9;
	sc->r10 = regs->r10;
	sc->r11 = regs->r11;
	sc->r12 = regs->r12;
	sc->r13 = regs->r13;
	sc->r14 = regs->r14;
	sc->r15 = regs->r15;
	sc->rdi = regs->di;
	sc->rsi = regs->si;
	sc->rbp = regs->bp;
	sc->rbx = regs->bx;
	sc->rdx = regs->dx;
	sc->rax = regs->ax;
	sc->rcx = regs->cx;
	sc->rsp = regs->sp;
	sc->rip = regs->ip;
	sc->eflags = regs->flags;
	sc->cs = (u16)regs->cs;
	sc->gs = sc->fs = 0;
	sc->ss = (u16)regs->ss;
	sc->err = current->error_code;
	sc->trapno = current->trap_nr;
	sc->oldmask = mask;
	sc->cr2 = current->cr2;
	sc->fpstate = (__force struct _fpstate *)fp;
}

static int write_frame(struct rt_sigframe __user *frame, const struct ksignal *ksig,
		       const struct pt_regs *regs, void __user *fp, u64 mask)
{
	struct rt_sigframe f;

	f.pretcode = (void __user *)ksig->ka.sa.sa_restorer;
	f.uc.uc_flags =
		UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS | (fpu_config.xsave ? UC_FP_XSTATE : 0);
	f.uc.uc_link = NULL;
	f.uc.uc_stack = (stack_t){ 0 }; /* its padding too */
	f.uc.uc_stack.ss_sp = (void *)current->sas_ss_sp;
	f.uc.uc_stack.ss_flags = (int)current->sas_ss_flags;
	f.uc.uc_stack.ss_size = current->sas_ss_size;
	fill_sigcontext(&f.uc.uc_mcontext, regs, fp, mask);
	/* What is reserved between the two stays what it was. */
	if (copy_to_user(frame, &f, offsetof(struct rt_sigframe, uc.uc_mcontext.reserved1)) ||
	    put_user(mask, &frame->uc.uc_sigmask))
		return -EFAULT;
	if (ksig->ka.sa.sa_flags & SA_SIGINFO)
		return copy_siginfo_to_user(&frame->info, &ksig->info);
	return 0;
}

static int setup_frame(const struct ksignal *ksig, struct pt_regs *regs)
{
	u64 mask = current->restore_sigmask ? current->saved_sigmask : current->blocked;
	struct rt_sigframe __user *frame;
	unsigned long sp, fpu_size;
	void __user *fp;
	bool alternate;

	if (!(ksig->ka.sa.sa_flags & SA_RESTORER))
		return -EFAULT;
	sp = fpu__alloc_mathframe(frame_top(&ksig->ka, regs->sp, &alternate), &fpu_size);
	fp = (void __user *)sp;
	/* As after a call: 8 below a multiple of 16. */
	sp = ALIGN_DOWN(sp - sizeof(*frame), FRAME_ALIGN) - 8;
	if (alternate && !fits_sig_stack(sp)) {
		if (may_say())
			pr_info("%s[%u] overflowed sigaltstack\n", current->comm, current->pid);
		return -EFAULT;
	}
	frame = (struct rt_sigframe __user *)sp;
	if (!copy_fpstate_to_sigframe(fp) || write_frame(frame, ksig, regs, fp, mask))
		return -EFAULT;
	regs->di = (unsigned long)ksig->sig;
	regs->ax = 0; /* a handler without a prototype: no vector registers are arguments */
	regs->si = (unsigned long)&frame->info;
	regs->dx = (unsigned long)&frame->uc;
	regs->ip = (unsigned long)ksig->ka.sa.sa_handler;
	regs->sp = sp;
	regs->cs = USER_CS;
	regs->ss = USER_DS;
	regs->flags &= ~(unsigned long)(FLAG_DF | FLAG_RF | FLAG_TF);
	fpu__clear();
	return 0;
}

/* The handler is about to run: what it blocks is blocked. */
static void signal_delivered(const struct ksignal *ksig)
{
	u64 blocked = current->blocked | ksig->ka.sa.sa_mask;

	current->restore_sigmask = false; /* the frame has the mask */
	if (!(ksig->ka.sa.sa_flags & SA_NODEFER))
		blocked |= sigmask(ksig->sig);
	set_current_blocked(blocked);
	if (current->sas_ss_flags & SS_AUTODISARM) {
		current->sas_ss_sp = current->sas_ss_size = 0;
		current->sas_ss_flags = SS_DISABLE;
	}
}

/* ---------------------------------------------------------------- system calls that were interrupted */

/* The call's errno that says so; 0: it was none, or none was. */
static long interrupted_call(const struct pt_regs *regs)
{
	long error = (long)regs->ax;

	return (int)regs->orig_ax != -1 && error < 0 && error >= -MAX_ERRNO ? -error : 0;
}

static void call_again(struct pt_regs *regs, unsigned long nr)
{
	regs->ax = nr;
	regs->ip -= SYSCALL_LENGTH;
}

static void handle_signal(const struct ksignal *ksig, struct pt_regs *regs)
{
	switch (interrupted_call(regs)) {
	case ERESTARTSYS:
		if (ksig->ka.sa.sa_flags & SA_RESTART)
			call_again(regs, regs->orig_ax);
		else
			regs->ax = -EINTR;
		break;
	case ERESTARTNOINTR:
		call_again(regs, regs->orig_ax);
		break;
	case ERESTARTNOHAND:
	case ERESTART_RESTARTBLOCK:
		regs->ax = -EINTR;
		break;
	}
	if (!setup_frame(ksig, regs))
		signal_delivered(ksig);
	else if (ksig->sig == SIGSEGV)
		force_fatal_sig(SIGSEGV);
	else
		force_sig(SIGSEGV);
}

static void restart_call(struct pt_regs *regs)
{
	switch (interrupted_call(regs)) {
	case ERESTARTSYS:
	case ERESTARTNOINTR:
	case ERESTARTNOHAND:
		call_again(regs, regs->orig_ax);
		break;
	case ERESTART_RESTARTBLOCK:
		call_again(regs, __NR_restart_syscall);
		break;
	}
}

void do_signal(struct pt_regs *regs)
{
	struct ksignal ksig;

	if (get_signal(&ksig)) {
		if (ksig.dies) {
			current->flags |= PF_SIGNALED;
			do_group_exit(ksig.sig);
		}
		handle_signal(&ksig, regs);
		return;
	}
	restart_call(regs);
	restore_saved_sigmask_unless(false);
}

/* ---------------------------------------------------------------- back from the handler */

static void restore_sigcontext(struct pt_regs *regs, const struct sigcontext *sc, u64 uc_flags)
{
	regs->r15 = sc->r15;
	regs->r14 = sc->r14;
	regs->r13 = sc->r13;
	regs->r12 = sc->r12;
	regs->bp = sc->rbp;
	regs->bx = sc->rbx;
	regs->r11 = sc->r11;
	regs->r10 = sc->r10;
	regs->r9 = sc->r9;
	regs->r8 = sc->r8;
	regs->ax = sc->rax;
	regs->cx = sc->rcx;
	regs->dx = sc->rdx;
	regs->si = sc->rsi;
	regs->di = sc->rdi;
	regs->orig_ax = (unsigned long)-1;
	regs->ip = sc->rip;
	regs->cs = sc->cs | 3U;
	regs->flags = (regs->flags & ~(unsigned long)USER_FLAGS) | (sc->eflags & USER_FLAGS);
	regs->sp = sc->rsp;
	regs->ss = sc->ss | 3U;
	/* Who wrote the frame did not know of SS. */
	if (!(uc_flags & UC_STRICT_RESTORE_SS))
		regs->ss = USER_DS;
}

/* Mostly it is what it was. */
static void restore_altstack(const stack_t *stack, unsigned long sp)
{
	if (unlikely((unsigned long)stack->ss_sp != current->sas_ss_sp ||
		     stack->ss_size != current->sas_ss_size ||
		     (u32)stack->ss_flags != current->sas_ss_flags))
		do_sigaltstack(stack, NULL, sp);
}

SYSCALL_DEFINE0(rt_sigreturn)
{
	struct pt_regs *regs = current_pt_regs();
	struct rt_sigframe __user *frame = (struct rt_sigframe __user *)(regs->sp - 8);
	struct ucontext uc;

	if (copy_from_user(&uc, &frame->uc, sizeof(uc)))
		goto bad;
	current->restart_block.fn = do_no_restart_syscall;
	set_current_blocked(uc.uc_sigmask);
	restore_sigcontext(regs, &uc.uc_mcontext, uc.uc_flags);
	if (!fpu__restore_sig((void __user *)uc.uc_mcontext.fpstate))
		goto bad;
	restore_altstack(&uc.uc_stack, regs->sp);
	return (long)regs->ax;
bad:
	show_unhandled(regs, " bad frame in rt_sigreturn frame:%lx ip:%lx sp:%lx orax:%lx",
		       (unsigned long)frame, regs->ip, regs->sp, regs->orig_ax);
	force_sig(SIGSEGV);
	return 0;
}

/* ---------------------------------------------------------------- calls that go on */

long do_no_restart_syscall(struct restart_block *restart)
{
	(void)restart;
	return -EINTR;
}

SYSCALL_DEFINE0(restart_syscall)
{
	return current->restart_block.fn(&current->restart_block);
}
