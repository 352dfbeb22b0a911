// SPDX-License-Identifier: MIT
// sources: drivers/acpi/pci_root.c drivers/acpi/window.c kernel/lib/tree.c kernel/core/region.c kernel/core/resource.c
/*
 * What a _CRS says, as resources; the windows of a host bridge made fit for the register, and entered,
 * with the buses behind them.
 */
#include "drivers/acpi/device.h"
#include "drivers/acpi/window.h"
#include "drivers/pci/access.h"
#include "drivers/pci/options.h"
#include "drivers/pci/pci.h"
#include "tests/host/note.h"
#include "tests/host/test.h"

static const struct aml_resource dword_window = {
	.type = AML_RES_MEMORY,
	.address_space = true,
	.window = true,
	.min = 0xc0000000,
	.max = 0xfebfffff,
	.length = 0x3ec00000,
};

TEST(decode_address_spaces)
{
	struct aml_resource from = dword_window;
	struct resource res = { 0 };
	u64 offset = 1;

	EXPECT(acpi_resource_decode(&from, &res, &offset));
	EXPECT_EQ(res.start, 0xc0000000);
	EXPECT_EQ(res.end, 0xfebfffff);
	EXPECT_EQ(res.flags, (unsigned long)(IORESOURCE_MEM | IORESOURCE_WINDOW));
	EXPECT_EQ(offset, 0);

	from.caching = 3;
	from.read_only = true;
	from.translation = 0x1000000000;
	EXPECT(acpi_resource_decode(&from, &res, &offset));
	EXPECT_EQ(res.start, 0x10c0000000);
	EXPECT_EQ(offset, 0x1000000000);
	EXPECT(res.flags & IORESOURCE_PREFETCH && res.flags & IORESOURCE_READONLY);

	/* A consumer translates nothing. */
	from.window = false;
	EXPECT(acpi_resource_decode(&from, &res, &offset));
	EXPECT_EQ(res.start, 0xc0000000);
	EXPECT(!(res.flags & IORESOURCE_WINDOW));
}

TEST(decode_refuses_what_is_unassigned)
{
	struct aml_resource from = dword_window;
	struct resource res;
	u64 offset;

	from.length = 0;
	EXPECT(!acpi_resource_decode(&from, &res, &offset));
	from = dword_window;
	from.min = from.max + 1;
	EXPECT(!acpi_resource_decode(&from, &res, &offset));
	from.min = 0; /* all 2^64 addresses */
	from.max = ~0ULL;
	EXPECT(!acpi_resource_decode(&from, &res, &offset));
	from = (struct aml_resource){ .type = AML_RES_MEMORY, .min = ~0ULL, .length = 2 };
	EXPECT(!acpi_resource_decode(&from, &res, &offset));
	from = (struct aml_resource){ .type = AML_RES_IRQ, .length = 1 };
	EXPECT(!acpi_resource_decode(&from, &res, &offset));
}

TEST(decode_ports)
{
	struct aml_resource from = {
		.type = AML_RES_IO, .min = 0x70, .max = 0x70, .length = 8, .decode = 16
	};
	struct resource res;
	u64 offset;

	EXPECT(acpi_resource_decode(&from, &res, &offset));
	EXPECT_EQ(res.start, 0x70);
	EXPECT_EQ(res.end, 0x77);
	EXPECT_EQ(res.flags, (unsigned long)(IORESOURCE_IO | IORESOURCE_IO_16BIT));
	from.decode = 10;
	EXPECT(acpi_resource_decode(&from, &res, &offset));
	EXPECT_EQ(res.flags, (unsigned long)IORESOURCE_IO);
	from.min = 0xffff;
	from.length = 4; /* three bytes over are forgiven */
	EXPECT(acpi_resource_decode(&from, &res, &offset));
	from.length = 5;
	EXPECT(!acpi_resource_decode(&from, &res, &offset));
}

static struct host_windows windows;

static void window(resource_size_t start, resource_size_t end, unsigned long flags)
{
	windows.window[windows.nr++] =
		(struct host_window){ .res = { .start = start, .end = end, .flags = flags } };
}

