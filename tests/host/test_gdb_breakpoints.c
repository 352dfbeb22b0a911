// SPDX-License-Identifier: MIT
// sources: kernel/gdb/breakpoints.c
/*
 * Breakpoints in text that changes, goes away or cannot be written; the debug registers by the manual
 * (SDM 3B, 17.2.4).
 */
#include "kernel/gdb/breakpoints.h"
#include "kernel/gdb/memory.h"
#include "kernel/gdb/programs.h"
#include "kernel/trap/debugger.h"
#include "tests/host/test.h"

#define INT3 0xcc
#define NOP  0x90

u8 text[256];
static bool gone, sealed; /* it cannot be read / written */

/* What runs between the exception and its debugger: sixteen bytes of it. */
__asm__(".globl __nobreak_start, __nobreak_end\n"
	".set __nobreak_start, text + 200\n"
	".set __nobreak_end, text + 216\n");
struct debug_registers debug_registers;

static u64 at(unsigned int n)
{
	return (u64)&text[n];
}

static bool is_text(u64 addr)
{
	return addr >= at(0) && addr < at(sizeof(text));
}

size_t gdb_read_memory(const struct mm *user, u64 addr, void *to, size_t n)
{
	EXPECT(!user && n == 1);
	if (gone || !is_text(addr))
		return 0;
	*(u8 *)to = *(u8 *)addr;
	return 1;
}

size_t gdb_write_memory(const struct mm *user, u64 addr, const void *from, size_t n)
{
	EXPECT(!user && n == 1 && is_text(addr));
	if (gone || sealed)
		return 0;
	*(u8 *)addr = *(const u8 *)from;
	return 1;
}

u64 read_cr0(void)
{
	return 0x80010033;
}

void write_cr0(u64 v)
{
	(void)v;
}

static unsigned int program_calls;

int gdb_insert_in_program(struct mm_struct *mm, u64 addr)
{
	(void)mm;
	EXPECT(addr < 0x1000);
	program_calls++;
	return 0;
}

int gdb_remove_from_program(u64 addr)
{
	return gdb_insert_in_program(NULL, addr);
}

void gdb_remove_from_programs(void)
{
}

void gdb_arm_programs(void)
{
}

void gdb_disarm_programs(void)
{
}

static void begin(void)
{
	memset(text, NOP, sizeof(text));
	gone = sealed = false;
	gdb_remove_all_breakpoints();
	program_calls = 0;
}

static int set(unsigned int n)
{
	return gdb_insert_breakpoint(NULL, GDB_SOFTWARE, at(n), 1);
}

static int clear(unsigned int n)
{
	return gdb_remove_breakpoint(GDB_SOFTWARE, at(n), 1);
}

static unsigned int count_int3(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < sizeof(text); i++)
		n += text[i] == INT3;
	return n;
}

/* ---------------------------------------------------------------- software */

TEST(it_is_there_only_while_cpus_go)
{
	begin();
	EXPECT_EQ(set(7), 0);
	EXPECT_EQ(count_int3(), 0);
	EXPECT(gdb_is_software_breakpoint(at(7)));
	EXPECT(!gdb_is_software_breakpoint(at(8)));
	for (unsigned int i = 0; i < 3; i++) {
		gdb_arm_breakpoints();
		EXPECT_EQ(text[7], INT3);
		EXPECT_EQ(count_int3(), 1);
		gdb_disarm_breakpoints();
		EXPECT_EQ(text[7], NOP);
	}
	EXPECT_EQ(clear(7), 0);
	EXPECT_EQ(clear(7), -ENOENT);
	gdb_arm_breakpoints();
	EXPECT_EQ(count_int3(), 0);
	gdb_disarm_breakpoints();
}

/* gdb sets it again at each stop: it is one, and the first removal is its end. */
TEST(set_twice_it_is_one)
{
	begin();
	EXPECT_EQ(set(7), 0);
	EXPECT_EQ(set(7), 0);
	gdb_arm_breakpoints();
	gdb_disarm_breakpoints();
	EXPECT_EQ(text[7], NOP);
	EXPECT_EQ(clear(7), 0);
	EXPECT_EQ(clear(7), -ENOENT);
	EXPECT(!gdb_is_software_breakpoint(at(7)));
}

