// sources: drivers/acpi/aml/arithmetic.c drivers/acpi/aml/control.c drivers/acpi/aml/convert.c drivers/acpi/aml/data.c drivers/acpi/aml/define.c drivers/acpi/aml/device.c drivers/acpi/aml/dump.c drivers/acpi/aml/exec.c drivers/acpi/aml/field.c drivers/acpi/aml/fieldlist.c drivers/acpi/aml/interp.c drivers/acpi/aml/load.c drivers/acpi/aml/memory.c drivers/acpi/aml/message.c drivers/acpi/aml/namespace.c drivers/acpi/aml/object.c drivers/acpi/aml/opcode.c drivers/acpi/aml/parse.c drivers/acpi/aml/pci.c drivers/acpi/aml/predefined.c drivers/acpi/aml/reference.c drivers/acpi/aml/region.c drivers/acpi/aml/resource.c drivers/acpi/aml/routing.c drivers/acpi/aml/run.c drivers/acpi/aml/stack.c drivers/acpi/aml/store.c drivers/acpi/aml/sync.c drivers/acpi/aml/term.c drivers/acpi/table/check.c tests/aml/machine.c
// SPDX-License-Identifier: MIT
/*
 * The AML interpreter on bytes that no compiler writes: what is broken, endless
 * or greedy.  What well-formed AML means is compared with acpiexec by
 * tests/aml.
 */
#include "tests/host/test_aml_builder.h"

static struct code c;

/* Method (NAME) { Return (value) } for a value in few bytes. */
static void method_return(const char *name, const u8 *value, size_t n)
{
	code_method(&c, name, 0);
	OPS(&c, 0xa4);
	code_put(&c, value, n);
	code_close(&c);
}

#define METHOD_RETURN(name, ...)                             \
	do {                                                 \
		const u8 _value[] = { __VA_ARGS__ };         \
		method_return(name, _value, sizeof(_value)); \
	} while (0)

TEST(revision_decides_the_width)
{
	struct aml *aml;

	for (u8 revision = 1; revision <= 2; revision++) {
		code_start(&c, revision);
		METHOD_RETURN("ONES", 0xff);
		METHOD_RETURN("SUB1", 0x74, 0x00, 0x01, 0x00); /* 0 - 1 */
		METHOD_RETURN("QWRD", 0x0e, 1, 2, 3, 4, 5, 6, 7, 8);
		aml = code_load(&c, 0);
		EXPECT_STR(value_of(aml, "\\ONES"),
			   revision == 2 ? "0xffffffffffffffff" : "0xffffffff");
		EXPECT_STR(value_of(aml, "\\SUB1"),
			   revision == 2 ? "0xffffffffffffffff" : "0xffffffff");
		EXPECT_STR(value_of(aml, "\\QWRD"),
			   revision == 2 ? "0x807060504030201" : "0x4030201");
		code_end(aml);
	}
}

TEST(a_broken_statement_costs_itself)
{
	struct aml *aml;

	code_start(&c, 2);
	code_name(&c, "\x08"
		      "AAAA");
	OPS(&c, 0x0a, 7);
	OPS(&c, 0x5b, 0xee); /* no such opcode: what follows cannot be found */
	aml = code_load(&c, -EINVAL);
	EXPECT_STR(value_of(aml, "\\AAAA"), "0x7");
	EXPECT(test_log_has("AML: DSDT+0x002b: \\: no such opcode: 5b ee"));
	code_end(aml);

	test_log_clear();
	code_start(&c, 2);
	code_device(&c, "DEV0");
	code_name(&c, "\x08"
		      "AAAA");
	code_name(&c, "NONE"); /* no such name */
	code_name(&c, "\x08"
		      "BBBB");
	OPS(&c, 0x72, 0x01, 0x01, 0x00);
	code_close(&c);
	code_name(&c, "\x08"
		      "CCCC");
	OPS(&c, 0x01);
	aml = code_load(&c, -EINVAL);
	EXPECT_STR(value_of(aml, "\\DEV0.AAAA"), "failed -2");
	EXPECT_STR(value_of(aml, "\\DEV0.BBBB"), "0x2");
	EXPECT_STR(value_of(aml, "\\CCCC"), "0x1");
	EXPECT(test_log_has("AML: DSDT+0x0031: \\DEV0: no such name: NONE"));
	EXPECT(test_log_has("AML: DSDT: 1 terms were passed over"));
	code_end(aml);
}

