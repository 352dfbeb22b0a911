// SPDX-License-Identifier: MIT
/*
 * A walk along saved frame pointers.
 *
 * Every function starts with "push rbp; mov rbp, rsp" (-fno-omit-frame-pointer),
 * so [rbp] is the caller's frame and [rbp + 8] where it goes on.  A frame
 * pointer with bit 0 set stands for the registers of an interrupted context
 * (kernel/trap/trap_entry.asm); where that was a program, the walk is over.  The stack may be what is broken, so a frame is used
 * only where it is aligned and further up than the last one, and is read
 * directly only inside a known stack; elsewhere through nofault accesses.
 *
 * Only the innermost function may lack a frame: a small one that calls nothing
 * has none, and none has one before its first instructions ran.  Its code tells,
 * and then its return address is on top of the stack.
 *
 * A name is looked up for the byte before the return address: a call that does
 * not return can be its function's last instruction.
 */
#include "kernel/trap/backtrace.h"

#include "kernel/core/ksyms.h"
#include "kernel/core/printk.h"
#include "kernel/lib/string.h"
#include "kernel/trap/desc.h"
#include "kernel/trap/nofault.h"
#include "mm/init.h"
#include "mm/layout.h"

#define MAX_FRAMES 4096 /* walked: more than a boot stack holds */
#define MAX_LINES  48	/* printed from the start; what follows is counted */

struct walk {
	unsigned long fp;
	unsigned long last;   /* return address printed last */
	unsigned int repeats; /* how often it came again since */
	unsigned int lines, left_out;
};

/* Text that is never freed, so its bytes may be read at any time. */
static bool is_lasting_text(unsigned long addr)
{
	return addr >= (unsigned long)_text && addr < (unsigned long)_etext;
}

/* Code that only the boot ran: gone by now or not, a return address into it has a name. */
static bool is_init_text(unsigned long addr)
{
	return addr >= (unsigned long)__inittext_begin && addr < (unsigned long)__inittext_end;
}

static bool may_return_to(unsigned long addr)
{
	return is_lasting_text(addr) || is_init_text(addr);
}

bool is_kernel_text(unsigned long addr)
{
	return is_lasting_text(addr) || (is_init_text(addr) && !initmem_is_free());
}

static bool read_word(unsigned long addr, unsigned long *value)
{
	u64 word;

	if (find_stack(addr) && find_stack(addr + sizeof(*value) - 1)) {
		*value = *(const unsigned long *)addr;
		return true;
	}
	if (nofault_read(addr, sizeof(*value), &word, NULL) != 0)
		return false;
	*value = word;
	return true;
}

static void flush_repeats(struct walk *w)
{
	if (w->repeats)
		pr_err("  ... and %u more of it\n", w->repeats);
	w->repeats = 0;
}

/*
 * `back` is 1 for a return address, whose call lies in front of it, else 0.  A
 * recursion's equal lines are counted instead of printed.
 */
static void print_frame(struct walk *w, unsigned long ip, unsigned int back)
{
	unsigned long offset, size;
	const char *name;

	if (w->lines && ip == w->last) {
		w->repeats++;
		return;
	}
	flush_repeats(w);
	w->last = ip;
	if (w->lines >= MAX_LINES) {
		w->left_out++;
		return;
	}
	w->lines++;
	name = may_return_to(ip - back) ? ksym_lookup(ip - back, &offset, &size) : NULL;
	if (name)
		pr_err(" [<%016lx>] %s+0x%lx/0x%lx\n", ip, name, offset + back, size);
	else
		pr_err(" [<%016lx>] not code\n", ip);
}

