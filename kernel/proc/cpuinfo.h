/* SPDX-License-Identifier: MIT */
#ifndef KERNEL_PROC_CPUINFO_H
#define KERNEL_PROC_CPUINFO_H

#include "kernel/lib/compiler.h"

struct sink;

/* Print /proc/cpuinfo.  In a thread. */
void show_cpuinfo(struct sink *out);

/*
 * The words of its line "flags", a blank in front of each, in Linux's order; reg() tells a register of a
 * leaf of CPUID: 0 to 3 for EAX, EBX, ECX, EDX.  Pure.
 */
void show_cpu_flags(struct sink *out, u32 (*reg)(u32 leaf, u32 sub, unsigned int reg));

#endif
