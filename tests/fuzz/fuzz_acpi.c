// SPDX-License-Identifier: MIT
// sources: drivers/acpi/table/check.c drivers/acpi/table/madt.c drivers/acpi/table/fadt.c drivers/acpi/table/blocks.c drivers/acpi/table/apei.c drivers/acpi/table/describe.c drivers/acpi/table/layout.c drivers/iommu/ivrs.c kernel/irq/routing.c kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * ACPI's tables: the input's first byte says which one, its second the revision, the rest is what stands behind
 * the header, whose length and sum are right.  What is taken from it is counted again here, by the
 * specification's layouts and nothing else.
 */
#include "drivers/acpi/table/actbl.h"
#include "drivers/acpi/table/apei.h"
#include "drivers/iommu/dmar.h"
#include "kernel/core/resource.h"
#include "kernel/core/sink.h"
#include "tests/fuzz/fuzz.h"

static const char signatures[][5] = { "APIC", "MCFG", "HPET", "DMAR", "IVRS", "FACP",
				      "ERST", "SRAT", "BGRT", "WDAT", "SLIT", "MSDM",
				      "EINJ", "HEST", "TPM2", "FACS", "RSDP" };

static struct acpi_table_header *table;

static u64 at(u32 offset, unsigned int bytes)
{
	u64 value = 0;

	MUST(offset + bytes <= table->length);
	memcpy(&value, (const u8 *)table + offset, bytes);
	return value;
}

/* ---- MADT: 5.2.12 ---- */

static void check_madt(void)
{
	static struct irq_routing r;
	u32 offset = 44, ioapics = 0, cpus = 0, others = 0;
	int err = madt_decode(table, 9, &r);

	MUST(r.nr_cpus <= NR_CPUS && r.nr_ioapics <= MAX_IOAPICS);
	MUST(r.nmi_lint == NO_LINT || r.nmi_lint < 2);
	while (offset + 2 <= table->length && at(offset + 1, 1) >= 2 &&
	       offset + at(offset + 1, 1) <= table->length) {
		u32 length = (u32)at(offset + 1, 1);

		switch (at(offset, 1)) {
		case 0:
			if (length >= 8 && at(offset + 3, 1) != 0xff)
				*(at(offset + 4, 4) & 1 ? &cpus : &others) += 1;
			break;
		case 9:
			if (length >= 16 && at(offset + 4, 4) != 0xffffffff)
				*(at(offset + 8, 4) & 1 ? &cpus : &others) += 1;
			break;
		case 1:
			ioapics += length >= 12 && at(offset + 4, 4);
			break;
		}
		offset += length;
	}
	MUST(!err == (offset == table->length) && (!err || err == -EINVAL));
	MUST(r.nr_ioapics == min(ioapics, (u32)MAX_IOAPICS));
	MUST(r.nr_cpus == min(cpus, (u32)NR_CPUS) && r.nr_hotplug <= others + cpus);
	for (unsigned int i = 0; i < r.nr_ioapics; i++)
		MUST(r.ioapics[i].addr && r.ioapics[i].addr < 1ULL << 32);
}

/* ---- lists of addresses ---- */

static void check_mcfg(void)
{
	struct acpi_mcfg_allocation a;
	u32 n = 0, good = 0;

	for (; mcfg_entry(table, n, &a); n++) {
		MUST(a.base && !(a.base & 0xfffff) && a.start_bus <= a.end_bus);
		MUST(a.base + (((u64)a.end_bus + 1) << 20) > a.base);
	}
	for (u32 offset = 44; offset + 16 <= table->length; offset += 16) {
		u64 base = at(offset, 8), end = at(offset + 11, 1);

		good += base && !(base & 0xfffff) && at(offset + 10, 1) <= end &&
			~base >= (end + 1) << 20;
	}
	MUST(n == good || n == good + 1); /* one may end at 2^64 just so */
}

static void check_dmar(void)
{
	struct acpi_dmar_drhd drhd;
	u32 n = 0;

	for (; dmar_drhd(table, n, &drhd); n++)
		MUST(drhd.address && !(drhd.address & 0xfff));
	MUST(n <= table->length / 16);
}

const struct acpi_table_header *acpi_get_table(const char *signature, unsigned int n)
{
	return n || strncmp(signature, table->signature, 4) ? NULL : table;
}

static void check_ivrs(void)
{
	struct resource *child;
	unsigned int n = 0;

	ivrs_init();
	while ((child = resource_first_child(&iomem_resource))) {
		MUST(resource_size(child) == 0x4000 || resource_size(child) == 0x80000);
		release_mem_region(child->start, resource_size(child));
		n++;
	}
	MUST(n <= table->length / 24);
}

/* ---- FADT: a field that the table is too short for is 0 ---- */