TEST(windows_that_overlap_become_one)
{
	windows.nr = 0;
	window(0xc0000000, 0xcfffffff, IORESOURCE_MEM);
	window(0x0000, 0x0cf7, IORESOURCE_IO);
	window(0xd0000000, 0xdfffffff, IORESOURCE_MEM); /* beside, not over */
	window(0xcfff0000, 0xd000ffff, IORESOURCE_MEM); /* over both: the first has it */
	window(0x0c00, 0x0fff, IORESOURCE_IO);
	host_windows_validate(&windows, IORESOURCE_MEM, &iomem_resource);
	EXPECT_EQ(windows.nr, 4);
	EXPECT_EQ(windows.window[0].res.end, 0xd000ffff);
	EXPECT_EQ(windows.window[1].res.flags, (unsigned long)IORESOURCE_IO);
	EXPECT_EQ(windows.window[2].res.start, 0xd0000000);
	host_windows_validate(&windows, IORESOURCE_IO, &ioport_resource);
	EXPECT_EQ(windows.nr, 3);
	EXPECT_EQ(windows.window[1].res.end, 0x0fff);
}

TEST(windows_end_with_the_register)
{
	windows.nr = 0;
	window(0x0d00, 0x10002, IORESOURCE_IO);
	window(0x10000, 0x10001, IORESOURCE_IO);
	host_windows_validate(&windows, IORESOURCE_IO, &ioport_resource);
	EXPECT_EQ(windows.nr, 1);
	EXPECT_EQ(windows.window[0].res.end, 0xffff);
	EXPECT(test_log_has("not CPU addressable"));
	/* What would be one byte is nothing, as on Linux. */
	windows.nr = 0;
	window(0xffff, 0x1ffff, IORESOURCE_IO);
	host_windows_validate(&windows, IORESOURCE_IO, &ioport_resource);
	EXPECT_EQ(windows.nr, 0);
}

TEST(neighbours)
{
	windows.nr = 0;
	window(0x1000, 0x1fff, IORESOURCE_MEM);
	window(0x2000, 0x2fff, IORESOURCE_MEM);
	EXPECT(host_windows_adjoin(&windows.window[0], &windows.window[1]));
	EXPECT(!host_windows_adjoin(&windows.window[1], &windows.window[0]));
	windows.window[1].offset = 1;
	EXPECT(!host_windows_adjoin(&windows.window[0], &windows.window[1]));
	windows.window[1].offset = 0;
	windows.window[1].res.flags |= IORESOURCE_PREFETCH;
	EXPECT(!host_windows_adjoin(&windows.window[0], &windows.window[1]));
}

TEST(configuration_ports)
{
	struct resource res = { .start = 0xcf8, .end = 0xcff, .flags = IORESOURCE_IO };

	EXPECT(host_window_is_config_ports(&res));
	res.end = 0xcfe;
	EXPECT(!host_window_is_config_ports(&res));
	res.end = 0xcff;
	res.flags = IORESOURCE_MEM;
	EXPECT(!host_window_is_config_ports(&res));
}

/* ---- host bridges: PCI Firmware 3.3, 4.1.3; ACPI 6.5, 6.5.5 and 6.5.6 */

struct aml *acpi_namespace = (void *)1;
struct pci_options pci_options = { .use_crs = true, .use_segments = true };

/* What firmware says of one. */
static struct {
	struct aml_resource crs[8];
	int nr_crs;
	int crs_error;
	u64 seg, bbn, cba; /* 0: no such object */
	int bbn_error;
} firmware;

static struct pci_bus found, *known; /* by a scan; before it */
static bool covered;		     /* by an ECAM window */
static struct resource *listed[MAX_HOST_WINDOWS];
static unsigned int nr_listed;

/* A bridge that is scanned stays for ever: here until the next test. */
static void *bridges[4];
static unsigned int nr_bridges;
static bool no_memory;

void *kzalloc(size_t size, gfp_t flags)
{
	(void)flags;
	if (no_memory)
		return NULL;
	if (nr_bridges == ARRAY_SIZE(bridges))
		panic("too many bridges");
	return bridges[nr_bridges++] = memset(test_alloc(size), 0, size);
}

void kfree(const void *p)
{
	EXPECT(p == bridges[--nr_bridges]);
	test_free((void *)p);
}

