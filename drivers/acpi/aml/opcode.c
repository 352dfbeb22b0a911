// SPDX-License-Identifier: MIT
/*
 * The table of terms (ACPI 6.5, 20.3): what each byte begins, what is collected
 * for it, and what runs it.  See enum aml_operand for what an operand may be.
 */
#include "drivers/acpi/aml/ops.h"

/* As it stands in the bytes. */
#define BYTE	       AML_BYTE_DATA
#define WORD	       AML_WORD_DATA
#define DWORD	       AML_DWORD_DATA
#define QWORD	       AML_QWORD_DATA
#define STRING	       AML_STRING_DATA
#define NEW_NAME       AML_NEW_NAME
/* A term, for its value. */
#define VALUE	       AML_TERM
#define ANY	       (AML_TERM | AML_OPTIONAL)
#define INT	       (AML_TERM | AML_TO_INTEGER)
#define DATA	       (AML_TERM | AML_TO_DATA)
/* A term, for the place that it is. */
#define PLACE	       (AML_TERM | AML_IS_PLACE)
#define PLACE_OR_DEREF (PLACE | AML_MAY_DEREF)
#define TARGET	       (PLACE | AML_OPTIONAL)
#define NAMED	       (PLACE | AML_NO_CALL)
#define NAMED_OR_DEREF (NAMED | AML_MAY_DEREF)
#define NAMED_OR_NULL  (NAMED | AML_MISSING)

#define OP(name, ...)                                           \
	{                                                       \
		aml_op_##name, { __VA_ARGS__ }, AML_IS_OPERATOR \
	}
#define BLOCK(name, ...)                                     \
	{                                                    \
		aml_op_##name, { __VA_ARGS__ }, AML_IS_BLOCK \
	}
#define CONSTANT(...)                                  \
	{                                              \
		NULL, { __VA_ARGS__ }, AML_IS_CONSTANT \
	}

static AML_OPERATOR(noop)
{
	return 0;
}

static const u8 arguments[8] = { VALUE, VALUE, VALUE, VALUE, VALUE, VALUE, VALUE };

const u8 *aml_argument_list(unsigned int args)
{
	return &arguments[7 - args];
}

const struct aml_op aml_call_op = OP(call);

