// SPDX-License-Identifier: MIT
/* Where a function ends that has written over its own canary. */
#include "kernel/core/stack_protector.h"

#include "kernel/core/panic.h"

DEFINE_PER_CPU(u64, stack_canary);

void __stack_chk_fail(void)
{
	panic("stack-protector: Kernel stack is corrupted in: %pS", (void *)_RET_IP_);
}
