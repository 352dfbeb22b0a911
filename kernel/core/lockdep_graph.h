/* SPDX-License-Identifier: MIT */
/* The graph of lockdep's classes, for kernel/core/lockdep.c; nobody else includes this. */
#ifndef KERNEL_CORE_LOCKDEP_GRAPH_H
#define KERNEL_CORE_LOCKDEP_GRAPH_H

#include "kernel/core/lockdep.h"

#define MAX_CLASSES 192
#define NO_CLASS    MAX_CLASSES

#define INTERRUPTS_OFF 0 /* the class of what no lock is, but is held and waited for like one */

/* How a class was taken, some time or other. */
enum lock_use {
	LOCK_IN_IRQ,  /* by an interrupt's handler, which waited for it */
	LOCK_IRQS_ON, /* where an interrupt could come while it was held */
	NR_LOCK_USES
};

/* The class that `key` names; NO_CLASS, said once, where there are too many of them. */
unsigned int lock_class(const void *key);

/* It is taken so, at that place.  Reports once what that means. */
void lock_class_used(unsigned int class, enum lock_use use, unsigned long place);

/* `taken` is waited for while `outer` is held, both of a class.  Reports once what that means. */
void lock_order(const struct held_lock *outer, const struct held_lock *taken);

#endif
