// SPDX-License-Identifier: MIT
// sources: boot/pvh.c kernel/core/cmdline.c
/*
 * The PVH loader's word, true and false.  The machine here has a few pages of
 * memory and nothing around them: what is read elsewhere fails, as it does beyond
 * the CPU's addresses.
 */
#include "boot/pvh.h"
#include "mm/early_ioremap.h"
#include "mm/layout.h"
#include "tests/host/test.h"

#define RAM	 0x7000UL
#define RAM_SIZE (4 * PAGE_SIZE)
#define INFO	 (RAM + 0x10) /* at no boundary but the spec's 4 bytes */
#define STRINGS	 (RAM + 0x800)
#define LIST	 (RAM + PAGE_SIZE)
#define RSDP	 (RAM + 3 * PAGE_SIZE)
#define NOWHERE	 0xfffffffffffff000UL

static u8 *ram; /* a block of just its size, so that no read beyond it goes unseen */
static struct boot_info bi;
static struct hvm_start_info *si;
static unsigned long reads;

int copy_from_early_mem(void *dst, phys_addr_t phys, unsigned long size)
{
	reads++;
	if (phys < RAM || phys - RAM > RAM_SIZE || size > RAM_SIZE - (phys - RAM))
		return -EFAULT;
	memcpy(dst, ram + (phys - RAM), size);
	return 0;
}

static void *at(phys_addr_t phys)
{
	return ram + (phys - RAM);
}

static void put_string(phys_addr_t phys, const char *s)
{
	memcpy(at(phys), s, strlen(s) + 1);
}

static void put_range(u32 i, u64 start, u64 size, u32 type)
{
	struct hvm_memmap_entry e = { .addr = start, .size = size, .type = type };

	memcpy(at(LIST + i * sizeof(e)), &e, sizeof(e));
}

static void put_module(u32 i, u64 start, u64 size, u64 string)
{
	struct hvm_module m = { .start = start, .size = size, .string = string };

	memcpy(at(si->modules + i * sizeof(m)), &m, sizeof(m));
}

/* Memory with a start info that has a map of one range, and nothing else. */
static void begin(void)
{
	if (!ram)
		ram = test_alloc(RAM_SIZE); /* for the life of the program */
	memset(ram, 0, RAM_SIZE);
	si = at(INFO);
	*si = (struct hvm_start_info){
		.magic = HVM_START_MAGIC, .version = 1, .memmap = LIST, .nr_memmap = 1
	};
	put_range(0, 0x100000, 0x700000, 1);
}

static int parse(void)
{
	memset(&bi, 0, sizeof(bi));
	reads = 0;
	test_log_clear();
	return pvh_parse(INFO, &bi);
}

TEST(ordinary_start)
{
	begin();
	si->cmdline = STRINGS;
	put_string(STRINGS, "console=ttyS0 run=\"iomem; exit 0\"");
	si->rsdp = RSDP;
	memcpy(at(RSDP), "RSD PTR ", 8);
	si->nr_modules = 1;
	si->modules = LIST + 0x200;
	put_module(0, 0x1fffd000, 0x2b08, STRINGS + 100);
	put_string(STRINGS + 100, "an initrd");
	si->nr_memmap = 2;
	put_range(1, 0x100000000, 0x80000000, 2);
	EXPECT_EQ(parse(), 0);
	EXPECT_STR(bi.loader, "PVH");
	EXPECT_STR(bi.cmdline, "console=ttyS0 run=\"iomem; exit 0\"");
	EXPECT_EQ(bi.nr_ranges, 2);
	EXPECT_EQ(bi.ranges[0].start, 0x100000);
	EXPECT_EQ(bi.ranges[0].size, 0x700000);
	EXPECT_EQ(bi.ranges[1].start, 0x100000000);
	EXPECT_EQ(bi.ranges[1].type, 2);
	EXPECT_EQ(bi.nr_modules, 1);
	EXPECT_EQ(bi.modules[0].start, 0x1fffd000);
	EXPECT_EQ(bi.modules[0].end, 0x1ffffb08);
	EXPECT_STR(bi.modules[0].string, "an initrd");
	EXPECT_EQ(bi.rsdp_size, 20);
	EXPECT_EQ(bi.data_start, bi.data_end); /* nothing has to stay where it is */
	EXPECT(!bi.efi);
}

