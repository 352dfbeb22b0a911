// SPDX-License-Identifier: MIT
/*
 * Who the boot CPU is, and the protections it is told to enforce.
 *
 * Everything comes from CPUID (SDM 2A, CPUID; AMD APM 3, appendix E); a leaf
 * above the highest one that the CPU reports is never asked for, since Intel
 * CPUs answer such a question with the data of another leaf.
 */
#define pr_fmt(fmt) "CPU: " fmt

#include "kernel/cpu/cpu.h"

#include "kernel/core/cmdline.h"
#include "kernel/core/percpu.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/fpu.h"
#include "kernel/lib/string.h"

#define MIN_PHYS_BITS 36U /* SDM 3A, 4.1.4: what CPUs without leaf 80000008h have */
#define MAX_PHYS_BITS 52U /* SDM 3A, 4.4.1: an entry of a page table has no room for more */

/* The loader's words are read before the CPU is looked at. */
struct cpu_info boot_cpu = { .phys_bits = MIN_PHYS_BITS };

struct leaf {
	u32 a, b, c, d;
};

static struct leaf __init get_leaf(u32 number, u32 sub)
{
	struct leaf leaf;

	cpuid(number, sub, &leaf.a, &leaf.b, &leaf.c, &leaf.d);
	return leaf;
}

static void __init identify_model(struct cpu_info *cpu, u32 eax)
{
	/* SDM 2A, figure 3-6: the extended fields count only for these families. */
	cpu->stepping = eax & 0xf;
	cpu->model = eax >> 4 & 0xf;
	cpu->family = eax >> 8 & 0xf;
	if (cpu->family == 6 || cpu->family == 15)
		cpu->model |= (eax >> 16 & 0xf) << 4;
	if (cpu->family == 15)
		cpu->family += eax >> 20 & 0xff;
}

static void __init identify_basic(struct cpu_info *cpu, u32 max_leaf)
{
	struct leaf leaf = get_leaf(1, 0);

	identify_model(cpu, leaf.a);
	cpu->cache_line = (leaf.b >> 8 & 0xff) * 8; /* SDM 2A, CPUID: EBX of leaf 1 */
	cpu->tsc = leaf.d & BIT(4);
	cpu->mce = leaf.d & BIT(7);
	cpu->mtrr = leaf.d & BIT(12);
	cpu->mca = leaf.d & BIT(14);
	cpu->pge = leaf.d & BIT(13);
	cpu->pat = leaf.d & BIT(16);
	/* Without global pages the kernel's half would be each identifier's own. */
	cpu->pcid = cpu->pge && leaf.c & BIT(17) && !cmdline_has("nopcid");
	cpu->x2apic = leaf.c & BIT(21);
	cpu->rdrand = leaf.c & BIT(30);
	cpu->hypervisor = leaf.c & BIT(31);

	if (max_leaf >= 7) {
		leaf = get_leaf(7, 0);
		cpu->smep = leaf.b & BIT(7);
		cpu->smap = leaf.b & BIT(20);
		cpu->umip = leaf.c & BIT(2);
	}
}

static void __init identify_extended(struct cpu_info *cpu)
{
	u32 max_leaf = get_leaf(0x80000000, 0).a;
	struct leaf leaf;

	cpu->phys_bits = MIN_PHYS_BITS;
	if (max_leaf < 0x80000000)
		return;
	if (max_leaf >= 0x80000001) {
		leaf = get_leaf(0x80000001, 0);
		cpu->nx = leaf.d & BIT(20);
		cpu->gbpages = leaf.d & BIT(26);
	}
	if (max_leaf >= 0x80000004) {
		for (u32 i = 0; i < 3; i++) {
			leaf = get_leaf(0x80000002 + i, 0);
			memcpy(cpu->brand + 16 * i, &leaf, sizeof(leaf));
		}
	}
	if (max_leaf >= 0x80000007)
		cpu->invariant_tsc = get_leaf(0x80000007, 0).d & BIT(8);
	if (max_leaf >= 0x80000008)
		cpu->phys_bits = (u8)min(max(get_leaf(0x80000008, 0).a & 0xff, MIN_PHYS_BITS),
					 MAX_PHYS_BITS);
}

/*
 * The rate of the TSC where a leaf tells it: 15h is exact when it names the
 * crystal, a hypervisor's 40000010h is in kHz; 16h is the base frequency in
 * MHz, which the TSC of such CPUs has.
 */
