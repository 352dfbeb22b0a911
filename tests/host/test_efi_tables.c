// SPDX-License-Identifier: MIT
// sources: drivers/acpi/table/bgrt.c drivers/firmware/efi.c drivers/firmware/efi_tables.c mm/efi_loader_map.c mm/efi_memmap.c mm/e820.c kernel/core/cmdline.c
/*
 * EFI's tables in what the boot services left: found through the system table, kept where
 * they are whole, and refused where they are not.
 */
#include "boot/boot_info.h"
#include "drivers/acpi/table/acpi.h"
#include "drivers/acpi/table/bgrt.h"
#include "drivers/firmware/efi.h"
#include "mm/early_ioremap.h"
#include "mm/efi_memmap.h"
#include "mm/reserved.h"
#include "tests/host/test.h"

#define BASE 0x74dd0000UL /* what is there of physical memory */

struct boot_info boot_info;

static u8 memory[0x8000];
static unsigned int maps; /* held */

static void *at(phys_addr_t phys)
{
	return memory + (phys - BASE);
}

static bool is_there(phys_addr_t phys, u64 size)
{
	return phys >= BASE && phys - BASE <= sizeof(memory) &&
	       size <= sizeof(memory) - (phys - BASE);
}

int copy_from_early_mem(void *dst, phys_addr_t phys, unsigned long size)
{
	if (!is_there(phys, size))
		return -EFAULT;
	memcpy(dst, at(phys), size);
	return 0;
}

void *early_memremap_ro(phys_addr_t phys, unsigned long size)
{
	EXPECT(is_there(phys, size));
	maps++;
	return at(phys);
}

void early_memunmap(void *addr, unsigned long size)
{
	(void)addr;
	(void)size;
	maps--;
}

static phys_addr_t reserved_start;
static u64 reserved_size;

void reserve_ram(phys_addr_t start, u64 size, const char *fmt, ...)
{
	(void)fmt;
	reserved_start = start;
	reserved_size = size;
}

#define SYSTEM_TABLE (BASE + 0x100)
#define CONFIG	     (BASE + 0x200)
#define EFI_MAP	     (BASE + 0x800)
#define DESC_SIZE    48

static const u8 esrt_guid[16] = { 0x63, 0xa2, 0x22, 0xb1, 0x61, 0x36, 0x68, 0x4f,
				  0x99, 0x29, 0x78, 0xf8, 0xb0, 0xd6, 0x21, 0x80 };
static const u8 mokvar_guid[16] = { 0x2b, 0xed, 0x51, 0xc4, 0x94, 0x96, 0xd3, 0x45,
				    0xba, 0xba, 0xed, 0x9f, 0x89, 0x88, 0xa3, 0x89 };

static void put32(phys_addr_t phys, u32 v)
{
	memcpy(at(phys), &v, sizeof(v));
}

static void put64(phys_addr_t phys, u64 v)
{
	memcpy(at(phys), &v, sizeof(v));
}

/* A machine whose one configuration table is at `table`, RAM all around. */
static void machine(const u8 guid[16], phys_addr_t table)
{
	memset(memory, 0, sizeof(memory));
	memset(&boot_info, 0, sizeof(boot_info));
	memset(&efi_tables, 0, sizeof(efi_tables));
	boot_info.efi_system_table = SYSTEM_TABLE;
	boot_info.efi_memmap = EFI_MAP;
	boot_info.efi_desc_size = DESC_SIZE;
	memcpy(at(SYSTEM_TABLE), "IBI SYST", 8);
	put32(SYSTEM_TABLE + 12, 120);
	put64(SYSTEM_TABLE + 104, 1);
	put64(SYSTEM_TABLE + 112, CONFIG);
	memcpy(at(CONFIG), guid, 16);
	put64(CONFIG + 16, table);
	e820_table.nr_entries = 0;
	e820__range_add(&e820_table, 0x100000, 0x762f6000, E820_TYPE_RAM);
	reserved_size = 0;
	test_log_clear();
}

