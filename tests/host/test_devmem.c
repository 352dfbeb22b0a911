// SPDX-License-Identifier: MIT
// sources: kernel/core/devmem.c kernel/core/resource.c kernel/core/region.c kernel/core/cmdline.c kernel/lib/tree.c
/* What programs may reach of memory: the answers of Linux 6.1's devmem_is_allowed(). */
#include "kernel/core/cmdline.h"
#include "kernel/core/devmem.h"
#include "tests/host/test.h"

#define NR(start, last, name, flags) DEFINE_RES_NAMED(start, (last) - (start) + 1, name, flags)

#define RAM  (IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY)
#define BUSY (IORESOURCE_MEM | IORESOURCE_BUSY)

static struct resource low = NR(0x1000, 0x9fbff, "System RAM", RAM);
static struct resource ebda = NR(0x9fc00, 0x9ffff, "Reserved", BUSY);
static struct resource rom = NR(0xf0000, 0xfffff, "System ROM", BUSY);
static struct resource high = NR(0x100000, 0x1ffdbfff, "System RAM", RAM);
static struct resource tables = NR(0x1ffdc000, 0x1fffffff, "ACPI Tables", BUSY);
static struct resource bar = NR(0xfe000000, 0xfe003fff, "0000:00:02.0", IORESOURCE_MEM);
static struct resource counter = NR(0xfed00000, 0xfed003ff, "HPET 0", BUSY | IORESOURCE_MAPPABLE);
static struct resource claim = NR(0xfe001000, 0xfe0017ff, "virtio-pci-modern", BUSY);

static void fill(const char *words)
{
	boot_command_line[0] = '\0';
	cmdline_append(words);
	devmem_init();
	request_resource(&iomem_resource, &low);
	request_resource(&iomem_resource, &ebda);
	request_resource(&iomem_resource, &rom);
	request_resource(&iomem_resource, &high);
	request_resource(&iomem_resource, &tables);
	request_resource(&iomem_resource, &bar);
	request_resource(&bar, &claim);
	request_resource(&iomem_resource, &counter);
}

static void empty(void)
{
	release_resource(&counter);
	release_resource(&claim);
	release_resource(&bar);
	release_resource(&tables);
	release_resource(&high);
	release_resource(&rom);
	release_resource(&ebda);
	release_resource(&low);
}

TEST(strict)
{
	fill("");
	EXPECT_EQ(devmem_is_allowed(0), DEVMEM_ALLOWED); /* nobody's */
	EXPECT_EQ(devmem_is_allowed(1), DEVMEM_ZEROES);
	EXPECT_EQ(devmem_is_allowed(0x9f), DEVMEM_ZEROES); /* RAM and Reserved in one page */
	EXPECT_EQ(devmem_is_allowed(0xf0), DEVMEM_ALLOWED);
	EXPECT_EQ(devmem_is_allowed(0x100), DEVMEM_REFUSED);
	EXPECT_EQ(devmem_is_allowed(0x1ffdc), DEVMEM_REFUSED);
	EXPECT_EQ(devmem_is_allowed(0x20000), DEVMEM_ALLOWED);
	EXPECT_EQ(devmem_is_allowed(0xfe000), DEVMEM_ALLOWED);
	EXPECT_EQ(devmem_is_allowed(0xfe001), DEVMEM_REFUSED); /* half of it is claimed */
	EXPECT_EQ(devmem_is_allowed(0xfe002), DEVMEM_ALLOWED);
	EXPECT_EQ(devmem_is_allowed(0xfed00), DEVMEM_ALLOWED);
	EXPECT(iomem_is_exclusive(0xfe001800)); /* the page, not the byte */
	EXPECT(!iomem_is_exclusive(0xfe000800));
	EXPECT(iomem_is_exclusive(0xf0000));
	empty();
}

TEST(ranges)
{
	fill("");
	EXPECT(devmem_range_is_allowed(0, 0x100000)); /* all of it may be mapped */
	EXPECT(!devmem_range_is_allowed(0, 0x101000));
	EXPECT(!devmem_range_is_allowed(0x100000, 0x1000));
	EXPECT(devmem_range_is_allowed(0x20000000, 0xfe001000 - 0x20000000));
	EXPECT(!devmem_range_is_allowed(0x20000000, 0xfe002000 - 0x20000000));
	EXPECT(devmem_range_is_allowed(0xfe002000, 0x1000));
	EXPECT(devmem_range_is_allowed(~0xfffULL, 0x1000)); /* to the last byte there is */
	empty();
}

TEST(relaxed)
{
	fill("iomem=relaxed");
	EXPECT_EQ(devmem_is_allowed(1), DEVMEM_ZEROES);
	EXPECT_EQ(devmem_is_allowed(0x100), DEVMEM_REFUSED); /* RAM is never */
	EXPECT_EQ(devmem_is_allowed(0x1ffdc), DEVMEM_ALLOWED);
	EXPECT_EQ(devmem_is_allowed(0xfe001), DEVMEM_ALLOWED);
	EXPECT(devmem_range_is_allowed(0xfe000000, 0x4000));
	EXPECT(!iomem_is_exclusive(0xfe001000));
	empty();
}
