// SPDX-License-Identifier: MIT
/* What programs may reach of memory, by the register alone. */
#include "kernel/core/devmem.h"

#include "kernel/core/cmdline.h"

static bool relaxed;

void __init devmem_init(void)
{
	relaxed = cmdline_value_is("iomem", "relaxed");
}

static bool is_system_ram(const struct resource *res)
{
	return (res->flags & IORESOURCE_SYSTEM_RAM) == IORESOURCE_SYSTEM_RAM;
}

static bool is_exclusive(const struct resource *res)
{
	return res->flags & IORESOURCE_BUSY && !(res->flags & IORESOURCE_MAPPABLE) && !relaxed;
}

static bool visit_ram(const struct resource *res, void *unused)
{
	(void)unused;
	return is_system_ram(res);
}

static bool visit_exclusive(const struct resource *res, void *unused)
{
	(void)unused;
	return is_exclusive(res);
}

static bool visit_refused(const struct resource *res, void *unused)
{
	(void)unused;
	return is_system_ram(res) || is_exclusive(res);
}

bool devmem_range_is_allowed(resource_size_t start, resource_size_t size)
{
	resource_size_t end = start + (size - 1);

	start = max(start, (resource_size_t)DEVMEM_LOW_END);
	return start > end || !resource_walk(&iomem_resource, start, end, visit_refused, NULL);
}

enum devmem_access devmem_is_allowed(unsigned long pfn)
{
	resource_size_t start = PFN_PHYS(pfn), end = start + PAGE_SIZE - 1;

	if (start >= DEVMEM_LOW_END)
		return devmem_range_is_allowed(start, PAGE_SIZE) ? DEVMEM_ALLOWED : DEVMEM_REFUSED;
	return resource_walk(&iomem_resource, start, end, visit_ram, NULL) ? DEVMEM_ZEROES :
									     DEVMEM_ALLOWED;
}

bool iomem_is_exclusive(resource_size_t addr)
{
	resource_size_t start = addr & PAGE_MASK;

	return resource_walk(&iomem_resource, start, start + PAGE_SIZE - 1, visit_exclusive, NULL);
}
