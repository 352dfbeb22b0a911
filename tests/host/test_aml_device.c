// sources: drivers/acpi/aml/arithmetic.c drivers/acpi/aml/control.c drivers/acpi/aml/convert.c drivers/acpi/aml/data.c drivers/acpi/aml/define.c drivers/acpi/aml/device.c drivers/acpi/aml/dump.c drivers/acpi/aml/exec.c drivers/acpi/aml/field.c drivers/acpi/aml/fieldlist.c drivers/acpi/aml/interp.c drivers/acpi/aml/load.c drivers/acpi/aml/memory.c drivers/acpi/aml/message.c drivers/acpi/aml/namespace.c drivers/acpi/aml/object.c drivers/acpi/aml/opcode.c drivers/acpi/aml/parse.c drivers/acpi/aml/pci.c drivers/acpi/aml/predefined.c drivers/acpi/aml/reference.c drivers/acpi/aml/region.c drivers/acpi/aml/resource.c drivers/acpi/aml/routing.c drivers/acpi/aml/run.c drivers/acpi/aml/stack.c drivers/acpi/aml/store.c drivers/acpi/aml/sync.c drivers/acpi/aml/term.c drivers/acpi/table/check.c tests/aml/machine.c
// SPDX-License-Identifier: MIT
/*
 * What drivers ask of the namespace: devices and their ids, interrupt routing,
 * links, sleep types, notifications.
 */
#include "tests/host/test_aml_builder.h"

static struct code c;

/* ---------------------------------------------------------------- devices */

/* Name (_STA, n) */
static void name_sta(u8 sta)
{
	code_name(&c, "\x08_STA");
	OPS(&c, 0x0a, sta);
}

/* Method (_INI) { ORDR = ORDR * 16 + digit } */
static void method_ini(u8 digit)
{
	code_method(&c, "_INI", 0);
	OPS(&c, 0x72, 0x77);
	code_name(&c, "\\ORDR");
	OPS(&c, 0x0a, 0x10, 0x00, 0x0a, digit);
	code_name(&c, "\\ORDR");
	code_close(&c);
}

static void see_device(struct aml *aml, struct aml_node *device, u32 sta,
		       const struct aml_node *absent)
{
	char path[AML_PATH_MAX], id[AML_ID_MAX];

	see("%s %x", aml_node_path(device, path, sizeof(path)), sta);
	if (absent)
		see(" beneath %s", aml_node_path(absent, path, sizeof(path)));
	if (!aml_device_hid(aml, device, id))
		see(" %s", id);
	for (u32 n = 0; !aml_device_cid(aml, device, n, id); n++)
		see(" +%s", id);
	see("\n");
}

/* As Linux's acpi_bus_get_status_handle(): a name that _STA misses is a _STA that is missing. */
TEST(a_status_that_fails)
{
	struct aml *aml;

	code_start(&c, 2);
	code_device(&c, "MISS");
	code_method(&c, "_STA", 0);
	OPS(&c, 0xa4);
	code_name(&c, "NONE");
	code_close(&c);
	code_close(&c);
	code_device(&c, "ZERO");
	code_method(&c, "_STA", 0);
	OPS(&c, 0xa4, 0x78, 0x01, 0x00, 0x00, 0x00); /* Return (1 / 0) */
	code_close(&c);
	code_close(&c);
	code_device(&c, "GOOD");
	code_close(&c);
	code_device(&c, "SHOW"); /* enabled and to be shown, but not there */
	name_sta(6);
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_EQ(status_of(aml, aml_find(aml, NULL, "SHOW")), 0);
	EXPECT_EQ(status_of(aml, aml_find(aml, NULL, "MISS")), AML_STA_DEFAULT);
	EXPECT(test_log_has("\\MISS._STA: no such name: NONE"));
	EXPECT_EQ(status_of(aml, aml_find(aml, NULL, "ZERO")), 0);
	EXPECT_EQ(status_of(aml, aml_find(aml, NULL, "GOOD")), AML_STA_DEFAULT);
	code_end(aml);
}

