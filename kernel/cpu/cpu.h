/* SPDX-License-Identifier: MIT */
/*
 * The processor: its features, control registers and model specific registers.
 */
#ifndef KERNEL_CPU_CPU_H
#define KERNEL_CPU_CPU_H

#include "kernel/lib/compiler.h"

/* What the boot CPU can do; filled by cpu_init(), read-only afterwards. */
struct cpu_info {
	char vendor[13];
	char brand[49];
	u32 family, model, stepping;
	u8 phys_bits;		 /* width of a physical address */
	unsigned int cache_line; /* bytes that CLFLUSH empties */
	bool mce, mca, nx, gbpages, pge, pat, mtrr, smep, smap, umip, pcid, tsc, invariant_tsc,
		x2apic, rdrand, hypervisor;
	u64 tsc_hz; /* from CPUID leaf 15h/16h; 0: not told */
};

extern struct cpu_info boot_cpu;

/* [phys, phys + size) is not empty, does not wrap, and is all within what the processor can address. */
static inline bool phys_range_valid(phys_addr_t phys, u64 size)
{
	phys_addr_t last = phys + (size - 1); /* too low or ~0, where it is empty */

	return last >= phys && !(last >> boot_cpu.phys_bits);
}

/*
 * This CPU obeys read-only entries, and has NX, global pages, SMEP, SMAP, UMIP and PCIDs on
 * where the boot CPU has them.
 */
void cpu_setup_this_cpu(void);

/* kernel/cpu/smap.c: the kernel's own STAC and CLAC are such from here on; before CR4.SMAP is set. */
void smap_patch(void);

/*
 * This CPU has all that the kernel uses of the boot CPU; false, after a line that names what is
 * missing, where not.  Boot.
 */
bool cpu_is_like_boot_cpu(void);

/*
 * Identify the CPU, print it, and set CR0.WP, EFER.NXE, CR4.PGE, SMEP and SMAP
 * where it has them.
 */
void cpu_init(void);

#define MSR_IA32_APIC_BASE 0x1b /* SDM 4, table 2-2 */
#define MSR_MTRRCAP	   0xfe
#define MSR_IA32_CR_PAT	   0x277
#define MSR_MTRRDEFTYPE	   0x2ff
#define MSR_EFER	   0xc0000080
#define EFER_NXE	   BIT_ULL(11)
#define EFER_SCE	   BIT_ULL(0)
#define MSR_STAR	   0xc0000081
#define MSR_LSTAR	   0xc0000082
#define MSR_CSTAR	   0xc0000083
#define MSR_SYSCALL_MASK   0xc0000084
#define MSR_FS_BASE	   0xc0000100
#define MSR_GS_BASE	   0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102

#define X86_CR0_WP    BIT_ULL(16)
#define X86_CR0_NW    BIT_ULL(29)
#define X86_CR0_CD    BIT_ULL(30)
#define X86_CR4_MCE   BIT_ULL(6)
#define X86_CR4_PGE   BIT_ULL(7)
#define X86_CR4_UMIP  BIT_ULL(11)
#define X86_CR4_PCIDE BIT_ULL(17)
#define X86_CR4_SMEP  BIT_ULL(20)
#define X86_CR4_SMAP  BIT_ULL(21)

static inline void cpuid(u32 leaf, u32 sub, u32 *a, u32 *b, u32 *c, u32 *d)
{
	__asm__ __volatile__("cpuid"
			     : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(*d)
			     : "a"(leaf), "c"(sub));
}

#ifdef __KERNEL__
static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ __volatile__("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr) : "memory");
	return (u64)hi << 32 | lo;
}

static inline void wrmsr(u32 msr, u64 value)
{
	__asm__ __volatile__("wrmsr" ::"c"(msr), "a"((u32)(value & 0xffffffff)),
			     "d"((u32)(value >> 32))
			     : "memory");
}

#define DEFINE_CR(n)                                                            \
	static inline u64 read_cr##n(void)                                      \
	{                                                                       \
		u64 v;                                                          \
		__asm__ __volatile__("mov %%cr" #n ", %0" : "=r"(v)::"memory"); \
		return v;                                                       \
	}                                                                       \
	static inline void write_cr##n(u64 v)                                   \
	{                                                                       \
		__asm__ __volatile__("mov %0, %%cr" #n ::"r"(v) : "memory");    \
	}
DEFINE_CR(0)
DEFINE_CR(2)
DEFINE_CR(3)
DEFINE_CR(4)
#undef DEFINE_CR

static inline void invlpg(unsigned long va)
{
	__asm__ __volatile__("invlpg (%0)" ::"r"(va) : "memory");
}

static inline void wbinvd(void)
{
	__asm__ __volatile__("wbinvd" ::: "memory");
}

/* Four cache lines of `line` bytes each, from va on, go from all caches to memory. */
static inline void clflush_4_lines(unsigned long va, unsigned long line)
{
	__asm__ __volatile__("clflush (%0)\n\t"
			     "clflush (%0,%1)\n\t"
			     "clflush (%0,%1,2)\n\t"
			     "clflush (%0,%2)" ::"r"(va),
			     "r"(line), "r"(3 * line)
			     : "memory");
}
#else /* the host's tests of page tables play the CPU (tests/host/fake_ram.h) */
u64 rdmsr(u32 msr);
void wrmsr(u32 msr, u64 value);
u64 read_cr0(void);
u64 read_cr3(void);
u64 read_cr4(void);
void write_cr0(u64 v);
void write_cr3(u64 v);
void write_cr4(u64 v);
void invlpg(unsigned long va);
void wbinvd(void);
void clflush_4_lines(unsigned long va, unsigned long line);
#endif

static inline void halt(void)
{
	__asm__ __volatile__("hlt" ::: "memory");
}

/* Enable interrupts and sleep with no gap between, for a wait that an interrupt ends. */
static inline void safe_halt(void)
{
	__asm__ __volatile__("sti; hlt" ::: "memory");
}

#endif
