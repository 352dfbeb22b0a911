// SPDX-License-Identifier: MIT
/*
 * The command cpu: one CPU's control registers and model specific registers, bit by bit, and what its CPUID
 * says, by name and as numbers.
 *
 * Of the model specific registers those are read that every CPU with long mode has, or that CPUID promises.
 */
#include "kernel/core/command.h"
#include "kernel/core/percpu.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/proc/cpuinfo.h"
#include "mm/slab.h"

#define WIDTH	   80
#define FLAG_BYTES 4096
#define MAX_LEAVES 64

static const struct {
	u32 number;
	const char *name;
	const char *bits; /* a word for each bit from 0; "-": it has none */
} msrs[] = {
	{ MSR_EFER, "EFER", "SCE - - - - - - - LME - LMA NXE SVME LMSLE FFXSR TCE" },
	{ MSR_STAR, "STAR", "" },
	{ MSR_LSTAR, "LSTAR", "" },
	{ MSR_CSTAR, "CSTAR", "" },
	{ MSR_SYSCALL_MASK, "FMASK", "" },
	{ MSR_FS_BASE, "FS_BASE", "" },
	{ MSR_GS_BASE, "GS_BASE", "" },
	{ MSR_KERNEL_GS_BASE, "KERNEL_GS_BASE", "" },
	{ MSR_IA32_APIC_BASE, "APIC_BASE", "- - - - - - - - BSP - EXTD EN" },
	{ MSR_IA32_CR_PAT, "PAT", "" },
	{ MSR_MTRRCAP, "MTRRCAP", "" },
	{ MSR_MTRRDEFTYPE, "MTRR_DEF_TYPE", "" },
};

/* SDM 3A, 2.5 */
static const char cr0_bits[] =
	"PE MP EM TS ET NE - - - - - - - - - - WP - AM - - - - - - - - - - NW CD "
	"PG";
static const char cr4_bits[] =
	"VME PVI TSD DE PSE PAE MCE PGE PCE OSFXSR OSXMMEXCPT UMIP LA57 VMXE SMXE - FSGSBASE PCIDE "
	"OSXSAVE KL SMEP SMAP PKE CET PKS";

struct cpu_state {
	u64 cr0, cr2, cr3, cr4, msr[ARRAY_SIZE(msrs)];
};

static u32 leaf_reg(u32 leaf, u32 sub, unsigned int reg)
{
	u32 r[4], max, unused;

	cpuid(leaf & 0x80000000, 0, &max, &unused, &unused, &unused);
	if (leaf > max)
		return 0;
	cpuid(leaf, sub, &r[0], &r[1], &r[2], &r[3]);
	return r[reg];
}

static bool has_msr(u32 number)
{
	if (number == MSR_IA32_APIC_BASE)
		return leaf_reg(1, 0, 3) & BIT(9);
	if (number == MSR_IA32_CR_PAT)
		return boot_cpu.pat;
	return (number != MSR_MTRRCAP && number != MSR_MTRRDEFTYPE) || boot_cpu.mtrr;
}

static void take_state(void *info)
{
	struct cpu_state *s = info;

	s->cr0 = read_cr0();
	s->cr2 = read_cr2();
	s->cr3 = read_cr3();
	s->cr4 = read_cr4();
	for (unsigned int i = 0; i < ARRAY_SIZE(msrs); i++)
		s->msr[i] = has_msr(msrs[i].number) ? rdmsr(msrs[i].number) : 0;
}

/* "CR0             80010033 PE MP ET", the bits that are set. */
static void show_bits(struct sink *out, const char *bits, u64 value)
{
	for (unsigned int bit = 0; *bits; bit++) {
		const char *end = strchr(bits, ' ');
		size_t n = end ? (size_t)(end - bits) : strlen(bits);

		if (value >> bit & 1 && *bits != '-')
			sink_printf(out, " %.*s", (int)n, bits);
		bits += n + !!end;
	}
}