static void check_fadt(void)
{
	struct fadt_info f;

	fadt_decode(table, &f);
	MUST(f.sci_irq == (table->length >= 48 ? at(46, 2) : 0));
	MUST(table->length >= 148 || f.dsdt <= 0xffffffff);
	MUST(table->length > 128 || !f.has_reset_reg);
	MUST(table->length >= 256 || !f.sleep_control.address);
	if (table->length >= 160 && at(152, 8))
		MUST(f.pm1a_evt.address == at(152, 8));
}

/* ---- APEI: the registers are bytes, and the program says what happens to them ---- */

static u8 registers[64];
static unsigned long accesses;

static u8 *register_at(const struct acpi_gas *reg, unsigned int width)
{
	MUST(width == 8 || width == 16 || width == 32 || width == 64);
	accesses++;
	return registers + reg->address % (sizeof(registers) - 8);
}

static int read_register(const struct acpi_gas *reg, unsigned int width, u64 *value)
{
	*value = 0;
	memcpy(value, register_at(reg, width), width / 8);
	return 0;
}

static int write_register(const struct acpi_gas *reg, unsigned int width, u64 value)
{
	memcpy(register_at(reg, width), &value, width / 8);
	return 0;
}

static void check_apei(void)
{
	struct apei_program program = { (void *)(table + 1),
					(table->length - 36) / sizeof(struct apei_entry),
					read_register, write_register };
	static struct apei_range ranges[32];
	int nr = apei_collect_ranges(&program, ranges, ARRAY_SIZE(ranges));
	u64 began = test_clock_ns, result;

	MUST(nr <= (int)ARRAY_SIZE(ranges) && (nr >= 0 || nr == -EINVAL || nr == -E2BIG));
	/* Each once: what a driver claims may not meet itself. */
	for (int i = 0; i < nr; i++)
		for (int k = 0; k < nr; k++)
			MUST(i == k || ranges[i].io != ranges[k].io ||
			     ranges[i].end < ranges[k].start || ranges[k].end < ranges[i].start);
	for (int i = 0; i < nr; i++)
		MUST(ranges[i].start <= ranges[i].end);
	memset(registers, 0, sizeof(registers));
	accesses = 0;
	for (u8 action = 12; action < 15; action++) {
		int err = apei_run(&program, action, &result);

		MUST(!err || err == -ENOENT || err == -EINVAL || err == -ETIMEDOUT);
	}
	MUST(test_clock_ns - began < 3 * 2000000000ULL);
}

/* ---- what every table goes through ---- */

static unsigned long shown;

static void look_at_text(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	shown += n;
	for (; n; n--, s++)
		MUST(*s == '\n' || (*s >= ' ' && *s <= '~'));
}

static void show(void)
{
	struct sink sink = { look_at_text };
	char line[128];

	shown = 0;
	acpi_table_show(&sink, table);
	MUST(shown && shown < 4096 + 400UL * table->length);
	acpi_table_describe(line, sizeof(line), table, 0x1234);
	MUST(strlen(line) < 110);
	look_at_text(&sink, line, strlen(line));
}

static void check_rsdp(const u8 *bytes, size_t size)
{
	u8 *rsdp = test_alloc(size);
	int ret;

	memcpy(rsdp, bytes, size);
	if (size >= 20) {
		memcpy(rsdp, "RSD PTR ", 8);
		rsdp[8] = (u8)(rsdp[8] - byte_sum(rsdp, 20));
	}
	ret = acpi_rsdp_check(rsdp, size);
	MUST(size < 20 ? ret == -EINVAL : ret == 20 || (ret >= 36 && (size_t)ret <= size));
	test_free(rsdp);
}

void fuzz(const u8 *data, size_t size)
{
	static void (*const checks[])(void) = { check_madt, check_mcfg, NULL,	    check_dmar,
						check_ivrs, check_fadt, check_apei, NULL };
	unsigned int which;

	if (size < 2)
		return;
	iomem_resource.end = (1ULL << 46) - 1;
	which = data[0] % ARRAY_SIZE(signatures);
	data += 2, size -= 2;
	if (which == ARRAY_SIZE(signatures) - 1) {
		check_rsdp(data, size);
		return;
	}
	table = test_alloc(sizeof(*table) + size);
	memset(table, ' ', sizeof(*table));
	memcpy(table->signature, signatures[which], 4);
	memcpy(table + 1, data, size);
	table->revision = data[-1];
	table->length = (u32)(sizeof(*table) + size);
	table->checksum = (u8)(table->checksum - byte_sum(table, table->length));
	MUST(acpi_table_check(table, table->length) == (size < 28 && which == 15 ? -EINVAL : 0));
	MUST(acpi_table_check(table, table->length - 1) == -EINVAL);
	if (which < ARRAY_SIZE(checks) && checks[which])
		checks[which]();
	MUST(which != 2 ||
	     hpet_table_address(table) == (table->length >= 56 && !at(40, 1) ? at(44, 8) : 0));
	/* Printing takes most of the time: one table in four, whichever. */
	if (table->checksum % 4 == 0)
		show();
	test_free(table);
}