static u64 __init tsc_rate(u32 max_leaf, bool hypervisor)
{
	struct leaf leaf;

	if (max_leaf >= 0x15) {
		leaf = get_leaf(0x15, 0);
		if (leaf.a && leaf.b && leaf.c)
			return (u64)leaf.c * leaf.b / leaf.a;
	}
	if (hypervisor) {
		leaf = get_leaf(0x40000000, 0);
		if (leaf.a >= 0x40000010 && leaf.a < 0x40010000 && get_leaf(0x40000010, 0).a)
			return get_leaf(0x40000010, 0).a * 1000ULL;
	}
	if (max_leaf >= 0x16)
		return (get_leaf(0x16, 0).a & 0xffff) * 1000000ULL;
	return 0;
}

/* Who this CPU is; all but its rate. */
static u32 __init identify(struct cpu_info *cpu)
{
	struct leaf leaf = get_leaf(0, 0);

	memcpy(cpu->vendor, &leaf.b, 4);
	memcpy(cpu->vendor + 4, &leaf.d, 4);
	memcpy(cpu->vendor + 8, &leaf.c, 4);
	if (leaf.a >= 1)
		identify_basic(cpu, leaf.a);
	identify_extended(cpu);
	return leaf.a;
}

bool __init cpu_is_like_boot_cpu(void)
{
	const struct cpu_info *boot = &boot_cpu;
	struct cpu_info own = { 0 };
	const char *missing;

	identify(&own);
	missing = boot->nx && !own.nx				    ? "nx" :
		  boot->gbpages && !own.gbpages			    ? "pdpe1gb" :
		  boot->pge && !own.pge				    ? "pge" :
		  boot->pat && !own.pat				    ? "pat" :
		  boot->smep && !own.smep			    ? "smep" :
		  boot->smap && !own.smap			    ? "smap" :
		  boot->umip && !own.umip			    ? "umip" :
		  boot->pcid && !own.pcid			    ? "pcid" :
		  fpu_config.features & ~fpu_features_of_this_cpu() ? "xsave or avx" :
		  boot->mce && !own.mce				    ? "mce" :
		  boot->mca && !own.mca				    ? "mca" :
		  boot->mtrr && !own.mtrr			    ? "mtrr" :
		  own.phys_bits < boot->phys_bits		    ? "as many address bits" :
								      NULL;
	if (missing)
		pr_err("CPU %u lacks what the boot CPU has: %s\n", raw_smp_processor_id(), missing);
	return !missing;
}

void cpu_setup_this_cpu(void)
{
	const struct cpu_info *cpu = &boot_cpu;
	u64 cr4 = read_cr4();

	/* The kernel too obeys read-only entries (SDM 3A, 4.6.1). */
	write_cr0(read_cr0() | X86_CR0_WP);
	if (cpu->nx)
		wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE);
	if (cpu->pge)
		cr4 |= X86_CR4_PGE;
	if (cpu->smep)
		cr4 |= X86_CR4_SMEP;
	if (cpu->smap)
		cr4 |= X86_CR4_SMAP;
	if (cpu->umip)
		cr4 |= X86_CR4_UMIP;
	if (cpu->pcid)
		cr4 |= X86_CR4_PCIDE; /* CR3's low bits are 0 here (SDM 3A, 4.10.1) */
	write_cr4(cr4);
}

void __init cpu_init(void)
{
	struct cpu_info *cpu = &boot_cpu;
	const char *brand = cpu->brand;

	cpu->tsc_hz = tsc_rate(identify(cpu), cpu->hypervisor);
	if (cpu->smap)
		smap_patch();
	cpu_setup_this_cpu();
	fpu_init();

	while (*brand == ' ')
		brand++;
	pr_info("%s, %s (family 0x%x, model 0x%x, stepping 0x%x), %u physical address bits\n",
		cpu->vendor, brand, cpu->family, cpu->model, cpu->stepping, cpu->phys_bits);
	pr_info("features:%s%s%s%s%s%s%s%s%s\n", cpu->nx ? " nx" : "", cpu->pge ? " pge" : "",
		cpu->pat ? " pat" : "", cpu->mtrr ? " mtrr" : "", cpu->gbpages ? " pdpe1gb" : "",
		cpu->smep ? " smep" : "", cpu->smap ? " smap" : "", cpu->pcid ? " pcid" : "",
		cpu->x2apic ? " x2apic" : "");
	if (cpu->tsc_hz)
		pr_info("TSC runs at %llu kHz, as CPUID tells%s\n",
			(unsigned long long)cpu->tsc_hz / 1000,
			cpu->invariant_tsc ? ", in every power state" : "");
}
