// SPDX-License-Identifier: MIT
/*
 * The report of an exception: what struck, where, and all that the CPU held.
 *
 * It trusts nothing that the fault may have broken: code and stack are read
 * through nofault accesses, and only where reading has no side effect.
 */
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/trap/backtrace.h"
#include "kernel/trap/desc.h"
#include "kernel/trap/mce.h"
#include "kernel/trap/nofault.h"
#include "kernel/trap/traps.h"
#include "mm/pgtable.h"

#define CODE_BEFORE 24 /* bytes shown in front of RIP, and from it on */
#define CODE_AFTER  20

/* Why a present page refused a supervisor's access: its right to user pages ended. */
static const char *user_page_reason(const struct pt_regs *regs, u64 error, u64 cr2)
{
	enum pg_level level;
	pte_t entry = lookup_address(cr2, &level);

	if (level == PG_LEVEL_NONE || !(pte_val(entry) & _PAGE_USER) || (regs->cs & 3) != 0)
		return NULL;
	if ((error & X86_PF_INSTR) && (read_cr4() & X86_CR4_SMEP))
		return "supervisor code fetch from a user page, refused by SMEP";
	if (!(error & X86_PF_INSTR) && (read_cr4() & X86_CR4_SMAP))
		return "supervisor access to a user page, refused by SMAP";
	return NULL;
}

static const char *page_fault_reason(const struct pt_regs *regs, u64 error, u64 cr2)
{
	const char *reason = NULL;

	if (error & X86_PF_RSVD)
		return "reserved bit set in a page-table entry";
	if (error & X86_PF_PK)
		return "protection key violation";
	if (error & X86_PF_SGX)
		return "SGX access violation";
	if (!(error & X86_PF_PROT))
		return cr2 < PAGE_SIZE ? "page not present: NULL pointer dereference" :
					 "page not present";
	reason = user_page_reason(regs, error, cr2);
	if (reason)
		return reason;
	if (error & X86_PF_INSTR)
		return "page is not executable (NX)";
	return error & X86_PF_WRITE ? "page is read-only" : "page present, access refused";
}

static void describe_page_fault(const struct pt_regs *regs, u64 cr2)
{
	static const char *const levels[] = { "no entry", "4 KiB entry", "2 MiB entry",
					      "1 GiB entry" };
	const struct kernel_stack *guard = find_stack_guard(cr2);
	u64 error = regs->orig_ax;
	enum pg_level level;
	pte_t entry;

	pr_err("page fault: %s %s at address %016llx: %s\n",
	       error & X86_PF_USER ? "user" : "supervisor",
	       error & X86_PF_INSTR ? "instruction fetch" :
	       error & X86_PF_WRITE ? "write" :
				      "read",
	       (unsigned long long)cr2, page_fault_reason(regs, error, cr2));
	if (guard)
		pr_err("page fault: the address is in the guard page of the %s stack\n",
		       guard->name);
	entry = lookup_address(cr2, &level);
	pr_err("page fault: page table: %s %016llx\n",
	       level == PG_LEVEL_NONE && pte_val(entry) ? "broken entry" : levels[level],
	       (unsigned long long)pte_val(entry));
}

/* SDM 3A, figure 6-7: the code names a descriptor, or is 0. */
static void describe_selector_error(unsigned int vector, u64 error)
{
	static const char *const tables[] = { "GDT", "IDT", "LDT", "IDT" };

	if (!error)
		return;
	pr_err("%s: error code 0x%04llx: %s entry 0x%llx%s\n", trap_name(vector),
	       (unsigned long long)error, tables[error >> 1 & 3],
	       (unsigned long long)(error >> 3 & 0x1fff), error & 1 ? ", external event" : "");
}

static void describe_error(const struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	const struct kernel_stack *stack;

	switch (vector) {
	case X86_TRAP_PF:
		describe_page_fault(regs, cr2);
		break;
	case X86_TRAP_TS:
	case X86_TRAP_NP:
	case X86_TRAP_SS:
	case X86_TRAP_GP:
		describe_selector_error(vector, regs->orig_ax);
		break;
	case X86_TRAP_DF:
		/* The push of the first exception's frame faulted, just below RSP. */
		stack = find_frame_guard(regs->sp);
		if (stack)
			pr_err("double fault: stack overflow of the %s stack (%016lx-%016lx)\n",
			       stack->name, stack->bottom, stack->top - 1);
		break;
	case X86_TRAP_MC:
		mce_show();
		break;
	}
}

/* The bytes around RIP as Linux prints them, so that its scripts/decodecode reads them. */
static void show_code(unsigned long ip)
{
	char line[(CODE_BEFORE + CODE_AFTER) * 3 + 8];
	size_t n = 0;
	u64 byte;

	if (!is_kernel_text(ip)) {
		pr_err("Code: RIP is not in the kernel's text\n");
		return;
	}
	for (unsigned long at = ip - CODE_BEFORE; at < ip + CODE_AFTER; at++) {
		if (!is_kernel_text(at) || nofault_read(at, 1, &byte, NULL) != 0)
			continue;
		n += (size_t)scnprintf(line + n, sizeof(line) - n, at == ip ? " <%02x>" : " %02x",
				       (unsigned int)byte);
	}
	pr_err("Code:%s\n", line);
}

static void show_ip(const struct pt_regs *regs)
{
	u64 caller;

	if (is_kernel_text(regs->ip)) {
		pr_err("RIP: %04lx:[<%016lx>] %pS\n", regs->cs, regs->ip, (void *)regs->ip);
	} else if (nofault_read(regs->sp, sizeof(caller), &caller, NULL) == 0 &&
		   is_kernel_text(caller)) {
		/* A call into nowhere left its return address on top of the stack. */
		pr_err("RIP: %04lx:[<%016lx>] no code; called from %pS\n", regs->cs, regs->ip,
		       (void *)caller);
	} else {
		pr_err("RIP: %04lx:[<%016lx>] no code\n", regs->cs, regs->ip);
	}
}

void show_regs(const struct pt_regs *regs, u64 cr2)
{
	show_ip(regs);
	pr_err("RSP: %04lx:%016lx EFLAGS: %08lx\n", regs->ss, regs->sp, regs->flags);
	pr_err("RAX: %016lx RBX: %016lx RCX: %016lx\n", regs->ax, regs->bx, regs->cx);
	pr_err("RDX: %016lx RSI: %016lx RDI: %016lx\n", regs->dx, regs->si, regs->di);
	pr_err("RBP: %016lx R08: %016lx R09: %016lx\n", regs->bp, regs->r8, regs->r9);
	pr_err("R10: %016lx R11: %016lx R12: %016lx\n", regs->r10, regs->r11, regs->r12);
	pr_err("R13: %016lx R14: %016lx R15: %016lx\n", regs->r13, regs->r14, regs->r15);
	pr_err("CR0: %016llx CR2: %016llx CR3: %016llx CR4: %016llx\n",
	       (unsigned long long)read_cr0(), (unsigned long long)cr2,
	       (unsigned long long)read_cr3(), (unsigned long long)read_cr4());
}

void report_exception(const struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	unsigned long flags = report_begin();

	pr_err("%s: vector %u, error code 0x%04lx, CPU %u\n", trap_name(vector), vector,
	       regs->orig_ax, raw_smp_processor_id());
	describe_error(regs, vector, cr2);
	show_regs(regs, cr2);
	show_code(regs->ip);
	show_backtrace(regs);
	report_end(flags);
}