TEST(lengths_that_lie)
{
	static const u8 lies[][8] = {
		{ 0x14, 0x3f },				      /* a method longer than the table */
		{ 0x14, 0x00 },				      /* shorter than its own length */
		{ 0x14, 0xff, 0xff, 0xff, 0xff },	      /* 256 MiB */
		{ 0x14, 0xc0 },				      /* a length that leaves the table */
		{ 0x5b },				      /* half an opcode */
		{ 0x08, 'A', 'B' },			      /* half a name */
		{ 0x08, 'A', 'B', 'C', 'D', 0x0d, 'x', 'y' }, /* a string without end */
		{ 0x08, 'A', 'B', 'C', 'D', 0x0e, 1, 2 },     /* half a constant */
		{ 0x08, 0x2f, 0xff, 'A', 'B', 'C', 'D' },     /* 255 segments */
		{ 0x08, 'A', 'B', 'C', 'D', 0x11, 0x01, 0x00 },
		{ 0xa0, 0x01 }, /* an If without predicate */
		{ 0x70, 0x01 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(lies); i++) {
		for (u32 n = 1; n <= 8; n++) {
			code_start(&c, 2);
			code_put(&c, lies[i], n);
			code_end(code_load(&c, -EINVAL));
		}
	}
}

/* Statements where operands belong: they give nothing, and that is said. */
TEST(statements_are_no_operands)
{
	struct aml *aml;

	code_start(&c, 2);
	METHOD_RETURN("IFAD", 0x72, 0xa0, 0x02, 0x01, 0x01, 0x00); /* Add (If (1) {}, 1) */
	METHOD_RETURN("ELSE", 0x72, 0xa0, 0x03, 0x00, 0xa3, 0x01, 0x00);
	METHOD_RETURN("WHIL", 0x72, 0xa2, 0x02, 0x00, 0x01, 0x00); /* Add (While (0) {}, 1) */
	METHOD_RETURN("NOOP", 0x72, 0xa3, 0x01, 0x00);
	METHOD_RETURN("RETN", 0x72, 0xa4, 0x0a, 0x05, 0x01, 0x00); /* leaves all the same */
	METHOD_RETURN("DEVI", 0x72, 0x5b, 0x82, 0x05, 'D', 'D', 'D', 'D', 0x01, 0x00);
	METHOD_RETURN("METH", 0x72, 0x14, 0x06, 'M', 'M', 'M', 'M', 0x00, 0x01, 0x00);
	METHOD_RETURN("PACK", 0x12, 0x07, 0x02, 0xa0, 0x02, 0x01, 0x0a, 0x05); /* {If (1) {}, 5} */
	METHOD_RETURN("BREA", 0x72, 0xa5, 0x01, 0x00);
	code_method(&c, "LOOP", 0); /* While (1) { Add (Break, 1) } Return (9) */
	OPS(&c, 0xa2, 0x06, 0x01, 0x72, 0xa5, 0x01, 0x00, 0xa4, 0x0a, 0x09);
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\IFAD"), "failed -22");
	EXPECT_STR(value_of(aml, "\\ELSE"), "failed -22");
	EXPECT_STR(value_of(aml, "\\WHIL"), "failed -22");
	EXPECT_STR(value_of(aml, "\\NOOP"), "failed -22");
	EXPECT_STR(value_of(aml, "\\RETN"), "0x5");
	EXPECT_STR(value_of(aml, "\\DEVI"), "failed -22");
	EXPECT_STR(value_of(aml, "\\METH"), "failed -22");
	EXPECT_STR(value_of(aml, "\\PACK"), "[-, 0x5]");
	EXPECT_STR(value_of(aml, "\\BREA"), "failed -22");
	EXPECT_STR(value_of(aml, "\\LOOP"), "0x9");
	code_end(aml);
}

TEST(what_does_not_end_is_ended)
{
	struct aml *aml;

	code_start(&c, 2);
	code_method(&c, "LOOP", 0); /* While (1) {} */
	OPS(&c, 0xa2, 0x02, 0x01);
	code_close(&c);
	METHOD_RETURN("FINE", 0x01);
	code_method(&c, "RECU", 0);
	code_name(&c, "RECU");
	code_close(&c);
	code_method(&c, "SLEP", 0); /* While (1) { Sleep (0xffff) } */
	OPS(&c, 0xa2, 0x07, 0x01, 0x5b, 0x22, 0x0b, 0xff, 0xff);
	code_close(&c);
	code_method(&c, "STAL", 0);
	OPS(&c, 0x5b, 0x21, 0x0b, 0xff, 0xff);
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\LOOP"), "failed -110");
	EXPECT(test_log_has("AML: DSDT+0x002e: \\LOOP: more than AML_MAX_SECONDS 30"));
	EXPECT_STR(value_of(aml, "\\FINE"), "0x1");
	EXPECT_STR(value_of(aml, "\\RECU"), "failed -7");
	EXPECT(test_log_has("calls nested deeper than AML_MAX_CALLS"));
	EXPECT_STR(value_of(aml, "\\SLEP"), "failed -110");
	EXPECT_STR(value_of(aml, "\\STAL"), "failed -22");
	for (u32 i = 0; i < 20; i++)
		value_of(aml, "\\LOOP");
	EXPECT(test_log_has("no method is run any more"));
	EXPECT_STR(value_of(aml, "\\FINE"), "failed -110");
	code_end(aml);
}

static u64 slept_msec;

static void note_sleep(u64 msec)
{
	slept_msec += msec;
}

/* ACPI 6.5, 19.6, Wait: true after the timeout, which is waited for; 0xffff is for ever. */
TEST(waits_last_as_long_as_they_were_asked_for)
{
	struct aml_ops ops = machine_ops;
	struct aml *aml;

	ops.sleep = note_sleep;
	code_start(&c, 2);
	OPS(&c, 0x5b, 0x02); /* Event (EVT0) */
	code_name(&c, "EVT0");
	code_method(&c, "WAIT", 0); /* Return (Wait (EVT0, 30)) */
	OPS(&c, 0xa4, 0x5b, 0x25);
	code_name(&c, "EVT0");
	OPS(&c, 0x0a, 30);
	code_close(&c);
	code_method(&c, "GONE", 0); /* Signal (EVT0) Return (Wait (EVT0, 30)) */
	OPS(&c, 0x5b, 0x24);
	code_name(&c, "EVT0");
	OPS(&c, 0xa4, 0x5b, 0x25);
	code_name(&c, "EVT0");
	OPS(&c, 0x0a, 30);
	code_close(&c);
	code_method(&c, "EVER", 0); /* Return (Wait (EVT0, 0xffff)) */
	OPS(&c, 0xa4, 0x5b, 0x25);
	code_name(&c, "EVT0");
	OPS(&c, 0x0b, 0xff, 0xff);
	code_close(&c);
	code_method(&c, "LONG", 0); /* Sleep (5000) Return (1) */
	OPS(&c, 0x5b, 0x22, 0x0b, 0x88, 0x13, 0xa4, 0x01);
	code_close(&c);
	aml = code_load_on(&c, 0, &ops);
	slept_msec = 0;
	EXPECT_STR(value_of(aml, "\\WAIT"), "0xffffffffffffffff");
	EXPECT_EQ(slept_msec, 30);
	EXPECT_STR(value_of(aml, "\\GONE"), "0x0");
	EXPECT_EQ(slept_msec, 30);
	EXPECT_STR(value_of(aml, "\\EVER"), "failed -110");
	EXPECT(test_log_has("Wait of 65535 ms, AML_MAX_SLEEP is 60000"));
	EXPECT_EQ(slept_msec, 30);
	EXPECT_STR(value_of(aml, "\\LONG"), "0x1"); /* a Sleep is cut to two seconds */
	EXPECT_EQ(slept_msec, 2030);
	code_end(aml);
}

TEST(a_table_that_does_not_end)
{
	struct aml *aml;

	code_start(&c, 2);
	OPS(&c, 0xa2, 0x02, 0x01); /* While (1) {} */
	code_name(&c, "\x08"
		      "AAAA");
	OPS(&c, 0x01);
	aml = code_load(&c, -ETIMEDOUT);
	code_end(aml);
}

TEST(depth_is_bounded)
{
	struct aml *aml;

	code_start(&c, 2);
	code_method(&c, "DEEP", 0);
	OPS(&c, 0xa4);
	for (u32 i = 0; i < 4000; i++)
		OPS(&c, 0x92); /* LNot (LNot (... */
	OPS(&c, 0x01);
	code_close(&c);
	for (u32 i = 0; i < 200; i++) /* the same where a statement is to be passed over */
		OPS(&c, 0x80);
	aml = code_load(&c, -EINVAL);
	EXPECT_STR(value_of(aml, "\\DEEP"), "failed -7");
	EXPECT(test_log_has("terms nested deeper than AML_MAX_FRAMES"));
	code_end(aml);
}

TEST(memory_is_bounded)
{
	struct aml *aml;

	code_start(&c, 2);
	code_method(&c, "GROW", 0); /* Local0 = "xxxxxxxx" While (1) { Local0 += Local0 } */
	OPS(&c, 0x70);
	code_string(&c, "xxxxxxxx");
	OPS(&c, 0x60, 0xa2, 0x06, 0x01, 0x73, 0x60, 0x60, 0x60);
	code_close(&c);
	METHOD_RETURN("HUGE", 0x11, 0x07, 0x0c, 0xff, 0xff, 0xff, 0xff, 0);
	METHOD_RETURN("VARP", 0x13, 0x06, 0x0c, 0xff, 0xff, 0xff, 0xff);
	/* Local0 = Package () {} While (1) { Local1 = Package (255) {} Local1[0] = Local0 ... } */
	code_method(&c, "NEST", 0);
	OPS(&c, 0x70, 0x12, 0x02, 0x01, 0x60);
	OPS(&c, 0xa2);
	code_open(&c);
	OPS(&c, 0x01, 0x70, 0x12, 0x02, 0x02, 0x61); /* Local1 = Package (2) {} */
	OPS(&c, 0x70, 0x60, 0x88, 0x61, 0x00, 0x00); /* Local1 [0] = Local0 */
	OPS(&c, 0x70, 0x61, 0x60);		     /* Local0 = Local1 */
	code_close(&c);
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\GROW"), "failed -7");
	EXPECT(test_log_has("AML_MAX_OBJECT"));
	EXPECT_STR(value_of(aml, "\\HUGE"), "failed -7");
	EXPECT_STR(value_of(aml, "\\VARP"), "failed -7");
	EXPECT_STR(value_of(aml, "\\NEST"), "failed -110"); /* each is copied, in depth */
	code_end(aml);
}

/* Names that methods made, held by references in a chain: given back one by one. */
TEST(a_long_chain_is_given_back)
{
	struct aml_statistics before, after;
	struct aml *aml;

	code_start(&c, 2);
	code_method(&c, "LINK", 1); /* Name (X, 0) CopyObject (Arg0, X) Return (RefOf (X)) */
	code_name(&c, "\x08"
		      "XXXX");
	OPS(&c, 0x00, 0x9d, 0x68);
	code_name(&c, "XXXX");
	OPS(&c, 0xa4, 0x71);
	code_name(&c, "XXXX");
	code_close(&c);
	code_method(&c, "CHAI", 0); /* Local0 = 0 Local1 = 20000 While (Local1) {...} */
	OPS(&c, 0x70, 0x00, 0x60, 0x70, 0x0b, 0x20, 0x4e, 0x61, 0xa2);
	code_open(&c);
	OPS(&c, 0x61, 0x70);
	code_name(&c, "LINK");
	OPS(&c, 0x60, 0x60, 0x76, 0x61);
	code_close(&c);
	OPS(&c, 0xa4, 0x01);
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\CHAI"), "0x1");
	aml_statistics(aml, &before);
	EXPECT_STR(value_of(aml, "\\CHAI"), "0x1");
	aml_statistics(aml, &after);
	EXPECT_EQ(after.nodes, before.nodes);
	EXPECT_EQ(after.objects, before.objects);
	EXPECT_EQ(after.bytes, before.bytes);
	code_end(aml);
}

/* A package that holds a reference to itself is found at the end. */
TEST(a_ring_is_given_back_at_the_end)
{
	struct aml *aml;

	code_start(&c, 2);
	code_method(&c, "RING", 0); /* Local0 = Package (1) {} Local0 [0] = RefOf (Local0) */
	OPS(&c, 0x70, 0x12, 0x02, 0x01, 0x60, 0x70, 0x71, 0x60, 0x88, 0x60, 0x00, 0x00);
	OPS(&c, 0xa4, 0x60);
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\RING"), "[reference]");
	EXPECT_STR(value_of(aml, "\\RING"), "[reference]");
	code_end(aml);
}

TEST(a_native_method_wants_its_arguments)
{
	struct aml *aml = aml_create(&machine_ops);

	EXPECT_STR(value_of(aml, "\\_OSI"), "failed -22");
	aml_destroy(aml);
}

static u64 osi(struct aml *aml, const char *interface)
{
	struct aml_value arg, answer;

	EXPECT_EQ(aml_new_string(aml, interface, &arg), 0);
	EXPECT_EQ(aml_evaluate(aml, NULL, "\\_OSI", &arg, 1, &answer), 0);
	EXPECT_EQ(answer.type, AML_INTEGER);
	aml_put(aml, &arg);
	return answer.integer;
}

TEST(osi_answers_as_linux_6_1_does)
{
	static const char *const yes[] = { "Windows 2000",  "Windows 2001.1 SP1",
					   "Windows 2009",  "Windows 2021",
					   "Module Device", "Extended Address Space Descriptor" };
	static const char *const no[] = { "",
					  "Linux",
					  "Darwin",
					  "FreeBSD",
					  "Windows",
					  "windows 2009",
					  "Windows 2009 ",
					  "Windows 2022",
					  "3.0 Thermal Model" };
	struct aml *aml = aml_create(&machine_ops);

	for (u32 i = 0; i < ARRAY_SIZE(yes); i++)
		EXPECT_EQ(osi(aml, yes[i]), ~0ULL);
	for (u32 i = 0; i < ARRAY_SIZE(no); i++)
		EXPECT_EQ(osi(aml, no[i]), 0);
	aml_destroy(aml);
}

TEST(references_to_locals_outlive_the_method)
{
	struct aml *aml;

	code_start(&c, 2);
	code_method(&c, "MAKE", 0); /* Return (DerefOf (RefOf (Local0))), which was not set */
	OPS(&c, 0xa4, 0x83, 0x71, 0x60);
	code_close(&c);
	code_method(&c, "GIVE", 0); /* Local0 = 5 Return (RefOf (Local0)) */
	OPS(&c, 0x70, 0x0a, 0x05, 0x60, 0xa4, 0x71, 0x60);
	code_close(&c);
	code_method(&c, "TAKE", 0); /* Return (DerefOf (GIVE ())) */
	OPS(&c, 0xa4, 0x83);
	code_name(&c, "GIVE");
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\MAKE"), "failed -22");
	EXPECT_STR(value_of(aml, "\\GIVE"), "reference");
	EXPECT_STR(value_of(aml, "\\TAKE"), "0x5");
	code_end(aml);
}

TEST(fatal_goes_on)
{
	struct aml *aml;

	code_start(&c, 2);
	code_method(&c, "FATL", 0); /* Fatal (1, 2, 3) Return (4) */
	OPS(&c, 0x5b, 0x32, 0x01, 0x02, 0, 0, 0, 0x0a, 0x03, 0xcc, 0xa4, 0x0a, 0x04);
	code_close(&c);
	METHOD_RETURN("MIDL", 0x9e, 0x0d, 'a', 'b', 'c', 0, 0x01, 0xff, 0x00);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\FATL"), "0x4");
	EXPECT(test_log_has(
		"AML: DSDT+0x002c: \\FATL: Fatal: type 0x01, code 0x00000002, argument 0x3"));
	EXPECT_STR(value_of(aml, "\\MIDL"), "\"bc\"");
	code_end(aml);
}

/* acpiexec crashes there. */
TEST(a_method_overwrites_itself)
{
	struct aml *aml;

	code_start(&c, 2);
	code_method(&c, "SELF", 0); /* CopyObject (3, SELF) Return (8) */
	OPS(&c, 0x9d, 0x0a, 0x03);
	code_name(&c, "SELF");
	OPS(&c, 0xa4, 0x0a, 0x08);
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\SELF"), "0x8");
	EXPECT_STR(value_of(aml, "\\SELF"), "0x3");
	code_end(aml);
}

/* Every place where memory may run out, while a table with one of each is loaded and run. */
TEST(without_memory)
{
	struct aml *aml;
	u32 failures = 0;

	code_start(&c, 2);
	code_device(&c, "DEV0");
	code_name(&c, "\x08_CRS");
	OPS(&c, 0x11, 0x05, 0x0a, 0x02, 0x79, 0x00);
	code_name(&c, "\x08"
		      "PACK");
	OPS(&c, 0x12, 0x07, 0x02, 0x01);
	code_name(&c, "PACK");
	OPS(&c, 0x5b, 0x01);
	code_name(&c, "MUTX");
	OPS(&c, 0x00, 0x5b, 0x02);
	code_name(&c, "EVNT");
	OPS(&c, 0x5b, 0x80); /* OperationRegion (REGN, SystemMemory, 0, 0xff) */
	code_name(&c, "REGN");
	OPS(&c, 0x00, 0x00, 0x0a, 0xff);
	OPS(&c, 0x5b, 0x81, 0x11); /* Field (REGN, ByteAcc) { FLD0, 8, FLD1, 96 } */
	code_name(&c, "REGN");
	OPS(&c, 0x01);
	code_name(&c, "FLD0\x08"
		      "FLD1");
	OPS(&c, 0x40, 0x06);
	code_close(&c);
	code_method(&c, "WORK",
		    0); /* Local0 = Concatenate ("a", "b") Return (Package {Local0...}) */
	OPS(&c, 0x73);
	code_string(&c, "a");
	code_string(&c, "b");
	OPS(&c, 0x60, 0x70, 0x71, 0x60, 0x61, 0xa4, 0x12, 0x04, 0x02, 0x60, 0x60);
	code_close(&c);
	for (int n = 0; n < 200; n++) {
		test_fail_kmalloc_after(n);
		aml = aml_create(&machine_ops);
		if (aml) {
			failures += aml_load_table(aml, code_table(&c)) != 0;
			value_of(aml, "\\WORK");
			value_of(aml, "\\DEV0.FLD1");
			aml_initialize(aml);
		}
		test_fail_kmalloc_after(-1);
		code_end(aml);
	}
	EXPECT(failures > 10);
	test_fail_kmalloc_after(-1);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\WORK"), "[\"ab\", \"ab\"]");
	EXPECT_STR(value_of(aml, "\\DEV0.FLD1"), "{00 00 00 00 00 00 00 00 00 00 00 00}");
	code_end(aml);
}

/* Random bytes behind random opcodes: nothing but an error may come of it. */
TEST(random_bytes)
{
	static const u8 likely_ops[] = {
		0x08, 0x10, 0x11, 0x12, 0x14, 0x5b, 0x70, 0x72, 0x83, 0x88,
		0xa0, 0xa2, 0xa4, 0x60, 0x61, 0x68, 0x0a, 0x0d, 0x71, 0x9d
	};
	struct aml *aml;

	for (u32 round = 0; round < 3000; round++) {
		code_start(&c, (u8)(1 + round % 2));
		for (u32 i = 0; i < 60; i++) {
			u64 r = test_random();

			if (r & 1)
				OPS(&c, likely_ops[(r >> 8) % ARRAY_SIZE(likely_ops)]);
			else if (r & 2)
				code_name(&c, &"AAAABBBBCCCC"[4 * ((r >> 8) % 3)]);
			else
				OPS(&c, (u8)(r >> 8));
			if ((r & 0xf0) == 0)
				code_method(&c, "AAAA", 0);
			while (c.depth > 8)
				code_close(&c);
		}
		while (c.depth)
			code_close(&c);
		aml = aml_create(&machine_ops);
		aml_load_table(aml, code_table(&c));
		value_of(aml, "\\AAAA");
		value_of(aml, "\\BBBB");
		code_end(aml);
		test_log_clear();
	}
}

/* Names beneath each other, each scope entered through an alias to the one above. */
TEST(the_tree_is_bounded)
{
	struct aml *aml;

	code_start(&c, 2);
	code_device(&c, "AAAA");
	code_close(&c);
	for (u32 i = 0; i < 40; i++) {
		const char name[] = { 'A' + (char)(i % 26), 'A' + (char)(i / 26), 'L', 'I', 0 };
		const char above[] = { 'A' + (char)((i - 1) % 26), 'A' + (char)((i - 1) / 26), 'L',
				       'I', 0 };

		OPS(&c, 0x10); /* Scope (the last alias) {Device (15 beneath each other) Alias} */
		code_open(&c);
		code_name(&c, "\\");
		code_name(&c, i ? above : "AAAA");
		for (u32 j = 0; j < 14; j++)
			code_device(&c, "DDDD");
		OPS(&c, 0x06); /* the innermost, by its name relative to itself */
		code_name(&c, "^DDDD\\");
		code_name(&c, name);
		for (u32 j = 0; j < 14; j++)
			code_close(&c);
		code_close(&c);
	}
	aml = code_load(&c, -EINVAL);
	EXPECT(test_log_has("cannot make DDDD: too deep beneath the root"));
	code_end(aml);
}
