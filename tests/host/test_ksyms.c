// SPDX-License-Identifier: MIT
// sources: kernel/core/ksyms.c
/* Symbol look-up on a small table of the form that kernel/core/ksyms.py writes. */
#include "kernel/core/ksyms.h"
#include "mm/layout.h"
#include "tests/host/test.h"

extern const struct {
	u32 count, names_size, offset[5], name[5];
	char names[40];
} __ksyms_start;

const __typeof__(__ksyms_start) __ksyms_start = {
	.count = 5,
	.names_size = 30,
	.offset = { 0x100000, 0x100010, 0x100010, 0x100050, 0x200000 },
	.name = { 0, 6, 12, 18, 24 },
	.names = "_text\0kmain\0alias\0twice\0_end_",
};

#define AT(offset) (KERNEL_MAP + (offset))

TEST(lookup)
{
	unsigned long offset = 0, size = 0;

	EXPECT_STR(ksym_lookup(AT(0x100000), &offset, &size), "_text");
	EXPECT_EQ(offset, 0);
	EXPECT_EQ(size, 0x10);
	EXPECT_STR(ksym_lookup(AT(0x10004f), &offset, &size), "kmain");
	EXPECT_EQ(offset, 0x3f);
	EXPECT_EQ(size, 0x40);
	EXPECT_STR(ksym_lookup(AT(0x1fffff), NULL, NULL), "twice");
}

TEST(outside_the_image_there_is_none)
{
	static const unsigned long none[] = {
		0, 1, KERNEL_MAP - 1, KERNEL_MAP, AT(0xfffff), AT(0x200000), AT(0x7fffffff), ~0UL,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(none); i++)
		EXPECT(ksym_lookup(none[i], NULL, NULL) == NULL);
}

TEST(by_name)
{
	EXPECT_EQ(ksym_address("kmain"), AT(0x100010));
	EXPECT_EQ(ksym_address("alias"), AT(0x100010));
	EXPECT_EQ(ksym_address("kmai"), 0);
	EXPECT_EQ(ksym_address(""), 0);
}

TEST(format)
{
	char buf[32];

	EXPECT_EQ(ksym_format(buf, sizeof(buf), AT(0x100012), true), 14);
	EXPECT_STR(buf, "kmain+0x2/0x40");
	ksym_format(buf, sizeof(buf), AT(0x100012), false);
	EXPECT_STR(buf, "kmain");
	ksym_format(buf, sizeof(buf), 0x1234, true);
	EXPECT_STR(buf, "0x1234");
	EXPECT_EQ(ksym_format(buf, 4, AT(0x100012), true), 3);
	EXPECT_STR(buf, "kma");
}
