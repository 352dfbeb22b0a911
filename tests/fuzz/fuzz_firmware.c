// SPDX-License-Identifier: MIT
// sources: kernel/core/cmdline.c drivers/firmware/mptable.c drivers/firmware/dmi.c drivers/firmware/ipmi_dmi.c drivers/firmware/efi.c drivers/firmware/efi_tables.c drivers/acpi/table/bgrt.c mm/efi_memmap.c mm/efi_loader_map.c mm/e820.c kernel/irq/routing.c kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * What firmware leaves beside ACPI's tables.  The input's first byte says what the rest is: an MP table,
 * SMBIOS, EFI's memory map, or memory with EFI's system table at its beginning.
 */
#include "boot/boot_info.h"
#include "drivers/acpi/table/acpi.h"
#include "drivers/acpi/table/bgrt.h"
#define string_of string_of_ident
#include "drivers/firmware/dmi_ident.c" /* with what it keeps: each input starts from nothing */
#undef string_of
#include "drivers/firmware/efi.h"
#include "drivers/firmware/ipmi_dmi.h"
#include "drivers/firmware/mptable.h"
#include "drivers/firmware/smbios.c" /* for the command that shows all */
#include "mm/early_ioremap.h"
#include "mm/efi_memmap.h"
#include "mm/reserved.h"
#include "tests/fuzz/fuzz.h"

struct boot_info boot_info;

static const u8 *bytes;
static size_t nr_bytes;

/* ---- MP table ---- */

static unsigned int pins(phys_addr_t addr)
{
	return addr == 0xfec00000 ? 24 : 32;
}

static void mp_table(void)
{
	static struct mp_pci_routes pci;
	static struct irq_routing r;
	u8 *t = test_alloc(nr_bytes);
	int err;

	memcpy(t, bytes, nr_bytes);
	mp_float_check(t, nr_bytes);
	if (nr_bytes >= MP_TABLE_MIN) {
		memcpy(t, "PCMP", 4);
		t[4] = (u8)nr_bytes, t[5] = (u8)(nr_bytes >> 8);
		t[7] = (u8)(t[7] - byte_sum(t, nr_bytes));
	}
	err = mp_table_check(t, nr_bytes);
	MUST(!err == (nr_bytes >= MP_TABLE_MIN));
	if (!err) {
		err = mp_table_decode(t, &r, &pci, pins);
		MUST(!err || err == -EINVAL);
		MUST(r.nr_cpus <= NR_CPUS && r.nr_ioapics <= MAX_IOAPICS);
		MUST(r.nmi_lint == NO_LINT || r.nmi_lint < 2);
		MUST(pci.count <= MP_MAX_PCI);
		for (unsigned int i = 0; i < pci.count; i++)
			MUST(pci.route[i].slot < 32 && pci.route[i].pin < 4);
		for (unsigned int i = 1; i < r.nr_ioapics; i++)
			MUST(r.ioapics[i].gsi_base > r.ioapics[i - 1].gsi_base);
	}
	test_free(t);
}

/* ---- SMBIOS ---- */

static struct dmi_table table;
static const u8 *list;

void *vmalloc(size_t size)
{
	return test_alloc(size);
}

void vfree(const void *p)
{
	test_free((void *)p);
}

size_t dmi_table_size(void)
{
	return table.length;
}

ssize_t dmi_read_table(void *buf, u64 pos, size_t n)
{
	MUST(pos + n <= table.length);
	memcpy(buf, list + pos, n);
	return (ssize_t)n;
}

void dmi_walk(void (*fn)(const struct dmi_header *dm, void *arg), void *arg)
{
	dmi_decode_table(list, &table, fn, arg);
}

/* A structure is whole: its strings end, with two zeros, within the table, and structures do not meet. */
static void look_at_structure(const struct dmi_header *dm, void *arg)
{
	const u8 **behind = arg, *p = (const u8 *)dm, *end = list + table.length;
	struct resource registers[IPMI_MAX_REGISTERS];

	MUST(p >= *behind && dm->length >= sizeof(*dm) && p + dm->length + 2 <= end);
	for (p += dm->length; p[0] || p[1]; p++)
		MUST(p + 2 < end);
	*behind = p + 2;
	dmi_keep_ident(dm);
	MUST(ipmi_dmi_registers(dm, registers) <= IPMI_MAX_REGISTERS);
}

static void write_checked(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	for (; n; n--, s++)
		MUST(*s == '\n' || (*s >= ' ' && *s <= '~'));
}

