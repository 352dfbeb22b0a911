// SPDX-License-Identifier: MIT
// sources: mm/crashkernel.c mm/memblock.c mm/reserved.c kernel/core/cmdline.c
/*
 * crashkernel=: the forms of Linux's kdump documentation, what is no form, and where the
 * memory goes: the places are those of Linux 6.1 on QEMU's machines.
 */
#include "kernel/core/cmdline.h"
#include "kernel/core/resource.h"
#include "mm/crashkernel.h"
#include "mm/memblock.h"
#include "mm/reserved.h"
#include "tests/host/test.h"

#define MIB 0x100000ULL
#define GIB 0x40000000ULL

struct resource iomem_resource;

struct resource *insert_resource_conflict(struct resource *parent, struct resource *new)
{
	(void)parent;
	(void)new;
	return NULL;
}

static void expect_parsed(const char *value, u64 ram, u64 size, u64 base)
{
	struct crash_request r = { 1, 1 }; /* of the word before */

	EXPECT_EQ(crashkernel_parse(value, "", ram, &r), 0);
	EXPECT_EQ(r.size, size);
	EXPECT_EQ(r.base, base);
}

static void expect_refused(const char *value, const char *why)
{
	struct crash_request r;

	test_log_clear();
	EXPECT_EQ(crashkernel_parse(value, "", GIB, &r), -EINVAL);
	EXPECT(test_log_has(why));
	EXPECT(test_log_has(value));
}

TEST(size_and_offset)
{
	expect_parsed("64M", GIB, 64 * MIB, 0);
	expect_parsed("64M@16M", GIB, 64 * MIB, 16 * MIB);
	expect_parsed("0x4000000@0x1000000", GIB, 64 * MIB, 16 * MIB);
	expect_parsed("2G", GIB, 2 * GIB, 0); /* too large: found out when it is looked for */
	expect_refused("M", "starts with no size");
	expect_refused("64M@", "no address behind the @");
	expect_refused("64M@M", "no address behind the @");
	expect_refused("64M;", "not understood");
	expect_refused("64M@16M,low", "not understood");
}

TEST(ranges)
{
	const char *list = "512M-2G:64M,2G-:128M";

	expect_parsed(list, 256 * MIB, 0, 0);
	expect_parsed(list, 512 * MIB - 0x21000, 64 * MIB, 0); /* what firmware keeps counts */
	expect_parsed(list, GIB, 64 * MIB, 0);
	expect_parsed(list, 2 * GIB, 128 * MIB, 0); /* a range's end is not in it */
	expect_parsed("512M-2G:64M,2G-:128M@16M", GIB, 64 * MIB, 16 * MIB);
	expect_parsed("512M-:64M", 64 * GIB, 64 * MIB, 0);
	expect_refused("512M-512M:64M", "ends before it starts");
	expect_refused("512M:64M", "no - behind");
	expect_refused("512M-2G64M:", "no : behind a range");
	expect_refused("-2G:64M", "starts with no size");
	expect_refused("512M-x:64M", "ends with no size");
	expect_refused("512M-2G:", "no size behind the :");
	expect_refused("512M-2G:1G", "no less than all RAM");
	expect_refused("2G-4G:2G,512M-2G:64M",
		       "no less than all RAM"); /* in a range before it, too */
	expect_refused("512M-2G:64M@", "no address");
}

/* A machine's RAM, what is taken of it, a command line: memblock is emptied by no one, so once each. */
static void boot(const char *words)
{
	boot_command_line[0] = 0;
	cmdline_append(words);
	test_log_clear();
	reserve_crashkernel();
}

static bool is_set_aside(phys_addr_t start, u64 size)
{
	const struct reserved_ram *r = reserved_ram_at(start);

	return r && !strcmp(r->name, "Crash kernel") && r->start == start && r->end == start + size;
}

/* q35 with 512 MiB: Linux has 64M at 1b000000, 32M@128M where it was asked for. */
TEST(where_below_4g)
{
	memblock_add(0x1000, 0x9e000);
	memblock_add(MIB, 0x1fedf000);
	reserve_ram(MIB, 31 * MIB, "the kernel's image");
	reserve_ram(0x1ffd0000, 0xf000, "page tables");
	boot("crashkernel=64M@16M");
	EXPECT(test_log_has("the kernel's image is there"));
	boot("crashkernel=32M@128M crashkernel=what");
	EXPECT(test_log_has("ignored"));
	boot("crashkernel=1G");
	EXPECT(test_log_has("not free in one piece"));
	boot("crashkernel=64M@1G");
	EXPECT(test_log_has("not all free RAM"));
	boot("crashkernel=16M@0x8000800");
	EXPECT(test_log_has("whole MiB"));
	boot("quiet");
	EXPECT_STR(test_log(), "");
	EXPECT(!reserved_ram_at(0x1b000000));
	boot("crashkernel=64M");
	EXPECT(is_set_aside(0x1b000000, 64 * MIB));
	EXPECT(test_log_has("Reserving 64MB of memory at 432MB for crashkernel"));
	boot("crashkernel=1G crashkernel=32M@128M"); /* the last one counts */
	EXPECT(is_set_aside(0x8000000, 32 * MIB));
}

/* q35 with 6 GiB: 2 below 4 GiB. */
TEST(where_above_4g)
{
	memblock_add(0x20000000, 0x60000000 - 0x21000);
	memblock_add(0x100000000, 4 * GIB);
	reserve_ram(0x1fff00000, MIB, "page tables");
	boot("crashkernel=64M,high");
	EXPECT(is_set_aside(0x1fb000000, 64 * MIB));
	EXPECT(is_set_aside(0x6f000000, 256 * MIB));
	EXPECT(test_log_has("Reserving 256MB of low memory at 1776MB"));
	boot("crashkernel=64M,high crashkernel=16M,low");
	EXPECT(is_set_aside(0x1f7000000, 64 * MIB));
	EXPECT(is_set_aside(0x6e000000, 16 * MIB));
	boot("crashkernel=48M,high crashkernel=0,low");
	EXPECT(is_set_aside(0x1f4000000, 48 * MIB));
	EXPECT(!reserved_ram_at(0x6d000000));
	boot("crashkernel=48M,high crashkernel=2G,low"); /* no room below: none above */
	EXPECT(test_log_has("not free in one piece below 4 GiB"));
	EXPECT(!reserved_ram_at(0x1f1000000));
	boot("crashkernel=2G crashkernel=0,low"); /* none below holds it */
	EXPECT(is_set_aside(0x174000000, 2 * GIB));
	boot("crashkernel=32M crashkernel=64M,high"); /* the one without goes before */
	EXPECT(is_set_aside(0x6c000000, 32 * MIB));
}
