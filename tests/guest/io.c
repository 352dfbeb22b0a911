// SPDX-License-Identifier: MIT
/* Accessors: width, order of bytes, blocks at every alignment, and the two kinds of pointer. */
#include "mm/io.h"
#include "kernel/core/panic.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/string.h"
#include "mm/iomap.h"
#include "tests/guest/guest_test.h"

/* RAM stands in for a device: width and placement of an access are the same. */
static u8 device_bytes[64] __aligned(8);
#define DEVICE(offset) ((void __iomem *)(device_bytes + (offset)))

static void fill_device(void)
{
	for (unsigned int i = 0; i < sizeof(device_bytes); i++)
		device_bytes[i] = (u8)(0x80 + i);
}

/* Bytes outside [from, from + n) are as fill_device() left them. */
static bool others_untouched(unsigned int from, unsigned int n)
{
	for (unsigned int i = 0; i < sizeof(device_bytes); i++)
		if (i - from >= n && device_bytes[i] != (u8)(0x80 + i))
			return false;
	return true;
}

GUEST_TEST(io, reads_have_their_width)
{
	fill_device();
	EXPECT_EQ(readb(DEVICE(8)), 0x88);
	EXPECT_EQ(readw(DEVICE(8)), 0x8988);
	EXPECT_EQ(readl(DEVICE(8)), 0x8b8a8988);
	EXPECT_EQ(readq(DEVICE(8)), 0x8f8e8d8c8b8a8988);
	EXPECT_EQ(readb_relaxed(DEVICE(9)), 0x89);
	EXPECT_EQ(readw_relaxed(DEVICE(10)), 0x8b8a);
	EXPECT_EQ(readl_relaxed(DEVICE(12)), 0x8f8e8d8c);
	EXPECT_EQ(readq_relaxed(DEVICE(16)), 0x9796959493929190);
}

GUEST_TEST(io, writes_have_their_width)
{
	fill_device();
	writeb(0x11, DEVICE(16));
	EXPECT(device_bytes[16] == 0x11 && others_untouched(16, 1));
	fill_device();
	writew(0x2211, DEVICE(16));
	EXPECT(device_bytes[17] == 0x22 && others_untouched(16, 2));
	fill_device();
	writel(0x44332211, DEVICE(16));
	EXPECT(device_bytes[19] == 0x44 && others_untouched(16, 4));
	fill_device();
	writeq_relaxed(0x8877665544332211, DEVICE(16));
	EXPECT(device_bytes[23] == 0x88 && device_bytes[16] == 0x11 && others_untouched(16, 8));
}

GUEST_TEST(io, blocks_at_every_alignment)
{
	u8 ram[64], expect[64];

	for (unsigned int from = 0; from < 10; from++) {
		for (unsigned int n = 0; n <= 40; n++) {
			fill_device();
			memset(ram, 0, sizeof(ram));
			memcpy_fromio(ram + 3, DEVICE(from), n);
			EXPECT_EQ(memcmp(ram + 3, device_bytes + from, n), 0);
			EXPECT(ram[2] == 0 && ram[3 + n] == 0);

			memset(ram, 0x77, sizeof(ram));
			memcpy_toio(DEVICE(from), ram + 1, n);
			EXPECT_EQ(memcmp(ram + 1, device_bytes + from, n), 0);
			EXPECT(others_untouched(from, n));

			fill_device();
			memset_io(DEVICE(from), 0x1ab, n); /* of c, the low byte */
			memset(expect, 0xab, sizeof(expect));
			EXPECT_EQ(memcmp(expect, device_bytes + from, n), 0);
			EXPECT(others_untouched(from, n));
		}
	}
}

/* A child of `parent` by name, to find a port that is there without guessing. */
static struct resource *child_named(struct resource *parent, const char *name)
{
	struct resource *child;

	for_each_resource_child(child, parent) {
		struct resource *found = child_named(child, name);

		if (strcmp(child->name, name) == 0)
			return child;
		if (found)
			return found;
	}
	return NULL;
}

GUEST_TEST(io, ports_and_memory_by_one_pointer)
{
	struct resource *dma = child_named(&ioport_resource, "dma page reg");
	void __iomem *p;
	u8 before;

	fill_device();
	EXPECT_EQ(ioread8(DEVICE(8)), 0x88);
	EXPECT_EQ(ioread16(DEVICE(8)), 0x8988);
	EXPECT_EQ(ioread32(DEVICE(8)), 0x8b8a8988);
	EXPECT_EQ(ioread64(DEVICE(8)), 0x8f8e8d8c8b8a8988);
	iowrite32(0, DEVICE(16));
	EXPECT(device_bytes[19] == 0 && others_untouched(16, 4));
	fill_device();
	iowrite64(0, DEVICE(24));
	EXPECT(device_bytes[31] == 0 && others_untouched(24, 8));

	if (!dma || resource_size(dma) < 8) {
		guest_skip("no DMA page registers among the ports");
		return;
	}
	/* Channel 0's page register keeps what is written, and nobody uses the channel. */
	p = ioport_map(dma->start, (unsigned int)resource_size(dma));
	ASSERT(p && is_pio_cookie(p));
	before = inb((u16)dma->start + 7);
	if (before == 0xff) {
		ioport_unmap(p);
		guest_skip("nobody answers at the DMA page registers");
		return;
	}
	iowrite8(0x5a, p + 7);
	EXPECT_EQ(inb((u16)dma->start + 7), 0x5a);
	outb(0xa5, (u16)dma->start + 7);
	EXPECT_EQ(ioread8(p + 7), 0xa5);
	iowrite8(before, p + 7);
	ioport_unmap(p);
}

GUEST_TEST_WARNS(io, bad_pointers_warn)
{
	unsigned int warns = warn_count();
	void __iomem *p = ioport_map(0xffff, 1);

	EXPECT(p);
	EXPECT(!ioport_map(0xffff, 2));
	EXPECT(!ioport_map(0x10000, 1));
	EXPECT(!ioport_map(0, 0));
	EXPECT_EQ(warn_count(), warns);
	EXPECT_EQ(ioread64(p), ~0UL); /* no port access is that wide */
	EXPECT_EQ(warn_count(), ++warns);
	iowrite64(0, p);
	EXPECT_EQ(warn_count(), ++warns);
	EXPECT_EQ(ioread32((void __iomem *)0x1000UL), 0xffffffff);
	EXPECT_EQ(warn_count(), ++warns);
	iowrite8(0, NULL);
	EXPECT_EQ(warn_count(), ++warns);
	ioport_unmap((void __iomem *)device_bytes);
	EXPECT_EQ(warn_count(), ++warns);
}