TEST(no_start_info)
{
	begin();
	si->magic ^= 1;
	EXPECT_EQ(parse(), -EINVAL);
	EXPECT(test_log_has("no start info at"));
	EXPECT_EQ(pvh_parse(0, &bi), -EINVAL);
	EXPECT_EQ(pvh_parse(NOWHERE, &bi), -EINVAL);
	EXPECT_EQ(pvh_parse(RAM + RAM_SIZE - sizeof(*si) + 1, &bi), -EINVAL);
}

TEST(version_0_has_no_memory_map)
{
	begin();
	si->version = 0;
	EXPECT_EQ(parse(), -EINVAL);
	EXPECT(test_log_has("no memory map"));
}

TEST(later_versions_only_add)
{
	begin();
	si->version = 7;
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(bi.nr_ranges, 1);
}

TEST(memory_map_of_nothing)
{
	begin();
	si->nr_memmap = 0;
	EXPECT_EQ(parse(), -EINVAL);
	begin();
	si->memmap = 0;
	EXPECT_EQ(parse(), -EINVAL);
	begin();
	si->memmap = NOWHERE;
	EXPECT_EQ(parse(), -EINVAL);
	EXPECT(test_log_has("entry 0 leaves memory"));
}

TEST(memory_map_that_leaves_memory)
{
	begin();
	si->memmap = RAM + RAM_SIZE - 2 * sizeof(struct hvm_memmap_entry);
	si->nr_memmap = 3;
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(bi.nr_ranges, 2);
	EXPECT(test_log_has("entry 2 leaves memory"));
}

TEST(more_ranges_than_fit)
{
	begin();
	for (u32 i = 0; i < BOOT_MAX_RANGES + 5; i++)
		put_range(i, i, 1, 1);
	si->nr_memmap = BOOT_MAX_RANGES;
	EXPECT_EQ(parse(), 0);
	EXPECT(!test_log_has("BOOT_MAX_RANGES")); /* so many do */
	si->nr_memmap = BOOT_MAX_RANGES + 5;
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(bi.nr_ranges, BOOT_MAX_RANGES);
	EXPECT_EQ(bi.ranges[BOOT_MAX_RANGES - 1].start, BOOT_MAX_RANGES - 1);
	EXPECT(test_log_has("BOOT_MAX_RANGES"));

	si->nr_memmap = ~0U;
	EXPECT_EQ(parse(), 0);
	EXPECT(reads < 200); /* a count is not walked to its end */
}

TEST(modules)
{
	begin();
	si->modules = LIST + 0x200;
	si->nr_modules = 5;
	put_module(0, 0x400000, 0x1000, STRINGS);
	put_string(STRINGS, "first");
	put_module(1, 0x500000, 0, 0);
	put_module(2, ~0ULL - 10, 0x1000, 0);
	put_module(3, 0x600000, 1, NOWHERE);
	put_module(4, 0x700000, 0x10, 0);
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(bi.nr_modules, 3);
	EXPECT_STR(bi.modules[0].string, "first");
	EXPECT_EQ(bi.modules[1].start, 0x600000);
	EXPECT_EQ(bi.modules[1].end, 0x600001);
	EXPECT_STR(bi.modules[1].string, "");
	EXPECT_EQ(bi.modules[2].start, 0x700000);
	EXPECT(test_log_has("module: ignored: 0x0 bytes at 0x500000"));
}

TEST(too_many_modules)
{
	begin();
	si->modules = LIST + 0x200;
	for (u32 i = 0; i < BOOT_MAX_MODULES + 1; i++)
		put_module(i, 0x400000 + i * 0x1000, 0x800, 0);
	si->nr_modules = BOOT_MAX_MODULES;
	EXPECT_EQ(parse(), 0);
	EXPECT(!test_log_has("BOOT_MAX_MODULES"));
	si->nr_modules = BOOT_MAX_MODULES + 1;
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(bi.nr_modules, BOOT_MAX_MODULES);
	EXPECT(test_log_has("BOOT_MAX_MODULES"));

	/* Neither good nor bad ones are walked to the end of a count. */
	memset(at(si->modules), 0, BOOT_MAX_MODULES * sizeof(struct hvm_module));
	si->nr_modules = ~0U;
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(bi.nr_modules, 0);
	EXPECT(reads < 100);
}

TEST(module_list_that_is_nowhere)
{
	begin();
	si->nr_modules = 2;
	EXPECT_EQ(parse(), 0); /* at 0: there is none */
	EXPECT_EQ(bi.nr_modules, 0);
	si->modules = NOWHERE;
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(bi.nr_modules, 0);
	EXPECT(test_log_has("leaves memory"));
	si->modules = RAM + RAM_SIZE - sizeof(struct hvm_module);
	put_module(0, 0x400000, 1, 0);
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(bi.nr_modules, 1);
}

