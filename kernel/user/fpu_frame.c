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

void fpu__clear(void)
{
	fpu_load_initial();
}

/* The frame holds all that XSAVE has, by its own word: 1, 0, or -EFAULT. */
static int is_extended(const struct xregs_state __user *frame)
{
	struct _fpx_sw_bytes sw;
	u32 magic2;

	if (!fpu_config.xsave)
		return 0;
	if (__copy_from_user_inatomic(&sw, &frame->i387.sw_reserved, sizeof(sw)))
		return -EFAULT;
	if (sw.magic1 != FP_XSTATE_MAGIC1 || sw.xstate_size != fpu_config.size ||
	    sw.extended_size != frame_size())
		return 0;
	if (get_user(magic2, (const u32 __user *)((const u8 __user *)frame + fpu_config.size)))
		return -EFAULT;
	return magic2 == FP_XSTATE_MAGIC2;
}

/* There is nothing that XRSTOR refuses (SDM 1, 13.8); x87 and SSE count in any case. */
static bool check_area(struct xregs_state *area, bool extended)
{
	struct xstate_header *h = &area->header;

	if (area->i387.mxcsr & ~fpu_config.mxcsr_mask)
		return false;
	if (!fpu_config.xsave)
		return true; /* the area ends where the header would begin */
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

/* With preemption off.  0, -EFAULT: a page is not there, or -EINVAL; and then all is as it was. */
static int load_frame(const struct xregs_state __user *frame)
{
	struct xregs_state *area = current->fpu;
	int extended = is_extended(frame), ret = -EINVAL;

	if (extended < 0)
		return extended;
	if (__copy_from_user_inatomic(area, frame, extended ? fpu_config.size : sizeof(area->i387)))
		ret = -EFAULT;
	else if (check_area(area, extended))
		ret = 0;
	if (!ret)
		fpu_load(area);
	else if (fpu_config.xsave)
		area->header = (struct xstate_header){ 0 }; /* what XSAVE leaves alone is zero */
	return ret;
}

/* It is no longer than a page. */
static bool fault_in(const void __user *frame)
{
	const u8 __user *first = frame, *last = first + frame_size() - 1;
	u8 bytes[2];

	return copy_from_user(&bytes[0], first, 1) == 0 && copy_from_user(&bytes[1], last, 1) == 0;
}

bool fpu__restore_sig(const void __user *frame)
{
	int ret = -EFAULT;

	while (frame && ret == -EFAULT) {
		preempt_disable();
		ret = load_frame(frame);
		preempt_enable();
		if (ret == -EFAULT && (!fault_in(frame) || fatal_signal_pending(current)))
			break;
	}
	if (ret)
		fpu__clear();
	return !frame || !ret;
}
