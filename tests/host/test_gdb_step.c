// SPDX-License-Identifier: MIT
// sources: kernel/gdb/step.c
/*
 * What a step does to the flags of what it steps: TF and a masked IF are the debugger's, and nothing
 * of them is seen behind it (SDM 1, 3.4.3; SDM 3B, 17.3.1.4).
 */
#include "kernel/cpu/irqflags.h"
#include "kernel/gdb/context.h"
#include "kernel/gdb/memory.h"
#include "kernel/gdb/step.h"
#include "kernel/sched/task.h"
#include "tests/host/test.h"

#define IF X86_EFLAGS_IF
#define TF X86_EFLAGS_TF
#define RF X86_EFLAGS_RF
#define CF 1UL

struct gdb_context gdb_context;

static u8 code[16];
static unsigned long stack[2];
static struct task_struct one, other;
static struct pt_regs regs;

size_t gdb_read_memory(const struct mm *user, u64 addr, void *to, size_t n)
{
	EXPECT(!user);
	memcpy(to, (const void *)addr, n);
	return n;
}

size_t gdb_write_memory(const struct mm *user, u64 addr, const void *from, size_t n)
{
	EXPECT(!user && addr == (u64)stack);
	memcpy((void *)addr, from, n);
	return n;
}

/* Of this CPU, which stands at the instruction. */
static enum gdb_step step(u64 instruction, unsigned long flags, unsigned long cs)
{
	memcpy(code, &instruction, sizeof(instruction));
	current_task = &one;
	cpu_number = 0;
	regs = (struct pt_regs){
		.ip = (unsigned long)code, .sp = (unsigned long)stack, .flags = flags, .cs = cs
	};
	gdb_context.regs = &regs;
	return gdb_step_begin(0, &regs);
}

static bool trapped(void)
{
	bool given_up = true, ours = gdb_step_trap(&regs, &given_up);

	EXPECT(!given_up);
	return ours;
}

TEST(a_plain_instruction)
{
	for (unsigned long flags = CF; flags <= (CF | IF); flags += IF) {
		EXPECT_EQ(step(0x90, flags, KERNEL_CS), GDB_STEP_SET);
		EXPECT_EQ(regs.flags, CF | TF | RF);
		regs.flags &= ~RF;
		EXPECT(trapped());
		EXPECT_EQ(regs.flags, flags);
		EXPECT(!trapped()); /* once */
	}
}

/* What would wait for an interrupt, or is followed by no trap, is done without the CPU. */
TEST(what_is_done_by_hand)
{
	static const struct {
		u32 instruction;
		unsigned int length;
		unsigned long before, after;
	} cases[] = {
		{ 0xfa, 1, CF | IF, CF }, { 0xfa, 1, CF, CF },	   { 0xfb, 1, CF, CF | IF },
		{ 0xf4, 1, IF, IF },	  { 0xc9010f, 3, IF, IF }, { 0xfaf3, 2, IF, 0 },
		{ 0xfb66, 2, 0, IF },	  { 0xf44ff2, 3, CF, CF },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		EXPECT_EQ(step(cases[i].instruction, cases[i].before, KERNEL_CS), GDB_STEP_DONE);
		EXPECT_EQ(regs.ip, (unsigned long)code + cases[i].length);
		EXPECT_EQ(regs.flags, cases[i].after);
		EXPECT(!trapped());
	}
	/* A program's are faults, which are its own. */
	EXPECT_EQ(step(0xfa, IF, USER_CS), GDB_STEP_SET);
	EXPECT_EQ(regs.ip, (unsigned long)code);
	EXPECT(trapped());
	EXPECT_EQ(regs.flags, IF | RF);
}

TEST(flags_that_are_pushed_are_the_code_s_own)
{
	EXPECT_EQ(step(0x9c, CF | IF, KERNEL_CS), GDB_STEP_SET);
	stack[0] = CF | TF;
	EXPECT(trapped());
	EXPECT_EQ(stack[0], CF | IF);
	EXPECT_EQ(regs.flags & (CF | TF | IF), CF | IF);
	EXPECT_EQ(step(0x9c66, CF, KERNEL_CS), GDB_STEP_SET);
	stack[0] = CF | TF;
	EXPECT(trapped());
	EXPECT_EQ(stack[0], CF);
}

/* POPF, IRET and SYSRET leave the IF that they found. */
TEST(flags_that_are_taken_back_stay)
{
	static const u32 instructions[] = { 0x9d, 0xcf, 0xcf48, 0x070f };

	for (unsigned int i = 0; i < ARRAY_SIZE(instructions); i++) {
		EXPECT_EQ(step(instructions[i], IF, KERNEL_CS), GDB_STEP_SET);
		regs.flags = TF;
		EXPECT(trapped());
		EXPECT_EQ(regs.flags, 0);
		EXPECT_EQ(step(instructions[i], 0, KERNEL_CS), GDB_STEP_SET);
		regs.flags = TF | IF;
		EXPECT(trapped());
		EXPECT_EQ(regs.flags, IF);
	}
}

/* SYSCALL needs the machine: the trap comes to its thread, wherever that is by then. */
TEST(a_call_is_free)
{
	EXPECT_EQ(step(0x050f, IF, USER_CS), GDB_STEP_FREE);
	EXPECT_EQ(regs.flags, IF | TF | RF);
	EXPECT(!gdb_step_exception(&regs)); /* it is free already */
	current_task = &other;
	EXPECT(!trapped());
	current_task = &one;
	cpu_number = 3;
	EXPECT(trapped());
	EXPECT_EQ(regs.flags & (IF | TF), IF);
}

TEST(a_fault_amid_a_step_frees_it)
{
	EXPECT_EQ(step(0x90, IF, KERNEL_CS), GDB_STEP_SET);
	cpu_number = 3;
	EXPECT(!gdb_step_exception(&regs)); /* another CPU's */
	EXPECT(!trapped());
	cpu_number = 0;
	EXPECT(gdb_step_exception(&regs));
	EXPECT_EQ(regs.flags & (IF | TF), IF | TF);
	current_task = &other; /* what runs here meanwhile */
	EXPECT(!trapped());
	current_task = &one;
	cpu_number = 3;
	EXPECT(trapped());
	EXPECT_EQ(regs.flags & (IF | TF), IF);
}

/* A stop came first: nothing of the step is left in the registers that gdb sees. */
TEST(a_step_that_is_given_up)
{
	bool given_up;

	EXPECT_EQ(step(0x9d, IF, KERNEL_CS), GDB_STEP_SET);
	gdb_step_give_up();
	EXPECT_EQ(regs.flags & (IF | TF), IF); /* though POPF has not run */
	EXPECT(!trapped());

	/* Its code is not where it can be seen: the trap comes later, and is nothing to gdb. */
	EXPECT_EQ(step(0x050f, IF, USER_CS), GDB_STEP_FREE);
	gdb_context.regs = NULL;
	gdb_step_give_up();
	EXPECT(gdb_step_trap(&regs, &given_up) && given_up);
	EXPECT_EQ(regs.flags & TF, 0);

	/* So does one amid which the next thread is stepped. */
	EXPECT_EQ(step(0x050f, IF, USER_CS), GDB_STEP_FREE);
	current_task = &other;
	regs.flags = IF;
	EXPECT_EQ(gdb_step_begin(0, &regs), GDB_STEP_FREE);
	current_task = &one;
	EXPECT(gdb_step_trap(&regs, &given_up) && given_up);
	current_task = &other;
	EXPECT(gdb_step_trap(&regs, &given_up) && !given_up);
	current_task = &one;
	EXPECT(!gdb_step_trap(&regs, &given_up));
}