/* As Linux's acpi_ns_init_one_device(): its own _INI is not run, those of what is beneath it are. */
TEST(a_status_that_fails_hides_no_init)
{
	struct aml *aml;

	code_start(&c, 2);
	code_name(&c, "\x08ORDR");
	OPS(&c, 0x00);
	code_device(&c, "ZERO");
	code_method(&c, "_STA", 0);
	OPS(&c, 0xa4, 0x78, 0x01, 0x00, 0x00, 0x00); /* Return (1 / 0) */
	code_close(&c);
	method_ini(1);
	code_device(&c, "SUB0");
	method_ini(2);
	code_close(&c);
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_EQ(aml_initialize(aml), 0);
	EXPECT_STR(value_of(aml, "\\ORDR"), "0x2");
	code_end(aml);
}

/* One that is there, with ids and one beneath it. */
static void device_with_ids(void)
{
	code_device(&c, "DEV0");
	code_eisa_name(&c, "_HID", 0x080ad041);
	code_name(&c, "\x08_CID");
	code_package(&c, 2);
	code_dword(&c, 0x030ad041);
	code_string(&c, "PNP0A05");
	code_close(&c);
	method_ini(3);
	code_device(&c, "SUB0");
	method_ini(4);
	code_close(&c);
	code_close(&c);
}

/* Neither present nor functioning: all beneath it too.  Not present, but functioning: what is beneath it is looked at. */
static void devices_that_are_not_present(void)
{
	code_device(&c, "GONE");
	name_sta(0);
	method_ini(0xf);
	code_device(&c, "SUB0");
	method_ini(0xf);
	code_close(&c);
	code_close(&c);
	code_device(&c, "FUNC");
	name_sta(8);
	method_ini(0xf);
	code_device(&c, "SUB0");
	method_ini(5);
	code_close(&c);
	code_close(&c);
}

/* A region of configuration space, and its _REG (2, 1), which comes between \_SB._INI and the others. */
static void region_with_reg(void)
{
	code_region(&c, "REGN", 2, 0, 4);
	code_method(&c, "_REG", 2);
	OPS(&c, 0x72, 0x77);
	code_name(&c, "\\ORDR");
	OPS(&c, 0x0b, 0x00, 0x01, 0x00, 0x72, 0x77, 0x68, 0x0a, 0x10, 0x00, 0x69, 0x00);
	code_name(&c, "\\ORDR");
	code_close(&c);
}

/* Each _INI adds its digit to \ORDR. */
static struct aml *board(void)
{
	code_start(&c, 2);
	code_name(&c, "\x08ORDR");
	OPS(&c, 0x00);
	method_ini(1);
	OPS(&c, 0x10); /* Scope (\_SB) */
	code_open(&c);
	code_name(&c, "\\_SB_");
	device_with_ids();
	devices_that_are_not_present();
	method_ini(2);
	code_device(&c, "LAST");
	code_name(&c, "\x08_HID");
	code_string(&c, "QEMU0002");
	name_sta(0xb);
	code_device(&c, "SUB0");
	code_close(&c);
	code_close(&c);
	code_close(&c);
	region_with_reg();
	return code_load(&c, 0);
}

TEST(devices_are_initialized_in_order_where_they_are_there)
{
	struct aml *aml = board();

	EXPECT_EQ(aml_initialize(aml), 0);
	EXPECT_STR(value_of(aml, "\\ORDR"), "0x1221345");
	code_end(aml);
}

TEST(devices_that_are_there)
{
	struct aml_walk walk = { 0 };
	struct aml *aml = board();
	struct aml_node *node;

	EXPECT_EQ(aml_initialize(aml), 0);
	see_nothing();
	while ((node = aml_next_device(aml, &walk)))
		see_device(aml, node, walk.status, walk.absent);
	EXPECT_STR(seen, "\\_SB_ f\n"
			 "\\_SB_.DEV0 f PNP0A08 +PNP0A03 +PNP0A05\n"
			 "\\_SB_.DEV0.SUB0 f\n"
			 "\\_SB_.GONE 0 beneath \\_SB_.GONE\n"
			 "\\_SB_.GONE.SUB0 0 beneath \\_SB_.GONE\n"
			 "\\_SB_.FUNC 8\n"
			 "\\_SB_.FUNC.SUB0 f\n"
			 "\\_SB_.LAST b QEMU0002\n"
			 "\\_SB_.LAST.SUB0 f\n"
			 "\\_TZ_ f\n");
	code_end(aml);
}