static void desc(u32 type, u64 start, u64 pages, u64 attribute)
{
	struct efi_memory_desc d = {
		.type = type, .phys_addr = start, .num_pages = pages, .attribute = attribute
	};

	memcpy((u8 *)at(EFI_MAP) + boot_info.efi_memmap_size, &d, sizeof(d));
	boot_info.efi_memmap_size += DESC_SIZE;
}

static void esrt(phys_addr_t phys, u32 count, u64 version)
{
	put32(phys, count);
	put64(phys + 8, version);
}

static phys_addr_t mokvar_entry(phys_addr_t phys, const char *name, u64 size)
{
	memcpy(at(phys), name, strlen(name));
	put64(phys + 256, size);
	return phys + 264 + size;
}

static void run(void)
{
	efi_memmap_init(&boot_info);
	efi_init();
	efi_reserve_tables();
	EXPECT_EQ(maps, 0);
}

static void expect_kept(phys_addr_t start, u64 size)
{
	run();
	EXPECT_EQ(reserved_start, start);
	EXPECT_EQ(reserved_size, size);
	EXPECT_EQ(e820_table.nr_entries, 3);
	EXPECT_EQ(e820_table.entries[0].addr + e820_table.entries[0].size, start);
	EXPECT_EQ(e820_table.entries[1].addr, start);
	EXPECT_EQ(e820_table.entries[1].size, size);
	EXPECT_EQ(e820_table.entries[1].type, E820_TYPE_RESERVED);
	EXPECT_EQ(e820_table.entries[2].addr, start + size);
	EXPECT_EQ(e820_table.entries[2].type, E820_TYPE_RAM);
}

/* ESRT or MOKvar: nothing is done, and `why` said (NULL: nothing of a fault). */
static void expect_left(const char *why)
{
	run();
	EXPECT_EQ(reserved_size, 0);
	EXPECT_EQ(e820_table.nr_entries, 1);
	if (why)
		EXPECT(test_log_has(why));
}

/* One machine's: Linux found it at 74dd2f98-74dd2fcf and has 74dd2000-74dd2fff Reserved. */
TEST(esrt_is_kept)
{
	machine(esrt_guid, 0x74dd2f98);
	desc(EFI_CONVENTIONAL, 0x100000, 0x1000, EFI_MEMORY_WB);
	desc(EFI_BOOT_SERVICES_DATA, 0x74dd2000, 8, EFI_MEMORY_WB);
	esrt(0x74dd2f98, 1, 1);
	expect_kept(0x74dd2000, 0x1000);
	EXPECT(test_log_has("74dd2f98") && test_log_has("74dd2fcf"));
	machine(esrt_guid, 0x74dd2f98); /* the second entry reaches the next page */
	desc(EFI_BOOT_SERVICES_DATA, 0x74dd2000, 8, EFI_MEMORY_WB);
	esrt(0x74dd2f98, 3, 1);
	expect_kept(0x74dd2000, 0x2000);
}

TEST(esrt_that_is_kept_anyway)
{
	machine(esrt_guid, 0x74dd2f98);
	desc(EFI_RUNTIME_SERVICES_DATA, 0x74dd2000, 8, EFI_MEMORY_WB | EFI_MEMORY_RT);
	esrt(0x74dd2f98, 1, 1);
	expect_left("ESRT at");
}