TEST(command_line_that_is_nowhere)
{
	begin();
	si->cmdline = NOWHERE;
	EXPECT_EQ(parse(), 0);
	EXPECT_STR(bi.cmdline, "");
	EXPECT(test_log_has("command line: not terminated in 0 bytes"));
}

/* A string may end with the last byte of memory; one that would go on is cut there. */
TEST(command_line_at_the_end_of_memory)
{
	begin();
	si->cmdline = RAM + RAM_SIZE - 6;
	put_string(si->cmdline, "mem=1");
	EXPECT_EQ(parse(), 0);
	EXPECT_STR(bi.cmdline, "mem=1");
	EXPECT(!test_log_has("cut off"));

	si->cmdline = RAM + RAM_SIZE - 6;
	memcpy(at(si->cmdline), "a mem=", 6);
	EXPECT_EQ(parse(), 0);
	EXPECT_STR(bi.cmdline, "a "); /* not half a word, which would mean something else */
	EXPECT(test_log_has("cut off"));
}

TEST(command_line_over_a_page_s_end)
{
	begin();
	si->cmdline = RAM + PAGE_SIZE * 2 - 3;
	put_string(si->cmdline, "hpet=disable quiet");
	EXPECT_EQ(parse(), 0);
	EXPECT_STR(bi.cmdline, "hpet=disable quiet");
}

TEST(long_strings_are_cut)
{
	begin();
	si->cmdline = LIST + 0x200;
	memset(at(si->cmdline), 'w', BOOT_STRING_MAX + 100);
	memcpy(at(si->cmdline + BOOT_STRING_MAX - 1 - 7), " mem=128M b", 11);
	si->modules = STRINGS;
	si->nr_modules = 1;
	put_module(0, 0x400000, 1, LIST + 0x200);
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(strlen(bi.cmdline), BOOT_STRING_MAX - 1 - 6);
	EXPECT(test_log_has("cmdline: cut off at \"mem=12\""));
	EXPECT_EQ(strlen(bi.modules[0].string), sizeof(bi.modules[0].string) - 1);
}

TEST(command_line_of_just_the_room_is_whole)
{
	begin();
	si->cmdline = LIST + 0x200;
	memset(at(si->cmdline), 'w', BOOT_STRING_MAX - 1);
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(strlen(bi.cmdline), BOOT_STRING_MAX - 1);
	EXPECT(!test_log_has("cut off"));
}

TEST(rsdp_of_either_revision)
{
	begin();
	si->rsdp = RAM + RAM_SIZE - 20; /* an old one may be the last in memory */
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(bi.rsdp_size, 20);
	*(u8 *)at(si->rsdp + 15) = 2;
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(bi.rsdp_size, 0);
	EXPECT(test_log_has("RSDP: ignored"));
	si->rsdp = RSDP;
	*(u8 *)at(si->rsdp + 15) = 2;
	*(u8 *)at(si->rsdp + 35) = 9;
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(bi.rsdp_size, 36);
	EXPECT_EQ(bi.rsdp[35], 9);
	si->rsdp = NOWHERE;
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(bi.rsdp_size, 0);
}

/* Memory of random bytes behind a true magic, its pointers mostly into memory. */
TEST(random_words)
{
	for (u32 round = 0; round < 3000; round++) {
		u64 *pointers[] = { &si->modules, &si->cmdline, &si->rsdp, &si->memmap };

		begin();
		for (size_t i = 0; i < RAM_SIZE; i++)
			ram[i] = test_random() % 3 ? 0 : test_random();
		si->magic = HVM_START_MAGIC;
		si->version = test_random() % 3;
		si->nr_modules = test_random() >> test_random() % 64;
		si->nr_memmap = test_random() >> test_random() % 64;
		for (u32 i = 0; i < ARRAY_SIZE(pointers); i++)
			if (test_random() % 8)
				*pointers[i] = RAM + test_random() % (RAM_SIZE + 64);
		parse();
		EXPECT(bi.nr_ranges <= BOOT_MAX_RANGES);
		EXPECT(bi.nr_modules <= BOOT_MAX_MODULES);
		EXPECT(strnlen(bi.cmdline, BOOT_STRING_MAX) < BOOT_STRING_MAX);
		EXPECT(reads < 300);
	}
}