TEST(a_device_is_what_its_ids_say)
{
	struct aml *aml = board();

	EXPECT(aml_device_is(aml, aml_find(aml, NULL, "\\_SB.DEV0"), "PNP0A03"));
	EXPECT(aml_device_is(aml, aml_find(aml, NULL, "\\_SB.DEV0"), "PNP0A08"));
	EXPECT(!aml_device_is(aml, aml_find(aml, NULL, "\\_SB.DEV0"), "PNP0A04"));
	code_end(aml);
}

TEST(paths)
{
	struct aml *aml;
	struct aml_node *node;
	char path[AML_PATH_MAX], small[8];

	code_start(&c, 2);
	code_device(&c, "AAAA");
	code_device(&c, "BB__");
	code_close(&c);
	code_close(&c);
	OPS(&c, 0x06); /* Alias (AAAA, ALIA) */
	code_name(&c, "AAAAALIA");
	aml = code_load(&c, 0);
	node = aml_find(aml, NULL, "\\AAAA.BB");
	ASSERT(node);
	EXPECT(aml_find(aml, NULL, "AAAA.BB__") == node);
	EXPECT(aml_find(aml, aml_find(aml, NULL, "AAAA"), "BB") == node);
	EXPECT(aml_find(aml, node, "^BB") == node);
	EXPECT(aml_find(aml, node, "^^AAAA") == aml_find(aml, node, "^"));
	EXPECT(aml_find(aml, NULL, "ALIA.BB") == node);
	EXPECT(aml_find(aml, NULL, "ALIA") == aml_find(aml, node, "^"));
	EXPECT(aml_find(aml, NULL, "\\") == aml_root(aml));
	EXPECT(!aml_find(aml, NULL, "AAAA.BB."));
	EXPECT(!aml_find(aml, NULL, "AAAA..BB"));
	EXPECT(!aml_find(aml, NULL, "AAAAA"));
	EXPECT(!aml_find(aml, NULL, "^^^"));
	EXPECT(!aml_find(aml, node, "AAAA")); /* no search upwards */
	EXPECT_STR(aml_node_path(node, path, sizeof(path)), "\\AAAA.BB__");
	EXPECT_STR(aml_node_path(aml_root(aml), path, sizeof(path)), "\\");
	EXPECT_STR(aml_node_path(node, small, sizeof(small)), "\\AAAA.B");
	code_end(aml);
}

/* ---------------------------------------------------------------- routing */

/* Package () {address, pin, source, index}; the source is a name, or a string where `text`. */
static void prt_entry(u32 address, u8 pin, const char *source, bool text, u8 index)
{
	code_package(&c, 4);
	code_dword(&c, address);
	OPS(&c, 0x0a, pin);
	if (!source)
		OPS(&c, 0x00);
	else if (text)
		code_string(&c, source);
	else
		code_name(&c, source);
	OPS(&c, 0x0a, index);
	code_close(&c);
}

static int see_prt(const struct aml_prt_entry *entry, void *arg)
{
	char path[AML_PATH_MAX];

	(void)arg;
	see("%x %u %s %u\n", entry->device, entry->pin,
	    entry->link ? aml_node_path(entry->link, path, sizeof(path)) : "-", entry->gsi);
	return 0;
}

