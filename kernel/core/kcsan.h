/* SPDX-License-Identifier: MIT */
/*
 * Which accesses to memory race: in a build with KCSAN=1 alone; elsewhere all this is nothing.
 */
#ifndef KERNEL_CORE_KCSAN_H
#define KERNEL_CORE_KCSAN_H

#include "kernel/lib/compiler.h"

#ifdef CONFIG_KCSAN
/* From here on accesses are watched: each CPU has its per-CPU data, and there may be threads. */
void kcsan_init(void);
#else
static inline void kcsan_init(void)
{
}
#endif

#endif