/* SDM 2A, CALL: E8 with 4 bytes behind it, or FF /2 in the lengths that gcc uses. */
static bool follows_call(unsigned long ip)
{
	const u8 *code = (const u8 *)ip;

	if (!is_lasting_text(ip) || !is_lasting_text(ip - 7))
		return false;
	return code[-5] == 0xe8 || (code[-2] == 0xff && (code[-1] & 0x38) == 0x10) ||
	       (code[-3] == 0xff && (code[-2] & 0x38) == 0x10) ||
	       (code[-6] == 0xff && (code[-5] & 0x38) == 0x10) ||
	       (code[-7] == 0xff && (code[-6] & 0x38) == 0x10);
}

/* The function has come past its "mov rbp, rsp": 48 89 e5. */
static bool has_frame(unsigned long ip)
{
	unsigned long offset;

	if (!is_kernel_text(ip))
		return false; /* a call into nowhere */
	if (!is_lasting_text(ip) || !ksym_lookup(ip, &offset, NULL))
		return true;
	for (const u8 *code = (const u8 *)(ip - offset); code + 3 <= (const u8 *)ip; code++)
		if (code[0] == 0x48 && code[1] == 0x89 && code[2] == 0xe5)
			return true;
	return false;
}

/* Print who called the innermost function, which has no frame: RBP may be pushed already. */
static void print_frameless_caller(struct walk *w, unsigned long sp)
{
	unsigned long ip;

	for (unsigned int i = 0; i < 2; i++) {
		if (read_word(sp + i * sizeof(long), &ip) && follows_call(ip)) {
			print_frame(w, ip, 1);
			return;
		}
	}
}

static void start_at(struct walk *w, unsigned long ip, unsigned long sp, unsigned long bp)
{
	print_frame(w, ip, 0);
	if (!has_frame(ip))
		print_frameless_caller(w, sp);
	w->fp = bp;
}

/* From an interrupted context's frame to that context; false where it cannot be read. */
static bool enter_interrupted(struct walk *w, unsigned long regs_addr)
{
	unsigned long ip, cs, sp, bp;

	if (!IS_ALIGNED(regs_addr, sizeof(long)) ||
	    !read_word(regs_addr + offsetof(struct pt_regs, ip), &ip) ||
	    !read_word(regs_addr + offsetof(struct pt_regs, cs), &cs) ||
	    !read_word(regs_addr + offsetof(struct pt_regs, sp), &sp) ||
	    !read_word(regs_addr + offsetof(struct pt_regs, bp), &bp))
		return false;
	flush_repeats(w);
	if (cs & 3) {
		pr_err(" --- from user mode, at %016lx ---\n", ip);
		return false;
	}
	pr_err(" --- interrupted at ---\n");
	start_at(w, ip, sp, bp);
	return true;
}

/* One step up; false at the end of the chain or where it makes no sense. */
static bool step(struct walk *w)
{
	const struct kernel_stack *stack;
	unsigned long next, ip;

	if (w->fp & 1)
		return enter_interrupted(w, w->fp & ~1UL);
	if (!w->fp || !IS_ALIGNED(w->fp, sizeof(long)) || !read_word(w->fp, &next) ||
	    !read_word(w->fp + sizeof(long), &ip))
		return false;
	if (!ip)
		return false;
	print_frame(w, ip, 1);
	if (!may_return_to(ip))
		return false;

	/* Only an interrupted context's frame may lie on another stack. */
	stack = find_stack(w->fp);
	if (!(next & 1) && (next <= w->fp || (stack && next >= stack->top)))
		return false;
	w->fp = next;
	return true;
}

void show_backtrace(const struct pt_regs *regs)
{
	struct walk w = { .fp = (unsigned long)__builtin_frame_address(0) };

	pr_err("Call Trace:\n");
	if (regs && user_mode(regs)) {
		pr_err(" --- in user mode, at %016lx ---\n", regs->ip);
		return;
	}
	if (regs)
		start_at(&w, regs->ip, regs->sp, regs->bp);
	for (unsigned int i = 0; i < MAX_FRAMES; i++)
		if (!step(&w))
			break;
	flush_repeats(&w);
	if (w.left_out)
		pr_err(" (%u more frames)\n", w.left_out);
}
