// SPDX-License-Identifier: MIT
/*
 * Page faults on addresses of the user half: by a program, or by the kernel for it.  The VMA there
 * says whether the access is allowed, and handle_mm_fault() then brings the page.
 */
#include "kernel/core/panic.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/signal.h"
#include "kernel/user/trap_user.h"
#include "mm/user/fault.h"

/* The flags of VMAs that allow the access do: Linux's access_error(). */
static bool is_allowed(const struct vm_area_struct *vma, unsigned long error)
{
	if (error & X86_PF_WRITE)
		return vma->vm_flags & VM_WRITE;
	if (error & X86_PF_PROT)
		return false; /* present, and refused to a reader, or to be run */
	return vma->vm_flags & VM_ACCESS_FLAGS;
}

static unsigned int fault_flags(unsigned long error)
{
	unsigned int flags = FAULT_FLAG_DEFAULT;

	if (error & X86_PF_WRITE)
		flags |= FAULT_FLAG_WRITE;
	if (error & X86_PF_INSTR)
		flags |= FAULT_FLAG_INSTRUCTION;
	if (error & X86_PF_USER)
		flags |= FAULT_FLAG_USER;
	return flags;
}

/* The end of a fault: 0, or si_code of SIGSEGV, or one of VM_FAULT_ERROR. */
struct outcome {
	int segv_code;
	vm_fault_t fault;
};

static struct outcome fault_in(unsigned long error, unsigned long addr, struct pt_regs *regs)
{
	struct mm_struct *mm = current->mm;
	struct outcome end = { 0, 0 };
	struct vm_area_struct *vma;

	if (!mm || addr >= TASK_SIZE_MAX)
		return (struct outcome){ SEGV_MAPERR, 0 };
	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	if (!vma) {
		vma = expand_stack(mm, addr);
		if (!vma)
			return (struct outcome){ SEGV_MAPERR, 0 };
	}
	if (is_allowed(vma, error))
		end.fault = handle_mm_fault(vma, addr, fault_flags(error), regs);
	else
		end.segv_code = SEGV_ACCERR;
	mmap_read_unlock(mm);
	if (end.fault & VM_FAULT_SIGSEGV)
		end.segv_code = SEGV_MAPERR;
	return end;
}

/* The kernel's half has no page for a program, whatever is there: it is not told which. */
static void note_fault(unsigned long error, unsigned long addr)
{
	current->trap_nr = X86_TRAP_PF;
	current->error_code = error | (addr >= TASK_SIZE_MAX ? X86_PF_PROT : 0);
	current->cr2 = addr;
}

static void segv(const struct pt_regs *regs, unsigned long addr, int code)
{
	if (unhandled_signal(SIGSEGV))
		show_unhandled(regs, ": segfault at %lx ip %016lx sp %016lx error %lx", addr,
			       regs->ip, regs->sp, current->error_code);
	force_sig_fault(SIGSEGV, code, (__force void __user *)(void *)addr);
}

void user_page_fault(struct pt_regs *regs, unsigned long error, unsigned long addr)
{
	struct outcome end;

	if (error & X86_PF_RSVD)
		panic("%s[%u]: a page table of it has reserved bits set, at %lx", current->comm,
		      current->pid, addr);
	end = fault_in(error, addr, regs);
	if (likely(!end.segv_code && !(end.fault & VM_FAULT_ERROR)))
		return;
	if (end.fault & VM_FAULT_OOM)
		return; /* it has been killed */
	note_fault(error, addr);
	if (end.segv_code)
		segv(regs, addr, end.segv_code);
	else
		force_sig_fault(SIGBUS, BUS_ADRERR, (__force void __user *)(void *)addr);
}

bool uaccess_page_fault(struct pt_regs *regs, unsigned long addr)
{
	struct outcome end = fault_in(regs->orig_ax, addr, regs);

	return !end.segv_code && !(end.fault & VM_FAULT_ERROR);
}
