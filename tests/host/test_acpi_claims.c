// SPDX-License-Identifier: MIT
// sources: drivers/acpi/claims.c kernel/lib/tree.c kernel/core/region.c kernel/core/resource.c
/*
 * What ACPI's own parts hold: the lines are those that Linux 6.1 has of the same tables on
 * QEMU; a processor's block is ACPI 5.0's, 8.1.
 */
#include "drivers/acpi/device.h"
#include "tests/host/test.h"

struct aml *acpi_namespace = (void *)1;
struct fadt_info acpi_fadt;
struct list_head acpi_devices = { &acpi_devices, &acpi_devices };

/* ---- the namespace: nodes are their own numbers, from 1 on */

static struct {
	u64 block;
	u32 length;
	bool methods;
} processors[4];
static unsigned int nr_processors;
static struct aml_resource crs[4];
static int nr_crs;

struct aml_node *aml_root(struct aml *aml)
{
	(void)aml;
	return NULL;
}

struct aml_node *aml_next_node(struct aml_node *root, struct aml_node *node)
{
	(void)root;
	return (u64)node < nr_processors ? (void *)((u64)node + 1) : NULL;
}

bool aml_processor_block(const struct aml_node *node, u64 *address, u32 *length)
{
	*address = processors[(u64)node - 1].block;
	*length = processors[(u64)node - 1].length;
	return *address != 0;
}

struct aml_node *aml_find(struct aml *aml, struct aml_node *scope, const char *path)
{
	(void)aml;
	(void)path;
	return processors[(u64)scope - 1].methods ? scope : NULL;
}

int aml_walk_resources(struct aml *aml, struct aml_node *device, const char *method,
		       int (*fn)(const struct aml_resource *res, void *arg), void *arg)
{
	int ret = 0;

	(void)aml, (void)device, (void)method;
	for (int i = 0; i < nr_crs && !ret; i++)
		ret = fn(&crs[i], arg);
	return ret;
}

static u8 wdat[256];
static bool has_wdat;

const struct acpi_table_header *acpi_get_table(const char *signature, unsigned int n)
{
	EXPECT_STR(signature, "WDAT");
	return has_wdat && !n ? (void *)wdat : NULL;
}

static char dump[1024];

/* A register, and empty again. */
static const char *lines(struct resource *root)
{
	struct buffer_sink text;

	buffer_sink_init(&text, dump, sizeof(dump));
	resource_dump(&text.sink, root);
	return dump;
}

static void forget(struct resource *root)
{
	while (root->children.node)
		remove_resource(tree_entry(root->children.node, struct resource, node));
}

/* ---- embedded controllers */

static struct acpi_device ec = { .node = (void *)1, .id = "PNP0C09", .status = 0xf };

static void port(u64 at, u8 tag)
{
	crs[nr_crs++] = (struct aml_resource){
		.type = AML_RES_IO, .tag = tag, .min = at, .max = at, .length = 1
	};
}

TEST(embedded_controller)
{
	struct resource own[2] = {
		{ .start = 0x262, .end = 0x262, .name = "PNP0C09:00", .flags = IORESOURCE_IO },
		{ .start = 0x266, .end = 0x266, .name = "PNP0C09:00", .flags = IORESOURCE_IO },
	};

	list_add_tail(&ec.list, &acpi_devices);
	port(0x280, 0x09); /* a fixed one is none of its two */
	port(0x262, 0x08);
	port(0x266, 0x08);
	port(0x268, 0x08);
	ec.status = 0; /* is not there */
	acpi_ec_claim();
	EXPECT_STR(lines(&ioport_resource), "");
	ec.status = 0xf;
	insert_resource(&ioport_resource, &own[0]);
	insert_resource(&ioport_resource, &own[1]);
	acpi_ec_claim();
	EXPECT_STR(lines(&ioport_resource), "0262-0262 : PNP0C09:00\n"
					    "  0262-0262 : EC data\n"
					    "0266-0266 : PNP0C09:00\n"
					    "  0266-0266 : EC cmd\n");
	release_region(0x262, 1);
	release_region(0x266, 1);
	remove_resource(&own[0]);
	remove_resource(&own[1]);
	nr_crs = 1; /* no second port: no controller */
	crs[0].tag = 0x08;
	acpi_ec_claim();
	EXPECT_STR(lines(&ioport_resource), "");
}

/* ---- processors */

