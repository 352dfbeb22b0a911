/* SPDX-License-Identifier: MIT */
/*
 * The registers of x87, SSE, AVX and AVX-512: a program's alone.  The kernel is compiled without
 * them, so they stay in the CPU while the program's thread is in the kernel, and are saved and
 * loaded where the thread leaves the CPU (kernel/sched/user.c).
 *
 * An area holds them as XSAVE writes them, in the form that is not compacted (SDM 1, 13.4), which is
 * that of a signal's frame; where there is no XSAVE, as FXSAVE does (SDM 1, 10.5.1).
 */
#ifndef KERNEL_CPU_FPU_H
#define KERNEL_CPU_FPU_H

#include "kernel/lib/compiler.h"

#define FPU_ALIGN 64

/* SDM 1, 13.4.2, and AMD APM 2, 11.5.9. */
struct xstate_header {
	u64 xstate_bv, xcomp_bv, reserved[6];
} __packed;

struct fxregs_state {
	u16 cwd, swd, twd, fop;
	u64 rip, rdp;
	u32 mxcsr, mxcsr_mask;
	u8 st[128], xmm[256];
	u8 reserved[48];
	u8 sw_reserved[48]; /* software's: Linux's struct _fpx_sw_bytes in a signal's frame */
} __packed;

struct xregs_state {
	struct fxregs_state i387;
	struct xstate_header header;
	u8 extended[];
} __packed __aligned(FPU_ALIGN);

_Static_assert(sizeof(struct xregs_state) == 576, "SDM 1, 13.4");

/* What of it the boot CPU has, and all CPUs use. */
struct fpu_config {
	bool xsave;
	u64 features;	   /* XCR0's, also where there is none */
	unsigned int size; /* of an area */
	u32 mxcsr_mask;	   /* bits of MXCSR that may be set */
};
extern struct fpu_config fpu_config;

/* Find out what the boot CPU has, and have it run such instructions / any other CPU do the same. */
void fpu_init(void);
void fpu_setup_this_cpu(void);

/* The features that this CPU has.  Boot. */
u64 fpu_features_of_this_cpu(void);

/* The CPU has what a program starts with.  Preemption may be on: a switch keeps that. */
void fpu_load_initial(void);

/*
 * From the CPU into the area, whole; from there into the CPU.  Preemption is off, or the area is
 * current's.  What is loaded was saved, or checked: reserved bits of it are zero.
 */
void fpu_save(struct xregs_state *area);
void fpu_load(const struct xregs_state *area);

#endif