TEST(esrt_that_is_not_believed)
{
	machine(esrt_guid, 0x74dd2f98);
	esrt(0x74dd2f98, 1, 1);
	desc(EFI_CONVENTIONAL, 0x100000, 0x1000, EFI_MEMORY_WB);
	expect_left("no descriptor");
	machine(esrt_guid, 0x74dd2f98);
	desc(EFI_CONVENTIONAL, 0x74dd2000, 8, EFI_MEMORY_WB);
	esrt(0x74dd2f98, 1, 1);
	expect_left("of type 7");
	machine(esrt_guid, 0x74dd2f98);
	desc(EFI_BOOT_SERVICES_DATA, 0x74dd2000, 8, EFI_MEMORY_WB);
	esrt(0x74dd2f98, 1, 2);
	expect_left("version 2");
	machine(esrt_guid, 0x74dd2f98);
	desc(EFI_BOOT_SERVICES_DATA, 0x74dd2000, 8, EFI_MEMORY_WB);
	esrt(0x74dd2f98, 129, 1);
	expect_left("129 entries");
	machine(esrt_guid, 0x74dd2f98);
	desc(EFI_BOOT_SERVICES_DATA, 0x74dd2000, 1, EFI_MEMORY_WB);
	esrt(0x74dd2f98, 3, 1); /* crosses the descriptor's end */
	expect_left("3 entries");
	machine(esrt_guid, 0x74dd2ff8); /* has no room for a header */
	desc(EFI_BOOT_SERVICES_DATA, 0x74dd2000, 1, EFI_MEMORY_WB);
	expect_left(NULL);
	machine(esrt_guid, 0x74dd2f98); /* no map of EFI's */
	esrt(0x74dd2f98, 1, 1);
	boot_info.efi_memmap = 0;
	expect_left("no descriptor");
}

TEST(mokvar_is_kept)
{
	phys_addr_t next;

	machine(mokvar_guid, 0x74dd3100);
	desc(EFI_BOOT_SERVICES_DATA, 0x74dd3000, 4, EFI_MEMORY_WB);
	next = mokvar_entry(0x74dd3100, "MokListRT", 0x1000);
	next = mokvar_entry(next, "MokListXRT", 76);
	mokvar_entry(next, "", 0);
	expect_kept(0x74dd3000, 0x2000);
}

TEST(mokvar_that_is_not_believed)
{
	machine(mokvar_guid, 0x74dd3100);
	desc(EFI_BOOT_SERVICES_DATA, 0x74dd3000, 1, EFI_MEMORY_WB);
	mokvar_entry(mokvar_entry(0x74dd3100, "MokListRT", 0x1000), "", 0); /* ends behind it */
	expect_left("does not end");
	machine(mokvar_guid, 0x74dd3100);
	desc(EFI_BOOT_SERVICES_DATA, 0x74dd3000, 1, EFI_MEMORY_WB);
	memcpy(at(0x74dd3100), "MokListRT", 9);
	put64(0x74dd3100 + 256, ~0ULL); /* wraps */
	expect_left("does not end");
	machine(mokvar_guid, 0x74dd3100);
	desc(EFI_BOOT_SERVICES_DATA, 0x74dd3000, 1, EFI_MEMORY_WB);
	put64(0x74dd3100 + 256, 8); /* a last one with data */
	expect_left("does not end");
}

TEST(system_tables)
{
	machine(esrt_guid, 0x74dd2f98);
	efi_init();
	EXPECT(efi_tables.known);
	EXPECT_EQ(efi_tables.esrt, 0x74dd2f98);
	EXPECT_EQ(efi_tables.mokvar, 0);
	machine(esrt_guid, 0x74dd2f98);
	put32(SYSTEM_TABLE + 12, 71);
	efi_init();
	EXPECT(!efi_tables.known && test_log_has("it is none"));
	machine(esrt_guid, 0x74dd2f98);
	memcpy(at(SYSTEM_TABLE), "IBI SYSX", 8);
	efi_init();
	EXPECT(!efi_tables.known && test_log_has("it is none"));
	machine(esrt_guid, 0x74dd2f98);
	boot_info.efi_system_table = 0x1000; /* where nothing can be read */
	efi_init();
	EXPECT(!efi_tables.known);
	machine(esrt_guid, 0x74dd2f98);
	put64(SYSTEM_TABLE + 104, ~0ULL); /* more than there can be: the end of memory ends it */
	efi_init();
	EXPECT(efi_tables.known && efi_tables.esrt == 0x74dd2f98);
}

