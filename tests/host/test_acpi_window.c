// SPDX-License-Identifier: MIT
// sources: drivers/acpi/window.c kernel/lib/tree.c kernel/core/region.c kernel/core/resource.c
/* What a _CRS says, as resources, and the windows of a host bridge made fit for the register. */
#include "drivers/acpi/window.h"
#include "tests/host/test.h"

static const struct aml_resource dword_window = {
	.type = AML_RES_MEMORY,
	.address_space = true,
	.window = true,
	.min = 0xc0000000,
	.max = 0xfebfffff,
	.length = 0x3ec00000,
};

TEST(decode_address_spaces)
{
	struct aml_resource from = dword_window;
	struct resource res = { 0 };
	u64 offset = 1;

	EXPECT(acpi_resource_decode(&from, &res, &offset));
	EXPECT_EQ(res.start, 0xc0000000);
	EXPECT_EQ(res.end, 0xfebfffff);
	EXPECT_EQ(res.flags, (unsigned long)(IORESOURCE_MEM | IORESOURCE_WINDOW));
	EXPECT_EQ(offset, 0);

	from.caching = 3;
	from.read_only = true;
	from.translation = 0x1000000000;
	EXPECT(acpi_resource_decode(&from, &res, &offset));
	EXPECT_EQ(res.start, 0x10c0000000);
	EXPECT_EQ(offset, 0x1000000000);
	EXPECT(res.flags & IORESOURCE_PREFETCH && res.flags & IORESOURCE_READONLY);

	/* A consumer translates nothing. */
	from.window = false;
	EXPECT(acpi_resource_decode(&from, &res, &offset));
	EXPECT_EQ(res.start, 0xc0000000);
	EXPECT(!(res.flags & IORESOURCE_WINDOW));
}

TEST(decode_refuses_what_is_unassigned)
{
	struct aml_resource from = dword_window;
	struct resource res;
	u64 offset;

	from.length = 0;
	EXPECT(!acpi_resource_decode(&from, &res, &offset));
	from = dword_window;
	from.min = from.max + 1;
	EXPECT(!acpi_resource_decode(&from, &res, &offset));
	from.min = 0; /* all 2^64 addresses */
	from.max = ~0ULL;
	EXPECT(!acpi_resource_decode(&from, &res, &offset));
	from = (struct aml_resource){ .type = AML_RES_MEMORY, .min = ~0ULL, .length = 2 };
	EXPECT(!acpi_resource_decode(&from, &res, &offset));
	from = (struct aml_resource){ .type = AML_RES_IRQ, .length = 1 };
	EXPECT(!acpi_resource_decode(&from, &res, &offset));
}

TEST(decode_ports)
{
	struct aml_resource from = {
		.type = AML_RES_IO, .min = 0x70, .max = 0x70, .length = 8, .decode = 16
	};
	struct resource res;
	u64 offset;

	EXPECT(acpi_resource_decode(&from, &res, &offset));
	EXPECT_EQ(res.start, 0x70);
	EXPECT_EQ(res.end, 0x77);
	EXPECT_EQ(res.flags, (unsigned long)(IORESOURCE_IO | IORESOURCE_IO_16BIT));
	from.decode = 10;
	EXPECT(acpi_resource_decode(&from, &res, &offset));
	EXPECT_EQ(res.flags, (unsigned long)IORESOURCE_IO);
	from.min = 0xffff;
	from.length = 4; /* three bytes over are forgiven */
	EXPECT(acpi_resource_decode(&from, &res, &offset));
	from.length = 5;
	EXPECT(!acpi_resource_decode(&from, &res, &offset));
}

static struct host_windows windows;

static void window(resource_size_t start, resource_size_t end, unsigned long flags)
{
	windows.window[windows.nr++] =
		(struct host_window){ .res = { .start = start, .end = end, .flags = flags } };
}

TEST(windows_that_overlap_become_one)
{
	windows.nr = 0;
	window(0xc0000000, 0xcfffffff, IORESOURCE_MEM);
	window(0x0000, 0x0cf7, IORESOURCE_IO);
	window(0xd0000000, 0xdfffffff, IORESOURCE_MEM); /* beside, not over */
	window(0xcfff0000, 0xd000ffff, IORESOURCE_MEM); /* over both: the first has it */
	window(0x0c00, 0x0fff, IORESOURCE_IO);
	host_windows_validate(&windows, IORESOURCE_MEM, &iomem_resource);
	EXPECT_EQ(windows.nr, 4);
	EXPECT_EQ(windows.window[0].res.end, 0xd000ffff);
	EXPECT_EQ(windows.window[1].res.flags, (unsigned long)IORESOURCE_IO);
	EXPECT_EQ(windows.window[2].res.start, 0xd0000000);
	host_windows_validate(&windows, IORESOURCE_IO, &ioport_resource);
	EXPECT_EQ(windows.nr, 3);
	EXPECT_EQ(windows.window[1].res.end, 0x0fff);
}

TEST(windows_end_with_the_register)
{
	windows.nr = 0;
	window(0x0d00, 0x10002, IORESOURCE_IO);
	window(0x10000, 0x10001, IORESOURCE_IO);
	host_windows_validate(&windows, IORESOURCE_IO, &ioport_resource);
	EXPECT_EQ(windows.nr, 1);
	EXPECT_EQ(windows.window[0].res.end, 0xffff);
	EXPECT(test_log_has("not CPU addressable"));
	/* What would be one byte is nothing, as on Linux. */
	windows.nr = 0;
	window(0xffff, 0x1ffff, IORESOURCE_IO);
	host_windows_validate(&windows, IORESOURCE_IO, &ioport_resource);
	EXPECT_EQ(windows.nr, 0);
}

TEST(neighbours)
{
	windows.nr = 0;
	window(0x1000, 0x1fff, IORESOURCE_MEM);
	window(0x2000, 0x2fff, IORESOURCE_MEM);
	EXPECT(host_windows_adjoin(&windows.window[0], &windows.window[1]));
	EXPECT(!host_windows_adjoin(&windows.window[1], &windows.window[0]));
	windows.window[1].offset = 1;
	EXPECT(!host_windows_adjoin(&windows.window[0], &windows.window[1]));
	windows.window[1].offset = 0;
	windows.window[1].res.flags |= IORESOURCE_PREFETCH;
	EXPECT(!host_windows_adjoin(&windows.window[0], &windows.window[1]));
}

TEST(configuration_ports)
{
	struct resource res = { .start = 0xcf8, .end = 0xcff, .flags = IORESOURCE_IO };

	EXPECT(host_window_is_config_ports(&res));
	res.end = 0xcfe;
	EXPECT(!host_window_is_config_ports(&res));
	res.end = 0xcff;
	res.flags = IORESOURCE_MEM;
	EXPECT(!host_window_is_config_ports(&res));
}
