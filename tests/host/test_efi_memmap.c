// SPDX-License-Identifier: MIT
// sources: mm/efi_memmap.c mm/e820.c kernel/core/cmdline.c
/* EFI's memory map: its types in e820's words, and descriptors of any length. */
#include "kernel/core/cmdline.h"
#include "mm/efi_memmap.h"
#include "tests/host/test.h"

#define DESC_SIZE 48 /* as OVMF has it: 8 bytes behind each descriptor mean nothing */

static u8 map[4 * DESC_SIZE];

static void desc(unsigned int i, u32 type, u64 start, u64 pages, u64 attribute)
{
	struct efi_memory_desc d = {
		.type = type, .phys_addr = start, .num_pages = pages, .attribute = attribute
	};

	memset(map + i * DESC_SIZE, 0xee, DESC_SIZE);
	memcpy(map + i * DESC_SIZE, &d, sizeof(d));
}

TEST(types)
{
	struct efi_memory_desc d = { .type = EFI_BOOT_SERVICES_DATA, .attribute = EFI_MEMORY_WB };

	EXPECT_EQ(efi_e820_type(&d), E820_TYPE_RAM);
	d.attribute = 0;
	EXPECT_EQ(efi_e820_type(&d), E820_TYPE_RESERVED);
	d.attribute = EFI_MEMORY_WB | EFI_MEMORY_SP;
	EXPECT_EQ(efi_e820_type(&d), E820_TYPE_SOFT_RESERVED);
	EXPECT_STR(e820_type_to_string(E820_TYPE_SOFT_RESERVED), "Soft Reserved");
	d.type = EFI_PERSISTENT; /* only what would be RAM can be reserved softly */
	EXPECT_EQ(efi_e820_type(&d), E820_TYPE_PMEM);
	d.type = EFI_UNUSABLE;
	EXPECT_EQ(efi_e820_type(&d), E820_TYPE_UNUSABLE);
	d.type = EFI_ACPI_RECLAIM;
	EXPECT_EQ(efi_e820_type(&d), E820_TYPE_ACPI);
	d.type = EFI_ACPI_NVS;
	EXPECT_EQ(efi_e820_type(&d), E820_TYPE_NVS);
	d.type = EFI_RUNTIME_SERVICES_DATA;
	EXPECT_EQ(efi_e820_type(&d), E820_TYPE_RESERVED);
	d.type = 0x80000000;
	EXPECT_EQ(efi_e820_type(&d), E820_TYPE_RESERVED);
}

TEST(map_to_e820)
{
	desc(0, EFI_CONVENTIONAL, 0x100000, 0x100, EFI_MEMORY_WB);
	desc(1, EFI_BOOT_SERVICES_CODE, 0x200000, 0x100, EFI_MEMORY_WB);
	desc(2, EFI_ACPI_NVS, 0x300000, 1, EFI_MEMORY_WB);
	desc(3, EFI_CONVENTIONAL, 0x400000, 0, EFI_MEMORY_WB); /* nothing */
	e820_table.nr_entries = 0;
	EXPECT_EQ(efi_add_memmap(&e820_table, map, sizeof(map), DESC_SIZE), 3);
	EXPECT_EQ(e820__update_table(&e820_table), 0);
	EXPECT_EQ(e820_table.nr_entries, 2);
	EXPECT_EQ(e820_table.entries[0].addr, 0x100000);
	EXPECT_EQ(e820_table.entries[0].size, 0x200000);
	EXPECT_EQ(e820_table.entries[1].type, E820_TYPE_NVS);
}

/*
 * A loader's e820 calls specific purpose memory RAM: then EFI's whole map is taken in, and
 * each such range stays a line of its own.
 */
