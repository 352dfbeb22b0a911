// SPDX-License-Identifier: MIT
/*
 * Vector registers to and from a signal's frame.  See the header.
 *
 * They are in the CPU all the time, or, while another thread runs there, in current->fpu: so that
 * area is used with preemption off, or only read where a switch writes the same into it.
 */
#include "kernel/user/fpu_frame.h"

#include <asm/sigcontext.h>

#include "kernel/cpu/fpu.h"
#include "kernel/sched/task.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

_Static_assert(sizeof(struct _fpx_sw_bytes) == sizeof(((struct fxregs_state *)0)->sw_reserved),
	       "asm/sigcontext.h");

static unsigned long frame_size(void)
{
	return fpu_config.size + (fpu_config.xsave ? FP_XSTATE_MAGIC2_SIZE : 0);
}

unsigned long fpu__alloc_mathframe(unsigned long sp, unsigned long *size)
{
	*size = frame_size();
	return ALIGN_DOWN(sp - *size, (unsigned long)FPU_ALIGN);
}

/* ---------------------------------------------------------------- to the frame */

static bool write_sw_bytes(struct xregs_state __user *frame)
{
	const struct _fpx_sw_bytes sw = {
		.magic1 = FP_XSTATE_MAGIC1,
		.extended_size = frame_size(),
		.xfeatures = fpu_config.features,
		.xstate_size = fpu_config.size,
	};

	return copy_to_user(&frame->i387.sw_reserved, &sw, sizeof(sw)) == 0 &&
	       put_user((u32)FP_XSTATE_MAGIC2,
			(u32 __user *)((u8 __user *)frame + fpu_config.size)) == 0;
}

bool copy_fpstate_to_sigframe(void __user *frame)
{
	preempt_disable();
	fpu_save(current->fpu);
	preempt_enable();
	if (copy_to_user(frame, current->fpu, fpu_config.size))
		return false;
	return !fpu_config.xsave || write_sw_bytes(frame);
}

/* ---------------------------------------------------------------- from the frame */

static void load(const struct xregs_state *area)
{
	preempt_disable();
	fpu_load(area);
	preempt_enable();
}

void fpu__clear(void)
{
	preempt_disable();
	fpu_init_area(current->fpu);
	fpu_load(current->fpu);
	preempt_enable();
}

/* The frame holds all that XSAVE has, by its own word. */
static bool is_extended(const struct xregs_state *area, const void __user *frame)
{
	const struct _fpx_sw_bytes *sw = (const struct _fpx_sw_bytes *)area->i387.sw_reserved;
	u32 magic2;

	if (!fpu_config.xsave || sw->magic1 != FP_XSTATE_MAGIC1 ||
	    sw->xstate_size != fpu_config.size || sw->extended_size != frame_size())
		return false;
	return get_user(magic2, (const u32 __user *)((const u8 __user *)frame + fpu_config.size)) ==
		       0 &&
	       magic2 == FP_XSTATE_MAGIC2;
}

/* Of what is there nothing that XRSTOR refuses (SDM 1, 13.8); x87 and SSE count in any case. */
static bool check_header(struct xregs_state *area, bool extended)
{
	struct xstate_header *h = &area->header;

	if (!extended) {
		*h = (struct xstate_header){ .xstate_bv = 3 };
		return true;
	}
	h->xstate_bv &= fpu_config.features;
	if (h->xcomp_bv)
		return false;
	for (unsigned int i = 0; i < ARRAY_SIZE(h->reserved); i++)
		if (h->reserved[i])
			return false;
	return true;
}

static bool read_frame(struct xregs_state *area, const void __user *frame)
{
	bool extended;

	fpu_init_area(area);
	if (copy_from_user(&area->i387, frame, sizeof(area->i387)))
		return false;
	extended = is_extended(area, frame);
	if (extended && copy_from_user(area, frame, fpu_config.size))
		return false;
	if (area->i387.mxcsr & ~fpu_config.mxcsr_mask)
		return false;
	return !fpu_config.xsave || check_header(area, extended);
}

bool fpu__restore_sig(const void __user *frame)
{
	struct xregs_state *area;
	bool good;

	if (!frame) {
		fpu__clear();
		return true;
	}
	area = kmalloc(roundup_pow_of_two(fpu_config.size), GFP_KERNEL); /* and aligned to that */
	good = area && read_frame(area, frame);
	if (good)
		load(area);
	else
		fpu__clear();
	kfree(area);
	return good;
}