/* Code that was patched meanwhile stays as it is now; an INT3 of its own is not ours to take. */
TEST(text_that_changed_is_not_put_back)
{
	begin();
	EXPECT_EQ(set(7), 0);
	gdb_arm_breakpoints();
	text[7] = 0xe9;
	gdb_disarm_breakpoints();
	EXPECT_EQ(text[7], 0xe9);
	gdb_arm_breakpoints();
	EXPECT_EQ(text[7], INT3);
	gdb_disarm_breakpoints();
	EXPECT_EQ(text[7], 0xe9);
}

TEST(text_that_is_gone_or_sealed_hurts_nobody)
{
	begin();
	EXPECT_EQ(set(7), 0);
	sealed = true;
	gdb_arm_breakpoints();
	EXPECT(!gdb_withdraw_breakpoint(at(7))); /* it is not there */
	sealed = false;
	gdb_disarm_breakpoints();
	EXPECT_EQ(text[7], NOP);
	gdb_arm_breakpoints();
	gone = true;
	gdb_disarm_breakpoints();
	gdb_arm_breakpoints();
	gone = false;
	text[7] = 0xc3; /* another's, by now */
	gdb_disarm_breakpoints();
	EXPECT_EQ(text[7], 0xc3);
	gone = true;
	EXPECT_EQ(set(9), -EFAULT);
}

TEST(one_that_is_come_upon_goes_for_this_time)
{
	begin();
	EXPECT(!gdb_withdraw_breakpoint(0));
	EXPECT_EQ(set(7), 0);
	EXPECT(!gdb_withdraw_breakpoint(at(7)));
	gdb_arm_breakpoints();
	EXPECT(!gdb_withdraw_breakpoint(at(8)));
	EXPECT(gdb_withdraw_breakpoint(at(7)));
	EXPECT_EQ(text[7], NOP);
	EXPECT(!gdb_withdraw_breakpoint(at(7)));
	text[7] = INT3; /* the text's own, by now */
	gdb_disarm_breakpoints();
	EXPECT_EQ(text[7], INT3);
	text[7] = NOP;
	gdb_arm_breakpoints();
	EXPECT_EQ(text[7], INT3);
	gdb_disarm_breakpoints();
}

/* One CPU strikes it while another takes it out. */
TEST(an_int3_that_has_gone_was_ours)
{
	begin();
	EXPECT(gdb_int3_was_ours(at(7)));
	text[7] = INT3; /* the program's own */
	EXPECT(!gdb_int3_was_ours(at(7)));
	EXPECT_EQ(set(7), 0);
	EXPECT(gdb_int3_was_ours(at(7)));
}

TEST(so_many_and_no_more)
{
	unsigned int n = 0;

	begin();
	while (n < sizeof(text) && set(n) == 0)
		n++;
	EXPECT_EQ(n, 64);
	EXPECT_EQ(set(n), -ENOSPC);
	EXPECT_EQ(set(3), 0); /* it is one of them */
	EXPECT_EQ(clear(3), 0);
	EXPECT_EQ(set(n), 0);
	gdb_arm_breakpoints();
	EXPECT_EQ(count_int3(), 64);
	gdb_disarm_breakpoints();
	EXPECT_EQ(count_int3(), 0);
	gdb_remove_all_breakpoints();
	gdb_arm_breakpoints();
	EXPECT_EQ(count_int3(), 0);
	gdb_disarm_breakpoints();
}

TEST(those_of_programs_are_others)
{
	begin();
	EXPECT_EQ(gdb_insert_breakpoint(NULL, GDB_SOFTWARE, 0x400, 1), 0);
	EXPECT_EQ(gdb_remove_breakpoint(GDB_SOFTWARE, 0x400, 1), 0);
	EXPECT_EQ(program_calls, 2);
}

/* ---------------------------------------------------------------- hardware */

