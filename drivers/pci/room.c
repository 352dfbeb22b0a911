// SPDX-License-Identifier: MIT
/*
 * Room for one resource: where in the windows of its bus it can lie.
 *
 * The lowest place that is free, aligned and allowed.  Not allowed is what
 * firmware's memory map names at all (RAM or not, something is there), the last
 * 2 MiB below 4 GiB, where the ROM answers, memory below 1 MiB, and ports that a
 * card of the ISA age would mistake for its own: such a card decodes ten address
 * bits, so of any KiB only the first quarter is nobody's.
 *
 * Which windows suit: what may be prefetched and is 64 bits wide prefers a window
 * that is both, then a prefetchable one, then any; what is neither must not lie
 * in a prefetchable window, since reading it may have side effects.  64-bit
 * resources are put above 4 GiB where there is a choice.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/assign.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "mm/e820.h"

#define PCI_MIN_IO    0x1000ULL /* in the whole register: below lie the board's own ports */
#define PCI_MIN_MEM   0x100000ULL
#define PCI_GAP_LIMIT 0x100000000ULL
#define PCI_GAP_MIN   0x400000ULL /* a smaller hole is none */
#define ROM_FIRST     0xffe00000ULL
#define ROM_LAST      0xffffffffULL

/* Where the hole for PCI begins: the least address in a window that is the whole register. */
static resource_size_t pci_mem_start __initdata;
static bool avoid_e820 __initdata;

/* What is asked for; bounds are inclusive. */
struct request {
	resource_size_t min, max, size, align;
	unsigned long flags;
};

/* The biggest hole between e820's entries below 4 GiB: firmware puts PCI there. */
void __init pci_find_gap(void)
{
	unsigned int i = e820_table.nr_entries;
	u64 last = PCI_GAP_LIMIT, size = PCI_GAP_MIN;

	avoid_e820 = !cmdline_value_is("pci", "no_e820");
	while (i-- > 0) {
		const struct e820_entry *entry = &e820_table.entries[i];
		u64 end = entry->addr + entry->size;

		if (last > end && last - end >= size) {
			size = last - end;
			pci_mem_start = end;
		}
		last = min(last, entry->addr);
	}
	if (pci_mem_start) {
		pr_info("[mem 0x%08lx-0x%08llx] available for PCI devices\n", pci_mem_start,
			(unsigned long long)pci_mem_start + size - 1);
		return;
	}
	pr_warn("no hole in the memory map below 4 GiB\n");
	pci_mem_start = PCI_GAP_LIMIT;
}

/* Take [start, end] out of the gap: the bigger of what is left on both sides stays. */
static void __init cut_out(struct resource *gap, resource_size_t start, resource_size_t end)
{
	resource_size_t low, high;

	if (gap->end < start || gap->start > end)
		return;
	low = gap->start < start ? start - gap->start : 0;
	high = gap->end > end ? gap->end - end : 0;
	if (low > high)
		gap->end = start - 1;
	else
		gap->start = end + 1;
}

static void __init cut_reservations(struct resource *gap)
{
	unsigned int i;

	cut_out(gap, ROM_FIRST, ROM_LAST);
	for (i = 0; avoid_e820 && i < e820_table.nr_entries; i++) {
		const struct e820_entry *entry = &e820_table.entries[i];

		cut_out(gap, entry->addr, entry->addr + entry->size - 1);
	}
}

/* The request at the lowest place of a free range: true and *where. */
static bool __init fits(resource_size_t first, resource_size_t last, const struct request *q,
			resource_size_t *where)
{
	struct resource gap = { .start = max(first, q->min), .end = min(last, q->max) };
	resource_size_t start;

	if (first > last || gap.start > gap.end)
		return false;
	if (q->flags & IORESOURCE_MEM)
		cut_reservations(&gap);
	start = ALIGN(gap.start, q->align);
	if (start < gap.start)
		return false;
	if (q->flags & IORESOURCE_IO && start & 0x300)
		start = ALIGN(start, 0x400);
	if (q->flags & IORESOURCE_MEM)
		start = max(start, (resource_size_t)PCI_MIN_MEM);
	if (start < gap.start || start > gap.end || q->size - 1 > gap.end - start)
		return false;
	*where = start;
	return true;
}

