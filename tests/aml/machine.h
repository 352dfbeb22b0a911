/* SPDX-License-Identifier: MIT */
/*
 * A simulated machine for the interpreter on the host: memory, ports and PCI
 * registers are bytes that start as zero and keep what is written to them, as
 * they are for acpiexec.
 */
#ifndef TESTS_AML_MACHINE_H
#define TESTS_AML_MACHINE_H

#include "drivers/acpi/aml/aml.h"

extern const struct aml_ops machine_ops;
/* By how much the clock goes on when it is looked at, in 100 ns: 100 ms. */
extern u64 machine_tick;

/* Forget what was written. */
void machine_reset(void);

/* A table that AML may ask for; it stays the caller's. */
void machine_add_table(const struct acpi_table_header *header);

/* Call each method that takes arguments, with some of every kind; its answer is dropped. */
void machine_call_methods(struct aml *aml);

#endif