int aml_evaluate_integer(struct aml *aml, struct aml_node *scope, const char *path, u64 *value)
{
	u64 answer = !strcmp(path, "_SEG") ? firmware.seg :
		     !strcmp(path, "_BBN") ? firmware.bbn :
					     firmware.cba;

	(void)aml, (void)scope;
	if (!strcmp(path, "_BBN") && firmware.bbn_error)
		return firmware.bbn_error;
	if (!answer)
		return -ENOENT;
	*value = answer;
	return 0;
}

int aml_walk_resources(struct aml *aml, struct aml_node *device, const char *method,
		       int (*fn)(const struct aml_resource *res, void *arg), void *arg)
{
	int ret = firmware.crs_error;

	(void)aml, (void)device, (void)method;
	for (int i = 0; i < firmware.nr_crs && !ret; i++)
		ret = fn(&firmware.crs[i], arg);
	return ret;
}

void pci_add_root_window(u16 segment, u8 bus, u8 last_bus, u64 address)
{
	note("ecam %04x:%02x-%02x %lx, ", segment, bus, last_bus, address);
}

bool pci_mmcfg_covers(u16 segment, u8 bus)
{
	(void)segment, (void)bus;
	return covered;
}

struct pci_bus *pci_find_bus(u16 segment, u8 number)
{
	(void)segment, (void)number;
	return known;
}

unsigned int pci_scan_root_bus(u16 segment, u8 number, u8 last, struct resource **windows,
			       unsigned int nr, struct aml_node *node)
{
	(void)node;
	note("scan %04x:%02x-%02x, ", segment, number, last);
	nr_listed = nr;
	if (nr)
		memcpy(listed, windows, nr * sizeof(*windows));
	known = &found;
	return last;
}

void acpi_osc_negotiate(struct aml_node *root, u16 segment, u8 bus, bool *hotplug, bool *shpc)
{
	(void)root;
	note("_OSC %04x:%02x, ", segment, bus);
	*hotplug = true;
	*shpc = false;
}

/* As for a device's own, or with what it forwards. */
static struct aml_resource *say(enum aml_resource_type type, u64 start, u64 end)
{
	struct aml_resource *r = &firmware.crs[firmware.nr_crs++];

	*r = (struct aml_resource){ .type = type,
				    .address_space = true,
				    .window = true,
				    .min = start,
				    .max = end,
				    .length = end - start + 1 };
	return r;
}

static void begin(void)
{
	while (nr_bridges)
		kfree(bridges[nr_bridges - 1]);
	memset(&firmware, 0, sizeof(firmware));
	known = NULL;
	found = (struct pci_bus){ .shpc_granted = true }; /* what is not granted goes */
	covered = false;
	nr_listed = 0;
	noted[0] = '\0';
}

static void add_root(void)
{
	static struct acpi_device dev = { .node = (void *)1, .name = "PNP0A03:00" };

	acpi_pci_root_add(&dev);
}

static char dump[1024];

static const char *lines(const struct resource *root)
{
	struct buffer_sink text;

	buffer_sink_init(&text, dump, sizeof(dump));
	resource_dump(&text.sink, root);
	return dump;
}

