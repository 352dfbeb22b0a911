// SPDX-License-Identifier: MIT
/* The exceptions of programs become signals.  See the header. */
#include "kernel/user/trap_user.h"

#include "kernel/core/printk.h"
#include "kernel/cpu/fpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/signal.h"
#include "kernel/time/time.h"
#include "kernel/user/entry.h"
#include "mm/slab.h"
#include "mm/uaccess.h"
#include "mm/user/mm_struct.h"

static void __user *user_ptr(unsigned long addr)
{
	return (__force void __user *)(void *)addr;
}

/* ---------------------------------------------------------------- what is said */

bool unhandled_signal(int sig)
{
	const struct sigaction *sa = &current->sighand->action[sig - 1].sa;

	return current->tgid == 1 || sa->sa_handler == SIG_IGN || sa->sa_handler == SIG_DFL;
}

/* As Linux's printk_ratelimit(): ten lines, then as many again after five seconds. */
bool may_say(void)
{
	static u64 begin;
	static u32 n;
	u64 now = ktime_get();

	if (now - READ_ONCE(begin) > 5 * NSEC_PER_SEC) {
		WRITE_ONCE(begin, now);
		WRITE_ONCE(n, 0);
	}
	return __atomic_fetch_add(&n, 1, __ATOMIC_RELAXED) < 10;
}

static const char *basename_of(const char *path)
{
	const char *slash;

	while ((slash = strchr(path, '/')) != NULL)
		path = slash + 1;
	return path;
}

/* " in file[start+size]": the mapping that the instruction lies in. */
static void name_mapping(char *buf, size_t size, unsigned long ip)
{
	char *page = kmalloc(PAGE_SIZE, GFP_KERNEL);
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	const char *path;

	*buf = '\0';
	mmap_read_lock(mm);
	vma = vma_lookup(mm, ip);
	if (page && vma && vma->vm_file) {
		path = d_path(&vma->vm_file->f_path, page, PAGE_SIZE);
		snprintf(buf, size, " in %s[%lx+%lx]", IS_ERR(path) ? "?" : basename_of(path),
			 vma->vm_start, vma->vm_end - vma->vm_start);
	}
	mmap_read_unlock(mm);
	kfree(page);
}

void show_unhandled(const struct pt_regs *regs, const char *fmt, ...)
{
	char what[128], where[96];
	va_list args;

	if (!may_say())
		return;
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	name_mapping(where, sizeof(where), regs->ip);
	printk(KERN_INFO "%s[%u]%s%s\n", current->comm, current->pid, what, where);
}

/* ---------------------------------------------------------------- by vector */

/* What #MF and #XM are about: SDM 1, 8.1.3 and 8.1.5, and 10.2.3.  0: nothing is any more. */
static int math_code(unsigned int vector)
{
	struct fxregs_state *regs = &current->fpu->i387;
	u32 flags;

	preempt_disable();
	fpu_save(current->fpu);
	if (vector == X86_TRAP_MF)
		flags = regs->swd & ~(u32)regs->cwd;
	else
		flags = regs->mxcsr & ~(regs->mxcsr >> 7);
	preempt_enable();
	return flags & 0x01 ? FPE_FLTINV :
	       flags & 0x04 ? FPE_FLTDIV :
	       flags & 0x08 ? FPE_FLTOVF :
	       flags & 0x12 ? FPE_FLTUND :
	       flags & 0x20 ? FPE_FLTRES :
			      0;
}

/* The signal of each, where it is always the same.  A code of 0: the kernel sent it, no address. */
static const struct {
	u8 sig, code;
	bool has_ip;  /* si_addr is where it struck */
	bool is_trap; /* Linux says "trap" in front of its name */
} signals[NR_EXCEPTIONS] = {
	[X86_TRAP_DE] = { SIGFPE, FPE_INTDIV, true, true },
	[X86_TRAP_BP] = { SIGTRAP, 0, false, true },
	[X86_TRAP_OF] = { SIGSEGV, 0, false, true },
	[X86_TRAP_BR] = { SIGSEGV, 0, false, true },
	[X86_TRAP_UD] = { SIGILL, ILL_ILLOPN, true, true },
	[X86_TRAP_TS] = { SIGSEGV, 0, false, true },
	[X86_TRAP_NP] = { SIGBUS, 0, false, true },
	[X86_TRAP_SS] = { SIGBUS, 0, false, true },
	[X86_TRAP_GP] = { SIGSEGV, 0, false, false },
	[X86_TRAP_AC] = { SIGBUS, BUS_ADRALN, false, true },
};

/* Linux's names, where they are not trap_name()'s. */
static const char *linux_name(unsigned int vector)
{
	switch (vector) {
	case X86_TRAP_BP:
		return "int3";
	case X86_TRAP_BR:
		return "bounds";
	case X86_TRAP_SS:
		return "stack segment";
	case X86_TRAP_GP:
		return "general protection fault";
	default:
		return trap_name(vector);
	}
}

static void send_signal(const struct pt_regs *regs, unsigned int vector)
{
	int sig = signals[vector].sig ?: SIGSEGV, code = signals[vector].code;

	if (unhandled_signal(sig))
		show_unhandled(regs, " %s%s ip:%lx sp:%lx error:%lx",
			       signals[vector].is_trap ? "trap " : "", linux_name(vector), regs->ip,
			       regs->sp, current->error_code);
	if (code)
		force_sig_fault(sig, code, signals[vector].has_ip ? user_ptr(regs->ip) : NULL);
	else
		force_sig(sig);
}

static void debug_signal(const struct pt_regs *regs, unsigned long dr6)
{
	int code = dr6 & DR6_BS ? TRAP_TRACE : dr6 & DR6_BREAKS ? TRAP_HWBKPT : TRAP_BRKPT;

	force_sig_fault(SIGTRAP, code, user_ptr(regs->ip));
}

static void math_signal(const struct pt_regs *regs, unsigned int vector)
{
	int code = math_code(vector);

	if (code)
		force_sig_fault(SIGFPE, code, user_ptr(regs->ip));
}

static void user_exception(struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	unsigned long error = regs->orig_ax, dr6 = vector == X86_TRAP_DB ? take_dr6() : 0;

	local_irq_enable();
	if (vector == X86_TRAP_PF) {
		user_page_fault(regs, error, cr2);
		return;
	}
	current->trap_nr = vector;
	current->error_code = error;
	if (vector == X86_TRAP_DB)
		debug_signal(regs, dr6);
	else if (vector == X86_TRAP_MF || vector == X86_TRAP_XF)
		math_signal(regs, vector);
	else
		send_signal(regs, vector);
}

static bool kernel_page_fault(struct pt_regs *regs, u64 cr2)
{
	bool done;

	local_irq_enable();
	done = uaccess_page_fault(regs, cr2);
	local_irq_disable();
	return done;
}

const struct user_trap_ops user_trap_ops = {
	.exception = user_exception,
	.page_fault = kernel_page_fault,
};