TEST(specific_purpose_memory)
{
	desc(0, EFI_CONVENTIONAL, 0x100000, 0x100, EFI_MEMORY_WB);
	desc(1, EFI_CONVENTIONAL, 0x200000, 0x100, EFI_MEMORY_WB);
	EXPECT(!efi_has_soft_reserved(map, 2 * DESC_SIZE, DESC_SIZE));
	desc(1, EFI_BOOT_SERVICES_DATA, 0x200000, 0x100, EFI_MEMORY_WB | EFI_MEMORY_SP);
	EXPECT(!efi_has_soft_reserved(map, 2 * DESC_SIZE, DESC_SIZE));
	desc(1, EFI_CONVENTIONAL, 0x200000, 0x100, EFI_MEMORY_WB | EFI_MEMORY_SP);
	desc(2, EFI_CONVENTIONAL, 0x300000, 0x100, EFI_MEMORY_WB | EFI_MEMORY_SP);
	EXPECT(efi_has_soft_reserved(map, 3 * DESC_SIZE, DESC_SIZE));
	cmdline_append("efi=debug,nosoftreserve"); /* __efi_soft_reserve_enabled(): RAM as any */
	EXPECT(!efi_has_soft_reserved(map, 3 * DESC_SIZE, DESC_SIZE));
	boot_command_line[0] = '\0';
	e820_table.nr_entries = 0;
	e820__range_add(&e820_table, 0x100000, 0x400000, E820_TYPE_RAM);
	EXPECT_EQ(efi_add_memmap(&e820_table, map, 3 * DESC_SIZE, DESC_SIZE), 3);
	EXPECT_EQ(e820__update_table(&e820_table), 0);
	EXPECT_EQ(e820_table.nr_entries, 4);
	EXPECT_EQ(e820_table.entries[1].addr, 0x200000);
	EXPECT_EQ(e820_table.entries[1].size, 0x100000);
	EXPECT_EQ(e820_table.entries[1].type, E820_TYPE_SOFT_RESERVED);
	EXPECT_EQ(e820_table.entries[2].addr, 0x300000);
	EXPECT_EQ(e820_table.entries[2].type, E820_TYPE_SOFT_RESERVED);
	EXPECT_EQ(e820_table.entries[3].type, E820_TYPE_RAM);
}

TEST(descriptors_of_other_lengths)
{
	desc(0, EFI_CONVENTIONAL, 0x100000, 0x100, EFI_MEMORY_WB);
	desc(1, EFI_CONVENTIONAL, 0x400000, 0x100, EFI_MEMORY_WB);
	e820_table.nr_entries = 0;
	/* Too short for one, no longer than need be, as long as the map, longer than it, and none at all. */
	EXPECT_EQ(efi_add_memmap(&e820_table, map, 2 * DESC_SIZE, EFI_DESC_MIN - 1), 0);
	EXPECT_EQ(efi_add_memmap(&e820_table, map, 2 * DESC_SIZE, 0), 0);
	EXPECT_EQ(efi_add_memmap(&e820_table, map, EFI_DESC_MIN, EFI_DESC_MIN), 1);
	EXPECT_EQ(efi_add_memmap(&e820_table, map, 2 * DESC_SIZE, 2 * DESC_SIZE), 1);
	EXPECT_EQ(efi_add_memmap(&e820_table, map, 2 * DESC_SIZE, 2 * DESC_SIZE + 1), 0);
	EXPECT_EQ(efi_add_memmap(&e820_table, map, 2 * DESC_SIZE, ~0U), 0);
	EXPECT_EQ(efi_add_memmap(&e820_table, map, 2 * DESC_SIZE - 1, DESC_SIZE), 1);
}

TEST(find)
{
	struct efi_memory_desc d;

	desc(0, EFI_CONVENTIONAL, 0x100000, 0x100, EFI_MEMORY_WB);
	desc(1, EFI_BOOT_SERVICES_DATA, ~0ULL & ~0xfffULL, ~0ULL, EFI_MEMORY_WB); /* wraps */
	EXPECT(efi_find_desc(map, 2 * DESC_SIZE, DESC_SIZE, 0x1fffff, &d));
	EXPECT_EQ(d.type, EFI_CONVENTIONAL);
	EXPECT(!efi_find_desc(map, 2 * DESC_SIZE, DESC_SIZE, 0x200000, &d));
	EXPECT(efi_find_desc(map, 2 * DESC_SIZE, DESC_SIZE, ~0ULL - 1, &d));
	EXPECT(!efi_find_desc(map, 2 * DESC_SIZE - 1, DESC_SIZE, ~0ULL - 1, &d)); /* cut off */
	EXPECT(!efi_find_desc(map, 2 * DESC_SIZE, 8, 0x100000,
			      &d)); /* no descriptor is that short */
	EXPECT(!efi_find_desc(map, 0, DESC_SIZE, 0x100000, &d));
}
