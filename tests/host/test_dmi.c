// SPDX-License-Identifier: MIT
// sources: drivers/firmware/dmi.c
/* SMBIOS: entry points, and the walk through what may be no structures at all. */
#include "drivers/firmware/dmi.h"
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
	b.bytes[0] = '-';
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
