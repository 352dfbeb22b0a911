// SPDX-License-Identifier: MIT
/*
 * The Error Record Serialization Table (ACPI 6.5, 18.5): a place in which error
 * records outlive a reset.
 *
 * The table's registers are claimed, firmware is asked where records are put, and
 * that range is claimed too, so that nobody maps either as something else.
 * Records themselves are neither read nor written.
 */
#define pr_fmt(fmt) "ERST: " fmt
#include "drivers/acpi/table/erst.h"

#include "drivers/acpi/table/apei.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"
#include "mm/e820.h"
#include "mm/io.h"
#include "mm/ioremap.h"

#define ERST_MAX_RANGES 32
#define CLAIM_NAME	"APEI ERST"

/* Table 18.22, serialization actions. */
#define GET_ERROR_RANGE	 13
#define GET_ERROR_LENGTH 14

struct acpi_table_erst {
	struct acpi_table_header header;
	u32 header_length; /* of what follows it, or of all, as firmware reads 18.5.1 */
	u32 reserved;
	u32 nr_entries;
	struct apei_entry entries[];
} __packed;

_Static_assert(sizeof(struct acpi_table_erst) == 48, "ACPI 18.5.1");

static bool __init table_is_valid(const struct acpi_table_erst *erst)
{
	u32 length = erst->header.length;

	return length >= sizeof(*erst) &&
	       (erst->header_length == sizeof(*erst) ||
		erst->header_length == sizeof(*erst) - sizeof(erst->header)) &&
	       erst->nr_entries == (length - sizeof(*erst)) / sizeof(erst->entries[0]);
}

static int __init read_port(u64 port, unsigned int width, u64 *value)
{
	if (port > 0xffff)
		return -EINVAL;
	if (width == 8)
		*value = inb((u16)port);
	else if (width == 16)
		*value = inw((u16)port);
	else if (width == 32)
		*value = inl((u16)port);
	else
		return -EINVAL;
	return 0;
}

static int __init write_port(u64 port, unsigned int width, u64 value)
{
	if (port > 0xffff)
		return -EINVAL;
	if (width == 8)
		outb((u8)value, (u16)port);
	else if (width == 16)
		outw((u16)value, (u16)port);
	else if (width == 32)
		outl((u32)value, (u16)port);
	else
		return -EINVAL;
	return 0;
}

static int __init erst_read(const struct acpi_gas *reg, unsigned int width, u64 *value)
{
	void __iomem *p;

	if (reg->space_id == ACPI_SPACE_IO)
		return read_port(reg->address, width, value);
	p = ioremap(reg->address, width / 8);
	if (!p)
		return -ENOMEM;
	if (width == 8)
		*value = readb(p);
	else if (width == 16)
		*value = readw(p);
	else if (width == 32)
		*value = readl(p);
	else
		*value = readq(p);
	iounmap(p);
	return 0;
}

static int __init erst_write(const struct acpi_gas *reg, unsigned int width, u64 value)
{
	void __iomem *p;

	if (reg->space_id == ACPI_SPACE_IO)
		return write_port(reg->address, width, value);
	p = ioremap(reg->address, width / 8);
	if (!p)
		return -ENOMEM;
	if (width == 8)
		writeb((u8)value, p);
	else if (width == 16)
		writew((u16)value, p);
	else if (width == 32)
		writel((u32)value, p);
	else
		writeq(value, p);
	iounmap(p);
	return 0;
}

/* ACPI NVS is busy already, and firmware may keep registers there. */
static bool __init is_nvs(const struct apei_range *range)
{
	return !range->io && e820__mapped_all(range->start, range->end + 1, E820_TYPE_NVS);
}

static struct resource *__init claim(const struct apei_range *range)
{
	return __request_region(range->io ? &ioport_resource : &iomem_resource, range->start,
				range->end - range->start + 1, CLAIM_NAME, 0);
}

static void __init release(const struct apei_range *range)
{
	__release_region(range->io ? &ioport_resource : &iomem_resource, range->start,
			 range->end - range->start + 1);
}

/* All of them or none: false. */
static bool __init claim_all(const struct apei_range *ranges, int nr)
{
	for (int i = 0; i < nr; i++) {
		if (is_nvs(&ranges[i]) || claim(&ranges[i]))
			continue;
		while (i-- > 0)
			if (!is_nvs(&ranges[i]))
				release(&ranges[i]);
		return false;
	}
	return true;
}

static void __init release_all(const struct apei_range *ranges, int nr)
{
	for (int i = 0; i < nr; i++)
		if (!is_nvs(&ranges[i]))
			release(&ranges[i]);
}

/* Where records are put: asked, checked, claimed. */
static int __init claim_error_range(const struct apei_program *program)
{
	struct apei_range range = { 0 };
	u64 size;
	int err = apei_run(program, GET_ERROR_RANGE, &range.start);

	if (!err)
		err = apei_run(program, GET_ERROR_LENGTH, &size);
	if (err) {
		pr_err("firmware does not say where its records are: %s\n", error_name(err));
		return err;
	}
	range.end = range.start + size - 1;
	if (!size || range.end < range.start) {
		pr_err("records at 0x%lx, %lu bytes: no range\n", range.start, size);
		return -EINVAL;
	}
	if (!claim(&range))
		return -EBUSY;
	pr_info("error records at [mem 0x%lx-0x%lx]\n", range.start, range.end);
	return 0;
}

void __init erst_init(void)
{
	const struct acpi_table_erst *erst = (const void *)acpi_get_table("ERST", 0);
	struct apei_program program = { .read = erst_read, .write = erst_write };
	struct apei_range ranges[ERST_MAX_RANGES];
	int nr;

	if (!erst)
		return;
	if (!table_is_valid(erst)) {
		pr_err("table of %u bytes: header of %u and %u entries do not go together\n",
		       erst->header.length, erst->header_length, erst->nr_entries);
		return;
	}
	program.entries = erst->entries;
	program.nr = erst->nr_entries;
	nr = apei_collect_ranges(&program, ranges, ERST_MAX_RANGES);
	if (nr < 0) {
		pr_err("its registers cannot be used: %s\n", error_name(nr));
		return;
	}
	if (claim_all(ranges, nr) && claim_error_range(&program))
		release_all(ranges, nr);
}
