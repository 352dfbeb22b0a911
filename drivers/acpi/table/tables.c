// SPDX-License-Identifier: MIT
/*
 * Finding the tables and keeping them.
 *
 * In two steps, because the memory allocator needs to know what is taken before
 * a lasting mapping can exist.  Early, each table is mapped for a moment
 * through early_memremap (first its header, which may cross a page, then as
 * much as the length says), checked, listed, and reserved where it lies in RAM.
 * Later acpi_map_tables() maps them for good.  A table that is too long for an
 * early slot is checked then.
 *
 * One table that is broken costs that table; a broken XSDT falls back to the
 * RSDT; no usable root at all means that there is no ACPI.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "boot/boot_info.h"
#include "drivers/acpi/table/actbl.h"
#include "drivers/acpi/table/bgrt.h"
#include "drivers/firmware/bios_scan.h"
#include "drivers/firmware/mptable.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/early_ioremap.h"
#include "mm/ioremap.h"
#include "mm/layout.h"
#include "mm/memblock.h"
#include "mm/reserved.h"

#define ACPI_MAX_TABLES 64

struct table {
	char signature[4];
	phys_addr_t phys;
	u32 length; /* bytes */
	bool checked;
	const struct acpi_table_header *virt; /* NULL until acpi_map_tables() */
};

/* Filled at boot, read-only afterwards. */
static struct table tables[ACPI_MAX_TABLES];
static unsigned int nr_tables;
static bool available;

bool acpi_available(void)
{
	return available;
}

/* [phys, phys + length) exists for this CPU. */
static bool __init reachable(phys_addr_t phys, u32 length)
{
	return phys && phys_range_valid(phys, length);
}

static bool __init fits_early_slot(phys_addr_t phys, u32 length)
{
	return (phys & ~PAGE_MASK) + length <= NR_FIX_BTMAPS * PAGE_SIZE;
}

static bool __init is_listed(phys_addr_t phys)
{
	for (unsigned int i = 0; i < nr_tables; i++)
		if (tables[i].phys == phys)
			return true;
	return false;
}

static void __init keep(const struct acpi_table_header *h, phys_addr_t phys, bool checked)
{
	char text[80];

	if (nr_tables == ARRAY_SIZE(tables)) {
		pr_warn("%.4s at %pa left out, ACPI_MAX_TABLES is %d\n", h->signature, &phys,
			ACPI_MAX_TABLES);
		return;
	}
	memcpy(tables[nr_tables].signature, h->signature, 4);
	tables[nr_tables].phys = phys;
	tables[nr_tables].length = h->length;
	tables[nr_tables].checked = checked;
	nr_tables++;
	acpi_table_describe(text, sizeof(text), h, phys);
	pr_info("%s\n", text);
	if (memblock_is_ram(phys) || memblock_is_ram(phys + h->length - 1)) {
		pr_info("Reserving %.4s table memory at [mem 0x%llx-0x%llx]\n", h->signature,
			(unsigned long long)phys, (unsigned long long)phys + h->length - 1);
		reserve_ram(phys, h->length, "ACPI table %.4s", h->signature);
	}
}

/*
 * Map the table at `phys` whole and checked; its header says how long.  NULL,
 * after a line, when it is broken; -E2BIG in *error when it is just too long.
 */
static const struct acpi_table_header *__init early_table(phys_addr_t phys, const char *want,
							  int *error)
{
	const struct acpi_table_header *h;
	struct acpi_table_header copy;

	*error = -EINVAL;
	if (!reachable(phys, sizeof(copy)) || !(h = early_memremap_ro(phys, sizeof(copy)))) {
		pr_err("table at %pa cannot be reached\n", &phys);
		return NULL;
	}
	copy = *h;
	early_memunmap((void *)h, sizeof(copy));
	if (acpi_header_check(&copy) || !reachable(phys, copy.length) ||
	    (want && memcmp(copy.signature, want, 4) != 0)) {
		pr_err("table at %pa is no %s: length 0x%x\n", &phys, want ? want : "table",
		       copy.length);
		return NULL;
	}
	if (!fits_early_slot(phys, copy.length)) {
		keep(&copy, phys, false);
		*error = -E2BIG;
		return NULL;
	}
	h = early_memremap_ro(phys, copy.length);
	if (!h)
		return NULL;
	*error = acpi_table_check(h, copy.length);
	if (!*error)
		return h;
	pr_err("%.4s at %pa: checksum is wrong\n", copy.signature, &phys);
	early_memunmap((void *)h, copy.length);
	return NULL;
}