/* Among the children of the window; the place of `self`, if it is one, counts as free. */
static bool __init find_room(const struct resource *window, const struct resource *self,
			     const struct request *q, resource_size_t *where)
{
	resource_size_t first = window->start;
	struct resource *child;

	for_each_resource_child(child, window) {
		if (child == self)
			continue;
		if (child->start > first && fits(first, child->start - 1, q, where))
			return true;
		if (child->end >= window->end)
			return false;
		first = child->end + 1;
	}
	return fits(first, window->end, q, where);
}

/* Put `res` there; one that is in the register already moves, but not with children. */
static int __init put_into(struct resource *window, struct resource *res, const struct request *q)
{
	resource_size_t where;

	if (res->children.node || !find_room(window, res, q, &where))
		return -EBUSY;
	release_resource(res);
	res->start = where;
	res->end = where + q->size - 1;
	return request_resource(window, res);
}

static int __init try_windows(const struct pci_bus *bus, struct resource *res,
			      const struct request *wish, unsigned long alike, resource_size_t low,
			      resource_size_t high)
{
	struct resource *window;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bus->resource); i++) {
		struct request q = *wish;

		window = bus->resource[i];
		if (!window || (window->flags ^ res->flags) & (IORESOURCE_TYPE_BITS | alike))
			continue;
		if (window->flags & IORESOURCE_PREFETCH && !(res->flags & IORESOURCE_PREFETCH))
			continue;
		q.min = max(window->start, low);
		q.max = min(window->end, high);
		if (q.min > q.max)
			continue;
		/* A window's own start counts; what begins at 0 is a whole register. */
		if (!q.min)
			q.min = res->flags & IORESOURCE_IO ? PCI_MIN_IO : pci_mem_start;
		if (!put_into(window, res, &q))
			return 0;
	}
	return -ENOSPC;
}

/* 64-bit ones above 4 GiB first, then anywhere; others below. */
static int __init try_heights(const struct pci_bus *bus, struct resource *res,
			      const struct request *q, unsigned long alike)
{
	if (!(res->flags & IORESOURCE_MEM_64))
		return try_windows(bus, res, q, alike, 0, PCI_GAP_LIMIT - 1);
	if (!try_windows(bus, res, q, alike, PCI_GAP_LIMIT, ~0ULL))
		return 0;
	return try_windows(bus, res, q, alike, 0, ~0ULL);
}

/* The kinds of windows in the order of preference; see the head of this file. */
static int __init try_kinds(const struct pci_bus *bus, struct resource *res,
			    const struct request *q)
{
	unsigned long both = IORESOURCE_PREFETCH | IORESOURCE_MEM_64;

	if (!try_heights(bus, res, q, both))
		return 0;
	if ((res->flags & both) == both && !try_heights(bus, res, q, IORESOURCE_PREFETCH))
		return 0;
	if (res->flags & both && !try_heights(bus, res, q, 0))
		return 0;
	return -ENOSPC;
}

static int __init find_place(struct pci_dev *dev, struct resource *res, resource_size_t size,
			     resource_size_t align)
{
	const struct request q = { .size = size, .align = align, .flags = res->flags };
	const struct pci_bus *bus = dev->bus;
	int err;

	while ((err = try_kinds(bus, res, &q)) && bus->self && bus->self->transparent)
		bus = bus->parent;
	return err;
}

resource_size_t __init pci_resource_alignment(const struct pci_dev *dev, int nr)
{
	const struct resource *res = &dev->resource[nr];

	/* SR-IOV 1.1, 3.3.14: a range of many, each aligned to its own size. */
	if (nr >= PCI_IOV_RESOURCES && nr <= PCI_IOV_RESOURCE_END)
		return dev->vf_bar_size[nr - PCI_IOV_RESOURCES];
	if (res->flags & IORESOURCE_STARTALIGN)
		return res->start;
	return res->flags & IORESOURCE_SIZEALIGN ? resource_size(res) : 0;
}

/* Back to where firmware had it: better than nothing, and on a root bus it may even work. */
static int __init revert_to_firmware(struct pci_dev *dev, int nr, resource_size_t size)
{
	struct resource *res = &dev->resource[nr], *parent, *conflict;
	struct resource old = *res;

	if (nr > PCI_IOV_RESOURCE_END || !dev->fw_addr[nr])
		return -ENOSPC;
	res->start = dev->fw_addr[nr];
	res->end = res->start + size - 1;
	res->flags &= ~(unsigned long)IORESOURCE_UNSET;
	parent = pci_find_parent_resource(dev, res);
	if (!parent && !dev->bus->self)
		parent = res->flags & IORESOURCE_IO ? &ioport_resource : &iomem_resource;
	conflict = parent ? request_resource_conflict(parent, res) : parent;
	if (parent && !conflict)
		return 0;
	if (conflict)
		pci_info(dev, "%s %pR: conflicts with %s %pR\n", pci_resource_name(dev, nr), res,
			 conflict->name, conflict);
	res->start = old.start;
	res->end = old.end;
	res->flags |= IORESOURCE_UNSET;
	return -EBUSY;
}

