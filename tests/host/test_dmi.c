// SPDX-License-Identifier: MIT
// sources: drivers/firmware/bios_scan.c drivers/firmware/dmi.c drivers/firmware/dmi_ident.c
/* SMBIOS: where it is, entry points, and the walk through what may be no structures at all. */
#include "drivers/firmware/dmi_scan.c" /* with its static table: a test forgets it */
#include "tests/host/fake_bios.h"
#include "tests/host/table_builder.h"

/* SMBIOS 3.6, 5.2.2. */
static void smbios3_entry(struct builder *b, u8 length)
{
	b->n = 0;
	put_text(b, "_SM3_", 5);
	put(b, 0, 1);
	put(b, length, 1);
	put(b, 0x000003, 3); /* version */
	put(b, 1, 2);
	put(b, 0x123, 4);
	put(b, 0x1f0000000, 8);
	set_sum(b->bytes, length, 5);
}

TEST(smbios3_entry_point)
{
	struct dmi_table table = { .nr = 7 };
	struct builder b;

	smbios3_entry(&b, 24);
	EXPECT(dmi_smbios3_entry(b.bytes, 24, &table));
	EXPECT_EQ(table.base, 0x1f0000000);
	EXPECT_EQ(table.length, 0x123);
	EXPECT_EQ(table.nr, 0);
	EXPECT(!dmi_smbios3_entry(b.bytes, 23, &table));
	b.bytes[12]++;
	EXPECT(!dmi_smbios3_entry(b.bytes, 24, &table));
	smbios3_entry(&b, 23);
	EXPECT(!dmi_smbios3_entry(b.bytes, 32, &table));
	smbios3_entry(&b, 33);
	EXPECT(!dmi_smbios3_entry(b.bytes, 64, &table));
}

TEST(legacy_entry_point)
{
	struct dmi_table table;
	struct builder b = { .n = 0 };

	put_text(&b, "_DMI_", 5);
	put(&b, 0, 1);
	put(&b, 0x1ff, 2);
	put(&b, 0xf5a30, 4);
	put(&b, 11, 2);
	put(&b, 0x28, 1);
	set_sum(b.bytes, 15, 5);
	EXPECT(dmi_legacy_entry(b.bytes, 15, &table));
	EXPECT_EQ(table.base, 0xf5a30);
	EXPECT_EQ(table.length, 0x1ff);
	EXPECT_EQ(table.nr, 11);
	EXPECT(!dmi_legacy_entry(b.bytes, 14, &table));
	b.bytes[8]++;
	EXPECT(!dmi_legacy_entry(b.bytes, 15, &table));
	b.bytes[8]--;
	b.bytes[0] = '-';
	set_sum(b.bytes, 15, 5);
	EXPECT(!dmi_legacy_entry(b.bytes, 15, &table));
}

static void structure(struct builder *b, u8 type, u8 length, const char *strings, u32 size)
{
	put(b, type, 1);
	put(b, length, 1);
	put(b, 0x100, 2);
	put(b, 0, length - 4U);
	for (u32 i = 0; i < size; i++)
		put(b, (u8)strings[i], 1);
}

static char seen[64];

static void note(const struct dmi_header *dm, void *arg)
{
	size_t n = strlen(seen);

	(void)arg;
	scnprintf(seen + n, sizeof(seen) - n, "%u ", dm->type);
}

/* The types met in the first `length` bytes; a heap copy, so that ASan sees each step too far. */
static const char *types_in(const struct builder *b, u32 length, u16 nr)
{
	struct dmi_table table = { .length = length, .nr = nr };
	struct builder part = *b;
	u8 *bytes;

	part.n = length;
	bytes = copy_of(&part);
	seen[0] = '\0';
	dmi_decode_table(bytes, &table, note, NULL);
	test_free(bytes);
	return seen;
}

TEST(structures_are_walked)
{
	struct builder b = { .n = 0 };

	structure(&b, 0, 18, "SeaBIOS\0x\0", 11);
	structure(&b, 38, 18, "\0", 2);
	structure(&b, 127, 4, "\0", 2);
	structure(&b, 200, 4, "\0", 2);
	EXPECT_STR(types_in(&b, b.n, 0), "0 38 127 ");
	EXPECT_STR(types_in(&b, b.n, 4), "0 38 127 200 ");
	EXPECT_STR(types_in(&b, b.n, 2), "0 38 ");
	/* Cut off: in the strings, in the formatted part, in the header. */
	EXPECT_STR(types_in(&b, 29 + 19, 0), "0 ");
	EXPECT_STR(types_in(&b, 29 + 9, 0), "0 ");
	EXPECT_STR(types_in(&b, 29 + 3, 0), "0 ");
	for (u32 length = 0; length <= b.n; length++)
		types_in(&b, length, 0);
}

TEST(a_structure_without_a_header_ends_it)
{
	struct builder b = { .n = 0 };

	structure(&b, 1, 4, "\0", 2);
	put(&b, 2, 1);
	put(&b, 3, 1);
	put(&b, 0, 30);
	EXPECT_STR(types_in(&b, b.n, 0), "1 ");
	EXPECT(test_log_has("structure 1 at 6 is 3 bytes long"));
}

/* ---- where it is found: DSP0134 3.6, 5.2 ---- */

struct efi_tables efi_tables;

#define TABLE	 0xe0100U /* two structures, then what is none */
#define REACH	 0x200U
#define SIZE	 (29U + 6) /* of the structures */
#define SMBIOS3	 0xf0100U
#define LEGACY	 0xf5a20U /* "_SM_", and 16 bytes on "_DMI_" */
#define LATE_ONE 0xf8000U

