// SPDX-License-Identifier: MIT
// sources: drivers/acpi/claims.c drivers/acpi/device.c drivers/acpi/pnp.c drivers/acpi/window.c kernel/lib/tree.c kernel/core/region.c kernel/core/resource.c
/*
 * What ACPI's own parts and its devices hold: the lines are those that Linux 6.1 has of the same
 * tables on QEMU; a processor's block is ACPI 5.0's, 8.1.
 */
#include "drivers/acpi/device.h"
#include "drivers/acpi/pm.h"
#include "drivers/pci/firmware.h"
#include "drivers/pci/pci.h"
#include "kernel/irq/routing.h"
#include "tests/host/no_pci_firmware.h"
#include "tests/host/note.h"
#include "tests/host/test.h"

struct aml *acpi_namespace = (void *)1;
struct fadt_info acpi_fadt;
struct irq_routing irq_routing;
LIST_HEAD(pci_devices);

/* ---- the namespace: processors' nodes are their own numbers, from 1 on; devices' are themselves */

static struct {
	u64 block;
	u32 length;
	bool methods;
} processors[4];
static unsigned int nr_processors;
static struct aml_resource crs[4];
static int nr_crs;

static struct device {
	const char *hid, *cid;
	u32 status;
	struct aml_resource crs[5];
	int nr_crs, crs_error; /* behind the last */
} devices[8];
static unsigned int nr_devices;

/* NULL of a processor. */
static struct device *device_of(const struct aml_node *node)
{
	return (u64)node > ARRAY_SIZE(processors) ? (struct device *)node : NULL;
}

struct aml_node *aml_next_device(struct aml *aml, struct aml_walk *walk)
{
	struct device *next = walk->node ? device_of(walk->node) + 1 : devices;

	(void)aml;
	if (next == devices + nr_devices)
		return NULL;
	walk->status = next->status;
	return walk->node = (void *)next;
}

static int tell_id(char *id, const char *what)
{
	strscpy(id, what ?: "", AML_ID_MAX);
	return what ? 0 : -ENOENT;
}

int aml_device_hid(struct aml *aml, struct aml_node *device, char *id)
{
	(void)aml;
	return tell_id(id, device_of(device)->hid);
}

int aml_device_cid(struct aml *aml, struct aml_node *device, unsigned int n, char *id)
{
	(void)aml;
	return tell_id(id, n ? NULL : device_of(device)->cid);
}

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
	const struct device *d = device_of(scope);
	bool there = !d		    ? processors[(u64)scope - 1].methods :
		     path[1] == 'H' ? d->hid != NULL :
				      d->nr_crs > 0;

	(void)aml;
	return there ? scope : NULL;
}

int aml_walk_resources(struct aml *aml, struct aml_node *device, const char *method,
		       int (*fn)(const struct aml_resource *res, void *arg), void *arg)
{
	const struct device *d = device_of(device);
	int ret = 0;

	(void)aml, (void)method;
	for (int i = 0; i < (d ? d->nr_crs : nr_crs) && !ret; i++)
		ret = fn(d ? &d->crs[i] : &crs[i], arg);
	return ret ?: d ? d->crs_error : 0;
}

static u8 wdat[1024];
static bool has_wdat;

const struct acpi_table_header *acpi_get_table(const char *signature, unsigned int n)
{
	EXPECT_STR(signature, "WDAT");
	return has_wdat && !n ? (void *)wdat : NULL;
}

/* ---- who else has a part in it; what is done once is noted */

