// SPDX-License-Identifier: MIT
/* Single steps.  See the header. */
#include "kernel/gdb/step.h"

#include "kernel/cpu/irqflags.h"
#include "kernel/gdb/context.h"
#include "kernel/gdb/memory.h"
#include "kernel/sched/task.h"

/* What an instruction does with IF, which is masked while it runs. */
enum kind {
	PLAIN,	 /* nothing */
	SETS_IF, /* POPF, IRET, SYSRET: what it leaves is right */
	PUSHES,	 /* PUSHF: what lies on the stack is not */
	CLEARS,	 /* CLI, and ... */
	ENABLES, /* STI, behind which no trap need come before the next one has run, too, and ... */
	HALTS,	 /* HLT, MWAIT, which would wait for an interrupt: these three are not run at all */
	CALLS,	 /* SYSCALL: keeps the flags and brings them back */
};

static struct {
	bool active, free;
	bool given_up;		   /* its trap is still to come, and means nothing any more */
	unsigned int cpu;	   /* unless it is free */
	struct task_struct *task;  /* whose it is */
	struct task_struct *stray; /* of the one before, likewise */
	unsigned long had_if;	   /* X86_EFLAGS_IF or 0 */
	enum kind kind;
} step;

/* ---------------------------------------------------------------- the instruction */

static bool is_prefix(u8 byte)
{
	return byte == 0x66 || byte == 0xf2 || byte == 0xf3 || (byte & 0xf0) == 0x40; /* REX */
}

static enum kind kind_of_two(const u8 *code)
{
	switch (code[1]) {
	case 0x05:
		return CALLS;
	case 0x07:
		return SETS_IF;
	case 0x01:
		return code[2] == 0xc9 ? HALTS : PLAIN;
	default:
		return PLAIN;
	}
}

/* The instruction at regs->ip, *len bytes long where it is not run (SDM 2, appendix A). */
static enum kind look_at(const struct pt_regs *regs, const struct mm *user, unsigned int *len)
{
	u8 bytes[8] = { 0 }, *code = bytes;

	gdb_read_memory(user, regs->ip, bytes, sizeof(bytes));
	while (code < bytes + 4 && is_prefix(*code))
		code++;
	*len = (unsigned int)(code - bytes) + (code[0] == 0x0f ? 3 : 1);
	switch (code[0]) {
	case 0x0f:
		return kind_of_two(code);
	case 0x9c:
		return PUSHES;
	case 0x9d:
	case 0xcf:
		return SETS_IF;
	case 0xfa:
		return CLEARS;
	case 0xfb:
		return ENABLES;
	case 0xf4:
		return HALTS;
	default:
		return PLAIN;
	}
}

/* ---------------------------------------------------------------- begin and end */

/* In the kernel, where it may be: what the instruction does is done to `regs`. */
static bool do_by_hand(struct pt_regs *regs, enum kind kind, unsigned int len)
{
	if (user_mode(regs) || (kind != CLEARS && kind != ENABLES && kind != HALTS))
		return false;
	if (kind == CLEARS)
		regs->flags &= ~(unsigned long)X86_EFLAGS_IF;
	else if (kind == ENABLES)
		regs->flags |= X86_EFLAGS_IF;
	regs->ip += len;
	return true;
}

enum gdb_step gdb_step_begin(unsigned int cpu, struct pt_regs *regs)
{
	struct task_struct *t = per_cpu(current_task, cpu);
	unsigned int len;

	step.kind = look_at(regs, t ? (const struct mm *)t->mm : NULL, &len);
	if (do_by_hand(regs, step.kind, len))
		return GDB_STEP_DONE;
	if (step.active)
		step.stray = step.task;
	step.active = true;
	step.given_up = false;
	step.cpu = cpu;
	step.task = t;
	step.had_if = regs->flags & X86_EFLAGS_IF;
	step.free = step.kind == CALLS;
	regs->flags |= X86_EFLAGS_TF | X86_EFLAGS_RF;
	if (step.free)
		return GDB_STEP_FREE;
	regs->flags &= ~(unsigned long)X86_EFLAGS_IF;
	return GDB_STEP_SET;
}

static void set_if(unsigned long *flags)
{
	*flags = (*flags & ~(unsigned long)X86_EFLAGS_IF) | step.had_if;
}

/* PUSHF wrote TF and a masked IF. */
static void mend_pushed(const struct pt_regs *regs)
{
	unsigned long flags;

	if (gdb_read_memory((const struct mm *)(step.task ? step.task->mm : NULL), regs->sp, &flags,
			    sizeof(flags)) != sizeof(flags))
		return;
	flags &= ~(unsigned long)X86_EFLAGS_TF;
	set_if(&flags);
	gdb_write_memory((const struct mm *)(step.task ? step.task->mm : NULL), regs->sp, &flags,
			 sizeof(flags));
}

/* `executed`: the trap behind the instruction has come. */
static void end(struct pt_regs *regs, bool executed)
{
	regs->flags &= ~(unsigned long)X86_EFLAGS_TF;
	step.active = false;
	if (step.free)
		return;
	if (!executed || step.kind != SETS_IF)
		set_if(&regs->flags);
	if (executed && step.kind == PUSHES)
		mend_pushed(regs);
}

bool gdb_step_trap(struct pt_regs *regs, bool *given_up)
{
	unsigned int me = raw_smp_processor_id();
	struct task_struct *t = this_cpu(current_task);

	*given_up = step.given_up;
	if (step.active && (step.free ? step.task == t : step.cpu == me)) {
		end(regs, true);
		return true;
	}
	if (step.stray && step.stray == t) {
		step.stray = NULL;
		regs->flags &= ~(unsigned long)X86_EFLAGS_TF;
		*given_up = true;
		return true;
	}
	return false;
}

/* Where the stepped code stands, and its instruction has not run: it has TF, and what interrupts it has not. */
static struct pt_regs *stepped_code(void)
{
	struct pt_regs *regs;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
	{
		regs = per_cpu(gdb_context, cpu).regs;
		if (regs && regs->flags & X86_EFLAGS_TF &&
		    (step.free ? per_cpu(current_task, cpu) == step.task : cpu == step.cpu))
			return regs;
	}
	return NULL;
}

void gdb_step_give_up(void)
{
	struct pt_regs *regs = step.active ? stepped_code() : NULL;

	if (regs)
		end(regs, false);
	step.given_up = step.active;
}

bool gdb_step_exception(struct pt_regs *regs)
{
	if (!step.active || step.free || step.cpu != raw_smp_processor_id())
		return false;
	set_if(&regs->flags);
	step.free = true;
	return true;
}
