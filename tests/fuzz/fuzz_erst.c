// SPDX-License-Identifier: MIT
// sources: drivers/acpi/table/apei.c kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * An ERST with any header and any program, on registers that answer what the input says.  No register is touched
 * that is not claimed as the table's, or is firmware's by the map; it ends; and at the end the records' range is
 * claimed with all registers, or nothing is, and the log says why.
 *
 * The input: how the machine is, how many entries, the header, the entries, then what is read.
 */
#include "kernel/cpu/port.h"
#define inb(port)	  ((u8)port_read(port, 1))
#define inw(port)	  ((u16)port_read(port, 2))
#define inl(port)	  ((u32)port_read(port, 4))
#define outb(value, port) ((void)(value), port_touch(port, 1))
#define outw(value, port) ((void)(value), port_touch(port, 2))
#define outl(value, port) ((void)(value), port_touch(port, 4))
#include "kernel/lib/types.h"
static u64 port_read(u16 port, unsigned int width);
static void port_touch(u16 port, unsigned int width);
#include "drivers/acpi/table/erst.c"
#include "kernel/cpu/cpu.h"
#include "tests/fuzz/register.h"

#define MAX_ENTRIES 40
#define PHYS_BITS   40
#define NVS_START   0x7fe00000UL
#define NVS_END	    0x7fefffffUL

struct cpu_info boot_cpu = { .phys_bits = PHYS_BITS };

static struct choices answers;
static struct acpi_table_erst *table; /* NULL: there is none */
static bool memory_is_short;
static u64 cell; /* the register that is mapped */
static bool mapped;

/* ---- the machine ---- */

const struct acpi_table_header *acpi_get_table(const char *signature, unsigned int n)
{
	MUST(!strcmp(signature, "ERST") && !n);
	return &table->header;
}

bool e820__mapped_all(u64 start, u64 end, u32 type)
{
	MUST(type == E820_TYPE_NVS && start <= end - 1); /* `end` is 0 behind the last address */
	return start >= NVS_START && end - 1 <= NVS_END;
}

static bool is_ours(struct resource *root, u64 start, unsigned int width)
{
	struct resource *r = lookup_resource_deepest(root, start, start + width - 1);

	return r && !strcmp(r->name, CLAIM_NAME);
}

static void port_touch(u16 port, unsigned int width)
{
	MUST(is_ours(&ioport_resource, port, width));
}

static u64 port_read(u16 port, unsigned int width)
{
	port_touch(port, width);
	return choose_bytes(&answers, width);
}

void __iomem *ioremap(phys_addr_t phys, unsigned long size)
{
	MUST(!mapped && (size == 1 || size == 2 || size == 4 || size == 8));
	MUST(is_ours(&iomem_resource, phys, (unsigned int)size) ||
	     (phys >= NVS_START && phys + size - 1 <= NVS_END));
	if (memory_is_short && choose8(&answers) == 1)
		return NULL;
	mapped = true;
	cell = choose_bytes(&answers, (unsigned int)size);
	return &cell;
}

void iounmap(volatile void __iomem *p)
{
	MUST(mapped && p == &cell);
	mapped = false;
}

/* ---- a table ---- */

/* Where registers are: the table's own, a neighbour's, at the ends of what there is, or anywhere. */
static u64 choose_address(struct choices *c)
{
	static const u64 near[] = { 0x4f0,	 0x4f8,	     0x3f8,
				    0xfffc,	 0xfed40000, NVS_START,
				    NVS_END - 7, 0x200000,   (1UL << PHYS_BITS) - 8,
				    ~0UL - 8 };
	u8 which = choose8(c);

	return which % 16 < ARRAY_SIZE(near) ? near[which % 16] + which / 16 : choose64(c);
}

static struct apei_entry choose_entry(struct choices *c)
{
	static const u8 actions[] = { GET_ERROR_RANGE, GET_ERROR_LENGTH, 0, 1 };
	u8 how = choose8(c), shape = choose8(c);
	struct apei_entry e = { .action = actions[how % 4],
				.instruction = choose8(c) % 20,
				.flags = how >> 7 };

	e.reg = (struct acpi_gas){ .space_id = shape % 2,
				   .access_size = shape / 2 % 4 + 1,
				   .bit_width = 8U << shape / 8 % 4 };
	if (shape > 0xc0)
		e.reg.space_id = choose8(c), e.reg.bit_offset = choose8(c),
		e.reg.access_size = choose8(c);
	e.reg.address = choose_address(c);
	e.value = how & 0x10 ? choose64(c) : choose8(c);
	e.mask = how & 0x20 ? choose64(c) : ~0UL;
	return e;
}

static void make_table(struct choices *c, bool whole)
{
	u32 nr = choose8(c) % MAX_ENTRIES;
	size_t bytes = sizeof(*table) + nr * sizeof(table->entries[0]);

	table = test_alloc(bytes);
	memset(table, 0, bytes);
	table->header.length = (u32)bytes;
	table->header_length =
		choose8(c) % 2 ? sizeof(*table) : sizeof(*table) - sizeof(table->header);
	table->nr_entries = nr;
	if (!whole)
		table->header.length = (u32)choose_bytes(c, 2) % (bytes + 1),
		table->header_length = choose8(c), table->nr_entries = choose32(c);
	for (u32 i = 0; i < nr; i++)
		table->entries[i] = choose_entry(c);
}

/* ---- an input ---- */

/* How many claims there are of the table's, in both spaces; all go. */
static unsigned int take_claims(struct resource *root)
{
	unsigned int n = 0;

	register_look(root);
	for (unsigned int i = 0; i < nr_registered; i++) {
		struct resource *r = registered[i];

		if (strcmp(r->name, CLAIM_NAME) != 0)
			continue;
		__release_region(root, r->start, r->end - r->start + 1);
		n++;
	}
	return n;
}

void fuzz(const u8 *data, size_t size)
{
	static struct resource ram = { .start = 0x200000,
				       .end = 0x2fffff,
				       .name = "System RAM",
				       .flags = IORESOURCE_MEM | IORESOURCE_BUSY },
			       nvs = { .start = NVS_START,
				       .end = NVS_END,
				       .name = "ACPI NVS",
				       .flags = IORESOURCE_MEM | IORESOURCE_BUSY },
			       uart = { .start = 0x3f8,
					.end = 0x3ff,
					.name = "serial",
					.flags = IORESOURCE_IO | IORESOURCE_BUSY };
	struct choices c = { data, size };
	u8 how = choose8(&c);
	unsigned int claims;
	bool done;

	iomem_resource.end = (1UL << PHYS_BITS) - 1;
	MUST(!insert_resource(&iomem_resource, &ram) && !insert_resource(&iomem_resource, &nvs) &&
	     !insert_resource(&ioport_resource, &uart));
	memory_is_short = how & 1;
	make_table(&c, how & 6);
	answers = c;
	test_log_clear();
	erst_init();
	MUST(!mapped);
	done = test_log_has("error records at [mem ");
	claims = take_claims(&iomem_resource) + take_claims(&ioport_resource);
	MUST(done ? claims > 0 : !claims && *test_log());
	test_free(table);
	MUST(!remove_resource(&ram) && !remove_resource(&nvs) && !remove_resource(&uart));
}