static void smbios(void)
{
	static const struct dmi_board board = {
		"b", { { DMI_BOARD_NAME, "a" }, { DMI_SYS_VENDOR, "b" } }
	};
	struct sink sink = { write_checked };
	const u8 *behind;
	int year;

	dmi_smbios3_entry(bytes, nr_bytes, &table);
	dmi_legacy_entry(bytes, nr_bytes, &table);
	memset(ident, 0, sizeof(ident));
	behind = list = bytes;
	table = (struct dmi_table){ .length = (u32)nr_bytes };
	dmi_walk(look_at_structure, &behind);
	dmi_is_board(&board);
	year = dmi_bios_year();
	MUST((year > 0 && year <= 9999) || year == -ENOENT || year == -ERANGE);
	MUST(!cmd_smbios(&sink, 1, NULL));
}

/* ---- EFI's memory map ---- */

static void efi_map(void)
{
	struct choices c = { bytes, nr_bytes };
	u32 desc_size = choose_bytes(&c, 1) & 0x80 ? choose32(&c) : 40U + choose8(&c) % 32;
	static struct e820_table t;
	struct efi_memory_desc desc;
	u64 addr = choose64(&c);
	bool found = false;
	u32 added;

	t.nr_entries = 0;
	added = efi_add_memmap(&t, c.at, (u32)c.left, desc_size);
	MUST(added == t.nr_entries && added <= c.left / 40);
	for (u32 i = 0; i < added; i++) {
		const struct e820_entry *e = &t.entries[i];

		MUST(e->addr + e->size >= e->addr);
		found |= addr >= e->addr && addr - e->addr < e->size;
	}
	if (added < E820_MAX_ENTRIES)
		MUST(efi_find_desc(c.at, (u32)c.left, desc_size, addr, &desc) == found);
	MUST(!e820__update_table(&t));
	efi_has_soft_reserved(c.at, (u32)c.left, desc_size);
}

/* ---- memory that EFI has left: system table, configuration tables, what they name ---- */

#define MEMORY 0x74dd0000UL /* where the input lies */

static unsigned int mapped;

static bool is_there(phys_addr_t phys, u64 size)
{
	return phys >= MEMORY && phys - MEMORY <= nr_bytes && size <= nr_bytes - (phys - MEMORY);
}

int copy_from_early_mem(void *dst, phys_addr_t phys, unsigned long size)
{
	if (!is_there(phys, size))
		return -EFAULT;
	memcpy(dst, bytes + (phys - MEMORY), size);
	return 0;
}

void *early_memremap_ro(phys_addr_t phys, unsigned long size)
{
	void *copy;

	if (!is_there(phys, size))
		return NULL;
	mapped++;
	copy = test_alloc(size);
	memcpy(copy, bytes + (phys - MEMORY), size);
	return copy;
}

void early_memunmap(void *addr, unsigned long size)
{
	(void)size;
	mapped--;
	test_free(addr);
}

/* What is kept lies, in whole pages, in one piece that the boot services left. */
void reserve_ram(phys_addr_t start, u64 size, const char *fmt, ...)
{
	struct efi_memory_desc desc;
	phys_addr_t inside = start;

	(void)fmt;
	MUST(!(start & 0xfff) && !(size & 0xfff));
	for (; size && inside < start + 0x1000; inside++)
		if (efi_mem_desc_lookup(inside, &desc) && desc.type == EFI_BOOT_SERVICES_DATA)
			return;
	MUST(!size);
}

static void efi_memory(void)
{
	static struct {
		struct acpi_table_header header;
		u8 body[20];
	} __packed bgrt;
	struct choices c = { bytes, nr_bytes };

	boot_info.efi_system_table = MEMORY + choose8(&c);
	boot_info.efi_memmap = MEMORY + choose_bytes(&c, 2);
	boot_info.efi_memmap_size = (u32)choose_bytes(&c, 2);
	boot_info.efi_desc_size = choose8(&c);
	memset(&efi_tables, 0, sizeof(efi_tables));
	efi_memmap_init(&boot_info);
	e820_table.nr_entries = 0;
	e820__range_add(&e820_table, 0x100000, 0x7ff00000, E820_TYPE_RAM);
	efi_init();
	efi_reserve_tables();
	bgrt.header.length = sizeof(bgrt);
	choose_string(&c, (char *)bgrt.body, sizeof(bgrt.body));
	acpi_bgrt_reserve(&bgrt.header);
	MUST(!mapped);
}

void fuzz(const u8 *data, size_t size)
{
	static void (*const kinds[])(void) = { mp_table, smbios, efi_map, efi_memory };

	if (!size)
		return;
	bytes = data + 1, nr_bytes = size - 1;
	kinds[data[0] % ARRAY_SIZE(kinds)]();
}
