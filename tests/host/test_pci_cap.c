// SPDX-License-Identifier: MIT
// sources: drivers/pci/cap.c
/* Capability lists and BAR masks: what a well-behaved device says, and what a lying one may. */
#include "tests/host/test.h"

#include "drivers/pci/cap.h"
#include "kernel/core/resource.h"

/* A function's 256 bytes, and how often one was read: the walk's bound is seen in it. */
struct fake {
	u8 config[256];
	unsigned int reads;
};

static u8 fake_read(const void *dev, int where)
{
	struct fake *fake = (struct fake *)dev;

	fake->reads++;
	if (where < 0 || where > 255)
		return 0xff;
	return fake->config[where];
}

static u8 walk(struct fake *fake, u8 where, u8 id)
{
	return pci_cap_walk(fake_read, fake, where, id);
}

static void put_cap(struct fake *fake, u8 pos, u8 id, u8 next)
{
	fake->config[pos] = id;
	fake->config[pos + 1] = next;
}

TEST(list_as_qemu_orders_it)
{
	static struct fake f;

	f.config[0x34] = 0x98;
	put_cap(&f, 0x98, PCI_CAP_ID_MSIX, 0x84);
	put_cap(&f, 0x84, PCI_CAP_ID_VNDR, 0x70);
	put_cap(&f, 0x70, PCI_CAP_ID_VNDR, 0x40);
	put_cap(&f, 0x40, PCI_CAP_ID_VNDR, 0);
	EXPECT_EQ(walk(&f, 0x34, PCI_CAP_ID_MSIX), 0x98);
	EXPECT_EQ(walk(&f, 0x34, PCI_CAP_ID_VNDR), 0x84);
	EXPECT_EQ(walk(&f, 0x85, PCI_CAP_ID_VNDR), 0x70);
	EXPECT_EQ(walk(&f, 0x71, PCI_CAP_ID_VNDR), 0x40);
	EXPECT_EQ(walk(&f, 0x41, PCI_CAP_ID_VNDR), 0);
	EXPECT_EQ(walk(&f, 0x34, PCI_CAP_ID_EXP), 0);
	EXPECT_EQ(walk(&f, 0x34, PCI_CAP_ID_ANY), 0x98);
}

TEST(low_bits_of_pointers_are_masked)
{
	static struct fake f;

	f.config[0x34] = 0x43;
	put_cap(&f, 0x40, PCI_CAP_ID_PM, 0x51);
	put_cap(&f, 0x50, PCI_CAP_ID_MSI, 0);
	EXPECT_EQ(walk(&f, 0x34, PCI_CAP_ID_PM), 0x40);
	EXPECT_EQ(walk(&f, 0x34, PCI_CAP_ID_MSI), 0x50);
}

TEST(loops_end)
{
	static struct fake f;

	f.config[0x34] = 0x40;
	put_cap(&f, 0x40, PCI_CAP_ID_PM, 0x40);
	EXPECT_EQ(walk(&f, 0x34, PCI_CAP_ID_MSI), 0);
	EXPECT(f.reads <= 2 * PCI_CAP_MAX_STEPS);
	put_cap(&f, 0x40, PCI_CAP_ID_PM, 0x80);
	put_cap(&f, 0x80, PCI_CAP_ID_VNDR, 0x40);
	f.reads = 0;
	EXPECT_EQ(walk(&f, 0x34, PCI_CAP_ID_MSI), 0);
	EXPECT(f.reads <= 2 * PCI_CAP_MAX_STEPS);
}

TEST(longest_list_is_walked_to_its_end)
{
	static struct fake f;
	unsigned int pos;

	f.config[0x34] = 0x40;
	for (pos = 0x40; pos < 0xfc; pos += 4)
		put_cap(&f, (u8)pos, PCI_CAP_ID_VNDR, (u8)(pos + 4));
	put_cap(&f, 0xfc, PCI_CAP_ID_MSIX, 0);
	EXPECT_EQ(walk(&f, 0x34, PCI_CAP_ID_MSIX), 0xfc);
}

TEST(list_into_the_header_or_of_an_absent_device)
{
	static struct fake f;

	f.config[0x34] = 0x10; /* a BAR, not a capability */
	f.config[0x10] = PCI_CAP_ID_PM;
	EXPECT_EQ(walk(&f, 0x34, PCI_CAP_ID_PM), 0);
	f.config[0x34] = 0;
	EXPECT_EQ(walk(&f, 0x34, PCI_CAP_ID_ANY), 0);
	memset(f.config, 0xff, sizeof(f.config));
	EXPECT_EQ(walk(&f, 0x34, PCI_CAP_ID_ANY), 0);
}

TEST(random_lists_end)
{
	static struct fake f;
	unsigned int round, i;
	u8 pos;

	for (round = 0; round < 20000; round++) {
		for (i = 0; i < sizeof(f.config); i++)
			f.config[i] = (u8)test_random();
		f.reads = 0;
		pos = walk(&f, 0x34, (u8)(round % 0x20));
		EXPECT(f.reads <= 2 * PCI_CAP_MAX_STEPS);
		EXPECT(pos == 0 || (pos >= PCI_CAP_FIRST && pos % 4 == 0));
	}
}

