// SPDX-License-Identifier: MIT
/*
 * Vector registers to and from a signal's frame.  See the header.
 *
 * They go straight between the processor and the program's memory.  While one of its pages is waited for
 * another thread may run there: a switch keeps them, as always, and the instruction begins anew.
 */
#include "kernel/user/fpu_frame.h"

#include <asm/sigcontext.h>

#include "kernel/cpu/fpu.h"
#include "kernel/sched/task.h"
#include "mm/uaccess.h"

_Static_assert(sizeof(struct _fpx_sw_bytes) == sizeof(((struct fxregs_state *)0)->sw_reserved),
	       "asm/sigcontext.h");

/* What stands in each frame of XSAVE's in front of what was extended, in the order of struct xregs_state. */
static struct {
	struct _fpx_sw_bytes sw;
	struct xstate_header header; /* XSAVE leaves what is reserved in it as it was */
} __packed frame_middle;
static unsigned long frame_size;

void __init fpu_frame_init(void)
{
	frame_size = fpu_config.size + (fpu_config.xsave ? FP_XSTATE_MAGIC2_SIZE : 0);
	frame_middle.sw = (struct _fpx_sw_bytes){
		.magic1 = FP_XSTATE_MAGIC1,
		.extended_size = frame_size,
		.xfeatures = fpu_config.features,
		.xstate_size = fpu_config.size,
	};
}

unsigned long fpu__alloc_mathframe(unsigned long sp, unsigned long *size)
{
	*size = frame_size;
	return ALIGN_DOWN(sp - *size, (unsigned long)FPU_ALIGN);
}

/* ---------------------------------------------------------------- to the frame */

bool copy_fpstate_to_sigframe(void __user *frame)
{
	struct xregs_state __user *area = frame;
	void *to = (__force void *)frame;

	if (!access_ok(frame, frame_size))
		return false;
	if (!fpu_config.xsave)
		return !__fxsave_user(to, fpu_config.features);
	return !copy_to_user(area->i387.sw_reserved, &frame_middle, sizeof(frame_middle)) &&
	       !__xsave_user(to, fpu_config.features) &&
	       !put_user((u32)FP_XSTATE_MAGIC2,
			 (u32 __user *)((u8 __user *)frame + fpu_config.size));
}

/* ---------------------------------------------------------------- from the frame */

void fpu__clear(void)
{
	fpu_load_initial();
}

/* The frame is one of XSAVE's, by its own word, with these features: 1, 0, or -EFAULT. */
static int is_extended(const struct xregs_state __user *frame, u64 *features)
{
	struct _fpx_sw_bytes sw;
	u32 magic2;

	if (!fpu_config.xsave)
		return 0;
	if (copy_from_user(&sw, &frame->i387.sw_reserved, offsetof(struct _fpx_sw_bytes, padding)))
		return -EFAULT;
	if (sw.magic1 != FP_XSTATE_MAGIC1 || sw.xstate_size < sizeof(*frame) ||
	    sw.xstate_size > fpu_config.size || sw.xstate_size > sw.extended_size)
		return 0;
	if (get_user(magic2, (const u32 __user *)((const u8 __user *)frame + sw.xstate_size)))
		return -EFAULT;
	*features = sw.xfeatures & fpu_config.features;
	return magic2 == FP_XSTATE_MAGIC2;
}

static int load_frame(const void __user *frame)
{
	const void *from = (__force const void *)frame;
	u64 features;
	int extended = is_extended(frame, &features);

	if (extended < 0)
		return extended;
	if (!extended || features != fpu_config.features)
		fpu_load_initial(); /* those that do not come */
	return extended ? __xrstor_user(from, features) : __fxrstor_user(from, 0);
}

bool fpu__restore_sig(const void __user *frame)
{
	if (frame && access_ok(frame, frame_size) && !load_frame(frame))
		return true;
	fpu__clear();
	return !frame;
}