TEST(routing_table)
{
	struct aml *aml;

	code_start(&c, 2);
	code_device(&c, "PCI0");
	code_name(&c, "\x08_PRT");
	code_package(&c, 7);
	prt_entry(0x0002ffff, 0, NULL, false, 20);
	prt_entry(0x001fffff, 3, "LNKA", false, 0);
	prt_entry(0x0003ffff, 1, "LNKA", true, 0);
	prt_entry(0x0003ffff, 9, NULL, false, 1);   /* no such pin */
	prt_entry(0x0003ffff, 1, "NONE", false, 1); /* no such link */
	OPS(&c, 0x01);				    /* no package */
	prt_entry(0x0004ffff, 1, NULL, false, 21);
	code_close(&c);
	code_device(&c, "LNKA"); /* defined behind its use */
	code_close(&c);
	code_close(&c);
	aml = code_load(&c, 0);
	see_nothing();
	EXPECT_EQ(aml_walk_prt(aml, aml_find(aml, NULL, "PCI0"), see_prt, NULL), 0);
	EXPECT_STR(seen, "2 0 - 20\n1f 3 \\PCI0.LNKA 0\n3 1 \\PCI0.LNKA 0\n4 1 - 21\n");
	EXPECT(test_log_has(": \\PCI0._PRT: entry 3 is broken"));
	EXPECT(test_log_has(": \\PCI0._PRT: entry 4 is broken"));
	EXPECT(test_log_has(": \\PCI0._PRT: entry 5 is broken"));
	EXPECT_EQ(aml_walk_prt(aml, aml_root(aml), see_prt, NULL), -ENOENT);
	code_end(aml);
}

/* A link that _PRT itself makes is gone when its result is. */
TEST(routing_table_with_a_link_of_its_own)
{
	struct aml *aml;

	code_start(&c, 2);
	code_device(&c, "PCI0");
	code_method(&c, "_PRT", 0);
	code_device(&c, "LNKX");
	code_close(&c);
	OPS(&c, 0xa4); /* Return */
	code_package(&c, 1);
	prt_entry(0x0002ffff, 0, "LNKX", false, 0);
	code_close(&c);
	code_close(&c);
	code_close(&c);
	aml = code_load(&c, 0);
	see_nothing();
	EXPECT_EQ(aml_walk_prt(aml, aml_find(aml, NULL, "PCI0"), see_prt, NULL), 0);
	EXPECT_STR(seen, "");
	EXPECT(test_log_has(": \\PCI0._PRT: entry 0 is broken"));
	code_end(aml);
}

/* A link: _PRS is a buffer, _SRS keeps what it is given. */
static struct aml *load_link(const u8 *prs, u8 length)
{
	code_start(&c, 2);
	code_device(&c, "LNKA");
	code_name(&c, "\x08_PRS");
	OPS(&c, 0x11);
	code_open(&c);
	OPS(&c, 0x0a, length);
	code_put(&c, prs, length);
	code_close(&c);
	code_name(&c, "\x08"
		      "GOT_");
	OPS(&c, 0x00);
	code_method(&c, "_SRS", 1);
	OPS(&c, 0x9d, 0x68);
	code_name(&c, "GOT_");
	code_close(&c);
	code_close(&c);
	return code_load(&c, 0);
}

TEST(links_are_set)
{
	static const u8 large[] = { 0x89, 14, 0, 0x09, 3, 5, 0, 0,    0, 10,
				    0,	  0,  0, 11,   0, 0, 0, 0x79, 0 };
	static const u8 small[] = { 0x23, 0x20, 0x0c, 0x18, 0x79, 0 };
	struct aml *aml = load_link(large, sizeof(large));
	struct aml_node *link = aml_find(aml, NULL, "LNKA");

	EXPECT_EQ(aml_link_set_irq(aml, link, 10), 0);
	EXPECT_STR(value_of(aml, "\\LNKA.GOT"), "{89 06 00 09 01 0a 00 00 00 79 00}");
	EXPECT_EQ(aml_link_set_irq(aml, link, 9), -EINVAL);
	EXPECT(test_log_has("AML: DSDT+0x0028: \\LNKA: it cannot be set to interrupt 9"));
	EXPECT_EQ(aml_link_set_irq(aml, aml_root(aml), 9), -ENOENT);
	code_end(aml);

	aml = load_link(small, sizeof(small));
	link = aml_find(aml, NULL, "LNKA");
	EXPECT_EQ(aml_link_set_irq(aml, link, 11), 0);
	EXPECT_STR(value_of(aml, "\\LNKA.GOT"), "{23 00 08 18 79 00}");
	code_end(aml);
}

