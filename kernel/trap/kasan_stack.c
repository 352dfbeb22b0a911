// SPDX-License-Identifier: MIT
/*
 * What a function that does not return leaves on its stack, in a build with KASAN=1 (mm/kasan.h): the compiler
 * calls us in front of each such call, since nobody else would say of the frames in use that they are over.
 */
#ifdef CONFIG_KASAN
#include "kernel/trap/desc.h"
#include "mm/kasan.h"

void __asan_handle_no_return(void);
void __asan_handle_no_return(void)
{
	unsigned long sp = (unsigned long)__builtin_frame_address(0);
	const struct kernel_stack *stack = find_stack(sp);

	if (stack)
		kasan_unpoison((void *)sp, stack->top - sp);
}
#endif