TEST(a_host_bridge_is_entered_then_scanned)
{
	struct resource taken = {
		.start = 0x90000000, .end = 0x9000ffff, .name = "taken", .flags = IORESOURCE_MEM
	};
	struct resource below = {
		.start = 0xa0001000, .end = 0xa0001fff, .name = "below", .flags = IORESOURCE_MEM
	};

	begin();
	EXPECT_EQ(insert_resource(&iomem_resource, &taken), 0);
	EXPECT_EQ(insert_resource(&iomem_resource, &below), 0);
	firmware.seg = 1;
	firmware.cba = 0xe0000000;
	covered = true;
	say(AML_RES_BUS, 0x10, 0x1f);
	say(AML_RES_IO, 0xcf8, 0xcff); /* its own, whatever it says */
	say(AML_RES_IO, 0x1000, 0x1fff);
	say(AML_RES_MEMORY, 0x80000000, 0x8fffffff);
	say(AML_RES_MEMORY, 0x9000f000, 0x9fffffff); /* cuts across what is there */
	say(AML_RES_MEMORY, 0xa0000000, 0xafffffff);
	say(AML_RES_MEMORY, 0xb0000000, 0xbfffffff); /* goes on where that ends */
	say(AML_RES_IO, 0x3000, 0x3fff);
	add_root();
	EXPECT_STR(noted, "ecam 0001:10-1f e0000000, _OSC 0001:10, scan 0001:10-1f, ");
	EXPECT_STR(lines(&iomem_resource), "80000000-8fffffff : PCI Bus 0001:10\n"
					   "90000000-9000ffff : taken\n"
					   "a0000000-bfffffff : PCI Bus 0001:10\n"
					   "  a0001000-a0001fff : below\n");
	EXPECT_STR(lines(&ioport_resource), "1000-1fff : PCI Bus 0001:10\n"
					    "3000-3fff : PCI Bus 0001:10\n");
	EXPECT(test_log_has("conflicts with taken"));
	EXPECT(test_log_has("PNP0A03:00: root bus window [mem 0xa0000000-0xbfffffff window]"));
	ASSERT(nr_listed == 4);
	EXPECT_EQ(listed[0]->start, 0x1000);
	EXPECT_EQ(listed[1]->start, 0x80000000);
	EXPECT_EQ(listed[2]->start, 0xa0000000);
	EXPECT_EQ(listed[2]->end, 0xbfffffff);
	EXPECT_EQ(listed[3]->start, 0x3000);
	EXPECT(found.hotplug_granted && !found.shpc_granted);
	iomem_resource.children = ioport_resource.children = (struct tree_root){ NULL };
}

TEST(buses_of_a_host_bridge)
{
	begin();
	say(AML_RES_BUS, 0xf0, 0x1ff); /* there are no more than 256 */
	add_root();
	EXPECT_STR(noted, "_OSC 0000:f0, scan 0000:f0-ff, ");
	begin();
	say(AML_RES_BUS, 0x100, 0x1ff); /* none of them is a bus: _BBN is asked */
	firmware.bbn = 0x20;
	add_root();
	EXPECT_STR(noted, "_OSC 0000:20, scan 0000:20-ff, ");
	EXPECT(test_log_has("no bus range in _CRS"));
	begin(); /* neither: it is the first */
	firmware.crs_error = -ENOENT;
	add_root();
	EXPECT_STR(noted, "_OSC 0000:00, scan 0000:00-ff, ");
}

TEST(host_bridges_that_cannot_be)
{
	begin();
	firmware.crs_error = -EINVAL;
	add_root();
	EXPECT(test_log_has("PNP0A03:00: its _CRS cannot be used"));
	firmware.crs_error = 0;
	firmware.bbn = 0x100;
	add_root();
	firmware.bbn_error = -EINVAL;
	add_root();
	EXPECT_STR(noted, "");
	EXPECT_EQ(nr_bridges, 0);
	begin();
	say(AML_RES_BUS, 0, 0xff);
	known = &found;
	add_root();
	EXPECT(test_log_has("PNP0A03:00: its bus is known: ignored"));
	begin();
	say(AML_RES_BUS, 0, 0xff);
	firmware.seg = 1; /* configuration ports reach segment 0 alone */
	add_root();
	EXPECT(test_log_has("its segment cannot be reached"));
	no_memory = true;
	add_root();
	no_memory = false;
	EXPECT(test_log_has("no memory for host bridge PNP0A03:00"));
	EXPECT_STR(noted, "");
	EXPECT_EQ(nr_bridges, 0);
}

/* pci=nocrs, and pci=nodomains: all of them are of segment 0. */
TEST(host_bridges_as_asked)
{
	begin();
	pci_options = (struct pci_options){ .use_crs = false, .use_segments = false };
	say(AML_RES_BUS, 0, 0xff);
	say(AML_RES_MEMORY, 0x80000000, 0x8fffffff);
	firmware.seg = 1;
	add_root();
	EXPECT_STR(noted, "_OSC 0000:00, scan 0000:00-ff, ");
	EXPECT_EQ(nr_listed, 0);
	EXPECT_STR(lines(&iomem_resource), "");
	begin();
}
