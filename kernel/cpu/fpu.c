// SPDX-License-Identifier: MIT
/* The registers of x87, SSE, AVX and AVX-512.  See the header. */
#include "kernel/cpu/fpu.h"

#include "kernel/core/percpu.h"
#include "kernel/cpu/cpu.h"

#define X86_CR0_MP	   BIT_ULL(1)
#define X86_CR0_EM	   BIT_ULL(2)
#define X86_CR0_TS	   BIT_ULL(3)
#define X86_CR0_NE	   BIT_ULL(5)
#define X86_CR4_OSFXSR	   BIT_ULL(9)
#define X86_CR4_OSXMMEXCPT BIT_ULL(10)
#define X86_CR4_OSXSAVE	   BIT_ULL(18)

/* SDM 1, 13.1: x87 and SSE, which all have; AVX; the three of AVX-512, which go together. */
#define XFEATURES_FPSSE	 0x03ULL
#define XFEATURES_AVX	 0x04ULL
#define XFEATURES_AVX512 0xe0ULL

#define FCW_DEFAULT	   0x37f  /* all masked, 64 bits of precision (SDM 1, 8.1.5) */
#define MXCSR_DEFAULT	   0x1f80 /* all masked (SDM 1, 10.2.3) */
#define MXCSR_MASK_DEFAULT 0xffbf /* where FXSAVE says none (SDM 1, 11.6.6) */

struct fpu_config fpu_config;

/*
 * What a program starts with.  Its header says that all is as after reset, so XRSTOR takes nothing from
 * it but MXCSR (SDM 1, 13.8), and FXRSTOR no more than what is here.
 */
static const struct xregs_state initial_area = {
	.i387 = { .cwd = FCW_DEFAULT, .mxcsr = MXCSR_DEFAULT },
};

static void set_xcr0(u64 features)
{
	__asm__ __volatile__("xsetbv" ::"c"(0), "a"((u32)features), "d"((u32)(features >> 32)));
}

static bool __init has_xsave(void)
{
	u32 a, b, c, d;

	cpuid(0, 0, &a, &b, &c, &d);
	if (a < 0xd)
		return false;
	cpuid(1, 0, &a, &b, &c, &d);
	return c & BIT(26);
}

u64 __init fpu_features_of_this_cpu(void)
{
	u32 a, b, c, d;
	u64 features;

	if (!has_xsave())
		return XFEATURES_FPSSE;
	cpuid(0xd, 0, &a, &b, &c, &d);
	features = ((u64)d << 32 | a) & (XFEATURES_FPSSE | XFEATURES_AVX | XFEATURES_AVX512);
	if ((features & XFEATURES_AVX512) != XFEATURES_AVX512 || !(features & XFEATURES_AVX))
		features &= ~XFEATURES_AVX512;
	return features;
}

/* CPUID tells the size for what XCR0 has on. */
static void __init find_size(void)
{
	static struct xregs_state area __initdata;
	u32 a, b, c, d;

	fpu_config.size = sizeof(struct fxregs_state);
	if (fpu_config.xsave) {
		cpuid(0xd, 0, &a, &b, &c, &d);
		fpu_config.size = b;
	}
	__asm__ __volatile__("fxsave64 %0" : "=m"(area.i387));
	fpu_config.mxcsr_mask = area.i387.mxcsr_mask ?: MXCSR_MASK_DEFAULT;
}

void fpu_setup_this_cpu(void)
{
	u64 cr4 = read_cr4() | X86_CR4_OSFXSR | X86_CR4_OSXMMEXCPT;

	write_cr0((read_cr0() & ~(X86_CR0_EM | X86_CR0_TS)) | X86_CR0_MP | X86_CR0_NE);
	if (fpu_config.xsave)
		cr4 |= X86_CR4_OSXSAVE;
	write_cr4(cr4);
	if (fpu_config.xsave)
		set_xcr0(fpu_config.features);
}

void __init fpu_init(void)
{
	fpu_config.features = fpu_features_of_this_cpu();
	fpu_config.xsave = has_xsave();
	fpu_setup_this_cpu();
	find_size();
}

/* Features that are in their initial state are written too: nothing of an earlier owner stays. */
void fpu_save(struct xregs_state *area)
{
	if (fpu_config.xsave)
		__asm__ __volatile__("xsave64 %0" : "+m"(*area) : "a"(-1), "d"(-1) : "memory");
	else
		__asm__ __volatile__("fxsave64 %0" : "=m"(area->i387)::"memory");
}

void fpu_load(const struct xregs_state *area)
{
	if (fpu_config.xsave)
		__asm__ __volatile__("xrstor64 %0" ::"m"(*area), "a"(-1), "d"(-1) : "memory");
	else
		__asm__ __volatile__("fxrstor64 %0" ::"m"(area->i387) : "memory");
}

void fpu_load_initial(void)
{
	fpu_load(&initial_area);
}
