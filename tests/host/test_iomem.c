// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c kernel/monitor/iomem_gaps.c kernel/monitor/iomem_map.c kernel/monitor/resource_list.c
/*
 * The register as the monitor shows it: a copy in rows, what is free and what would fit there, and a picture.
 */
#include "kernel/core/printk.h"
#include "kernel/core/sink.h"
#include "kernel/monitor/iomem.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "tests/host/test.h"

static unsigned int nr_blocks, nr_allocations, allocation_fails; /* the nth, from 1 */

void *vmalloc(size_t size)
{
	if (++nr_allocations == allocation_fails)
		return NULL;
	nr_blocks++;
	return kmalloc(size, GFP_KERNEL);
}

void vfree(const void *p)
{
	nr_blocks -= p != NULL;
	kfree(p);
}

static struct resource parts[200];
static unsigned int nr_parts;
static struct resource root;
static char shown[8192];

static void begin(resource_size_t end, unsigned long type)
{
	root = (struct resource){ .name = "root", .end = end, .flags = type };
	memset(parts, 0, sizeof(parts));
	nr_parts = 0;
}

static void add(struct resource *parent, resource_size_t start, resource_size_t end,
		const char *name, unsigned long flags)
{
	struct resource *res = &parts[nr_parts++];

	*res = (struct resource){
		.start = start, .end = end, .name = name, .flags = root.flags | flags
	};
	EXPECT_EQ(request_resource(parent, res), 0);
}

static const char *show(void (*fn)(struct sink *out, const struct resource_list *list))
{
	struct resource_list list;
	struct buffer_sink text;

	EXPECT_EQ(resource_list_take(&list, &root), 0);
	buffer_sink_init(&text, shown, sizeof(shown));
	fn(&text.sink, &list);
	resource_list_free(&list);
	EXPECT_EQ(nr_blocks, 0);
	return shown;
}

/* ---- rows ---- */

TEST(rows_are_the_tree_s_however_many)
{
	struct resource_list list;
	const struct resource_row *row;
	unsigned int n = 0;

	begin(0xffffffff, IORESOURCE_MEM);
	for (unsigned int i = 0; i < 150; i++)
		add(&root, i * 0x1000UL, i * 0x1000UL + 0xfff, "part", 0);
	add(&parts[7], 0x7000, 0x7fff, "child", IORESOURCE_BUSY);
	add(&parts[150], 0x7000, 0x700f, NULL, IORESOURCE_BUSY);
	EXPECT_EQ(resource_list_take(&list, &root), 0);
	EXPECT_EQ(list.nr, 153);
	EXPECT_EQ(list.width, 8);
	EXPECT(list.row[0].depth == 0 && list.row[8].depth == 1 && list.row[9].depth == 2);
	EXPECT(list.row[10].depth == 3 && list.row[11].depth == 1);
	EXPECT_STR(list.row[10].name, "<BAD>");
	for (row = resource_row_child(&list, list.row); row; n++)
		row = resource_row_sibling(&list, row);
	EXPECT_EQ(n, 150);
	EXPECT(resource_row_child(&list, &list.row[8]) == &list.row[9]);
	EXPECT(!resource_row_child(&list, &list.row[7]));
	EXPECT(!resource_row_sibling(&list, &list.row[9]));
	resource_list_free(&list);
	nr_allocations = 0;
	allocation_fails = 2; /* the first was too small */
	EXPECT_EQ(resource_list_take(&list, &root), -ENOMEM);
	EXPECT_EQ(nr_blocks, 0);
	allocation_fails = 0;
}

/* ---- gaps: PCI 3.0, 6.2.5.1 ---- */

TEST(what_fits_between_bars)
{
	begin(0xfffffffff, IORESOURCE_MEM);
	add(&root, 0xe0000000, 0xe00fffff, "low", IORESOURCE_WINDOW);
	add(&root, 0x100000000, 0x13fffffff, "high", IORESOURCE_WINDOW | IORESOURCE_PREFETCH);
	add(&parts[0], 0xe0010000, 0xe001ffff, "bar", 0);
	add(&parts[0], 0xe00ffff8, 0xe00fffff, "last", 0);
	add(&parts[0], 0xe00fffe0, 0xe00ffff7 - 8, "before", 0);
	EXPECT_STR(show(iomem_gaps),
		   "00000000-fffffffff : root\n"
		   "  00000000-dfffffff   3584M: no bridge forwards it\n"
		   "  e0100000-ffffffff    511M: no bridge forwards it\n"
		   "  140000000-fffffffff     59G: no bridge forwards it\n"
		   "e0000000-e00fffff : low\n"
		   "  e0000000-e000ffff     64K: a BAR of up to 64K\n"
		   "  e0020000-e00fffdf  917472B: a BAR of up to 256K\n"
		   "  e00ffff0-e00ffff7      8B: too small for a BAR\n"
		   "100000000-13fffffff : high\n"
		   "  100000000-13fffffff      1G: a 64-bit prefetchable BAR of up to 1G\n");
}