static void show_register(struct sink *out, const char *name, u64 value, const char *bits)
{
	sink_printf(out, "%-15s %016lx", name, value);
	show_bits(out, bits, value);
	sink_printf(out, "\n");
}

/* The words of /proc/cpuinfo's flags, in lines. */
static int show_flags(struct sink *out)
{
	char *text = kmalloc(FLAG_BYTES, GFP_KERNEL), *word = text;
	struct buffer_sink flags;
	size_t column = 0;

	if (!text)
		return -ENOMEM;
	buffer_sink_init(&flags, text, FLAG_BYTES);
	show_cpu_flags(&flags.sink, leaf_reg);
	while (*word) {
		char *end = strchr(word + 1, ' ');
		size_t n = end ? (size_t)(end - word) : strlen(word);

		if (column + n > WIDTH || !column) {
			sink_printf(out, column ? "\n " : " ");
			column = 1;
		}
		sink_write(out, word, n);
		column += n;
		word += n;
	}
	sink_printf(out, "\n");
	kfree(text);
	return 0;
}

/* SDM 2A, CPUID: leaves whose answer depends on ECX as well, until one says that it is the last. */
static bool has_sub_leaf(u32 leaf, u32 sub)
{
	switch (leaf) {
	case 4:
	case 0x8000001d:
		return leaf_reg(leaf, sub, 0) & 0x1f;
	case 7:
		return sub <= leaf_reg(7, 0, 0);
	case 0xb:
		return leaf_reg(leaf, sub, 2) >> 8 & 0xff;
	case 0xd:
		return sub < 2;
	default:
		return false;
	}
}

static void show_leaves(struct sink *out, u32 first)
{
	u32 last = leaf_reg(first, 0, 0);

	for (u32 leaf = first; leaf <= last && leaf - first < MAX_LEAVES; leaf++) {
		u32 sub = 0;

		do {
			sink_printf(out, "%08x %2u  %08x %08x %08x %08x\n", leaf, sub,
				    leaf_reg(leaf, sub, 0), leaf_reg(leaf, sub, 1),
				    leaf_reg(leaf, sub, 2), leaf_reg(leaf, sub, 3));
		} while (has_sub_leaf(leaf, ++sub) && sub < MAX_LEAVES);
	}
}

static void show_state(struct sink *out, const struct cpu_state *s)
{
	show_register(out, "CR0", s->cr0, cr0_bits);
	show_register(out, "CR2", s->cr2, "");
	show_register(out, "CR3", s->cr3, "");
	show_register(out, "CR4", s->cr4, cr4_bits);
	for (unsigned int i = 0; i < ARRAY_SIZE(msrs); i++)
		if (has_msr(msrs[i].number))
			show_register(out, msrs[i].name, s->msr[i], msrs[i].bits);
}

static int cmd_cpu(struct sink *out, int argc, char **argv)
{
	struct cpu_state state;
	u64 cpu = raw_smp_processor_id();
	int err;

	if (argc > 2 || (argc == 2 && (kstrtoull(argv[1], 10, &cpu) || cpu >= nr_cpu_ids)))
		return -EINVAL;
	err = smp_call_function_single((unsigned int)cpu, take_state, &state, true);
	if (err)
		return err;
	sink_printf(out, "CPU %lu: %s, %s\nfamily %u model %u stepping %u, %u bits physical\n", cpu,
		    boot_cpu.vendor, boot_cpu.brand, boot_cpu.family, boot_cpu.model,
		    boot_cpu.stepping, boot_cpu.phys_bits);
	show_state(out, &state);
	err = show_flags(out);
	sink_printf(out, "leaf    sub  eax      ebx      ecx      edx\n");
	show_leaves(out, 0);
	if (boot_cpu.hypervisor)
		show_leaves(out, 0x40000000);
	show_leaves(out, 0x80000000);
	return err;
}
MONITOR_COMMAND(cpu, "[CPU]", "a CPU's control registers, MSRs and CPUID, by name", cmd_cpu);
