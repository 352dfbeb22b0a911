/* SPDX-License-Identifier: MIT */
/*
 * The other CPUs: how many there are to be, and their start.
 *
 * All start at a time: INIT to each, then the start-up message to each, and while one goes
 * through the trampoline (boot/trampoline.asm) and sets itself up, so do the others.  A CPU is
 * online once it has said so itself; one that has not for SMP_PATIENCE while no other came
 * either is named, sent back by another INIT, and left out for ever.
 *
 * nosmp and maxcpus=0: the boot CPU alone.  maxcpus=N: so many are started.  nr_cpus=N: there
 * are no more.  As CPUs are not plugged here, the last two come to the same.
 */
#ifndef KERNEL_SCHED_SMPBOOT_H
#define KERNEL_SCHED_SMPBOOT_H

#include "kernel/lib/compiler.h"

/* What a CPU is started by: the local APIC's driver has the only one. */
struct cpu_starter {
	u32 boot_id; /* the boot CPU's APIC id */
	u32 last_id; /* the highest that can be reached */
	/* SDM 3A, 8.4.4: each returns when the message was sent. */
	void (*send_init)(u32 apic_id);
	void (*send_startup)(u32 apic_id, u8 page);
	/* Interrupts can reach the CPU that calls. */
	void (*setup_this_cpu)(void);
};

/* It lives for ever.  Boot, before smp_prepare_cpus(); without it the boot CPU is alone. */
void smp_set_starter(const struct cpu_starter *starter);

/* Each CPU that irq_routing knows, within the limits of the command line, has a number and per-CPU data. */
void smp_prepare_cpus(void);

/* Start them, and wait.  In a thread, once udelay() is right. */
void smp_init(void);

#endif
