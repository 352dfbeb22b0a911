// SPDX-License-Identifier: MIT
/* What is done about the exceptions of programs.  There are no signals yet: a program ends. */
#include "kernel/user/trap_user.h"

#include "kernel/core/printk.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/sched/sched.h"

void user_exception(struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	current->trap_nr = vector;
	current->error_code = regs->orig_ax;
	current->cr2 = cr2;
	regs->orig_ax = -1;
	local_irq_enable();
	pr_info("%s[%u] trap %s ip:%lx sp:%lx error:%lx\n", current->comm, current->pid,
		trap_name(vector), regs->ip, regs->sp, current->error_code);
	switch_to_user_mm(NULL);
	thread_exit(-1);
}

static bool user_page_fault(struct pt_regs *regs, u64 cr2)
{
	(void)regs;
	(void)cr2;
	return false;
}

const struct user_trap_ops user_trap_ops = {
	.exception = user_exception,
	.page_fault = user_page_fault,
};
