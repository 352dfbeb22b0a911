// SPDX-License-Identifier: MIT
/* Software breakpoints in programs, and other writes.  See the header. */
#include "kernel/gdb/programs.h"

#include "kernel/gdb/memory.h"
#include "kernel/gdb/stub.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/task.h"
#include "mm/layout.h"
#include "mm/uaccess.h"
#include "mm/user/gup.h"
#include "mm/user/pte.h"

#define INT3 0xcc

static struct place {
	struct mm_struct *mm; /* NULL: free.  Only to be compared once `gone` */
	u64 addr;
	u8 byte;     /* what was there, while the INT3 is */
	bool wanted; /* gdb has a breakpoint here */
	bool in;     /* the INT3 is there: CPUs go */
	bool gone;   /* the process has ended: gdb is to be told */
} places[64];

#define for_each_place(p) for (struct place *p = places; p < places + ARRAY_SIZE(places); p++)

/* The place at addr, of whatever process. */
static struct place *find_place(u64 addr)
{
	for_each_place(p) if (p->mm && !p->gone && p->addr == addr) return p;
	return NULL;
}

/* One for addr, which may have been another's that gdb has taken out. */
static struct place *new_place(struct mm_struct *mm, u64 addr)
{
	struct place *unwanted = NULL;

	for_each_place(p)
	{
		if (!p->mm || !p->wanted)
			unwanted = p;
		if (!p->mm)
			break;
	}
	if (unwanted)
		*unwanted = (struct place){ .mm = mm, .addr = addr };
	return unwanted;
}

/* What is mapped there; a page that its process has for itself is a lone one. */
enum mapped { NOTHING, DEVICE, OTHERS, ANON, LONE };

static enum mapped mapped_at(const struct mm_struct *mm, u64 addr)
{
	enum pg_level level;
	u64 entry = pte_val(lookup_address_in_mm(&mm->root, addr, &level));
	struct page *page;

	if (level == PG_LEVEL_NONE)
		return NOTHING;
	if (!pfn_valid(entry_pfn(entry)))
		return DEVICE;
	page = entry_page(entry);
	if (entry & _PAGE_SPECIAL || !is_anon(page))
		return OTHERS;
	return is_exclusive(page) ? LONE : ANON;
}

static bool is_own_page(const struct place *p, bool exclusive)
{
	return mapped_at(p->mm, p->addr) >= (exclusive ? LONE : ANON);
}

/* ---------------------------------------------------------------- a page of its own */

/* What an errand works on: filled while none goes, since places change meanwhile. */
static struct {
	struct mm_struct *mm; /* a user of it is held */
	u64 addr;
	size_t n;
	u8 bytes[GDB_PACKET_BYTES];
} job;
static int result;

/* To be done there by a thread, with as many bytes, if any: GDB_LATER; or -errno. */
static int send_out(const struct gdb_errand *errand, struct mm_struct *mm, u64 addr,
		    const void *bytes, size_t n)
{
	if (gdb_command_goes())
		return -EBUSY;
	if (!mmget_not_zero(mm))
		return -ESRCH;
	job.mm = mm;
	job.addr = addr;
	job.n = n;
	memcpy(job.bytes, bytes, n);
	result = -EBUSY;
	if (gdb_send_out(errand))
		return GDB_LATER;
	__atomic_sub_fetch(&mm->mm_users, 1, __ATOMIC_RELAXED); /* others are there still */
	return -EBUSY;
}

/* By a thread, while the machine goes. */
static void make_own_page(void)
{
	u8 byte;

	result = -EFAULT;
	if (access_remote_vm(job.mm, job.addr, &byte, 1, FOLL_FORCE) == 1 &&
	    access_remote_vm(job.mm, job.addr, &byte, 1, FOLL_FORCE | FOLL_WRITE) == 1)
		result = 0;
	mmput(job.mm);
}

static void give_up(const char *why)
{
	(void)why;
	result = -EIO;
}

static int inserted(void)
{
	struct place *p = find_place(job.addr);

	if (p && p->mm != job.mm)
		p = NULL;
	/* Memory that is shared stays so: others would run into it. */
	if (!result && (!p || !is_own_page(p, true)))
		result = -EPERM;
	if (p)
		p->wanted = !result;
	return result;
}

static int insert_later(struct place *p)
{
	static const struct gdb_errand errand = { make_own_page, give_up, inserted };

	return send_out(&errand, p->mm, p->addr, "", 0);
}