/* UEFI 2.10, 4.3.1 and 4.6.1 with addresses and numbers of 32 bits, as below many an Atom of 64. */
TEST(system_table_of_32_bits)
{
	machine(mokvar_guid, 0);
	put32(SYSTEM_TABLE + 12, 72);
	put32(SYSTEM_TABLE + 64, 2);
	put32(SYSTEM_TABLE + 68, CONFIG);
	put32(CONFIG + 16, 0x74dd3100);
	memcpy(at(CONFIG + 20), esrt_guid, 16);
	put32(CONFIG + 36, 0x74dd2f98);
	put32(CONFIG + 40, 0xffffffff); /* behind the list */
	efi_init();
	EXPECT(efi_tables.known);
	EXPECT_EQ(efi_tables.mokvar, 0x74dd3100);
	EXPECT_EQ(efi_tables.esrt, 0x74dd2f98);
}

struct bgrt {
	struct acpi_table_header header;
	u16 version;
	u8 status, type;
	u64 address;
	u32 x, y;
} __packed;

/* ACPI 6.5, 5.2.23: a bitmap in what the boot services had, and the table that names it. */
static void picture(struct bgrt *t)
{
	machine(esrt_guid, 0);
	desc(EFI_BOOT_SERVICES_DATA, BASE + 0x2000, 4, EFI_MEMORY_WB);
	efi_memmap_init(&boot_info);
	memcpy(at(BASE + 0x3000), "BM", 2);
	put32(BASE + 0x3002, 0x1234);
	*t = (struct bgrt){ .header = { .signature = "BGRT", .length = sizeof(*t) },
			    .version = 1,
			    .status = 1,
			    .address = BASE + 0x3000 };
}

TEST(a_picture_is_kept)
{
	struct bgrt t;

	picture(&t);
	acpi_bgrt_reserve(&t.header);
	EXPECT_EQ(reserved_start, BASE + 0x3000);
	EXPECT_EQ(reserved_size, 0x2000); /* whole pages, as in Linux */
	EXPECT(test_log_has("picture at [mem 0x74dd3000-0x74dd4233] is kept"));
}

TEST(a_picture_that_is_not_believed)
{
	for (unsigned int wrong = 0; wrong < 6; wrong++) {
		struct bgrt t;

		picture(&t);
		if (wrong == 0)
			t.header.length--;
		else if (wrong == 1)
			t.version = 2;
		else if (wrong == 2)
			t.type = 1; /* reserved */
		else if (wrong == 3)
			t.address = 0;
		else if (wrong == 4)
			memcpy(at(BASE + 0x3000), "PM", 2);
		else
			put32(BASE + 0x3002, 0);
		acpi_bgrt_reserve(&t.header);
		EXPECT_EQ(reserved_size, 0);
		EXPECT(test_log_has(wrong < 4 ? "no picture that can be used" :
						"no picture at 0x74dd3000"));
	}
}

/* The table may say what it likes: only what the boot services left is taken from the RAM, and all of it must be theirs. */
TEST(a_picture_in_others_memory)
{
	static const struct {
		u32 type;
		u64 pages;
		u64 kept;
	} cases[] = {
		{ EFI_BOOT_SERVICES_DATA, 2, 0x2000 },
		{ EFI_BOOT_SERVICES_DATA, 1, 0 },
		{ EFI_CONVENTIONAL, 2, 0 },
		{ EFI_LOADER_DATA, 2, 0 },
		{ EFI_BOOT_SERVICES_CODE, 2, 0 },
	};
	struct bgrt t;

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		picture(&t);
		boot_info.efi_memmap_size = 0;
		desc(cases[i].type, BASE + 0x3000, cases[i].pages, EFI_MEMORY_WB);
		efi_memmap_init(&boot_info);
		acpi_bgrt_reserve(&t.header);
		EXPECT_EQ(reserved_size, cases[i].kept);
		EXPECT_EQ(e820_table.nr_entries, cases[i].kept ? 3 : 1);
		EXPECT_EQ(test_log_has("is not what the boot services left"), !cases[i].kept);
	}
}