TEST(sleep_types)
{
	struct aml *aml;
	u8 a = 0xff, b = 0xff;

	code_start(&c, 2);
	code_name(&c, "\x08_S5_");
	code_package(&c, 4);
	OPS(&c, 0x0a, 0x05, 0x01, 0x00, 0x00);
	code_close(&c);
	code_name(&c, "\x08_S3_");
	code_package(&c, 1); /* both in one integer */
	OPS(&c, 0x0b, 0x01, 0x02);
	code_close(&c);
	code_name(&c, "\x08_S4_");
	code_package(&c, 1);
	OPS(&c, 0x0a, 0x09);
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_EQ(aml_sleep_type(aml, 5, &a, &b), 0);
	EXPECT_EQ(a, 5);
	EXPECT_EQ(b, 1);
	EXPECT_EQ(aml_sleep_type(aml, 3, &a, &b), 0);
	EXPECT_EQ(a, 1);
	EXPECT_EQ(b, 2);
	EXPECT_EQ(aml_sleep_type(aml, 4, &a, &b), -EINVAL);
	EXPECT_EQ(aml_sleep_type(aml, 1, &a, &b), -ENOENT);
	code_end(aml);
}

static void see_notify(struct aml_node *node, u64 value)
{
	char path[AML_PATH_MAX];

	see("%s 0x%lx\n", aml_node_path(node, path, sizeof(path)), value);
}

TEST(notifications)
{
	struct aml_ops ops = machine_ops;
	struct aml *aml;

	code_start(&c, 2);
	code_device(&c, "DEV0");
	code_close(&c);
	code_method(&c, "NOTI", 1);
	OPS(&c, 0x86); /* Notify (DEV0, Arg0) */
	code_name(&c, "DEV0");
	OPS(&c, 0x68);
	code_close(&c);
	code_method(&c, "RUN0", 0);
	OPS(&c, 0x86);
	code_name(&c, "DEV0");
	OPS(&c, 0x01);
	code_name(&c, "NOTI");
	OPS(&c, 0x0a, 0x80);
	code_close(&c);
	code_method(&c, "BAD0", 0);
	OPS(&c, 0x86, 0x60, 0x01);
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\RUN0"), "0x0"); /* nobody listens */
	aml_destroy(aml);
	ops.notify = see_notify;
	aml = code_load_on(&c, 0, &ops);
	see_nothing();
	EXPECT_STR(value_of(aml, "\\RUN0"), "0x0");
	EXPECT_STR(seen, "\\DEV0 0x1\n\\DEV0 0x80\n");
	EXPECT_STR(value_of(aml, "\\BAD0"), "failed -22");
	code_end(aml);
}

/* ---------------------------------------------------------------- memory */

/* Method (name) { Return (...) }, which is to follow; new at each call. */
static void method_return(const char *name)
{
	code_method(&c, name, 0);
	OPS(&c, 0xa4);
}

static void return_buffer(const char *name, const u8 *bytes, u8 length)
{
	method_return(name);
	OPS(&c, 0x11);
	code_open(&c);
	OPS(&c, 0x0a, length);
	code_put(&c, bytes, length);
	code_close(&c);
	code_close(&c);
}

static void method_cid(void)
{
	method_return("_CID");
	code_package(&c, 2);
	code_string(&c, "PNP0A05");
	code_package(&c, 0); /* which is no id */
	code_close(&c);
	code_close(&c);
	code_close(&c);
}

static void method_prt(void)
{
	method_return("_PRT");
	code_package(&c, 3);
	prt_entry(0x0002ffff, 0, "LNKA", true, 0);
	prt_entry(0x0002ffff, 1, "NONE", true, 0);
	code_string(&c, "no package");
	code_close(&c);
	code_close(&c);
}

