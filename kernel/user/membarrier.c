// SPDX-License-Identifier: MIT
/*
 * membarrier(): a fence in each thread that runs at the moment.  An interrupt of each CPU is one,
 * and its IRET serializes the core too (SDM 3A, 8.3); a thread that does not run has had its fence
 * by the switch.
 */
#include <linux/membarrier.h>

#include "kernel/core/smp.h"
#include "kernel/core/syscall.h"
#include "kernel/cpu/barrier.h"
#include "kernel/sched/task.h"
#include "mm/user/mm_struct.h"

#define ALL_COMMANDS                                                                              \
	(MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED |                                \
	 MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED |            \
	 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE | \
	 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE)

static void fence(void *unused)
{
	(void)unused;
	smp_mb();
}

/* The process has said that it will ask: the command of that is kept as its own bit. */
static long announce(int command)
{
	__atomic_or_fetch(&current->mm->membarrier_state, (u32)command, __ATOMIC_RELAXED);
	return 0;
}

static long private_fence(int registered)
{
	struct mm_struct *mm = current->mm;

	if (!(READ_ONCE(mm->membarrier_state) & (u32)registered))
		return -EPERM;
	/* The order of both: whoever switches to mm later has a fence on the way. */
	smp_mb();
	on_each_cpu_mask(&mm->root.cpus, fence, NULL, true);
	smp_mb();
	return 0;
}

SYSCALL_DEFINE3(membarrier, int, command, unsigned int, flags, int, cpu)
{
	(void)cpu; /* only a command about rseq looks at it */
	if (flags)
		return -EINVAL;
	switch (command) {
	case MEMBARRIER_CMD_QUERY:
		return ALL_COMMANDS;
	case MEMBARRIER_CMD_GLOBAL:
	case MEMBARRIER_CMD_GLOBAL_EXPEDITED:
		on_each_cpu(fence, NULL, true);
		return 0;
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
		return private_fence(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE:
		return private_fence(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE);
	case MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED:
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE:
		return announce(command);
	}
	return -EINVAL;
}
