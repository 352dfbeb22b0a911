// SPDX-License-Identifier: MIT
/*
 * What is done about the exceptions of programs: a page that is asked for is brought, and anything else
 * is a signal, with Linux's si_code and si_addr.
 */
#include "kernel/user/trap_user.h"

#include "kernel/core/panic.h"
#include "kernel/cpu/fpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/signal.h"
#include "mm/user/fault.h"

/* Bits of the error code of #PF: SDM 3A, 4.7. */
#define PF_ERR_PROT  BIT(0) /* there is a page, whose rights forbid it */
#define PF_ERR_WRITE BIT(1)
#define PF_ERR_USER  BIT(2)
#define PF_ERR_INSTR BIT(4)

/* Exceptions of x87 and SSE, in the order of their bits: SDM 1, 8.5 and 11.5. */
#define FPU_INVALID    BIT(0)
#define FPU_DENORMAL   BIT(1)
#define FPU_ZERODIVIDE BIT(2)
#define FPU_OVERFLOW   BIT(3)
#define FPU_UNDERFLOW  BIT(4)
#define FPU_PRECISION  BIT(5)
#define FPU_MASKS      0x3fU

/* ---------------------------------------------------------------- page faults */

static bool vma_refuses(const struct vm_area_struct *vma, unsigned long error)
{
	if (error & PF_ERR_WRITE)
		return !(vma->vm_flags & VM_WRITE);
	return error & PF_ERR_PROT || !(vma->vm_flags & VM_ACCESS_FLAGS);
}

/* The signal, 0: none, the access can be tried again; *code is its si_code. */
static int fault_in(struct pt_regs *regs, unsigned long addr, unsigned long error, int *code)
{
	unsigned int flags = FAULT_FLAG_DEFAULT | (error & PF_ERR_USER ? FAULT_FLAG_USER : 0) |
			     (error & PF_ERR_WRITE ? FAULT_FLAG_WRITE : 0) |
			     (error & PF_ERR_INSTR ? FAULT_FLAG_INSTRUCTION : 0);
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	vm_fault_t fault;

	*code = SEGV_MAPERR;
	mmap_read_lock(mm);
	vma = find_vma(mm, addr);
	if (vma && vma->vm_start > addr && vma->vm_flags & VM_GROWSDOWN) {
		vma = expand_stack(mm, addr);
		if (!vma)
			return SIGSEGV;
	}
	if (!vma || vma->vm_start > addr || vma_refuses(vma, error)) {
		if (vma && vma->vm_start <= addr)
			*code = SEGV_ACCERR;
		mmap_read_unlock(mm);
		return SIGSEGV;
	}
	fault = handle_mm_fault(vma, addr, flags, regs);
	mmap_read_unlock(mm);
	if (likely(!(fault & VM_FAULT_ERROR)))
		return 0;
	if (fault & VM_FAULT_OOM) /* SIGKILL is on its way */
		return 0;
	*code = fault & VM_FAULT_SIGBUS ? BUS_ADRERR : SEGV_MAPERR;
	return fault & VM_FAULT_SIGBUS ? SIGBUS : SIGSEGV;
}

static void note_trap(struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	current->trap_nr = vector;
	current->error_code = regs->orig_ax;
	current->cr2 = cr2;
}

static void program_fault(struct pt_regs *regs, u64 addr)
{
	unsigned long error = regs->orig_ax;
	int code = SEGV_MAPERR, sig = SIGSEGV;

	/* The kernel's half has nothing for it, and it does not learn what is there. */
	if (addr < TASK_SIZE_MAX)
		sig = fault_in(regs, addr, error, &code);
	if (!sig)
		return;
	note_trap(regs, X86_TRAP_PF, addr);
	if (addr >= TASK_SIZE_MAX)
		current->error_code |= PF_ERR_PROT;
	force_sig_fault(sig, code, (void __user *)addr);
}

static bool kernel_fault(struct pt_regs *regs, u64 addr)
{
	bool done;
	int code;

	if (!current->mm)
		return false;
	local_irq_enable();
	done = !fault_in(regs, addr, regs->orig_ax & ~(unsigned long)PF_ERR_USER, &code) &&
	       !fatal_signal_pending(current);
	local_irq_disable();
	return done;
}

/* ---------------------------------------------------------------- other exceptions */

/* The first that is not masked: SDM 1, 8.6 and 11.5.2. */
static int fpe_code(unsigned int status, unsigned int masks)
{
	unsigned int bits = status & ~masks & FPU_MASKS;

	if (bits & FPU_INVALID)
		return FPE_FLTINV;
	if (bits & FPU_ZERODIVIDE)
		return FPE_FLTDIV;
	if (bits & FPU_OVERFLOW)
		return FPE_FLTOVF;
	if (bits & (FPU_UNDERFLOW | FPU_DENORMAL))
		return FPE_FLTUND;
	return bits & FPU_PRECISION ? FPE_FLTRES : 0;
}

static int arithmetic_code(unsigned int vector)
{
	const struct xregs_state *area = current->fpu;

	preempt_disable();
	fpu_save(current->fpu);
	preempt_enable();
	if (vector == X86_TRAP_MF)
		return fpe_code(area->i387.swd, area->i387.cwd);
	return fpe_code(area->i387.mxcsr, area->i387.mxcsr >> 7);
}

static void program_exception(struct pt_regs *regs, unsigned int vector, unsigned long dr6)
{
	void __user *ip = (void __user *)regs->ip;
	int code;

	switch (vector) {
	case X86_TRAP_DE:
		force_sig_fault(SIGFPE, FPE_INTDIV, ip);
		break;
	case X86_TRAP_DB:
		force_sig_fault(SIGTRAP,
				dr6 & DR6_BREAKS && !(dr6 & DR6_BS) ? TRAP_HWBKPT : TRAP_TRACE, ip);
		break;
	case X86_TRAP_BP:
		force_sig(SIGTRAP);
		break;
	case X86_TRAP_UD:
		force_sig_fault(SIGILL, ILL_ILLOPN, ip);
		break;
	case X86_TRAP_NP:
	case X86_TRAP_SS:
		force_sig(SIGBUS);
		break;
	case X86_TRAP_AC:
		force_sig_fault(SIGBUS, BUS_ADRALN, NULL);
		break;
	case X86_TRAP_MF:
	case X86_TRAP_XF:
		code = arithmetic_code(vector);
		if (code) /* else it is over: SDM 1, 8.7 */
			force_sig_fault(SIGFPE, code, ip);
		break;
	default:
		force_sig(SIGSEGV);
	}
}

void user_exception(struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	unsigned long dr6 = vector == X86_TRAP_DB ? take_dr6() : 0;

	local_irq_enable();
	if (vector == X86_TRAP_PF) {
		program_fault(regs, cr2);
	} else {
		note_trap(regs, vector, current->cr2);
		program_exception(regs, vector, dr6);
	}
	regs->orig_ax = (unsigned long)-1; /* no system call */
	local_irq_disable();
}

const struct user_trap_ops user_trap_ops = {
	.exception = user_exception,
	.page_fault = kernel_fault,
};
