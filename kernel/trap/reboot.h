/* SPDX-License-Identifier: MIT */
/* The ways out: reset, power off, and the exit device of an emulator. */
#ifndef KERNEL_TRAP_REBOOT_H
#define KERNEL_TRAP_REBOOT_H

#include "kernel/lib/compiler.h"

/*
 * A driver that can reset the machine / take its power away says so once.  The
 * function returns only when it could not, having said why.  In an emergency it takes no
 * lock and runs no code of firmware's.
 */
void register_restart_handler(void (*restart)(void));
void register_poweroff_handler(void (*poweroff)(bool emergency));

/* The registered handler, then the keyboard controller, then a triple fault. */
void machine_restart(void) __noreturn;

/* As machine_restart without the drivers: nothing of the kernel is trusted any more. */
void emergency_restart(void) __noreturn;

/* -ENODEV where no handler is registered, -EIO where it came back. */
int machine_power_off(void);

/* The same after a panic: returns when it could not, having said why. */
void emergency_power_off(void);

#endif
