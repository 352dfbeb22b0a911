// SPDX-License-Identifier: MIT
/* See memory.h.  One window is open at a time: what the next item needs takes the last one's place. */
#include "kernel/monitor/memory.h"

#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/access.h"
#include "kernel/trap/nofault.h"
#include "kernel/trap/traps.h"
#include "mm/highmem.h"
#include "mm/ioremap.h"
#include "mm/memtype.h"

#define WINDOW_BYTES 0x10000 /* mapped at once */

/* ---------------------------------------------------------------- windows */

void mem_close(struct mem_request *r)
{
	struct mem_window *w = &r->window;

	if (!w->size)
		return;
	if (w->map)
		iounmap(w->map);
	else
		kunmap_local((void *)w->va);
	if (w->claimed)
		release_mem_region(w->start, w->size);
	w->size = 0;
}

/* What somebody has mapped already must be mapped as that, a table of ACPI's as write-back. */
static enum page_cache_mode mode_of(phys_addr_t addr)
{
	enum page_cache_mode mode;
	unsigned long holder;

	return memtype_lookup(addr, &mode, &holder) ? mode : _PAGE_CACHE_MODE_UC_MINUS;
}

static int open_device_window(struct mem_request *r, bool write)
{
	struct mem_window *w = &r->window;
	struct resource range = DEFINE_RES_NAMED(w->start, w->size, r->command, IORESOURCE_MEM);
	int ret = may_access(r->out, r->command, &range, write, &w->claimed);

	if (!ret && w->claimed && !request_mem_region(w->start, w->size, "md"))
		ret = -EBUSY;
	if (ret) {
		w->size = 0;
		return ret;
	}
	w->map = ioremap_prot(w->start, w->size, cachemode2protval(mode_of(w->start)));
	if (!w->map) {
		mem_close(r);
		return -ENXIO; /* ioremap said why */
	}
	w->va = (unsigned long __force)w->map;
	return 0;
}

static int translate(const struct mem_request *r, u64 addr, phys_addr_t *phys)
{
	*phys = addr;
	if (addr < KERNEL_HALF || virt_to_phys_walk(addr, phys) == 0)
		return 0;
	sink_printf(r->out, "%s: 0x%llx is mapped nowhere\n", r->command, (unsigned long long)addr);
	return -EFAULT;
}

/* How many of `size` bytes from addr on lie in its page. */
static u64 in_page(u64 addr, u64 size)
{
	return min(size, PAGE_SIZE - (addr & ~PAGE_MASK));
}

/* They can be one window of devices': of one owner, or nobody's, and mapped alike. */
static bool are_alike(phys_addr_t a, phys_addr_t b)
{
	return !pfn_valid(PFN_DOWN(b)) && mode_of(a) == mode_of(b) &&
	       lookup_resource_deepest(&iomem_resource, a, a) ==
		       lookup_resource_deepest(&iomem_resource, b, b);
}

/* A window from `addr` on, of at most `size` bytes, all RAM or all device. */
static int open_window(struct mem_request *r, u64 addr, u64 size, bool write)
{
	struct mem_window *w = &r->window;
	phys_addr_t phys;
	int ret = translate(r, addr, &phys);

	if (ret)
		return ret;
	*w = (struct mem_window){ .addr = addr, .start = phys, .size = in_page(phys, size) };
	if (pfn_valid(PFN_DOWN(phys))) {
		w->va = (unsigned long)kmap_local_page(pfn_to_page(PFN_DOWN(phys)));
		w->va += phys & ~PAGE_MASK;
		return 0;
	}
	size = min(size, (u64)WINDOW_BYTES);
	while (addr < KERNEL_HALF && w->size < size && are_alike(phys, phys + w->size))
		w->size = min(size, w->size + PAGE_SIZE);
	return open_device_window(r, write);
}

/* Access the item at addr, whose window is opened where it is not yet; `left` bytes follow. */
int mem_access(struct mem_request *r, u64 addr, u64 left, u64 *value, bool write)
{
	struct mem_window *w = &r->window;
	struct fault_info fault;
	unsigned long va;
	int ret;

	if (!w->size || addr - w->addr >= w->size) {
		mem_close(r);
		ret = open_window(r, addr, left, write);
		if (ret)
			return ret;
	}
	va = w->va + (addr - w->addr);
	ret = write ? nofault_write(va, r->width, *value, &fault) :
		      nofault_read(va, r->width, value, &fault);
	if (ret)
		sink_printf(r->out, "%s: %s at 0x%llx %s: vector %u, error code 0x%x\n", r->command,
			    write ? "writing" : "reading", (unsigned long long)addr,
			    fault.vector == X86_TRAP_MC ? "machine-checks" : "faults", fault.vector,
			    fault.error_code);
	return ret;
}

/* ---------------------------------------------------------------- requests */

int mem_parse(struct mem_request *r, struct sink *out, const char *name, const char *addr,
	      const char *count, u64 limit)
{
	*r = (struct mem_request){ out, name, 0, command_width(name, 4), MEM_COUNT, { 0 } };
	if (kstrtoull(addr, COMMAND_BASE, &r->addr) != 0)
		return -EINVAL;
	if (count && (kstrtoull(count, COMMAND_BASE, &r->count) != 0 || r->count == 0))
		return -EINVAL;
	if (!IS_ALIGNED(r->addr, r->width)) {
		sink_printf(out, "%s: 0x%llx is not a multiple of %u\n", name,
			    (unsigned long long)r->addr, r->width);
		return -ERANGE;
	}
	if (r->count > limit / r->width) {
		sink_printf(out, "%s: 0x%llx items are more than 0x%llx bytes\n", name,
			    (unsigned long long)r->count, (unsigned long long)limit);
		return -ERANGE;
	}
	if (r->addr + (r->count * r->width - 1) < r->addr) {
		sink_printf(out, "%s: 0x%llx items from 0x%llx on go beyond the last address\n",
			    name, (unsigned long long)r->count, (unsigned long long)r->addr);
		return -ERANGE;
	}
	return 0;
}

int mem_value(const struct mem_request *r, const char *word, u64 *value)
{
	if (kstrtoull(word, COMMAND_BASE, value) != 0)
		return -EINVAL;
	if (r->width == 8 || !(*value >> (r->width * 8)))
		return 0;
	sink_printf(r->out, "%s: 0x%llx has more than %u bytes\n", r->command,
		    (unsigned long long)*value, r->width);
	return -ERANGE;
}

int mem_check(const struct mem_request *r, bool write)
{
	u64 size = r->count * r->width, piece;
	bool claim;
	int ret = 0;

	for (u64 at = 0; at < size && !ret; at += piece) {
		struct resource range = { .flags = IORESOURCE_MEM };

		piece = in_page(r->addr + at, size - at);
		ret = translate(r, r->addr + at, &range.start);
		range.end = range.start + (piece - 1);
		if (!ret)
			ret = may_access(r->out, r->command, &range, write, &claim);
	}
	return ret;
}