TEST(throttling)
{
	nr_processors = 3;
	processors[0].block = processors[1].block = 0x410;
	processors[0].length = processors[1].length = 6;
	acpi_processor_claim();
	EXPECT_STR(lines(&ioport_resource), ""); /* no bits for it */
	acpi_fadt.duty_offset = 1;
	acpi_fadt.duty_width = 4; /* would reach bit 4, which is the switch */
	acpi_processor_claim();
	EXPECT_STR(lines(&ioport_resource), "");
	acpi_fadt.duty_width = 3;
	acpi_processor_claim();
	EXPECT_STR(lines(&ioport_resource), "0410-0415 : ACPI CPU throttle\n");
	release_region(0x410, 6);
	processors[0].methods = processors[1].methods = true; /* _PTC, _TSS and _TPC go before */
	processors[2].block = 0x810;
	processors[2].length = 4; /* is no such block */
	acpi_processor_claim();
	EXPECT_STR(lines(&ioport_resource), "");
}

/* ---- the watchdog */

static void put(unsigned int at, u64 value, unsigned int bytes)
{
	memcpy(wdat + at, &value, bytes);
}

static void build_wdat(void)
{
	memset(wdat, 0, sizeof(wdat));
	has_wdat = true;
	put(4, 68, 4);
	put(36, 32, 4);
	put(40, 0xff, 2);
	put(42, 0xffffff, 3);
	put(60, 1, 1);
}

static void entry(u8 space, u64 address, u8 access_size)
{
	u32 n = wdat[64]++, at = 68 + 24 * n;

	put(4, at + 24, 4);
	put(at + 4, space, 1);
	put(at + 7, access_size, 1);
	put(at + 8, address, 8);
}

TEST(watchdog)
{
	build_wdat();
	entry(1, 0x462, 2);
	entry(1, 0x460, 2);
	entry(1, 0x462, 1); /* again, less of it */
	entry(1, 0x46b, 1);
	entry(0, 0xfeb00000, 3);
	entry(0, 0x70, 3); /* memory: no RTC's */
	acpi_watchdog_insert();
	EXPECT_STR(lines(&ioport_resource), "0460-0461 : wdat_wdt\n"
					    "0462-0463 : wdat_wdt\n"
					    "046b-046b : wdat_wdt\n");
	EXPECT_STR(lines(&iomem_resource), "00000070-00000073 : wdat_wdt\n"
					   "feb00000-feb00003 : wdat_wdt\n");
	forget(&ioport_resource);
}

/* What has no place keeps no memory either: the leak sanitizer looks at the end. */
TEST(watchdog_that_cuts_across)
{
	struct resource other = {
		.start = 0x463, .end = 0x468, .name = "other", .flags = IORESOURCE_IO
	};

	build_wdat();
	insert_resource(&ioport_resource, &other);
	entry(1, 0x460, 2);
	entry(1, 0x462, 2);
	acpi_watchdog_insert();
	EXPECT_STR(lines(&ioport_resource), "0463-0468 : other\n");
	EXPECT(test_log_has("WDAT: "));
	remove_resource(&other);
	build_wdat(); /* of no entry */
	acpi_watchdog_insert();
}

static void expect_no_watchdog(void)
{
	acpi_watchdog_insert();
	EXPECT_STR(lines(&ioport_resource), "");
}

TEST(no_watchdog)
{
	build_wdat();
	entry(1, 0x460, 2);
	put(60, 0, 1); /* firmware has it off */
	expect_no_watchdog();
	for (u32 at = 40; at <= 44; at += at == 40 ? 2 : 1) { /* a PCI function has it */
		build_wdat();
		entry(1, 0x460, 2);
		put(at, 0, 1);
		expect_no_watchdog();
	}
	for (u64 port = 0x70; port <= 0x73; port++) { /* the RTC's */
		build_wdat();
		entry(1, 0x460, 2);
		entry(1, port, 1);
		expect_no_watchdog();
	}
	build_wdat();
	entry(1, 0x460, 2);
	entry(0, 0xfffffffffffffffe, 3); /* beyond the last address */
	expect_no_watchdog();
	build_wdat();
	entry(1, 0x460, 0);
	expect_no_watchdog();
	build_wdat();
	entry(2, 0x460, 2); /* neither memory nor ports */
	expect_no_watchdog();
	build_wdat();
	entry(1, 0x460, 2);
	wdat[64] = 2; /* the second is behind the end */
	expect_no_watchdog();
	EXPECT(test_log_has("too few"));
	has_wdat = false;
	expect_no_watchdog();
}
