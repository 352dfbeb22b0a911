// SPDX-License-Identifier: MIT
/*
 * Resource descriptors as resources; the windows of a host bridge.
 *
 * Firmware's windows overlap, reach beyond the processor's addresses and come in
 * any order; the register wants them apart.  The rules are Linux's, so that what
 * remains is the same.  See window.h.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "drivers/acpi/window.h"

#include "kernel/core/printk.h"
#include "kernel/lib/string.h"

#define PORT_END 0x10003ULL /* a descriptor may reach three bytes over: the last port, 4 wide */

/* [start, end] of an address space descriptor, or of a plain one. */
static void bounds(const struct aml_resource *from, struct resource *to, u64 *offset)
{
	*offset = 0;
	if (!from->address_space) {
		to->start = from->min;
		to->end = from->min + from->length - 1;
		return;
	}
	/* ACPI 6.5, 6.4.3.5.1: only a bridge translates. */
	if (from->window)
		*offset = from->translation;
	to->start = from->min + *offset;
	to->end = from->max + *offset;
}

static unsigned long memory_flags(const struct aml_resource *from)
{
	unsigned long flags = IORESOURCE_MEM;

	if (from->read_only)
		flags |= IORESOURCE_READONLY;
	if (from->address_space && from->caching == 3)
		flags |= IORESOURCE_PREFETCH;
	return flags;
}

static unsigned long port_flags(const struct aml_resource *from)
{
	/* Of an address space the granularity tells: 0xfff is a card of the ISA age. */
	bool full = from->address_space ? from->align != 0xfff : from->decode == 16;
	unsigned long flags = IORESOURCE_IO;

	if (full)
		flags |= IORESOURCE_IO_16BIT;
	if (from->io_sparse)
		flags |= IORESOURCE_IO_SPARSE;
	return flags;
}

bool acpi_resource_decode(const struct aml_resource *from, struct resource *to, u64 *offset)
{
	if (from->type != AML_RES_MEMORY && from->type != AML_RES_IO)
		return false;
	bounds(from, to, offset);
	/* No length is a resource that firmware did not assign. */
	if (!from->length || to->start > to->end || resource_size(to) == 0)
		return false;
	if (from->type == AML_RES_IO && to->end >= PORT_END)
		return false;
	to->flags = from->type == AML_RES_IO ? port_flags(from) : memory_flags(from);
	if (from->address_space && from->window)
		to->flags |= IORESOURCE_WINDOW;
	return true;
}

void host_windows_remove(struct host_windows *windows, unsigned int i)
{
	windows->nr--;
	memmove(&windows->window[i], &windows->window[i + 1],
		(windows->nr - i) * sizeof(windows->window[0]));
}

/* Cut to the register's end: false where nothing is left. */
static bool cut_to_register(struct resource *res, const struct resource *root)
{
	resource_size_t end = min(res->end, root->end);

	if (end <= res->start) {
		pr_info("host bridge window %pR (ignored, not CPU addressable)\n", res);
		return false;
	}
	if (end != res->end) {
		pr_info("host bridge window %pR ([0x%lx-0x%lx] ignored, not CPU addressable)\n",
			res, end + 1, res->end);
		res->end = end;
	}
	return true;
}

/* Window i meets an earlier one of its type: that one grows. */
static bool joined_to_earlier(struct host_windows *windows, unsigned int i, unsigned long type)
{
	const struct resource *res = &windows->window[i].res;

	for (unsigned int j = 0; j < i; j++) {
		struct resource *earlier = &windows->window[j].res;

		if (!(earlier->flags & type) || !resource_overlaps(earlier, res))
			continue;
		earlier->start = min(earlier->start, res->start);
		earlier->end = max(earlier->end, res->end);
		pr_info("host bridge window expanded to %pR; %pR ignored\n", earlier, res);
		return true;
	}
	return false;
}

void host_windows_validate(struct host_windows *windows, unsigned long type,
			   const struct resource *root)
{
	unsigned int i = 0;

	while (i < windows->nr) {
		struct resource *res = &windows->window[i].res;

		if (res->flags & type &&
		    (!cut_to_register(res, root) || joined_to_earlier(windows, i, type)))
			host_windows_remove(windows, i);
		else
			i++;
	}
}

bool host_windows_adjoin(const struct host_window *first, const struct host_window *second)
{
	return first->res.flags == second->res.flags && first->offset == second->offset &&
	       first->res.end + 1 == second->res.start;
}

bool host_window_is_config_ports(const struct resource *res)
{
	return res->flags & IORESOURCE_IO && res->start == 0xcf8 && res->end == 0xcff;
}
