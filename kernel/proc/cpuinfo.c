// SPDX-License-Identifier: MIT
/*
 * /proc/cpuinfo: what CPUID says of the processor, a paragraph for each CPU that is online.
 *
 * All CPUs are taken for the boot CPU's equals (cpu_is_like_boot_cpu()), and differ in their APIC ids alone.
 */
#include "kernel/proc/cpuinfo.h"

#include "kernel/core/cpumask.h"
#include "kernel/core/sink.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/apicid.h"
#include "kernel/lib/string.h"
#include "kernel/time/time.h"

#define VIRT_BITS 48

/* What this kernel says of its own of a CPU with long mode: Linux's words. */
#define OWN_WORDS " rep_good nopl"

static u32 cpuid_reg(u32 leaf, u32 sub, unsigned int reg)
{
	u32 r[4], max, unused;

	cpuid(leaf & 0x80000000, 0, &max, &unused, &unused, &unused);
	if (leaf > max)
		return 0;
	cpuid(leaf, sub, &r[0], &r[1], &r[2], &r[3]);
	return r[reg];
}

static void show_power(struct sink *out, u32 bits)
{
	static const char *const names[] = {
		" ts",		" fid",		  " vid",	" ttp", " tm",
		" stc",		" 100mhzsteps",	  " hwpstate",	"",	" cpb",
		" eff_freq_ro", " proc_feedback", " acc_power",
	};

	sink_printf(out, "power management:");
	for (unsigned int i = 0; i < 32; i++) {
		if (!(bits & BIT(i)))
			continue;
		if (i < ARRAY_SIZE(names))
			sink_printf(out, "%s", names[i]);
		else
			sink_printf(out, " [%u]", i);
	}
	sink_printf(out, "\n\n");
}

/* What a level's description of CPUID 4 makes in KiB; SDM 2A, CPUID: the largest there is. */
static u32 intel_cache_kb(void)
{
	u32 kb = 0, type = 1;

	for (u32 i = 0; i < 8 && type; i++) {
		u32 b = cpuid_reg(4, i, 1), sets = cpuid_reg(4, i, 2) + 1;

		type = cpuid_reg(4, i, 0) & 0x1f;
		if (type)
			kb = max(kb, ((b >> 22) + 1) * ((b >> 12 & 0x3ff) + 1) * ((b & 0xfff) + 1) *
					     sets / 1024);
	}
	return kb;
}

static bool is_amd(void)
{
	return !strcmp(boot_cpu.vendor, "AuthenticAMD") || !strcmp(boot_cpu.vendor, "HygonGenuine");
}

/* Bits of an APIC id below those of the package: as many as number its threads. */
static unsigned int package_shift(void)
{
	u32 threads = cpuid_reg(1, 0, 3) & BIT(28) ? cpuid_reg(1, 0, 1) >> 16 & 0xff : 1;
	unsigned int shift = 0;

	while (BIT(shift) < threads)
		shift++;
	return shift;
}

/* Of these, bits that number a core's threads: CPUID 0bh, level 0. */
static unsigned int core_shift(void)
{
	return cpuid_reg(0xb, 0, 1) ? cpuid_reg(0xb, 0, 0) & 0x1f : 0;
}

static void show_topology(struct sink *out, unsigned int cpu)
{
	unsigned int shift = package_shift(), core = min(core_shift(), shift), other;
	u32 id = cpu_apic_id[cpu], siblings = 0, cores = 0;

	for_each_online_cpu(other)
	{
		if (cpu_apic_id[other] >> shift != id >> shift)
			continue;
		siblings++;
		cores += !(cpu_apic_id[other] & (BIT(core) - 1));
	}
	sink_printf(out, "physical id\t: %u\nsiblings\t: %u\ncore id\t\t: %u\ncpu cores\t: %u\n",
		    id >> shift, siblings, (id & (u32)(BIT(shift) - 1)) >> core, max(cores, 1U));
	sink_printf(out, "apicid\t\t: %u\ninitial apicid\t: %u\n", id, id);
}

/* A word for each bit that is set, of as many names as the register has bits with one; "-": it has none. */
static void show_words(struct sink *out, const char *names, u32 bits)
{
	for (unsigned int bit = 0; *names; bit++) {
		const char *end = strchr(names, ' ');
		size_t n = end ? (size_t)(end - names) : strlen(names);

		if (bits & BIT(bit) && *names != '-')
			sink_printf(out, " %.*s", (int)n, names);
		names += n + !!end;
	}
}

