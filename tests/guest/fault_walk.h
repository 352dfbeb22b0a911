/* SPDX-License-Identifier: MIT */
/* For suites that make each allocation of an operation fail, one after the other. */
#ifndef TESTS_GUEST_FAULT_WALK_H
#define TESTS_GUEST_FAULT_WALK_H

#include "kernel/lib/compiler.h"

/* Do it and undo it: true; or false, and nothing has happened. */
typedef bool (*operation_t)(void);

/* Run it in all those ways; whatever is left over, or lost, fails the test that runs. */
void fault_walk(const char *name, operation_t op);

/* From here on it is noted through which calls each failure went, for `faultsites`. */
void watch_faults(void);

/* The caller that was made to fail last; where none was since, still the one before. */
extern unsigned long last_fault_caller;

/* All that a failed operation must leave as it was, in one number; how many WARNs came, too. */
u64 state_of_memory(void);

#endif