static void __init add_table(phys_addr_t phys, const char *want)
{
	const struct acpi_table_header *h;
	struct fadt_info fadt = { 0 };
	int error;

	if (is_listed(phys))
		return;
	h = early_table(phys, want, &error);
	if (!h)
		return;
	keep(h, phys, true);
	if (memcmp(h->signature, "FACP", 4) == 0)
		fadt_decode(h, &fadt);
	if (memcmp(h->signature, "BGRT", 4) == 0)
		acpi_bgrt_reserve(h);
	early_memunmap((void *)h, h->length);
	if (fadt.dsdt)
		add_table(fadt.dsdt, "DSDT");
	if (fadt.facs && !fadt.hw_reduced)
		add_table(fadt.facs, "FACS");
}

/* The root's entries are 4 or 8 bytes, at any alignment. */
static int __init walk_root(phys_addr_t phys, const char *signature, u32 entry_size)
{
	const struct acpi_table_header *root;
	u32 count;
	int error;

	root = early_table(phys, signature, &error);
	if (!root)
		return error;
	keep(root, phys, true);
	count = (root->length - (u32)sizeof(*root)) / entry_size;
	for (u32 i = 0; i < count && nr_tables < ARRAY_SIZE(tables); i++) {
		u64 entry = 0;

		memcpy(&entry, (const u8 *)(root + 1) + i * entry_size, entry_size);
		if (entry)
			add_table(entry, NULL);
	}
	early_memunmap((void *)root, root->length);
	return 0;
}

/* The loader's copy, else the one in the BIOS's memory.  Length, or -ENOENT. */
static int __init find_rsdp(struct acpi_rsdp *rsdp)
{
	int length = acpi_rsdp_check(boot_info.rsdp, boot_info.rsdp_size);
	phys_addr_t phys = 0;
	char text[80];

	if (length > 0)
		memcpy(rsdp, boot_info.rsdp, (size_t)min(length, (int)sizeof(*rsdp)));
	else if (boot_info.rsdp_size)
		pr_err("the loader's RSDP is broken\n");
	if (!boot_info.efi) { /* the loader tells no address: a BIOS's is where we look */
		struct acpi_rsdp seen = { 0 }; /* one at an area's end is shorter */

		phys = scan_bios_memory("RSD ", acpi_rsdp_check, &seen, sizeof(seen));
		if (phys && length <= 0) {
			*rsdp = seen;
			length = acpi_rsdp_check(rsdp, sizeof(*rsdp));
		}
	}
	if (length <= 0)
		return -ENOENT;
	acpi_rsdp_describe(text, sizeof(text), rsdp, length, phys);
	pr_info("%s%s\n", text, phys ? "" : " from the loader");
	return length;
}

static void __init find_tables(void)
{
	struct acpi_rsdp rsdp = { 0 };
	int length = find_rsdp(&rsdp);

	if (length < 0) {
		pr_info("no RSDP: this machine has no ACPI\n");
		return;
	}
	if (length >= (int)ACPI_RSDP_V2_SIZE && rsdp.xsdt_address &&
	    walk_root(rsdp.xsdt_address, "XSDT", 8) == 0)
		available = true;
	else if (rsdp.rsdt_address && walk_root(rsdp.rsdt_address, "RSDT", 4) == 0)
		available = true;
	else
		pr_err("no usable root table: ACPI is not used\n");
}

static bool __init have_table(const char *signature)
{
	for (unsigned int i = 0; i < nr_tables; i++)
		if (memcmp(tables[i].signature, signature, 4) == 0)
			return true;
	return false;
}

void __init acpi_boot_table_init(void)
{
	if (cmdline_value_is("acpi", "off"))
		pr_info("off by the command line\n");
	else
		find_tables();
	if (!available || !have_table("APIC"))
		mp_find_table();
}

void __init acpi_map_tables(void)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < nr_tables; i++) {
		struct table t = tables[i];

		t.virt = memremap(t.phys, t.length, MEMREMAP_WB);
		if (!t.virt) {
			pr_err("table at %pa cannot be mapped\n", &t.phys);
			continue;
		}
		if (!t.checked && acpi_table_check(t.virt, t.length)) {
			pr_err("%.4s at %pa: checksum is wrong\n", t.virt->signature, &t.phys);
			memunmap((void *)t.virt);
			continue;
		}
		t.checked = true;
		tables[kept++] = t;
	}
	nr_tables = kept;
}

const struct acpi_table_header *acpi_table_by_index(unsigned int i, phys_addr_t *phys)
{
	if (i >= nr_tables)
		return NULL;
	if (phys)
		*phys = tables[i].phys;
	return tables[i].virt;
}

const struct acpi_table_header *acpi_get_table(const char *signature, unsigned int n)
{
	for (unsigned int i = 0; i < nr_tables; i++)
		if (tables[i].virt && memcmp(tables[i].signature, signature, 4) == 0 && n-- == 0)
			return tables[i].virt;
	return NULL;
}
