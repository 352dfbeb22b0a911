// SPDX-License-Identifier: MIT
/*
 * The table of operators (ACPI 6.5, 20.3): what each collects and what runs it.
 *
 * A letter is an operand:
 *
 *	B W D	a byte, word, dword as it stands there
 *	P	a package length: the rest of the operator is inside of it
 *	N	a name to be made: kept as its address in the table
 * a term, for its value
 *	i	converted to an integer
 *	c	an integer, string or buffer
 *	o	any
 *	a	any, or none
 * a place: a name, local, argument, Debug, or what Index and its like give
 *	s	where the name of a method is a call
 *	t	the same, or nothing
 *	r	where it is no call
 *	q	the same, and the name may be missing
 *	v	as r, or the value that DerefOf gives
 *	u	as s, or the value that DerefOf gives
 */
#include "drivers/acpi/aml/ops.h"

static int op_noop(struct aml *aml, struct aml_frame *f, struct aml_value *out)
{
	(void)aml;
	(void)f;
	(void)out;
	return 0;
}

const struct aml_op aml_plain_ops[256] = {
	[0x06] = { "NN", aml_op_alias },
	[0x08] = { "No", aml_op_name },
	[0x10] = { "Pr", aml_op_scope },
	[0x11] = { "Pi", aml_op_buffer },
	[0x12] = { "PB", aml_op_package },
	[0x13] = { "Pi", aml_op_package },
	[0x14] = { "PNB", aml_op_method },
	[0x15] = { "NBB", op_noop }, /* External: a remark for disassemblers */
	[0x70] = { "os", aml_op_store },
	[0x71] = { "r", aml_op_ref_of },
	[0x72] = { "iit", aml_op_arithmetic },
	[0x73] = { "oot", aml_op_concatenate },
	[0x74] = { "iit", aml_op_arithmetic },
	[0x75] = { "s", aml_op_increment },
	[0x76] = { "s", aml_op_increment },
	[0x77] = { "iit", aml_op_arithmetic },
	[0x78] = { "iitt", aml_op_divide },
	[0x79] = { "iit", aml_op_arithmetic },
	[0x7a] = { "iit", aml_op_arithmetic },
	[0x7b] = { "iit", aml_op_arithmetic },
	[0x7c] = { "iit", aml_op_arithmetic },
	[0x7d] = { "iit", aml_op_arithmetic },
	[0x7e] = { "iit", aml_op_arithmetic },
	[0x7f] = { "iit", aml_op_arithmetic },
	[0x80] = { "it", aml_op_bitwise_not },
	[0x81] = { "it", aml_op_find_set_bit },
	[0x82] = { "it", aml_op_find_set_bit },
	[0x83] = { "o", aml_op_deref_of },
	[0x84] = { "oot", aml_op_concatenate_resources },
	[0x85] = { "iit", aml_op_arithmetic },
	[0x86] = { "ui", aml_op_notify },
	[0x87] = { "u", aml_op_size_of },
	[0x88] = { "oit", aml_op_index },
	[0x89] = { "oBcBci", aml_op_match },
	[0x8a] = { "oiN", aml_op_create_field },
	[0x8b] = { "oiN", aml_op_create_field },
	[0x8c] = { "oiN", aml_op_create_field },
	[0x8d] = { "oiN", aml_op_create_field },
	[0x8e] = { "v", aml_op_object_type },
	[0x8f] = { "oiN", aml_op_create_field },
	[0x90] = { "ii", aml_op_logic },
	[0x91] = { "ii", aml_op_logic },
	[0x92] = { "i", aml_op_logic_not },
	[0x93] = { "cc", aml_op_compare },
	[0x94] = { "cc", aml_op_compare },
	[0x95] = { "cc", aml_op_compare },
	[0x96] = { "ct", aml_op_to_buffer },
	[0x97] = { "ct", aml_op_to_number_string },
	[0x98] = { "ct", aml_op_to_number_string },
	[0x99] = { "ct", aml_op_to_integer },
	[0x9c] = { "cit", aml_op_to_string },
	[0x9d] = { "or", aml_op_copy_object },
	[0x9e] = { "ciit", aml_op_mid },
	[0x9f] = { "", aml_op_continue },
	[0xa0] = { "Pi", aml_op_if },
	[0xa1] = { "P", op_noop }, /* an If takes its Else along; this one lost its If */
	[0xa2] = { "P", aml_op_while },
	[0xa3] = { "", op_noop },
	[0xa4] = { "a", aml_op_return_value },
	[0xa5] = { "", aml_op_break },
	[0xcc] = { "", op_noop }, /* BreakPoint */
	/* Constants are there before a frame is: their letters are for skipping. */
	[0x00] = { "", NULL },
	[0x01] = { "", NULL },
	[0x0a] = { "B", NULL },
	[0x0b] = { "W", NULL },
	[0x0c] = { "D", NULL },
	[0x0d] = { "z", NULL },
	[0x0e] = { "Q", NULL },
	[0x60] = { "", NULL },
	[0x61] = { "", NULL },
	[0x62] = { "", NULL },
	[0x63] = { "", NULL },
	[0x64] = { "", NULL },
	[0x65] = { "", NULL },
	[0x66] = { "", NULL },
	[0x67] = { "", NULL },
	[0x68] = { "", NULL },
	[0x69] = { "", NULL },
	[0x6a] = { "", NULL },
	[0x6b] = { "", NULL },
	[0x6c] = { "", NULL },
	[0x6d] = { "", NULL },
	[0x6e] = { "", NULL },
	[0xff] = { "", NULL },
};

const struct aml_op aml_ext_ops[256] = {
	[0x01] = { "NB", aml_op_mutex },
	[0x02] = { "N", aml_op_event },
	[0x12] = { "qt", aml_op_cond_ref_of },
	[0x13] = { "oiiN", aml_op_create_field },
	[0x1f] = { "ccccco", aml_op_load_table },
	[0x20] = { "st", aml_op_load },
	[0x21] = { "i", aml_op_stall },
	[0x22] = { "i", aml_op_sleep },
	[0x23] = { "sW", aml_op_acquire },
	[0x24] = { "s", aml_op_signal },
	[0x25] = { "si", aml_op_wait },
	[0x26] = { "s", aml_op_reset },
	[0x27] = { "s", aml_op_release },
	[0x28] = { "it", aml_op_from_bcd },
	[0x29] = { "it", aml_op_to_bcd },
	[0x2a] = { "s", aml_op_unload },
	[0x30] = { "", aml_op_revision },
	[0x31] = { "", op_noop }, /* Debug is a place; as a value it is nothing */
	[0x32] = { "BDi", aml_op_fatal },
	[0x33] = { "", aml_op_timer },
	[0x80] = { "NBii", aml_op_region },
	[0x81] = { "PrB", aml_op_field },
	[0x82] = { "PN", aml_op_device },
	[0x83] = { "PNBDB", aml_op_device },
	[0x84] = { "PNBW", aml_op_device },
	[0x85] = { "PN", aml_op_device },
	[0x86] = { "PrrB", aml_op_index_field },
	[0x87] = { "PrriB", aml_op_bank_field },
	[0x88] = { "Nccc", aml_op_data_region },
};