#define NOTED(name, ...)            \
	void name(__VA_ARGS__)      \
	{                           \
		note("%s ", #name); \
	}

NOTED(acpi_enable, void)
NOTED(acpi_pci_link_init, void)

/* It asks who reserves the windows, so the devices are listed by then. */
void pci_mmcfg_late_init(void)
{
	unsigned int listed = 0;
	struct acpi_device *dev;

	for_each_acpi_device(dev)
		listed++;
	note("pci_mmcfg_late_init(%u) ", listed);
}

unsigned int aml_initialize(struct aml *aml)
{
	(void)aml;
	note("aml_initialize ");
	return 0;
}

struct aml_value aml_integer(u64 value)
{
	return (struct aml_value){ .type = AML_INTEGER, .integer = value };
}

int aml_evaluate(struct aml *aml, struct aml_node *scope, const char *path,
		 const struct aml_value *args, unsigned int nr_args, struct aml_value *result)
{
	(void)aml, (void)scope, (void)nr_args, (void)result;
	note("%s(%lu) ", path, args->integer);
	return 0;
}

#define NOTED_DEVICE(fn, qualifier)                \
	void fn(qualifier struct acpi_device *dev) \
	{                                          \
		note("%s %s ", #fn, dev->name);    \
	}

NOTED_DEVICE(acpi_pci_root_add, )
NOTED_DEVICE(acpi_pci_link_add, )
NOTED_DEVICE(acpi_memory_device_add, const)

int acpi_namespace_init(void)
{
	return 0;
}

#define NOTHING(name, ...)     \
	void name(__VA_ARGS__) \
	{                      \
	}

NOTHING(acpi_lock, void)
NOTHING(acpi_unlock, void)
NOTHING(pci_set_firmware_ops, const struct pci_firmware_ops *)
NOTHING(ioapic_set_wires, int (*)(ioapic_wire_fn, void *))

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

/* ---- devices */

static struct device *add_device(const char *hid, const char *cid, u32 status)
{
	struct device *d = &devices[nr_devices++];

	*d = (struct device){ .hid = hid, .cid = cid, .status = status };
	return d;
}

/* `tag` of 0x86 is memory, of 0x08 ports. */
static void hold(struct device *d, u8 tag, u64 start, u64 length)
{
	d->crs[d->nr_crs++] =
		(struct aml_resource){ .type = tag == 0x08 ? AML_RES_IO : AML_RES_MEMORY,
				       .tag = tag,
				       .min = start,
				       .max = start,
				       .length = length };
}

static void scan(void)
{
	INIT_LIST_HEAD(&acpi_devices); /* an embedded controller was in it */
	has_wdat = false;
	noted[0] = '\0';
	acpi_scan_devices();
}

static void forget_devices(void)
{
	struct acpi_device *dev, *next;

	forget(&iomem_resource);
	forget(&ioport_resource);
	list_for_each_entry_safe(dev, next, &acpi_devices, list) {
		kfree(dev->resources);
		kfree(dev);
	}
	nr_devices = 0;
}

/* ACPI 6.5, 5.8.1 and 6.3.7: ACPI mode, _INI, then _PIC; all are listed before one is given out. */
TEST(devices_go_to_whom_they_concern)
{
	add_device("PNP0A08", "PNP0A03", 0xf);
	add_device("PNP0A08", NULL, 0xf); /* is no host bridge by this alone */
	add_device("PNP0C0F", NULL, 0);	  /* not there */
	add_device("PNP0C0F", NULL, 0x9);
	add_device("PNP0C80", NULL, 0xf);
	irq_routing.nr_ioapics = 2;
	scan();
	EXPECT_STR(noted, "acpi_enable aml_initialize \\_PIC(1) pci_mmcfg_late_init(5) "
			  "acpi_pci_root_add PNP0A08:00 acpi_pci_link_add PNP0C0F:01 "
			  "acpi_memory_device_add PNP0C80:00 acpi_pci_link_init ");
	forget_devices();
	irq_routing.nr_ioapics = 0;
	scan();
	EXPECT(strstr(noted, "\\_PIC(0)"));
	forget_devices();
}

TEST(devices_that_nobody_knows)
{
	struct resource other = {
		.start = 0x508, .end = 0x517, .name = "other", .flags = IORESOURCE_IO
	};
	struct device *d = add_device("QEMU0002", NULL, 0);

	hold(d, 0x08, 0x600, 8); /* not there, but counted */
	d = add_device("QEMU0002", NULL, 0xf);
	hold(d, 0x08, 0x510, 0xc);
	hold(d, 0x86, 0xfed10000, 0x1000);
	d = add_device(NULL, "QEMU0003",
		       0xf); /* known by a compatible id alone: Linux makes no device of it */
	hold(d, 0x08, 0x620, 8);
	hold(add_device("bCM0101", NULL, 0xf), 0x08, 0x630, 8); /* no maker has small letters */
	d = add_device("QEMU0004", NULL, 0xf);			/* its _CRS has no end */
	hold(d, 0x08, 0x640, 8);
	d->crs_error = -EINVAL;
	hold(add_device("PNP80f7", NULL, 0xf), 0x08, 0x650, 8); /* but digits are of either case */
	hold(add_device("PNP0501", NULL, 0xf), 0x08, 0x3f8, 8); /* its driver's */
	scan();
	EXPECT_STR(lines(&ioport_resource), "0510-051b : QEMU0002:01\n"
					    "0630-0637 : bCM0101:00\n");
	EXPECT_STR(lines(&iomem_resource), "fed10000-fed10fff : QEMU0002:01\n");
	forget_devices();

	/* All or none: what was entered before the conflict goes again. */
	d = add_device("QEMU0002", NULL, 0xf);
	hold(d, 0x86, 0xfed10000, 0x1000);
	hold(d, 0x08, 0x500, 8);
	hold(d, 0x08, 0x510, 0xc);
	insert_resource(&ioport_resource, &other);
	scan();
	EXPECT_STR(lines(&ioport_resource), "0508-0517 : other\n");
	EXPECT_STR(lines(&iomem_resource), "");
	EXPECT(test_log_has("QEMU0002:00 [io  0x0510-0x051b] cuts across other"));
	forget_devices();
	add_device("QEMU0002", NULL, 0xf);
	test_fail_kmalloc_after(0);
	scan();
	test_fail_kmalloc_after(-1);
	EXPECT(list_empty(&acpi_devices));
	EXPECT(test_log_has("no memory for device QEMU0002"));
	forget_devices();
}

/* The board's claims, which are for ever. */
static void forget_board(struct resource *root)
{
	struct resource *claim;

	while ((claim = resource_first_child(root))) {
		remove_resource(claim);
		kfree(claim);
	}
}

/*
 * As Linux: numbers are of those that are there and have a _CRS, ports come first, those of the AT
 * are nobody's, and a driver may claim what the board holds.
 */
TEST(boards)
{
	struct resource bars[] = {
		{ .start = 0xe0000800, .end = 0xe00017ff, .flags = IORESOURCE_MEM },
		{ .start = 0xd0000000, .end = 0xd0000fff, .flags = IORESOURCE_MEM },
		{ .start = 0xf8000000,
		  .end = 0xf8000fff,
		  .flags = IORESOURCE_MEM | IORESOURCE_UNSET },
	};
	struct pci_dev pci = { 0 };
	struct device *d;

	memcpy(pci.resource, bars, sizeof(bars));
	list_add(&pci.global_list, &pci_devices);
	hold(add_device("PNP0501", NULL, 0xf), 0x08, 0x3f8, 8);
	hold(add_device("PNP0303", NULL, 0x8), 0x08, 0x60, 1);	/* works in part, is not there */
	add_device("PNP0B00", NULL, 0xf);			/* has no _CRS */
	hold(add_device("PNP0C01", NULL, 0x1), 0x08, 0x680, 8); /* there, but it decodes nothing */
	d = add_device("PNP0C02", NULL, 0xf);
	hold(d, 0x86, 0xe0000000, 0x1000); /* cuts into a BAR */
	hold(d, 0x86, 0xd0000000, 0x2000); /* has all of one */
	hold(d, 0x08, 0xf0, 0x10);
	hold(d, 0x08, 0x100, 0x10);
	hold(d, 0x86, 0xf8000000, 0x800);	   /* cuts into one that has no place yet */
	d = add_device("PNP0A06", "PNP0C02", 0xf); /* it is a container before it is a board */
	hold(d, 0x08, 0x700, 8);
	scan();
	pnp_init();
	EXPECT_STR(lines(&ioport_resource), "0100-010f : pnp 00:02\n");
	EXPECT_STR(lines(&iomem_resource), "d0000000-d0001fff : pnp 00:02\n"
					   "f8000000-f80007ff : pnp 00:02\n");
	EXPECT(test_log_has("overlaps the board's [mem 0xe0000000-0xe0000fff]"));
	EXPECT(test_log_has("pnp: 3 devices"));
	EXPECT(request_mem_region(0xd0000000, 0x1000, "driver"));
	release_mem_region(0xd0000000, 0x1000);
	kfree(resource_first_child(&iomem_resource)->name);
	forget_board(&iomem_resource);
	forget_board(&ioport_resource);
	forget_devices();
}

/* PCI Firmware 3.2, 4.1.3: all of the window in one descriptor of memory, of a board that is there. */
TEST(windows_that_boards_reserve)
{
	struct device *d = add_device("PNP0C02", NULL, 0xf);

	hold(d, 0x86, 0xe0000000, 0x8000000);
	hold(d, 0x86, 0xe8000000, 0x8000000);
	hold(d, 0x85, 0xb0000000, 0x10000000); /* Memory32, which Linux does not look at */
	hold(d, 0x87, 0xc0000000, 0x10000000);
	d->crs[3].type = AML_RES_IO; /* DWordIO has the same tag */
	scan();
	EXPECT(acpi_board_reserves(0xe0000000, 0xe8000000));
	EXPECT(acpi_board_reserves(0xe8000000, 0xf0000000));
	EXPECT(!acpi_board_reserves(0xe0000000, 0xe8000001)); /* two of them */
	EXPECT(!acpi_board_reserves(0xdfffffff, 0xe8000000));
	EXPECT(!acpi_board_reserves(0xb0000000, 0xc0000000));
	EXPECT(!acpi_board_reserves(0xc0000000, 0xd0000000));
	forget_devices();
	hold(add_device("PNP0C02", NULL, 0), 0x86, 0xe0000000, 0x10000000);
	hold(add_device("PNP0C0F", NULL, 0xf), 0x86, 0xe0000000, 0x10000000);
	scan();
	EXPECT(!acpi_board_reserves(0xe0000000, 0xf0000000));
	forget_devices();
}

TEST(ports_and_interrupt_of_a_device)
{
	const char *const ids[] = { "PNPB0XX", "PNP0C0A", NULL };
	struct device *d =
		add_device("PNP0c0a", NULL, 0x1); /* decodes nothing; digits in either case */
	const struct acpi_device *dev;
	struct resource ports;
	bool level, active_low;
	u32 gsi;

	hold(d, 0x08, 0x100, 1);
	d = add_device("PNPb006", NULL, 0xf);
	hold(d, 0x86, 0xfed20000, 0x1000);
	hold(d, 0x08, 0x330, 2);
	hold(d, 0x08, 0x340, 2);
	d->crs[d->nr_crs++] = (struct aml_resource){ .type = AML_RES_IRQ }; /* none is chosen */
	d->crs[d->nr_crs++] = (struct aml_resource){
		.type = AML_RES_IRQ, .level = true, .active_low = true, .nr = 1, .numbers = { 9 }
	};
	scan();
	EXPECT(pnp_find_ports(ids, &ports));
	EXPECT_EQ(ports.start, 0x330);
	EXPECT_EQ(ports.end, 0x331);
	dev = list_first_entry(&acpi_devices, struct acpi_device, list);
	EXPECT_EQ(acpi_device_interrupt(dev, &gsi, &level, &active_low), -ENOENT);
	dev = list_first_entry(&dev->list, struct acpi_device, list);
	EXPECT_EQ(acpi_device_interrupt(dev, &gsi, &level, &active_low), 0);
	EXPECT(gsi == 9 && level && active_low);
	forget_devices();
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

/* As many as it has entries, each entered, to the last one. */
TEST(watchdog_of_many_registers)
{
	build_wdat();
	entry(0, 0xfeb10000, 3); /* stays, and all of them with it */
	for (unsigned int i = 0; i < 30; i++)
		entry(1, 0x460 + 2 * i, 1);
	acpi_watchdog_insert();
	for (unsigned int i = 0; i < 30; i++)
		EXPECT(lookup_resource_deepest(&ioport_resource, 0x460 + 2 * i, 0x460 + 2 * i) !=
		       &ioport_resource);
	forget(&ioport_resource);
	test_fail_kmalloc_after(0);
	acpi_watchdog_insert();
	test_fail_kmalloc_after(-1);
	EXPECT_STR(lines(&ioport_resource), "");
	EXPECT(test_log_has("WDAT: no memory for its 31 registers"));
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
