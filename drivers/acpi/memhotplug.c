// SPDX-License-Identifier: MIT
/*
 * Memory devices (ACPI 6.5, 9.12: PNP0C80): DIMMs that were plugged into a running
 * machine, or into one that has slots for it.
 *
 * Firmware's memory map knows nothing of such a DIMM; its device's _CRS tells where
 * it answers.  The range enters the register as System RAM, so that nobody claims it
 * for a device, and stays offline, as on Debian's Linux, until somebody wants it:
 * no page of it is in the page allocator.
 *
 * Only whole blocks can go online.  What is not made of them is left out, and so
 * is what the map told already: a device may describe memory that was there from
 * the start.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "drivers/acpi/memhotplug.h"

#include "drivers/acpi/device.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/cpu.h"
#include "mm/e820.h"
#include "mm/layout.h"

#define MEM_SIZE_FOR_LARGE_BLOCK (64ULL << 30)
#define MIN_MEMORY_BLOCK_SIZE	 (128ULL << 20)
#define MAX_MEMORY_BLOCK_SIZE	 (2ULL << 30)

/*
 * A memory descriptor into the struct memory_ranges at `arg`; one that goes on where
 * another of its kind ends makes that one longer.
 */
static int memory_range_add(const struct aml_resource *from, void *arg)
{
	struct memory_ranges *ranges = arg;
	struct memory_range *range;

	if (from->type != AML_RES_MEMORY || !from->address_space)
		return 0;
	for (range = ranges->range; range < ranges->range + ranges->nr; range++) {
		if (range->caching == from->caching && range->read_only == from->read_only &&
		    range->start + range->size == from->min) {
			range->size += from->length;
			return 0;
		}
	}
	if (ranges->nr == MAX_MEMORY_RANGES) {
		pr_warn("[mem 0x%lx, %lu bytes]: more than MAX_MEMORY_RANGES (%d) of one memory device\n",
			from->min, from->length, MAX_MEMORY_RANGES);
		return 0;
	}
	ranges->range[ranges->nr++] = (struct memory_range){
		.start = from->min,
		.size = from->length,
		.caching = from->caching,
		.read_only = from->read_only,
	};
	return 0;
}

u64 memory_block_size(u64 ram_end, bool hypervisor)
{
	u64 size = MAX_MEMORY_BLOCK_SIZE;

	if (ram_end < MEM_SIZE_FOR_LARGE_BLOCK)
		return MIN_MEMORY_BLOCK_SIZE;
	/* A virtual machine's memory need not end on a big boundary. */
	while (hypervisor && size > MIN_MEMORY_BLOCK_SIZE && !IS_ALIGNED(ram_end, size))
		size >>= 1;
	return size;
}

static bool __init add_memory(const char *who, const struct memory_range *range)
{
	u64 block =
		memory_block_size((u64)e820__end_of_ram_pfn() << PAGE_SHIFT, boot_cpu.hypervisor);

	if (range->start + range->size > max_mem_size) {
		pr_info("%s: [mem 0x%lx, %lu bytes] is beyond mem=, left out\n", who, range->start,
			range->size);
		return false;
	}
	if (!IS_ALIGNED(range->start, block) || !IS_ALIGNED(range->size, block)) {
		pr_warn("%s: [mem 0x%lx, %lu bytes] is not made of whole blocks of %lu bytes, left out\n",
			who, range->start, range->size, block);
		return false;
	}
	if (!__request_region(&iomem_resource, range->start, range->size, "System RAM",
			      IORESOURCE_SYSTEM_RAM))
		return false;
	pr_info("%s: [mem 0x%lx-0x%lx] is RAM, offline\n", who, range->start,
		range->start + range->size - 1);
	return true;
}

void __init acpi_memory_device_add(const struct acpi_device *dev)
{
	const u32 usable = AML_STA_PRESENT | AML_STA_ENABLED | AML_STA_FUNCTIONING;
	struct memory_ranges ranges = { 0 };

	if ((dev->status & usable) != usable ||
	    aml_walk_resources(acpi_namespace, dev->node, "_CRS", memory_range_add, &ranges))
		return;
	for (unsigned int i = 0; i < ranges.nr; i++)
		if (ranges.range[i].size)
			add_memory(dev->name, &ranges.range[i]);
}