/* Without a window all of it is bus 0's. */
TEST(without_windows_bars_go_anywhere)
{
	begin(0xffff, IORESOURCE_IO);
	add(&root, 0, 0xcf7, "dma", 0);
	add(&root, 0xcf8, 0xcff, "conf1", 0);
	add(&root, 0xd04, 0xffff, "rest", 0);
	EXPECT_STR(show(iomem_gaps), "0000-ffff : root\n"
				     "  0d00-0d03      4B: a BAR of up to 4B\n");
	begin(0xffff, IORESOURCE_IO);
	EXPECT_STR(show(iomem_gaps), "0000-ffff : root\n"
				     "  0000-ffff     64K: a BAR of up to 64K\n");
	begin(0xffff, IORESOURCE_IO);
	add(&root, 0, 0xffff, "all", 0);
	EXPECT_STR(show(iomem_gaps), "0000-ffff : root\n");
	begin(~0UL, IORESOURCE_MEM); /* its end has none behind it */
	add(&root, 0, 0x7fffffffffffffff, "half", 0);
	EXPECT_STR(show(iomem_gaps), "00000000-ffffffffffffffff : root\n"
				     "  8000000000000000-ffffffffffffffff      8E: "
				     "a 64-bit BAR of up to 8E\n");
	begin(~0UL, IORESOURCE_MEM); /* no multiple of 8 EiB is in it */
	add(&root, 0, 0x8000000000000fff, "half", 0);
	EXPECT(strstr(show(iomem_gaps), ": a 64-bit BAR of up to 4E\n"));
}

/* ---- the picture ---- */

/* The highest rank of a place is seen, and no character is for what ends before it. */
TEST(a_small_thing_is_not_hidden)
{
	begin(0xffff, IORESOURCE_IO);
	add(&root, 0, 0x7fff, "window", IORESOURCE_WINDOW);
	add(&parts[0], 0x40, 0x7f, "device", 0);
	add(&parts[0], 0xc0, 0xc0, "driven", IORESOURCE_BUSY);
	add(&parts[0], 0xff, 0x100, "aside", IORESOURCE_BUSY | IORESOURCE_UNDRIVEN);
	add(&root, 0xffff, 0xffff, "last", IORESOURCE_BUSY);
	show(iomem_map);
	EXPECT(strstr(shown,
		      "a character is 0x40 bytes:\n"
		      "0000 -d-Dr-----------------------------------------------------------\n"
		      "1000 ----"));
	EXPECT(strstr(shown,
		      "\nf000 ...............................................................D\n"));
	EXPECT(!strstr(shown, "\n8000 "));
}

TEST(rows_above_4_GiB_are_as_long_as_their_addresses)
{
	begin(0xfffffffffff, IORESOURCE_MEM);
	add(&root, 0, 0xfff, "Reserved", IORESOURCE_BUSY);
	add(&root, 0x100000, 0x7fffffff, "System RAM", IORESOURCE_SYSRAM);
	add(&parts[1], 0x1000000, 0x1ffffff, "Kernel code", IORESOURCE_SYSRAM);
	add(&root, 0x300000000, 0x3ffffffff, "System RAM", IORESOURCE_SYSRAM);
	show(iomem_map);
	EXPECT(strstr(shown, "a character is 0x4000 bytes:\n00000000 r......"));
	EXPECT(strstr(shown, "a character is 0x400000 bytes:\n00000000 ####KKKK###"));
	EXPECT(strstr(shown, "\n70000000 ####"));
	EXPECT(!strstr(shown, "\n80000000 "));
	EXPECT(strstr(shown, "\n200000000 ................................"
			     "################################\n"));
	EXPECT(!strstr(shown, "\n100000000 ") && !strstr(shown, "\n400000000 "));
}