int __init pci_assign_resource(struct pci_dev *dev, int nr)
{
	struct resource *res = &dev->resource[nr];
	resource_size_t align = pci_resource_alignment(dev, nr), size = resource_size(res);
	int err;

	if (res->flags & IORESOURCE_PCI_FIXED)
		return 0;
	res->flags |= IORESOURCE_UNSET;
	if (!is_power_of_2(align)) {
		pci_warn(dev, "%s %pR: bogus alignment\n", pci_resource_name(dev, nr), res);
		return -EINVAL;
	}
	err = find_place(dev, res, size, align);
	if (err) {
		pci_info(dev, "%s: can't assign; no space for %#lx %s\n",
			 pci_resource_name(dev, nr), size,
			 res->flags & IORESOURCE_IO ? "ports" : "bytes");
		err = revert_to_firmware(dev, nr, size);
	}
	if (err)
		return err;
	res->flags &= ~(unsigned long)(IORESOURCE_UNSET | IORESOURCE_STARTALIGN);
	pci_info(dev, "%s %pR: assigned\n", pci_resource_name(dev, nr), res);
	if (nr <= PCI_IOV_RESOURCE_END)
		pci_update_resource(dev, nr);
	return 0;
}

int __init pci_grow_resource(struct pci_dev *dev, int nr, resource_size_t add,
			     resource_size_t align)
{
	struct resource *res = &dev->resource[nr];
	int err;

	if (!res->parent || !is_power_of_2(align))
		return -EINVAL;
	err = find_place(dev, res, resource_size(res) + add, align);
	if (err) {
		pci_info(dev, "%s %pR: failed to expand by %#lx\n", pci_resource_name(dev, nr), res,
			 add);
		return err;
	}
	res->flags &= ~(unsigned long)IORESOURCE_STARTALIGN;
	pci_info(dev, "%s %pR: expanded by %#lx\n", pci_resource_name(dev, nr), res, add);
	return 0;
}

/* A 64-bit BAR cannot be written in one go: memory decode is off meanwhile. */
void pci_update_resource(struct pci_dev *dev, int nr)
{
	const struct resource *res = &dev->resource[nr];
	bool wide = res->flags & IORESOURCE_MEM_64;
	u32 low = (u32)res->start, mask = ~0xfU, check;
	u16 command;
	int reg = PCI_BASE_ADDRESS_0 + 4 * nr;

	if (nr >= PCI_IOV_RESOURCES)
		reg = dev->sriov_cap + PCI_SRIOV_BAR + 4 * (nr - PCI_IOV_RESOURCES);
	if (nr == PCI_ROM_RESOURCE) {
		/* It stays off; who switches it on writes its address then. */
		if (!(res->flags & IORESOURCE_ROM_ENABLE))
			return;
		reg = dev->rom_base_reg;
		low |= 1;
	} else if (res->flags & IORESOURCE_IO) {
		mask = 0xfffcU;
		low |= res->flags & 3;
	} else {
		low |= res->flags & 0xf;
	}
	if (wide) {
		pci_read_config_word(dev, PCI_COMMAND, &command);
		pci_write_config_word(dev, PCI_COMMAND, command & ~PCI_COMMAND_MEMORY);
	}
	pci_write_config_dword(dev, reg, low);
	pci_read_config_dword(dev, reg, &check);
	if ((check ^ low) & mask)
		pci_warn(dev, "%s: wrote %#x, reads %#x\n", pci_resource_name(dev, nr), low, check);
	if (wide) {
		pci_write_config_dword(dev, reg + 4, upper_32_bits(res->start));
		pci_read_config_dword(dev, reg + 4, &check);
		if (check != upper_32_bits(res->start))
			pci_warn(dev, "%s: upper half wrote %#x, reads %#x\n",
				 pci_resource_name(dev, nr), upper_32_bits(res->start), check);
		pci_write_config_word(dev, PCI_COMMAND, command);
	}
}
