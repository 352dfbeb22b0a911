/* SPDX-License-Identifier: MIT */
/*
 * Vector registers in a signal's frame, as Linux lays them out: what XSAVE writes, with software's
 * 48 bytes in it that tell the size (struct _fpx_sw_bytes of <asm/sigcontext.h>) and FP_XSTATE_MAGIC2
 * behind it; where there is no XSAVE, what FXSAVE writes.
 */
#ifndef KERNEL_USER_FPU_FRAME_H
#define KERNEL_USER_FPU_FRAME_H

#include "kernel/lib/compiler.h"

/* Boot, when it is known what the processor has. */
void fpu_frame_init(void);

/* Where on a stack it lies that ends at sp: aligned to 64, below sp; *size bytes. */
unsigned long fpu__alloc_mathframe(unsigned long sp, unsigned long *size);

/* The caller's registers into the frame; false: bad addresses.  May sleep. */
bool copy_fpstate_to_sigframe(void __user *frame);

/*
 * The caller's registers are what the frame says: NULL: as at a program's start.  False, and then
 * they are that too: bad addresses, or bits that the processor would refuse.  Whatever else is
 * wrong with it, as Linux: the part of FXSAVE alone counts.
 */
bool fpu__restore_sig(const void __user *frame);

/* The caller's registers are as at a program's start. */
void fpu__clear(void);

#endif
