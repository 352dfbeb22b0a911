/* SPDX-License-Identifier: MIT */
/*
 * The operators.  Each runs with its operands complete in f->v, in the form
 * that opcode.c's table promises; they are put by the caller.  Returns 0 with
 * the value (none: left uninitialized) in *out, AML_BECAME, or an errno.
 */
#ifndef DRIVERS_ACPI_AML_OPS_H
#define DRIVERS_ACPI_AML_OPS_H

#include "drivers/acpi/aml/interp.h"
#include "drivers/acpi/aml/opcodes.h"

#define AML_OPERATOR(name)                                                                    \
	int aml_op_##name(struct aml *aml __maybe_unused, struct aml_frame *f __maybe_unused, \
			  struct aml_value *out __maybe_unused)

/* control.c */
AML_OPERATOR(if);
AML_OPERATOR(while);
AML_OPERATOR(break);
AML_OPERATOR(continue);
AML_OPERATOR(call);
AML_OPERATOR(return_value);
AML_OPERATOR(notify);
AML_OPERATOR(fatal);

/* define.c */
AML_OPERATOR(alias);
AML_OPERATOR(name);
AML_OPERATOR(scope);
AML_OPERATOR(device);
AML_OPERATOR(method);
AML_OPERATOR(mutex);
AML_OPERATOR(event);
AML_OPERATOR(region);
AML_OPERATOR(create_field);

/* load.c */
AML_OPERATOR(data_region);
AML_OPERATOR(load);
AML_OPERATOR(load_table);
AML_OPERATOR(unload);

/* fieldlist.c */
AML_OPERATOR(field);
AML_OPERATOR(index_field);
AML_OPERATOR(bank_field);

/* arithmetic.c */
AML_OPERATOR(arithmetic);
AML_OPERATOR(divide);
AML_OPERATOR(increment);
AML_OPERATOR(bitwise_not);
AML_OPERATOR(find_set_bit);
AML_OPERATOR(from_bcd);
AML_OPERATOR(to_bcd);
AML_OPERATOR(logic);
AML_OPERATOR(logic_not);
AML_OPERATOR(compare);

/* data.c */
AML_OPERATOR(buffer);
AML_OPERATOR(package);
AML_OPERATOR(concatenate);
AML_OPERATOR(concatenate_resources);
AML_OPERATOR(mid);
AML_OPERATOR(size_of);
AML_OPERATOR(index);
AML_OPERATOR(match);

/* convert.c */
AML_OPERATOR(to_buffer);
AML_OPERATOR(to_number_string);
AML_OPERATOR(to_integer);
AML_OPERATOR(to_string);

/* store.c */
AML_OPERATOR(store);
AML_OPERATOR(copy_object);

/* reference.c */
AML_OPERATOR(ref_of);
AML_OPERATOR(cond_ref_of);
AML_OPERATOR(deref_of);
AML_OPERATOR(object_type);

/* sync.c */
AML_OPERATOR(acquire);
AML_OPERATOR(release);
AML_OPERATOR(signal);
AML_OPERATOR(wait);
AML_OPERATOR(reset);
AML_OPERATOR(stall);
AML_OPERATOR(sleep);
AML_OPERATOR(timer);
AML_OPERATOR(revision);

#endif
