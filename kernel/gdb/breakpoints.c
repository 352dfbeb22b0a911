// SPDX-License-Identifier: MIT
/* Software and hardware breakpoints, and watchpoints.  See the header. */
#include "kernel/gdb/breakpoints.h"

#include "kernel/cpu/cpu.h"
#include "kernel/gdb/memory.h"
#include "kernel/gdb/programs.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/trap/debugger.h"
#include "mm/layout.h"

#define INT3 0xcc

struct software {
	u64 addr; /* 0: free */
	u8 byte;  /* what was there, while the INT3 is */
	bool in_text;
};
static struct software software[64];

static struct hardware {
	bool used;
	enum gdb_breakpoint_type type;
	u64 addr;
	unsigned int length;
} hardware[4];

/* ---------------------------------------------------------------- software */

static struct software *find_software(u64 addr)
{
	for (struct software *b = software; b < software + ARRAY_SIZE(software); b++)
		if (b->addr == addr)
			return b;
	return NULL;
}

bool gdb_is_software_breakpoint(unsigned long addr)
{
	return addr && find_software(addr);
}

bool gdb_int3_was_ours(unsigned long addr)
{
	u8 byte;

	return gdb_is_software_breakpoint(addr) ||
	       (gdb_read_memory(NULL, addr, &byte, 1) == 1 && byte != INT3);
}

/* What runs between the exception and its debugger. */
static bool is_on_the_way(u64 addr)
{
	extern const char __nobreak_start[], __nobreak_end[];

	return addr >= (u64)__nobreak_start && addr < (u64)__nobreak_end;
}

static int insert_software(u64 addr)
{
	struct software *b = find_software(addr);
	u8 byte;

	if (is_on_the_way(addr))
		return -EPERM;
	if (b)
		return 0;
	if (gdb_read_memory(NULL, addr, &byte, 1) != 1)
		return -EFAULT;
	b = find_software(0);
	if (!b)
		return -ENOSPC;
	b->addr = addr;
	return 0;
}

static int remove_software(u64 addr)
{
	struct software *b = addr ? find_software(addr) : NULL;

	if (!b)
		return -ENOENT;
	b->addr = 0;
	return 0;
}

/* Code of the boot goes away: its breakpoints wait for nothing then, and hurt nobody. */
static void put_into_text(void)
{
	for (struct software *b = software; b < software + ARRAY_SIZE(software); b++)
		b->in_text = b->addr && gdb_read_memory(NULL, b->addr, &b->byte, 1) == 1 &&
			     gdb_write_memory(NULL, b->addr, &(u8){ INT3 }, 1) == 1;
}

static void take_out_of_text(void)
{
	u8 byte;

	for (struct software *b = software; b < software + ARRAY_SIZE(software); b++) {
		if (b->in_text && gdb_read_memory(NULL, b->addr, &byte, 1) == 1 && byte == INT3)
			gdb_write_memory(NULL, b->addr, &b->byte, 1);
		b->in_text = false;
	}
}

/* Whatever is called for this may have one itself: so it is written over what is read-only. */
bool gdb_withdraw_breakpoint(unsigned long addr)
{
	struct software *b = addr ? find_software(addr) : NULL;
	u64 cr0 = read_cr0();

	if (!b || !b->in_text)
		return false;
	b->in_text = false;
	write_cr0(cr0 & ~X86_CR0_WP);
	WRITE_ONCE(*(u8 *)addr, b->byte);
	write_cr0(cr0);
	return true;
}

/* ---------------------------------------------------------------- hardware */

/* SDM 3B, 17.2.4: bits 16 and on have four for each register, two of kind and two of length. */
#define DR7_ENABLE(n)	 BIT_ULL(2 * (n) + 1)
#define DR7_EXACT	 BIT_ULL(9)
#define DR7_KIND(n, k)	 ((u64)(k) << (16 + 4 * (n)))
#define DR7_LENGTH(n, l) ((u64)(l) << (18 + 4 * (n)))
enum { KIND_EXECUTE = 0, KIND_WRITE = 1, KIND_READ_WRITE = 3 };

