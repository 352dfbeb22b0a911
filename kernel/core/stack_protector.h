/* SPDX-License-Identifier: MIT */
/*
 * The stack protector: between a function's arrays and its return address lies a random word, the
 * canary, and a function that finds another one there when it returns panics, and is named.  The
 * compiler does this, and knows where the canary is (the Makefile's -mstack-protector-guard-*).
 *
 * Each thread has a canary of its own, which is the CPU's while the thread runs:
 * kernel/sched/switch.asm keeps it with the thread's registers.
 */
#ifndef KERNEL_CORE_STACK_PROTECTOR_H
#define KERNEL_CORE_STACK_PROTECTOR_H

#include "kernel/core/percpu.h"

/* Its lowest byte is 0, where a string that runs over ends. */
#define CANARY_MASK 0xffffffffffffff00ULL

/* To be changed only where no function that is still to return has seen it. */
DECLARE_PER_CPU(u64, stack_canary);

/* The compiler's: what a function calls whose canary is gone. */
void __stack_chk_fail(void) __noreturn;

#endif