static enum pci_bar_kind decode(u64 value, u64 mask, bool rom, struct resource *res)
{
	struct pci_bar_probe probe = { value, mask };

	memset(res, 0, sizeof(*res));
	return pci_bar_decode(&probe, rom, res);
}

TEST(memory_bars)
{
	struct resource res;

	EXPECT_EQ(decode(0xfebf1000, 0xfffff000, false, &res), PCI_BAR_OK);
	EXPECT_EQ(res.start, 0xfebf1000);
	EXPECT_EQ(res.end, 0xfebf1fff);
	EXPECT_EQ(res.flags, IORESOURCE_MEM | IORESOURCE_SIZEALIGN);

	EXPECT_EQ(decode(0xfd000008, 0xff000008, false, &res), PCI_BAR_OK);
	EXPECT_EQ(res.start, 0xfd000000);
	EXPECT_EQ(res.end, 0xfdffffff);
	EXPECT(res.flags & IORESOURCE_PREFETCH);

	EXPECT_EQ(decode(0, 0xfffffff0, false, &res), PCI_BAR_OK); /* 16 bytes, unassigned */
	EXPECT_EQ(res.start, 0);
	EXPECT_EQ(res.end, 15);
}

TEST(wide_bars)
{
	struct resource res;

	/* pci-testdev,membar=8G: the low half alone would say that it has no size. */
	EXPECT_EQ(decode(0x20000000cULL, 0xfffffffe0000000cULL, false, &res), PCI_BAR_OK);
	EXPECT_EQ(res.start, 0x200000000ULL);
	EXPECT_EQ(resource_size(&res), 8ULL << 30);
	EXPECT(res.flags & IORESOURCE_MEM_64);
	/* Fewer address bits than 64 are a size all the same. */
	EXPECT_EQ(decode(0xfe000004, 0x000000fffe000004ULL, false, &res), PCI_BAR_OK);
	EXPECT_EQ(resource_size(&res), 32ULL << 20);
	/* The upper half says nothing of a 32-bit BAR. */
	EXPECT_EQ(pci_bar_flags(0x0) & IORESOURCE_MEM_64, 0);
	EXPECT_EQ(pci_bar_flags(0x5) & IORESOURCE_MEM_64, 0);
}

TEST(io_bars)
{
	struct resource res;

	EXPECT_EQ(decode(0xc041, 0xffffffe1, false, &res), PCI_BAR_OK);
	EXPECT_EQ(res.start, 0xc040);
	EXPECT_EQ(res.end, 0xc05f);
	EXPECT_EQ(res.flags, IORESOURCE_IO | IORESOURCE_SIZEALIGN | 1);
	EXPECT_EQ(decode(0xc041, 0xffe1, false, &res), PCI_BAR_OK); /* 16 bits implemented */
	EXPECT_EQ(res.end, 0xc05f);
	EXPECT_EQ(decode(1, 0xffff0001, false, &res), PCI_BAR_BROKEN); /* none of the ports' bits */
}

TEST(roms)
{
	struct resource res;

	EXPECT_EQ(decode(0xfeb80001, 0xfffc0001, true, &res), PCI_BAR_OK);
	EXPECT_EQ(res.start, 0xfeb80000);
	EXPECT_EQ(resource_size(&res), 0x40000);
	EXPECT_EQ(res.flags & IORESOURCE_BITS, 1);
	EXPECT(res.flags & IORESOURCE_READONLY);
	EXPECT_EQ(decode(0, 0xfffff800, true, &res), PCI_BAR_OK);
	EXPECT_EQ(resource_size(&res), 0x800);
	EXPECT_EQ(decode(0, 0x00000001, true, &res), PCI_BAR_ABSENT);
}

TEST(absent_and_broken_bars)
{
	struct resource res;

	EXPECT_EQ(decode(0, 0, false, &res), PCI_BAR_ABSENT);
	EXPECT_EQ(decode(0xffffffff, 0xffffffff, false, &res), PCI_BAR_ABSENT);
	EXPECT_EQ(decode(0, 0x8, false, &res), PCI_BAR_ABSENT); /* type bits alone */
	EXPECT_EQ(decode(0xf0000000, 0xff0ff000, false, &res), PCI_BAR_BROKEN); /* a hole */
	EXPECT_EQ(res.flags, 0);
	EXPECT_EQ(decode(0x12345000, 0x12345000, false, &res), PCI_BAR_BROKEN); /* read-only */
	/* At the very top: the value equals the mask and is right. */
	EXPECT_EQ(decode(0xfe000000, 0xfe000000, false, &res), PCI_BAR_OK);
	EXPECT_EQ(res.end, 0xffffffff);
}
