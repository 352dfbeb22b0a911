// SPDX-License-Identifier: MIT
/* What the processor holds of a program's thread: at its start, in its child, and by arch_prctl(). */
#include <asm/prctl.h>
#include <linux/sched.h>

#include "kernel/core/syscall.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/fpu.h"
#include "kernel/sched/sched.h"
#include "kernel/trap/desc.h"
#include "kernel/user/entry.h"
#include "kernel/user/fpu_frame.h"
#include "mm/uaccess.h"

/* The field first: a switch in between loads it. */
static void set_fsbase(unsigned long base)
{
	current->fsbase = base;
	wrmsr(MSR_FS_BASE, base);
}

static void set_gsbase(unsigned long base)
{
	current->gsbase = base;
	wrmsr(MSR_KERNEL_GS_BASE, base);
}

void start_thread(struct pt_regs *regs, unsigned long ip, unsigned long sp)
{
	*regs = (struct pt_regs){
		.orig_ax = -1,
		.ip = ip,
		.cs = USER_CS,
		.flags = X86_EFLAGS_IF,
		.sp = sp,
		.ss = USER_DS,
	};
	set_fsbase(0);
	set_gsbase(0);
	fpu__clear();
}

void copy_thread(struct task_struct *t, const struct pt_regs *regs, unsigned long sp,
		 unsigned long clone_flags, unsigned long tls)
{
	struct pt_regs *child = task_pt_regs(t);

	*child = *regs;
	child->ax = 0;
	if (sp)
		child->sp = sp;
	preempt_disable();
	fpu_save(t->fpu);
	preempt_enable();
	t->gsbase = current->gsbase;
	t->fsbase = clone_flags & CLONE_SETTLS ? tls : current->fsbase;
	sched_inherit(t);
}

/* ---------------------------------------------------------------- arch_prctl() */

#define XFEATURES_NAMED 19 /* Linux 6.1 has names for so many */

/* No feature has to be asked for: all that there are may be used. */
static long arch_prctl_xcomp(int option, unsigned long arg)
{
	if (option == ARCH_REQ_XCOMP_PERM)
		return arg >= XFEATURES_NAMED ? -EINVAL : -EOPNOTSUPP;
	return put_user(fpu_config.features, (u64 __user *)arg);
}

SYSCALL_DEFINE2(arch_prctl, int, option, unsigned long, arg)
{
	switch (option) {
	case ARCH_SET_FS:
	case ARCH_SET_GS:
		if (arg >= TASK_SIZE_MAX)
			return -EPERM;
		if (option == ARCH_SET_FS)
			set_fsbase(arg);
		else
			set_gsbase(arg);
		return 0;
	case ARCH_GET_FS:
		return put_user(current->fsbase, (unsigned long __user *)arg);
	case ARCH_GET_GS:
		return put_user(current->gsbase, (unsigned long __user *)arg);
	case ARCH_GET_CPUID:
		return 1;
	case ARCH_SET_CPUID:
		return -ENODEV; /* CPUID cannot be made to fault */
	case ARCH_GET_XCOMP_SUPP:
	case ARCH_GET_XCOMP_PERM:
	case ARCH_REQ_XCOMP_PERM:
		return arch_prctl_xcomp(option, arg);
	}
	return -EINVAL;
}