static u64 kind_of(enum gdb_breakpoint_type type)
{
	return type == GDB_HARDWARE    ? KIND_EXECUTE :
	       type == GDB_WATCH_WRITE ? KIND_WRITE :
					 KIND_READ_WRITE;
}

static u64 length_bits(const struct hardware *h)
{
	return h->length == 8 ? 2 : h->length - 1;
}

static void update_registers(void)
{
	debug_registers.control = DR7_OFF;
	for (unsigned int n = 0; n < ARRAY_SIZE(hardware); n++) {
		const struct hardware *h = &hardware[n];

		if (!h->used)
			continue;
		debug_registers.addr[n] = h->addr;
		debug_registers.control |= DR7_EXACT | DR7_ENABLE(n) |
					   DR7_KIND(n, kind_of(h->type)) |
					   DR7_LENGTH(n, length_bits(h));
	}
}

static struct hardware *find_hardware(enum gdb_breakpoint_type type, u64 addr, unsigned int length)
{
	for (struct hardware *h = hardware; h < hardware + ARRAY_SIZE(hardware); h++)
		if (h->used && h->type == type && h->addr == addr && h->length == length)
			return h;
	return NULL;
}

static int insert_hardware(enum gdb_breakpoint_type type, u64 addr, unsigned int length)
{
	if (find_hardware(type, addr, length))
		return 0;
	if (length > 8 || !is_power_of_2(length) || !IS_ALIGNED(addr, length))
		return -EINVAL;
	if (type == GDB_HARDWARE && is_on_the_way(addr))
		return -EPERM;
	for (struct hardware *h = hardware; h < hardware + ARRAY_SIZE(hardware); h++) {
		if (h->used)
			continue;
		*h = (struct hardware){ true, type, addr, length };
		return 0;
	}
	return -ENOSPC;
}

static int remove_hardware(enum gdb_breakpoint_type type, u64 addr, unsigned int length)
{
	struct hardware *h = find_hardware(type, addr, length);

	if (!h)
		return -ENOENT;
	h->used = false;
	return 0;
}

/* The address of an instruction is fault enough: KIND_WRITE and the others trap behind it. */
bool gdb_hardware_hit(unsigned long dr6, struct gdb_stop *stop)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(hardware); n++) {
		if (!(dr6 & BIT(n)) || !hardware[n].used)
			continue;
		stop->hit = true;
		stop->type = hardware[n].type;
		stop->address = hardware[n].addr;
		return true;
	}
	return false;
}

/* ---------------------------------------------------------------- both */

int gdb_insert_breakpoint(struct mm_struct *mm, enum gdb_breakpoint_type type, u64 addr,
			  unsigned int kind)
{
	if (type == GDB_SOFTWARE)
		return addr < KERNEL_HALF ? gdb_insert_in_program(mm, addr) : insert_software(addr);
	return insert_hardware(type, addr, type == GDB_HARDWARE ? 1 : kind);
}

int gdb_remove_breakpoint(enum gdb_breakpoint_type type, u64 addr, unsigned int kind)
{
	if (type == GDB_SOFTWARE)
		return addr < KERNEL_HALF ? gdb_remove_from_program(addr) : remove_software(addr);
	return remove_hardware(type, addr, type == GDB_HARDWARE ? 1 : kind);
}

void gdb_remove_all_breakpoints(void)
{
	memset(software, 0, sizeof(software));
	memset(hardware, 0, sizeof(hardware));
	gdb_remove_from_programs();
}

void gdb_arm_breakpoints(void)
{
	put_into_text();
	gdb_arm_programs();
	update_registers();
}

void gdb_disarm_breakpoints(void)
{
	take_out_of_text();
	gdb_disarm_programs();
	debug_registers.control = DR7_OFF;
}