const struct aml_op aml_plain_ops[256] = {
	[0x06] = OP(alias, NEW_NAME, NEW_NAME),
	[0x08] = OP(name, NEW_NAME, VALUE),
	[0x10] = BLOCK(scope, NAMED),
	[0x11] = BLOCK(buffer, INT),
	[0x12] = BLOCK(package, BYTE),
	[0x13] = BLOCK(package, INT),
	[0x14] = BLOCK(method, NEW_NAME, BYTE),
	[0x15] = OP(noop, NEW_NAME, BYTE, BYTE), /* External: a remark for disassemblers */
	[0x70] = OP(store, VALUE, PLACE),
	[0x71] = OP(ref_of, NAMED),
	[0x72] = OP(arithmetic, INT, INT, TARGET),
	[0x73] = OP(concatenate, VALUE, VALUE, TARGET),
	[0x74] = OP(arithmetic, INT, INT, TARGET),
	[0x75 ... 0x76] = OP(increment, PLACE),
	[0x77] = OP(arithmetic, INT, INT, TARGET),
	[0x78] = OP(divide, INT, INT, TARGET, TARGET),
	[0x79 ... 0x7f] = OP(arithmetic, INT, INT, TARGET),
	[0x80] = OP(bitwise_not, INT, TARGET),
	[0x81 ... 0x82] = OP(find_set_bit, INT, TARGET),
	[0x83] = OP(deref_of, VALUE),
	[0x84] = OP(concatenate_resources, VALUE, VALUE, TARGET),
	[0x85] = OP(arithmetic, INT, INT, TARGET),
	[0x86] = OP(notify, PLACE_OR_DEREF, INT),
	[0x87] = OP(size_of, PLACE_OR_DEREF),
	[0x88] = OP(index, VALUE, INT, TARGET),
	[0x89] = OP(match, VALUE, BYTE, DATA, BYTE, DATA, INT),
	[0x8a ... 0x8d] = OP(create_field, VALUE, INT, NEW_NAME),
	[0x8e] = OP(object_type, NAMED_OR_DEREF),
	[0x8f] = OP(create_field, VALUE, INT, NEW_NAME),
	[0x90 ... 0x91] = OP(logic, INT, INT),
	[0x92] = OP(logic_not, INT),
	[0x93 ... 0x95] = OP(compare, DATA, DATA),
	[0x96] = OP(to_buffer, DATA, TARGET),
	[0x97 ... 0x98] = OP(to_number_string, DATA, TARGET),
	[0x99] = OP(to_integer, DATA, TARGET),
	[0x9c] = OP(to_string, DATA, INT, TARGET),
	[0x9d] = OP(copy_object, VALUE, NAMED),
	[0x9e] = OP(mid, DATA, INT, INT, TARGET),
	[0x9f] = OP(continue),
	[0xa0] = BLOCK(if, INT),
	[0xa1] = BLOCK(noop), /* an If takes its Else along; this one lost its If */
	[0xa2] = BLOCK(while, INT),
	[0xa3] = OP(noop),
	[0xa4] = OP(return_value, ANY),
	[0xa5] = OP(break),
	[0xcc] = OP(noop), /* BreakPoint */
	[0x00 ... 0x01] = CONSTANT(),
	[0x0a] = CONSTANT(BYTE),
	[0x0b] = CONSTANT(WORD),
	[0x0c] = CONSTANT(DWORD),
	[0x0d] = CONSTANT(STRING),
	[0x0e] = CONSTANT(QWORD),
	[0xff] = CONSTANT(),
	[0x60 ... 0x6e] = { .kind = AML_IS_SLOT },
	['A' ... 'Z'] = { .kind = AML_IS_NAME },
	['_'] = { .kind = AML_IS_NAME },
	['\\'] = { .kind = AML_IS_NAME },
	['^'] = { .kind = AML_IS_NAME },
	[0x2e] = { .kind = AML_IS_NAME }, /* two segments */
	[0x2f] = { .kind = AML_IS_NAME }, /* more */
};

const struct aml_op aml_ext_ops[256] = {
	[0x01] = OP(mutex, NEW_NAME, BYTE),
	[0x02] = OP(event, NEW_NAME),
	[0x12] = OP(cond_ref_of, NAMED_OR_NULL, TARGET),
	[0x13] = OP(create_field, VALUE, INT, INT, NEW_NAME),
	[0x1f] = OP(load_table, DATA, DATA, DATA, DATA, DATA, VALUE),
	[0x20] = OP(load, PLACE, TARGET),
	[0x21] = OP(stall, INT),
	[0x22] = OP(sleep, INT),
	[0x23] = OP(acquire, PLACE, WORD),
	[0x24] = OP(signal, PLACE),
	[0x25] = OP(wait, PLACE, INT),
	[0x26] = OP(reset, PLACE),
	[0x27] = OP(release, PLACE),
	[0x28] = OP(from_bcd, INT, TARGET),
	[0x29] = OP(to_bcd, INT, TARGET),
	[0x2a] = OP(unload, PLACE),
	[0x30] = OP(revision),
	[0x31] = OP(noop), /* Debug is a place; as a value it is nothing */
	[0x32] = OP(fatal, BYTE, DWORD, INT),
	[0x33] = OP(timer),
	[0x80] = OP(region, NEW_NAME, BYTE, VALUE, VALUE),
	[0x81] = BLOCK(field, NAMED_OR_NULL, BYTE),
	[0x82] = BLOCK(device, NEW_NAME),
	[0x83] = BLOCK(device, NEW_NAME, BYTE, DWORD, BYTE),
	[0x84] = BLOCK(device, NEW_NAME, BYTE, WORD),
	[0x85] = BLOCK(device, NEW_NAME),
	[0x86] = BLOCK(index_field, NAMED_OR_NULL, NAMED_OR_NULL, BYTE),
	[0x87] = BLOCK(bank_field, NAMED_OR_NULL, NAMED_OR_NULL, INT, BYTE),
	[0x88] = OP(data_region, NEW_NAME, DATA, DATA, DATA),
};