static void load_methods(void)
{
	static const u8 irq10[] = { 0x23, 0x00, 0x04, 0x18, 0x79, 0 };

	code_start(&c, 2);
	code_device(&c, "ODD0");
	return_buffer("_STA", irq10, sizeof(irq10));
	return_buffer("_HID", irq10, sizeof(irq10));
	method_return("_PRT");
	code_string(&c, "no package");
	code_close(&c);
	code_close(&c);
	code_device(&c, "DEV0");
	method_return("_HID");
	code_string(&c, "QEMU0002");
	code_close(&c);
	method_cid();
	method_prt();
	code_device(&c, "LNKA");
	return_buffer("_PRS", irq10, sizeof(irq10));
	code_method(&c, "_SRS", 1);
	code_close(&c);
	code_close(&c);
	code_close(&c);
	method_return("_S5_");
	code_package(&c, 2);
	OPS(&c, 0x0a, 0x05, 0x01);
	code_close(&c);
	code_close(&c);
	method_return("_S4_");
	code_string(&c, "no package");
	code_close(&c);
}

static u64 memory_after_questions(struct aml *aml)
{
	struct aml_node *odd = aml_find(aml, NULL, "ODD0"), *dev = aml_find(aml, NULL, "DEV0");
	struct aml_node *link = aml_find(aml, dev, "LNKA");
	struct aml_statistics now;
	char id[AML_ID_MAX];
	u8 a, b;

	EXPECT_EQ(status_of(aml, odd), 0);
	EXPECT_EQ(aml_device_hid(aml, odd, id), -EINVAL);
	EXPECT_EQ(aml_device_hid(aml, dev, id), 0);
	EXPECT_EQ(aml_device_cid(aml, dev, 0, id), 0);
	EXPECT_EQ(aml_device_cid(aml, dev, 1, id), -EINVAL);
	EXPECT_EQ(aml_device_cid(aml, dev, 2, id), -ENOENT);
	EXPECT_EQ(aml_walk_prt(aml, odd, see_prt, NULL), 0);
	EXPECT_EQ(aml_walk_prt(aml, dev, see_prt, NULL), 0);
	EXPECT_EQ(aml_link_set_irq(aml, link, 10), 0);
	EXPECT_EQ(aml_link_set_irq(aml, link, 11), -EINVAL);
	EXPECT_EQ(aml_sleep_type(aml, 5, &a, &b), 0);
	EXPECT_EQ(aml_sleep_type(aml, 4, &a, &b), -EINVAL);
	aml_statistics(aml, &now);
	return now.bytes;
}

/* Nor do answers that are of the wrong type. */
TEST(questions_leave_no_memory)
{
	struct aml *aml;
	u64 before;

	load_methods();
	aml = code_load(&c, 0);
	see_nothing();
	before = memory_after_questions(aml);
	EXPECT_EQ(memory_after_questions(aml), before);
	EXPECT(test_log_has("\\ODD0._PRT: it gave String"));
	EXPECT(!test_log_has("\\DEV0._PRT: it gave"));
	code_end(aml);
}

/* ---------------------------------------------------------------- to look at */

TEST(a_dump_says_where_a_value_is_cut_off)
{
	struct buffer_sink text;
	struct aml *aml;
	char dump[512];

	code_start(&c, 2);
	code_device(&c, "DEV0");
	code_name(&c, "\x08SHRT\x11\x04\x0a\x01\x07\x08LONG\x11\x03\x0a\xff");
	code_close(&c);
	aml = code_load(&c, 0);
	buffer_sink_init(&text, dump, sizeof(dump));
	aml_dump(&text.sink, aml, aml_find(aml, NULL, "DEV0"), false);
	EXPECT(strstr(dump, "\\DEV0.SHRT Buffer = {07}\n"));
	EXPECT(strstr(dump, "\\DEV0.LONG Buffer = {00 00"));
	EXPECT(strstr(dump, "...\n"));
	code_end(aml);
}
