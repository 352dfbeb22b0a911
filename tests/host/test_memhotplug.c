// SPDX-License-Identifier: MIT
// sources: drivers/acpi/memhotplug.c kernel/lib/tree.c kernel/core/region.c kernel/core/resource.c
/* Memory devices: what their _CRS says, in the register. */
#include "drivers/acpi/device.h"
#include "drivers/acpi/memhotplug.h"
#include "kernel/cpu/cpu.h"
#include "mm/e820.h"
#include "tests/host/test.h"

#define GiB 0x40000000ULL
#define MiB 0x100000ULL

/* The machine: what a device's _CRS holds, where the boot's RAM ends, mem=. */
static struct aml_resource crs[MAX_MEMORY_RANGES + 2];
static int nr_crs;
static u64 ram_end = 512 * MiB;

struct aml *acpi_namespace;
struct cpu_info boot_cpu;
u64 max_mem_size = ~0ULL;

unsigned long e820__end_of_ram_pfn(void)
{
	return ram_end >> 12;
}

int aml_walk_resources(struct aml *aml, struct aml_node *device, const char *method,
		       int (*fn)(const struct aml_resource *res, void *arg), void *arg)
{
	(void)aml, (void)device, (void)method;
	for (int i = 0; i < nr_crs; i++)
		fn(&crs[i], arg);
	return 0;
}

static void add_range(u64 start, u64 size)
{
	crs[nr_crs++] = (struct aml_resource){
		.type = AML_RES_MEMORY,
		.address_space = true,
		.caching = 1,
		.min = start,
		.max = start + size - 1,
		.length = size,
	};
}

static char dump[512];

/* Plug the device in; the register then, which is emptied again. */
static const char *plugged(u32 status)
{
	const struct acpi_device dev = { .status = status, .name = "PNP0C80:00" };
	struct buffer_sink text;
	struct resource *res;

	buffer_sink_init(&text, dump, sizeof(dump));
	acpi_memory_device_add(&dev);
	resource_dump(&text.sink, &iomem_resource);
	while (iomem_resource.children.node) {
		res = tree_entry(iomem_resource.children.node, struct resource, node);
		EXPECT_EQ(res->flags & IORESOURCE_SYSTEM_RAM, (unsigned long)IORESOURCE_SYSTEM_RAM);
		EXPECT(res->flags & IORESOURCE_BUSY);
		__release_region(&iomem_resource, res->start, resource_size(res));
	}
	nr_crs = 0;
	ram_end = 512 * MiB;
	max_mem_size = ~0ULL;
	return dump;
}

TEST(dimm_is_system_ram)
{
	add_range(4 * GiB, 256 * MiB);
	EXPECT_STR(plugged(0xf), "100000000-10fffffff : System RAM\n");
	add_range(4 * GiB, 256 * MiB);
	EXPECT_STR(plugged(0xd), ""); /* present, not enabled */
}

TEST(ranges_that_adjoin_are_one)
{
	add_range(4 * GiB, 64 * MiB);
	add_range(4 * GiB + 64 * MiB, 64 * MiB);
	add_range(8 * GiB, 128 * MiB);
	EXPECT_STR(plugged(0xf),
		   "100000000-107ffffff : System RAM\n200000000-207ffffff : System RAM\n");
	/* Of another kind: two, and neither is a block. */
	add_range(4 * GiB, 64 * MiB);
	add_range(4 * GiB + 64 * MiB, 64 * MiB);
	crs[1].read_only = true;
	EXPECT_STR(plugged(0xf), "");
}

TEST(other_descriptors_are_no_memory)
{
	add_range(4 * GiB, 128 * MiB);
	crs[0].address_space = false;
	add_range(4 * GiB, 128 * MiB);
	crs[1].type = AML_RES_IO;
	add_range(4 * GiB, 0);
	EXPECT_STR(plugged(0xf), "");
}

TEST(blocks_grow_with_the_memory)
{
	EXPECT_EQ(memory_block_size(64 * GiB - 1, true), 128 * MiB);
	EXPECT_EQ(memory_block_size(64 * GiB, true), 2 * GiB);
	EXPECT_EQ(memory_block_size(65 * GiB, true), GiB);
	EXPECT_EQ(memory_block_size(65 * GiB + MiB, true), 128 * MiB);
	EXPECT_EQ(memory_block_size(65 * GiB + MiB, false), 2 * GiB);
	boot_cpu.hypervisor = true;
	ram_end = 65 * GiB;
	add_range(80 * GiB, 512 * MiB);
	EXPECT_STR(plugged(0xf), "");
}

TEST(mem_limits_what_comes_later)
{
	max_mem_size = 4 * GiB + 256 * MiB;
	add_range(4 * GiB, 256 * MiB);
	EXPECT_STR(plugged(0xf), "100000000-10fffffff : System RAM\n");
	max_mem_size = 4 * GiB + 255 * MiB;
	add_range(4 * GiB, 256 * MiB);
	EXPECT_STR(plugged(0xf), "");
}

TEST(too_many_ranges_are_cut)
{
	for (u64 i = 0; i < MAX_MEMORY_RANGES + 1; i++)
		add_range((i + 4) * GiB, 128 * MiB);
	plugged(0xf);
	EXPECT(strstr(dump, "4c0000000-"));
	EXPECT(!strstr(dump, "500000000-"));
}