int gdb_insert_in_program(struct mm_struct *mm, u64 addr)
{
	struct place *p = find_place(addr);

	if (!p && !mm)
		return -ESRCH;
	if (!p)
		p = new_place(mm, addr);
	if (!p)
		return -ENOSPC;
	if (!is_own_page(p, true))
		return insert_later(p);
	p->wanted = true;
	return 0;
}

int gdb_remove_from_program(u64 addr)
{
	struct place *p = find_place(addr);

	if (!p || !p->wanted)
		return -ENOENT;
	p->wanted = false;
	return 0;
}

void gdb_remove_from_programs(void)
{
	memset(places, 0, sizeof(places));
}

/* ---------------------------------------------------------------- other writes */

/* By a thread, while the machine goes. */
static void write_by_fault(void)
{
	int n = access_remote_vm(job.mm, job.addr, job.bytes, (int)job.n, FOLL_FORCE | FOLL_WRITE);

	result = n == (int)job.n ? 0 : -EFAULT;
	mmput(job.mm);
}

static int written(void)
{
	return result;
}

/* A device's registers, and what is the process's alone, need no fault. */
static bool may_write_now(const struct mm_struct *mm, u64 addr, size_t n)
{
	for (u64 at = addr & PAGE_MASK; at < addr + n; at += PAGE_SIZE) {
		enum mapped what = mapped_at(mm, at);

		if (what != DEVICE && what != LONE)
			return false;
	}
	return true;
}

int gdb_write_to_program(struct mm_struct *mm, u64 addr, const void *from, size_t n)
{
	static const struct gdb_errand errand = { write_by_fault, give_up, written };

	if (!n)
		return 0;
	if (may_write_now(mm, addr, n))
		return gdb_write_memory(&mm->root, addr, from, n) == n ? 0 : -EFAULT;
	if (n > sizeof(job.bytes))
		return -EFAULT;
	return send_out(&errand, mm, addr, from, n);
}

/* ---------------------------------------------------------------- CPUs go and stand */

/* What the program has mapped there instead meanwhile is left alone. */
void gdb_arm_programs(void)
{
	for_each_place(p) p->in = p->mm && !p->gone && p->wanted && is_own_page(p, false) &&
				  gdb_read_memory(&p->mm->root, p->addr, &p->byte, 1) == 1 &&
				  gdb_write_memory(&p->mm->root, p->addr, &(u8){ INT3 }, 1) == 1;
}

static void take_out(struct place *p)
{
	u8 byte;

	if (is_own_page(p, false) && gdb_read_memory(&p->mm->root, p->addr, &byte, 1) == 1 &&
	    byte == INT3)
		gdb_write_memory(&p->mm->root, p->addr, &p->byte, 1);
}

static void say_gone(struct place *p)
{
	char text[80];

	snprintf(text, sizeof(text), "kgdb: the breakpoint at 0x%llx went with its process\n",
		 (unsigned long long)p->addr);
	if (p->wanted)
		gdb_say(text);
	p->mm = NULL;
}

void gdb_disarm_programs(void)
{
	for_each_place(p)
	{
		if (p->gone)
			say_gone(p);
		else if (p->in)
			take_out(p);
		p->in = false;
	}
}

/* An INT3 of the program's own, in a place that gdb takes no interest in any more, stays its affair. */
bool gdb_program_int3(struct pt_regs *regs, bool *hit)
{
	unsigned long addr = regs->ip - 1;
	struct place *p = find_place(addr);
	u8 byte = INT3;

	if (!p || p->mm != this_cpu(current_task)->mm)
		return false;
	*hit = p->wanted;
	if (!p->wanted &&
	    (copy_from_user_nofault(&byte, (const void __user *)addr, 1) || byte == INT3))
		return false;
	regs->ip = addr;
	return true;
}

/* ---------------------------------------------------------------- processes come and go */

/* A copy of `old` that nobody runs in yet. */
static void forked(struct mm_struct *mm, struct mm_struct *old)
{
	for_each_place(p)
	{
		u8 byte = INT3;

		if (p->mm != old || p->gone || !p->wanted)
			continue;
		access_remote_vm(mm, p->addr, &byte, 1, FOLL_FORCE);
		if (byte == INT3)
			access_remote_vm(mm, p->addr, &p->byte, 1, FOLL_FORCE | FOLL_WRITE);
	}
}

static void ended(struct mm_struct *mm)
{
	for_each_place(p) if (p->mm == mm) WRITE_ONCE(p->gone, true);
}

void __init gdb_programs_init(void)
{
	static const struct mm_watcher watcher = { .forked = forked, .ended = ended };

	mm_set_watcher(&watcher);
}
