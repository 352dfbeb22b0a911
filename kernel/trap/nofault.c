// SPDX-License-Identifier: MIT
/*
 * The exception table, and accesses that are in it.
 *
 * An entry says: an exception at this instruction goes on over there.  The
 * linker collects entries from all files into one read-only table; each holds
 * two distances from itself, so it needs no relocation and 8 bytes.  The table
 * has a few dozen entries, so it is searched from end to end.
 */
#include "kernel/trap/nofault.h"

#include "kernel/core/spinlock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/ptrace.h"
#include "kernel/lib/errno.h"
#include "kernel/trap/traps.h"

struct exception_table_entry {
	s32 insn, fixup; /* both relative to the field's own address */
};

extern const struct exception_table_entry __start___ex_table[], __stop___ex_table[];

/*
 * A call's fetch faults at its target, not at the call, so no table entry can
 * name it: the target that is being tried on this CPU stands here instead.
 */
struct exec_try {
	bool armed;
	unsigned long target;
};
static DEFINE_PER_CPU(struct exec_try, exec_try);

#define NO_FAULT (~0UL)

static unsigned long insn_of(const struct exception_table_entry *e)
{
	return (unsigned long)&e->insn + (long)e->insn;
}

static unsigned long fixup_of(const struct exception_table_entry *e)
{
	return (unsigned long)&e->fixup + (long)e->fixup;
}

static bool search_table(struct pt_regs *regs)
{
	for (const struct exception_table_entry *e = __start___ex_table; e < __stop___ex_table;
	     e++) {
		if (insn_of(e) == regs->ip) {
			regs->ip = fixup_of(e);
			return true;
		}
	}
	return false;
}

bool fixup_exception(struct pt_regs *regs, u8 vector)
{
	if (this_cpu(exec_try).armed && regs->ip == this_cpu(exec_try).target) {
		/* Back to behind the call, as a RET would have gone; that place is in the table. */
		regs->ip = *(const unsigned long *)regs->sp;
		regs->sp += sizeof(long);
	}
	if (!search_table(regs))
		return false;
	regs->ax = vector;
	regs->dx = regs->orig_ax;
	regs->cx = read_cr2();
	return true;
}

/* The place where an access that may fail ends, with it on the way at `ip`; 0: there is none. */
static unsigned long end_of_access(unsigned long ip)
{
	for (const struct exception_table_entry *e = __start___ex_table; e < __stop___ex_table; e++)
		if (ip >= insn_of(e) && ip <= fixup_of(e))
			return fixup_of(e);
	return 0;
}

bool is_nofault_access(const struct pt_regs *regs)
{
	return end_of_access(regs->ip);
}

/* It comes late, perhaps: the data is missed behind the instruction that wanted it. */
void nofault_machine_check(struct pt_regs *regs)
{
	regs->ip = end_of_access(regs->ip);
	regs->ax = X86_TRAP_MC;
	regs->dx = regs->cx = 0;
}

static int fault_result(unsigned long vector, unsigned long error, unsigned long address,
			struct fault_info *fault)
{
	if (vector == NO_FAULT)
		return 0;
	if (fault)
		*fault = (struct fault_info){ (u8)vector, (u32)error, address };
	return -EFAULT;
}

/*
 * RAX, RDX and RCX are the fixup's; the value travels in RSI.  LFENCE waits for what was read, so that a
 * machine check about it comes before the end.
 */
#define READ_INSN(insn, reg)                                                              \
	__asm__ __volatile__("1: " insn " (%[addr]), %" reg "[v]\n\t"                     \
			     "lfence\n"                                                   \
			     "2:\n\t" _ASM_EXTABLE(1b, 2b)                                \
			     : [v] "+S"(*value), "+a"(vector), "+d"(error), "+c"(address) \
			     : [addr] "r"(addr)                                           \
			     : "memory")
#define WRITE_INSN(insn, reg)                                           \
	__asm__ __volatile__("1: " insn " %" reg "[v], (%[addr])\n"     \
			     "2:\n\t" _ASM_EXTABLE(1b, 2b)              \
			     : "+a"(vector), "+d"(error), "+c"(address) \
			     : [v] "S"(value), [addr] "r"(addr)         \
			     : "memory")

int nofault_read(unsigned long addr, unsigned int size, u64 *value, struct fault_info *fault)
{
	unsigned long vector = NO_FAULT, error = 0, address = 0;

	*value = 0;
	switch (size) {
	case 1:
		READ_INSN("movb", "b");
		break;
	case 2:
		READ_INSN("movw", "w");
		break;
	case 4:
		READ_INSN("movl", "k");
		break;
	case 8:
		READ_INSN("movq", "q");
		break;
	default:
		return -EINVAL;
	}
	return fault_result(vector, error, address, fault);
}

int nofault_write(unsigned long addr, unsigned int size, u64 value, struct fault_info *fault)
{
	unsigned long vector = NO_FAULT, error = 0, address = 0;

	switch (size) {
	case 1:
		WRITE_INSN("movb", "b");
		break;
	case 2:
		WRITE_INSN("movw", "w");
		break;
	case 4:
		WRITE_INSN("movl", "k");
		break;
	case 8:
		WRITE_INSN("movq", "q");
		break;
	default:
		return -EINVAL;
	}
	return fault_result(vector, error, address, fault);
}

int nofault_exec(unsigned long addr, struct fault_info *fault)
{
	unsigned long vector, error, address, flags;

	/* The called code may leave anything in RAX, so RAX is set behind it. */
	flags = local_irq_save();
	this_cpu(exec_try).target = addr;
	this_cpu(exec_try).armed = true;
	__asm__ __volatile__("movq %%rsp, %%rbx\n\t"
			     "andq $-16, %%rsp\n\t"
			     "1: call *%[addr]\n\t"
			     "3: movq %[none], %%rax\n"
			     "2: movq %%rbx, %%rsp\n\t" _ASM_EXTABLE(1b, 2b) _ASM_EXTABLE(3b, 2b)
			     : "=&a"(vector), "=&d"(error), "=&c"(address)
			     : [addr] "r"(addr), [none] "i"(-1)
			     : "rbx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
	this_cpu(exec_try).armed = false;
	local_irq_restore(flags);
	return fault_result(vector, error, address, fault);
}