/* Table 17-2's bits: L0 to G3 from 0 on, R/Wn at 16 + 4n, LENn at 18 + 4n; 00, 01, 11, 10: 1, 2, 4, 8 bytes. */
TEST(kinds_and_lengths_of_the_manual)
{
	static const struct {
		enum gdb_breakpoint_type type;
		unsigned int length;
		unsigned long bits;
	} cases[] = {
		{ GDB_HARDWARE, 1, 0x0 },     { GDB_WATCH_WRITE, 1, 0x1 },
		{ GDB_WATCH_WRITE, 2, 0x5 },  { GDB_WATCH_WRITE, 4, 0xd },
		{ GDB_WATCH_WRITE, 8, 0x9 },  { GDB_WATCH_READ, 4, 0xf },
		{ GDB_WATCH_ACCESS, 8, 0xb },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		begin();
		EXPECT_EQ(gdb_insert_breakpoint(NULL, cases[i].type, 0x10000, cases[i].length), 0);
		gdb_arm_breakpoints();
		EXPECT_EQ(debug_registers.addr[0], 0x10000);
		EXPECT_EQ(debug_registers.control, 0x602 | cases[i].bits << 16);
		gdb_disarm_breakpoints();
		EXPECT_EQ(debug_registers.control, 0x400);
	}
}

TEST(four_registers_and_who_struck)
{
	struct gdb_stop stop = { 0 };

	begin();
	for (unsigned int n = 0; n < 4; n++)
		EXPECT_EQ(gdb_insert_breakpoint(NULL, GDB_WATCH_WRITE, 0x1000 * (n + 1), 4), 0);
	EXPECT_EQ(gdb_insert_breakpoint(NULL, GDB_HARDWARE, 0x9000, 1), -ENOSPC);
	EXPECT_EQ(gdb_insert_breakpoint(NULL, GDB_WATCH_WRITE, 0x3000, 4), 0); /* it is there */
	EXPECT_EQ(gdb_remove_breakpoint(GDB_WATCH_WRITE, 0x3000, 4), 0);
	EXPECT_EQ(gdb_remove_breakpoint(GDB_WATCH_WRITE, 0x3000, 4), -ENOENT);
	EXPECT_EQ(gdb_remove_breakpoint(GDB_WATCH_WRITE, 0x4000, 8), -ENOENT);
	EXPECT(!gdb_hardware_hit(BIT(2), &stop));
	EXPECT(gdb_hardware_hit(BIT(2) | BIT(3), &stop));
	EXPECT_EQ(stop.address, 0x4000);
	EXPECT(stop.hit && stop.type == GDB_WATCH_WRITE);
	EXPECT_EQ(gdb_insert_breakpoint(NULL, GDB_HARDWARE, 0x9003, 1), 0);
	gdb_arm_breakpoints();
	EXPECT_EQ(debug_registers.addr[2], 0x9003);
	EXPECT_EQ(debug_registers.control, 0xd0dd06aa);
	gdb_disarm_breakpoints();
}

TEST(what_the_registers_cannot_watch)
{
	static const struct {
		u64 addr;
		unsigned int length;
	} cases[] = { { 0x1000, 3 }, { 0x1000, 16 }, { 0x1000, 0 },
		      { 0x1001, 2 }, { 0x1002, 4 },  { 0x1004, 8 } };

	begin();
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		EXPECT_EQ(gdb_insert_breakpoint(NULL, GDB_WATCH_WRITE, cases[i].addr,
						cases[i].length),
			  -EINVAL);
	gdb_arm_breakpoints();
	EXPECT_EQ(debug_registers.control, 0x400);
	gdb_disarm_breakpoints();
}

TEST(the_debugger_s_own_way_is_not_cut)
{
	begin();
	for (unsigned int n = 198; n < 218; n++) {
		int want = n >= 200 && n < 216 ? -EPERM : 0;

		EXPECT_EQ(set(n), want);
		EXPECT_EQ(gdb_insert_breakpoint(NULL, GDB_HARDWARE, at(n), 1), want);
		EXPECT_EQ(gdb_insert_breakpoint(NULL, GDB_WATCH_WRITE, at(n), 1), 0); /* data */
		gdb_remove_all_breakpoints();
	}
}
