// SPDX-License-Identifier: MIT
/* What a person may touch: the register is asked, and the page allocator. */
#include "kernel/monitor/access.h"

#include "kernel/core/cmdline.h"
#include "kernel/core/sink.h"
#include "kernel/lib/errno.h"
#include "kernel/monitor/whatis.h"
#include "mm/page_alloc.h"

#define MiB 0x100000UL

/* What a range meets. */
struct meeting {
	struct resource owner;
	bool held, undriven;
};

static bool note_owner(const struct resource *res, void *arg)
{
	struct meeting *m = arg;

	if (!(res->flags & IORESOURCE_BUSY))
		return false;
	m->owner = *res;
	if (res->flags & IORESOURCE_UNDRIVEN)
		m->undriven = true;
	else
		m->held = true;
	return m->held;
}

static bool is_ram(const struct resource *range)
{
	return range->flags & IORESOURCE_MEM && pfn_valid(PFN_DOWN(range->start));
}

static int refuse_ram(struct sink *out, const char *command, const struct resource *range)
{
	const struct resource *res =
		lookup_resource_deepest(&iomem_resource, range->start, range->end);
	char use[120];

	whatis_page_use(range->start, use, sizeof(use));
	sink_printf(out, "%s: %pR is %s, %s; with iomem=relaxed it may be written\n", command,
		    range, res->name, use);
	return -EPERM;
}

int may_access(struct sink *out, const char *command, const struct resource *range, bool write,
	       bool *claim)
{
	bool ports = range->flags & IORESOURCE_IO, relaxed = cmdline_value_is("iomem", "relaxed");
	struct meeting m = { .held = false };

	*claim = false;
	if (is_ram(range))
		return write && !relaxed ? refuse_ram(out, command, range) : 0;
	resource_walk(ports ? &ioport_resource : &iomem_resource, range->start, range->end,
		      note_owner, &m);
	*claim = !m.held && !m.undriven;
	if (relaxed)
		return 0;
	if (m.held || (m.undriven && write && !ports && range->end >= MiB)) {
		sink_printf(out, "%s: %pR is held by %s %pR; iomem=relaxed would allow it\n",
			    command, range, m.owner.name, &m.owner);
		return -EPERM;
	}
	return 0;
}
