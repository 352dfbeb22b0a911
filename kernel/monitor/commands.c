// SPDX-License-Identifier: MIT
/*
 * Commands of the core: its registers and messages shown, and faults made on
 * purpose.  What belongs to one subsystem has its command in that one's file.
 */
#include "kernel/core/command.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/sched.h"

static int cmd_dmesg(struct sink *out, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return -EINVAL;
	dmesg_dump(out);
	return 0;
}
MONITOR_COMMAND(dmesg, "", "all messages since boot", cmd_dmesg);

static int cmd_panic(struct sink *out, int argc, char **argv)
{
	(void)out;
	(void)argv;
	if (argc != 1)
		return -EINVAL;
	panic("asked for at the monitor");
}
MONITOR_COMMAND(panic, "", "stop the kernel with a report", cmd_panic);

/* ---------------------------------------------------------------- crash */

/* Each ends in an exception; the compiler may not see through, so they are assembly. */

static void crash_null(void)
{
	__asm__ __volatile__("movq (%0), %%rax" ::"r"(0UL) : "rax");
}

static void crash_nx(void)
{
	static u8 ret_instruction[16] = { 0xc3 }; /* in .data, which is not executable */

	__asm__ __volatile__("call *%0" ::"r"(ret_instruction) : "memory");
}

static void crash_ro(void)
{
	static const u64 constant = 1;

	__asm__ __volatile__("movq $2, (%0)" ::"r"(&constant) : "memory");
}

static void crash_ud(void)
{
	__asm__ __volatile__("ud2");
}

static void crash_gp(void)
{
	__asm__ __volatile__("movq (%0), %%rax" ::"r"(BIT_ULL(63)) : "rax"); /* not canonical */
}

/* A page fault whose own frame cannot be pushed. */
static void crash_df(void)
{
	__asm__ __volatile__("movq %0, %%rsp; pushq $0" ::"r"(4096UL) : "memory");
}

static noinline u64 recurse(volatile u64 *above)
{
	volatile u64 here[16];

	here[0] = *above + 1;
	return here[0] ? recurse(here) + here[0] : 0; /* 2^64 calls are not reached */
}

static void crash_overflow(void)
{
	volatile u64 depth = 0;

	depth = recurse(&depth);
}

/* Its array is full long before its end, and what lies behind it is written over: the canary first. */
static void crash_smash(void)
{
	char text[16];
	size_t length = 2 * sizeof(text);

	OPTIMIZER_HIDE_VAR(length);
	memset(text, 'x', length);
}

/* Interrupts off, and no end. */
static void crash_hang(void)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

struct crash {
	const char *how;
	void (*func)(void);
};

static void commit(void *info)
{
	const struct crash *crash = info;

	crash->func();
}

/* The monitor's thread goes elsewhere first, if it can: what comes then can be looked at. */
static int crash_on(const char *word, const struct crash *crash)
{
	struct cpumask others = cpu_online_mask;
	u64 cpu;

	if (kstrtoull(word, 10, &cpu) || cpu >= nr_cpu_ids)
		return -EINVAL;
	cpumask_clear_cpu((unsigned int)cpu, &others);
	set_cpus_allowed(current, &others);
	return smp_call_function_single((unsigned int)cpu, commit, (void *)crash, false);
}

static int cmd_crash(struct sink *out, int argc, char **argv)
{
	static const struct crash crashes[] = {
		{ "null", crash_null },
		{ "nx", crash_nx },
		{ "ro", crash_ro },
		{ "ud", crash_ud },
		{ "gp", crash_gp },
		{ "df", crash_df },
		{ "overflow", crash_overflow },
		{ "smash", crash_smash },
		{ "hang", crash_hang },
	};

	(void)out;
	if (argc < 2 || argc > 3)
		return -EINVAL;
	for (unsigned int i = 0; i < ARRAY_SIZE(crashes); i++) {
		if (strcmp(argv[1], crashes[i].how) != 0)
			continue;
		if (argc == 3)
			return crash_on(argv[2], &crashes[i]);
		crashes[i].func();
		return -EIO; /* it should not have been survived */
	}
	return -EINVAL;
}
MONITOR_COMMAND(crash, "null|nx|ro|ud|gp|df|overflow|smash|hang [CPU]",
		"commit that fault, here or in an interrupt of another CPU", cmd_crash);
