// SPDX-License-Identifier: MIT
// sources: drivers/acpi/aml/resource.c drivers/acpi/device.c drivers/acpi/pnp.c drivers/acpi/memhotplug.c drivers/acpi/window.c kernel/irq/routing.c kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * What ACPI's devices hold of the register: the board's, memory devices', embedded controllers', processors' and
 * those that nobody knows, with any resource template, and the watchdog's table.
 *
 * The input: the WDAT behind its header, then devices, each an id, a _STA, a processor's block and a template.  The
 * registers stay trees, and nothing in them is outside of what its space has.
 */
#include "drivers/acpi/aml/interp.h"
#include "drivers/acpi/claims.c" /* with its types: what it allocates lives for ever */
#include "drivers/acpi/memhotplug.h"
#include "drivers/acpi/pm.h"
#include "drivers/pci/firmware.h"
#include "drivers/pci/pci.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/routing.h"
#include "mm/e820.h"
#include "tests/fuzz/register.h"
#include "tests/host/no_pci_firmware.h"

#define MAX_DEVICES 12
#define MAX_CRS	    96
#define MAX_BLOCKS  256

static const char ids[][AML_ID_MAX] = { "PNP0C02", "PNP0C01",  "PNP0C80",  "PNP0C09",
					"PNP0501", "ACPI0007", "QEMU0002", "PNP0103" };

static struct device {
	struct aml_node node;
	const char *id;
	u32 status, block_length;
	u64 block;
	bool hid, methods;
	struct {
		struct aml_data data;
		u8 bytes[MAX_CRS];
	} crs;
} devices[MAX_DEVICES];
static unsigned int nr_devices;

struct aml *acpi_namespace = (void *)1;
struct fadt_info acpi_fadt;
struct list_head pci_devices = { &pci_devices, &pci_devices };
struct cpu_info boot_cpu = { .phys_bits = 40 };
u64 max_mem_size;

/* ---- memory: the input's end gives all of it back, what was to live for ever too ---- */

static void *blocks[MAX_BLOCKS];
static unsigned int nr_blocks;

void *kmalloc(size_t size, gfp_t flags)
{
	void *p = test_alloc(size);

	memset(p, flags & __GFP_ZERO ? 0 : 0x5a, size);
	MUST(nr_blocks < MAX_BLOCKS);
	return blocks[nr_blocks++] = p;
}

void *kzalloc(size_t size, gfp_t flags)
{
	return kmalloc(size, flags | __GFP_ZERO);
}

void kfree(const void *p)
{
	for (unsigned int i = 0; i < nr_blocks; i++)
		if (p && blocks[i] == p) {
			blocks[i] = blocks[--nr_blocks];
			test_free((void *)p);
			return;
		}
	MUST(!p);
}

/* ---- the namespace ---- */

static struct device *device_of(const struct aml_node *node)
{
	return container_of(node, struct device, node);
}

struct aml_node *aml_root(struct aml *aml)
{
	(void)aml;
	return NULL;
}

struct aml_node *aml_next_node(struct aml_node *root, struct aml_node *node)
{
	unsigned int next = node ? (unsigned int)(device_of(node) - devices) + 1 : 0;

	(void)root;
	return next < nr_devices ? &devices[next].node : NULL;
}

struct aml_node *aml_next_device(struct aml *aml, struct aml_walk *walk)
{
	walk->node = aml_next_node(aml_root(aml), walk->node);
	walk->status = walk->node ? device_of(walk->node)->status : 0;
	return walk->node;
}

struct aml_node *aml_find(struct aml *aml, struct aml_node *scope, const char *path)
{
	const struct device *d = device_of(scope);
	bool there = !strcmp(path, "_HID") ? d->hid :
		     !strcmp(path, "_CRS") ? d->crs.data.base.length > 0 :
					     d->methods;

	(void)aml;
	return there ? scope : NULL;
}

int aml_device_hid(struct aml *aml, struct aml_node *device, char *id)
{
	(void)aml;
	strscpy(id, device_of(device)->id, AML_ID_MAX);
	return device_of(device)->hid ? 0 : -ENOENT;
}

int aml_device_cid(struct aml *aml, struct aml_node *device, unsigned int n, char *id)
{
	(void)aml;
	strscpy(id, device_of(device)->id, AML_ID_MAX);
	return device_of(device)->hid || n ? -ENOENT : 0;
}

bool aml_processor_block(const struct aml_node *node, u64 *address, u32 *length)
{
	*address = device_of(node)->block;
	*length = device_of(node)->block_length;
	return *address != 0;
}