static void empty_machine(void)
{
	struct builder b = { .n = 0 };

	structure(&b, 0, 18, "SeaBIOS\0x\0", 11);
	structure(&b, 127, 4, "\0", 2);
	memset(bios_memory, 0, sizeof(bios_memory));
	memcpy(bios_memory + TABLE, b.bytes, b.n);
	efi_tables = (struct efi_tables){ .known = false };
	machine_table = (struct dmi_table){ .length = 0 };
	entry_size = 0;
}

static void place_smbios3(u32 at, u32 reach)
{
	struct builder b = { .n = 0 };

	put_text(&b, "_SM3_", 5);
	put(&b, 0, 1);
	put(&b, 24, 1);
	put(&b, 0x000603, 3);
	put(&b, 1, 2);
	put(&b, reach, 4);
	put(&b, TABLE, 8);
	set_sum(b.bytes, 24, 5);
	memcpy(bios_memory + at, b.bytes, b.n);
}

static void place_legacy(u32 at)
{
	struct builder b = { .n = 0 };

	put_text(&b, "_SM_", 4);
	put(&b, 0, 1);
	put(&b, 31, 1);
	put(&b, 0x0802, 2);
	put(&b, 0, 8);
	put_text(&b, "_DMI_", 5);
	put(&b, 0, 1);
	put(&b, REACH, 2);
	put(&b, TABLE, 4);
	put(&b, 2, 2);
	put(&b, 0x28, 1);
	set_sum(b.bytes + 16, 15, 5);
	set_sum(b.bytes, 31, 4);
	memcpy(bios_memory + at, b.bytes, b.n);
}

/* A copy of the entry point that was found begins so; "": there is none. */
static const char *scan(size_t *size)
{
	static char begins[5];
	const u8 *bytes;

	test_log_clear();
	dmi_scan_machine();
	EXPECT_EQ(nr_mapped, 0);
	*size = dmi_entry_point(&bytes);
	snprintf(begins, sizeof(begins), "%.4s", *size ? (const char *)bytes : "");
	return begins;
}

TEST(a_bios_has_it_in_its_last_64_KiB)
{
	size_t size;

	empty_machine();
	place_smbios3(0xeff00, REACH);
	EXPECT_STR(scan(&size), "");
	EXPECT(test_log_has("not present or invalid"));
	EXPECT_EQ(dmi_table_size(), 0);
	place_legacy(LEGACY);
	EXPECT_STR(scan(&size), "_SM_");
	EXPECT_EQ(size, 31);
	EXPECT_EQ(dmi_table_size(), REACH); /* an older one says how long it is */
	place_smbios3(LATE_ONE, REACH);
	EXPECT_STR(scan(&size), "_SM3");
	EXPECT_EQ(size, 24);
	EXPECT_EQ(dmi_table_size(), SIZE); /* where its last structure ends */
}

/* A half that stands alone is 15 bytes, the last that there can be at the very end. */
TEST(half_an_entry_point_is_enough)
{
	size_t size;

	empty_machine();
	place_legacy(0xfffe0);
	bios_memory[0xfffe0] = 0;
	EXPECT_STR(scan(&size), "_DMI");
	EXPECT_EQ(size, 15);
}

TEST(an_entry_point_that_is_broken_is_passed_over)
{
	size_t size;

	empty_machine();
	place_smbios3(SMBIOS3, REACH);
	bios_memory[SMBIOS3 + 12]++;
	place_smbios3(LATE_ONE, REACH);
	EXPECT_STR(scan(&size), "_SM3");
	EXPECT_EQ(dmi_table_size(), SIZE);
	empty_machine();
	place_smbios3(SMBIOS3, REACH);
	bios_memory[SMBIOS3 + 12]++;
	EXPECT_STR(scan(&size), "");
}

/* What EFI does not name is not there, whatever lies in the BIOS's place. */
TEST(efi_names_it)
{
	size_t size;

	empty_machine();
	place_smbios3(SMBIOS3, REACH);
	place_legacy(LEGACY);
	efi_tables = (struct efi_tables){ .known = true };
	EXPECT_STR(scan(&size), "");
	efi_tables.smbios = LEGACY;
	EXPECT_STR(scan(&size), "_SM_");
	EXPECT_EQ(size, 31);
	EXPECT_EQ(dmi_table_size(), REACH);
	efi_tables.smbios3 = SMBIOS3;
	EXPECT_STR(scan(&size), "_SM3");
	EXPECT_EQ(size, 24);
	bios_memory[SMBIOS3]++;
	EXPECT_STR(scan(&size), "_SM_");
}

TEST(reach_of_smbios3_is_bounded)
{
	size_t size;

	empty_machine();
	place_smbios3(SMBIOS3, 0xffffffff);
	bios_memory[TABLE + 29] = 126; /* no structure says that it is the last */
	scan(&size);
	EXPECT_EQ(dmi_table_size(), 0x100000);
}

TEST(table_is_read_in_pieces)
{
	u8 part[16] = { 0 };
	size_t size;

	empty_machine();
	EXPECT_EQ(dmi_read_table(part, 0, 1), 0);
	dmi_walk(note, NULL); /* of no table nothing */
	place_smbios3(SMBIOS3, REACH);
	scan(&size);
	EXPECT_EQ(dmi_read_table(part, 18, 7), 7);
	EXPECT_EQ(memcmp(part, "SeaBIOS", 8), 0);
	EXPECT_EQ(dmi_read_table(part, SIZE - 3, sizeof(part)), 3);
	EXPECT_EQ(dmi_read_table(part, SIZE, 1), 0);
	EXPECT_EQ(dmi_read_table(part, ~0ULL, 1), 0);
	seen[0] = '\0';
	dmi_walk(note, NULL);
	EXPECT_STR(seen, "0 127 ");
	EXPECT_EQ(nr_mapped, 0);
}
