// SPDX-License-Identifier: MIT
/*
 * This machine's memory type range registers: read once, asked for ever, shown.
 */
#include "kernel/core/cmdline.h"
#include "kernel/core/command.h"
#include "kernel/core/percpu.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/e820.h"
#include "mm/mtrr.h"
#include "mm/pat.h"

#define MSR_AMD64_SYSCFG   0xc0010010 /* AMD APM 2, 7.9.1 and 7.9.4 */
#define MSR_K8_TOP_MEM2	   0xc001001d
#define SYSCFG_TOM2_ENABLE BIT_ULL(21)
#define SYSCFG_TOM2_WB	   BIT_ULL(22)
#define TOP_MEM2_ADDRESS   0x000fffffff800000ULL

/* Written by mtrr_init() only. */
static struct mtrr_state machine;
static phys_addr_t last_edge; /* behind which all has one type */
static u32 registers[MTRR_MAX_REGISTERS];
static u64 values[MTRR_MAX_REGISTERS]; /* what the boot CPU has in them */
static unsigned int nr_registers;

static u64 read_msr(u32 msr)
{
	return rdmsr(msr);
}

/* Above 4 GiB AMD's firmware relies on a bit instead of registers. */
static phys_addr_t read_tom2(void)
{
	bool amd = strcmp(boot_cpu.vendor, "AuthenticAMD") == 0 ||
		   strcmp(boot_cpu.vendor, "HygonGenuine") == 0;
	u64 syscfg;

	if (!amd || boot_cpu.family < 0xf)
		return 0;
	syscfg = rdmsr(MSR_AMD64_SYSCFG);
	if (!(syscfg & SYSCFG_TOM2_ENABLE) || !(syscfg & SYSCFG_TOM2_WB))
		return 0;
	return rdmsr(MSR_K8_TOP_MEM2) & TOP_MEM2_ADDRESS;
}

static void __init save_registers(void)
{
	nr_registers = mtrr_list_registers(rdmsr(MSR_MTRRCAP), registers);
	for (unsigned int i = 0; i < nr_registers; i++)
		values[i] = rdmsr(registers[i]);
}

void __init mtrr_init(void)
{
	if (!boot_cpu.mtrr) {
		pr_info("mtrr: this CPU has none: page tables alone decide on memory types\n");
		return;
	}
	mtrr_read(&machine, read_msr, boot_cpu.phys_bits);
	machine.tom2 = read_tom2();
	last_edge = mtrr_last_edge(&machine);
	save_registers();
	if (!machine.enabled)
		pr_warn("mtrr: firmware left them disabled: all memory is uncachable\n");
	if (!cmdline_has("disable_mtrr_trim") &&
	    mtrr_trim(&machine, &e820_table, PFN_PHYS(e820__end_of_ram_pfn())))
		e820__say_end_of_ram(); /* once more, as Linux */
}

static bool is_like_boot_cpu(void)
{
	bool same = read_tom2() == machine.tom2;

	for (unsigned int i = 0; i < nr_registers; i++)
		same = same && rdmsr(registers[i]) == values[i];
	return same;
}

/* All are disabled while they are written (SDM 3A, 11.11.8). */
static void write_registers(void)
{
	u64 cr0 = begin_memory_types();

	wrmsr(MSR_MTRRDEFTYPE, 0);
	for (unsigned int i = 0; i < nr_registers; i++)
		wrmsr(registers[i], values[i]);
	end_memory_types(cr0);
}

void mtrr_setup_this_cpu(void)
{
	static bool said; /* atomic: firmware that forgets one CPU forgets all */

	if (!boot_cpu.mtrr || is_like_boot_cpu())
		return;
	write_registers();
	if (!__atomic_exchange_n(&said, true, __ATOMIC_RELAXED))
		pr_warn("mtrr: your CPUs had inconsistent MTRR settings: CPU %u has the boot CPU's now, and so have others%s\n",
			smp_processor_id(), is_like_boot_cpu() ? "" : ", but for TOP_MEM2");
}

enum mtrr_type mtrr_type_lookup(phys_addr_t start, phys_addr_t end, bool *uniform)
{
	return mtrr_range_type(&machine, start, end, uniform);
}

phys_addr_t mtrr_run_end(phys_addr_t start, phys_addr_t end, enum mtrr_type *type)
{
	if (!type && start >= last_edge) /* most BARs above 4 GiB are there */
		return end;
	return mtrr_range_run(&machine, start, end, type);
}

/* ---------------------------------------------------------------- the command */

void show_mtrr(struct sink *out)
{
	for (unsigned int i = 0; i < machine.nr_var; i++) {
		const struct mtrr_var *var = &machine.var[i];
		bool small = var->size < 0x100000;

		sink_printf(out, "reg%02u: base=0x%06lx000 (%5luMB), size=%5lu%cB, count=1: %s\n",
			    var->reg, PFN_DOWN(var->base), var->base >> 20,
			    var->size >> (small ? 10 : 20), small ? 'K' : 'M',
			    mtrr_type_name(var->type));
	}
}

/* What /proc/mtrr leaves out, in the form of Linux's mtrr.show=1. */
static void show_rest(struct sink *out)
{
	enum mtrr_type type;
	phys_addr_t at = 0, next;

	if (!machine.present) {
		sink_printf(out, "this CPU has no MTRRs\n");
		return;
	}
	sink_printf(out, "MTRRs %sabled, default type: %s\n", machine.enabled ? "en" : "dis",
		    mtrr_type_name(machine.def_type));
	if (machine.tom2)
		sink_printf(out,
			    "TOM2: %016lx aka %luM: write-back by default from 4 GiB to there\n",
			    machine.tom2, machine.tom2 >> 20);
	sink_printf(out, "MTRR fixed ranges %sabled:\n", machine.fixed ? "en" : "dis");
	for (; machine.fixed && at < MTRR_FIXED_END; at = next) {
		next = mtrr_run_end(at, MTRR_FIXED_END, &type);
		sink_printf(out, "  %05lX-%05lX %s\n", at, next - 1, mtrr_type_name(type));
	}
}

static int cmd_mtrr(struct sink *out, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "all") == 0)
		show_rest(out);
	else if (argc != 1)
		return -EINVAL;
	show_mtrr(out);
	return 0;
}
MONITOR_COMMAND(mtrr, "[all]",
		"memory type range registers, as /proc/mtrr; all: the fixed ones too", cmd_mtrr);