int aml_evaluate(struct aml *aml, struct aml_node *scope, const char *path,
		 const struct aml_value *args, unsigned int nr_args, struct aml_value *result)
{
	(void)aml, (void)path, (void)args, (void)nr_args;
	if (!scope || !device_of(scope)->crs.data.base.length)
		return -ENOENT;
	*result = (struct aml_value){ .type = AML_BUFFER,
				      .object = &device_of(scope)->crs.data.base };
	return 0;
}

void aml_put(struct aml *aml, struct aml_value *value)
{
	(void)aml, (void)value;
}

struct aml_value aml_integer(u64 value)
{
	return (struct aml_value){ .type = AML_INTEGER, .integer = value };
}

int aml_fail_at(struct aml *aml, const u8 *at, const struct aml_node *node, int error,
		const char *fmt, ...)
{
	(void)aml, (void)at, (void)node, (void)fmt;
	return error;
}

const char *aml_type_name(u8 type)
{
	(void)type;
	return "";
}

unsigned int aml_initialize(struct aml *aml)
{
	(void)aml;
	return 0;
}

/* ---- who else has a part in it ---- */

static struct acpi_wdat *wdat;

const struct acpi_table_header *acpi_get_table(const char *signature, unsigned int n)
{
	return wdat && !strcmp(signature, "WDAT") && !n ? &wdat->header : NULL;
}

int acpi_namespace_init(void)
{
	return 0;
}

#define NOTHING(name, ...)     \
	void name(__VA_ARGS__) \
	{                      \
	}

NOTHING(acpi_enable, void)
NOTHING(acpi_lock, void)
NOTHING(acpi_unlock, void)
NOTHING(pci_mmcfg_late_init, void)
NOTHING(acpi_pci_link_init, void)
NOTHING(acpi_pci_root_add, struct acpi_device *)
NOTHING(acpi_pci_link_add, struct acpi_device *)
NOTHING(pci_set_firmware_ops, const struct pci_firmware_ops *)
NOTHING(ioapic_set_wires, int (*)(ioapic_wire_fn, void *))

unsigned long e820__end_of_ram_pfn(void)
{
	return 0x100000;
}

/* ---- an input ---- */

static void take_wdat(struct choices *c)
{
	size_t size = min((size_t)choose8(c), c->left);

	wdat = NULL;
	if (!size)
		return;
	wdat = kzalloc(sizeof(wdat->header) + size, 0);
	memcpy(&wdat->header + 1, c->at, size);
	c->at += size, c->left -= size;
	wdat->header.length = (u32)(sizeof(wdat->header) + size);
}

static void take_device(struct choices *c)
{
	struct device *d = &devices[nr_devices++];
	u8 what = choose8(c), status = choose8(c);
	size_t size = min(choose8(c), (u8)MAX_CRS);

	*d = (struct device){ .id = ids[what % ARRAY_SIZE(ids)],
			      .hid = !(what & 0x80),
			      .methods = what & 0x40,
			      .status = status & 0x80 ? 0xf : status & 0x1f };
	if (what & 0x20)
		d->block = choose32(c), d->block_length = choose8(c) ?: 6;
	size = min(size, c->left);
	d->crs.data.base.length = (u32)size;
	memcpy(d->crs.data.bytes, c->at, size);
	c->at += size, c->left -= size;
}

static void look(struct resource *root)
{
	register_look(root);
	for (unsigned int i = 0; i < nr_registered; i++)
		MUST(registered[i]->end <= root->end && registered[i]->name);
}

/* From the top, what is beneath goes up: all of them go. */
static void empty(struct resource *root)
{
	struct resource *r;

	while ((r = resource_first_child(root)))
		remove_resource(r);
}

void fuzz(const u8 *data, size_t size)
{
	struct choices c = { data, size };

	acpi_fadt.duty_offset = choose8(&c) % 8;
	acpi_fadt.duty_width = choose8(&c) % 8;
	max_mem_size = choose8(&c) & 1 ? 1ULL << 33 : ~0ULL;
	iomem_resource.end = (1ULL << 46) - 1;
	INIT_LIST_HEAD(&acpi_devices);
	nr_blocks = nr_devices = 0;
	take_wdat(&c);
	while (c.left && nr_devices < MAX_DEVICES)
		take_device(&c);
	acpi_scan_devices();
	pnp_init();
	acpi_processor_claim();
	acpi_board_reserves(0xe0000000, 0xf0000000);
	look(&iomem_resource);
	look(&ioport_resource);
	empty(&iomem_resource);
	empty(&ioport_resource);
	INIT_LIST_HEAD(&acpi_devices);
	while (nr_blocks)
		test_free(blocks[--nr_blocks]);
}