void show_cpu_flags(struct sink *out, u32 (*reg)(u32 leaf, u32 sub, unsigned int reg))
{
	u32 power = reg(0x80000007, 0, 3);

	show_words(
		out,
		"fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov pat pse36 pn clflush "
		"- dts acpi mmx fxsr sse sse2 ss ht tm ia64 pbe",
		reg(1, 0, 3));
	show_words(
		out,
		"- - - - - - - - - - - syscall - - - - - - - mp nx - mmxext - - fxsr_opt pdpe1gb "
		"rdtscp - lm 3dnowext 3dnow",
		reg(0x80000001, 0, 3));
	if (power & BIT(8))
		sink_printf(out, " constant_tsc");
	sink_printf(out, "%s", OWN_WORDS);
	if (power & BIT(8))
		sink_printf(out, " nonstop_tsc");
	sink_printf(out, " cpuid");
	show_words(
		out,
		"pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr "
		"pdcm - pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave - "
		"avx f16c rdrand hypervisor",
		reg(1, 0, 2));
	show_words(
		out,
		"lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw "
		"ibs xop skinit wdt - lwp fma4 tce - nodeid_msr - tbm topoext perfctr_core perfctr_nb "
		"- bpext ptsc perfctr_llc mwaitx - -",
		reg(0x80000001, 0, 2));
	if (reg(0x80000001, 0, 2) & BIT(2)) /* svm: its hypercall is VMMCALL */
		sink_printf(out, " vmmcall");
	show_words(
		out,
		"fsgsbase tsc_adjust sgx bmi1 hle avx2 - smep bmi2 erms invpcid rtm cqm - mpx rdt_a "
		"avx512f avx512dq rdseed adx smap avx512ifma - clflushopt clwb intel_pt avx512pf "
		"avx512er avx512cd sha_ni avx512bw avx512vl",
		reg(7, 0, 1));
	show_words(out, "xsaveopt xsavec xgetbv1 xsaves", reg(0xd, 1, 0));
	show_words(
		out,
		"clzero irperf xsaveerptr - rdpru - - - - wbnoinvd - - - - - - - - - - - - - amd_ppin - "
		"virt_ssbd - cppc - - - brs",
		reg(0x80000008, 0, 1));
	show_words(
		out,
		"dtherm ida arat - pln - pts hwp hwp_notify hwp_act_window hwp_epp hwp_pkg_req - - - - "
		"- - - hfi",
		reg(6, 0, 0));
	show_words(out,
		   "npt lbrv svm_lock nrip_save tsc_scale vmcb_clean flushbyasid decodeassists - - "
		   "pausefilter - pfthreshold avic - v_vmsave_vmload vgif - x2avic - v_spec_ctrl",
		   reg(0x8000000a, 0, 3));
	show_words(
		out,
		"- avx512vbmi umip pku ospke waitpkg avx512_vbmi2 - gfni vaes vpclmulqdq avx512_vnni "
		"avx512_bitalg tme avx512_vpopcntdq - la57 - - - - - rdpid - bus_lock_detect cldemote "
		"- movdiri movdir64b enqcmd sgx_lc -",
		reg(7, 0, 2));
	show_words(out, "overflow_recov succor - smca", reg(0x80000007, 0, 1));
	show_words(
		out,
		"- - avx512_4vnniw avx512_4fmaps fsrm - - - avx512_vp2intersect - md_clear - - - "
		"serialize - tsxldtrk - pconfig arch_lbr ibt - amx_bf16 avx512_fp16 amx_tile amx_int8 - "
		"- flush_l1d arch_capabilities - -",
		reg(7, 0, 3));
}

static void show_cpu(struct sink *out, unsigned int cpu)
{
	u64 khz = tsc_hz() / 1000, loops = khz * 4; /* what Linux counts in a 250th of a second */
	u32 cache = is_amd() ? cpuid_reg(0x80000006, 0, 2) >> 16 : intel_cache_kb();
	u32 tlb = is_amd() ? cpuid_reg(0x80000006, 0, 1) : 0;

	sink_printf(out,
		    "processor\t: %u\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\n"
		    "model name\t: %s\nstepping\t: %u\ncpu MHz\t\t: %lu.%03lu\n",
		    cpu, boot_cpu.vendor, boot_cpu.family, boot_cpu.model, boot_cpu.brand,
		    boot_cpu.stepping, khz / 1000, khz % 1000);
	if (cache)
		sink_printf(out, "cache size\t: %u KB\n", cache);
	show_topology(out, cpu);
	sink_printf(
		out,
		"fpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: %u\nwp\t\t: yes\nflags\t\t:",
		cpuid_reg(0, 0, 0));
	show_cpu_flags(out, cpuid_reg);
	sink_printf(out, "\nbugs\t\t:\nbogomips\t: %lu.%02lu\n", loops / 2000, loops / 20 % 100);
	if (tlb)
		sink_printf(out, "TLB size\t: %u 4K pages\n", (tlb >> 16 & 0xfff) + (tlb & 0xfff));
	sink_printf(out,
		    "clflush size\t: %u\ncache_alignment\t: %u\n"
		    "address sizes\t: %u bits physical, %u bits virtual\n",
		    boot_cpu.cache_line, boot_cpu.cache_line, boot_cpu.phys_bits, VIRT_BITS);
	show_power(out, cpuid_reg(0x80000007, 0, 3));
}

void show_cpuinfo(struct sink *out)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) show_cpu(out, cpu);
}
