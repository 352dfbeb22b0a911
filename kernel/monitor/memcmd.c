// SPDX-License-Identifier: MIT
/*
 * md and mw: any address, in U-Boot's manner (all numbers hexadecimal).  One of the
 * kernel's half is virtual, and stands for the physical one that it is mapped to.
 *
 * RAM is reached as any page is.  Anything else is claimed where nobody holds it,
 * mapped, accessed in the exact width and given back, piece by piece; every access
 * may fault without harm.  What may be accessed kernel/monitor/access.h says; mw asks
 * for its whole range before it writes the first byte.
 */
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/access.h"
#include "kernel/monitor/whatis.h"
#include "kernel/trap/nofault.h"
#include "mm/highmem.h"
#include "mm/ioremap.h"
#include "mm/memtype.h"

#define LINE_BYTES    16
#define DEFAULT_COUNT 0x40
#define MAX_BYTES     0x100000 /* of one command */
#define WINDOW_BYTES  0x10000  /* mapped at once */

/* A piece of memory that can be accessed now. */
struct window {
	u64 addr; /* as it was asked for */
	phys_addr_t start;
	u64 size; /* bytes; 0: closed */
	unsigned long va;
	void __iomem *map; /* NULL: RAM, by kmap_local_page() */
	bool claimed;
};

struct request {
	struct sink *out;
	const char *command; /* as it was typed */
	u64 addr;
	unsigned int width; /* bytes of an item: 1, 2, 4, 8 */
	u64 count;	    /* items */
	struct window window;
};

/* ---------------------------------------------------------------- windows */

static void close_window(struct window *w)
{
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

static int open_device_window(struct request *r, bool write)
{
	struct window *w = &r->window;
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
		close_window(w);
		return -ENXIO; /* ioremap said why */
	}
	w->va = (unsigned long __force)w->map;
	return 0;
}

static int translate(const struct request *r, u64 addr, phys_addr_t *phys)
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
static int open_window(struct request *r, u64 addr, u64 size, bool write)
{
	struct window *w = &r->window;
	phys_addr_t phys;
	int ret = translate(r, addr, &phys);

	if (ret)
		return ret;
	*w = (struct window){ .addr = addr, .start = phys, .size = in_page(phys, size) };
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
static int access_item(struct request *r, u64 addr, u64 left, u64 *value, bool write)
{
	struct window *w = &r->window;
	struct fault_info fault;
	unsigned long va;
	int ret;

	if (!w->size || addr - w->addr >= w->size) {
		close_window(w);
		ret = open_window(r, addr, left, write);
		if (ret)
			return ret;
	}
	va = w->va + (addr - w->addr);
	ret = write ? nofault_write(va, r->width, *value, &fault) :
		      nofault_read(va, r->width, value, &fault);
	if (ret)
		sink_printf(r->out, "%s: %s at 0x%llx faults: vector %u, error code 0x%x\n",
			    r->command, write ? "writing" : "reading", (unsigned long long)addr,
			    fault.vector, fault.error_code);
	return ret;
}

/* ---------------------------------------------------------------- the commands */

static int parse_request(struct request *r, struct sink *out, const char *name, const char *addr,
			 const char *count)
{
	*r = (struct request){ out, name, 0, command_width(name, 4), DEFAULT_COUNT, { 0 } };
	if (kstrtoull(addr, COMMAND_BASE, &r->addr) != 0)
		return -EINVAL;
	if (count && (kstrtoull(count, COMMAND_BASE, &r->count) != 0 || r->count == 0))
		return -EINVAL;
	if (!IS_ALIGNED(r->addr, r->width)) {
		sink_printf(out, "%s: 0x%llx is not a multiple of %u\n", name,
			    (unsigned long long)r->addr, r->width);
		return -ERANGE;
	}
	if (r->count > MAX_BYTES / r->width) {
		sink_printf(out, "%s: 0x%llx items are more than 0x%x bytes\n", name,
			    (unsigned long long)r->count, MAX_BYTES);
		return -ERANGE;
	}
	if (r->addr + (r->count * r->width - 1) < r->addr) {
		sink_printf(out, "%s: 0x%llx items from 0x%llx on go beyond the last address\n",
			    name, (unsigned long long)r->count, (unsigned long long)r->addr);
		return -ERANGE;
	}
	return 0;
}

static void print_items(const struct request *r, u64 addr, const u8 *bytes, unsigned int n)
{
	struct sink *out = r->out;
	unsigned int items = LINE_BYTES / r->width;
	char text[LINE_BYTES + 1];
	u64 value;

	sink_printf(out, "%08llx:", (unsigned long long)addr);
	for (unsigned int i = 0; i < items; i++) {
		value = 0;
		if (i < n)
			memcpy(&value, bytes + i * r->width, r->width);
		if (i < n)
			sink_printf(out, " %0*llx", (int)r->width * 2, (unsigned long long)value);
		else
			sink_printf(out, " %*s", (int)r->width * 2, "");
	}
	for (unsigned int i = 0; i < n * r->width; i++)
		text[i] = bytes[i] >= ' ' && bytes[i] < 0x7f ? (char)bytes[i] : '.';
	text[n * r->width] = '\0';
	sink_printf(out, "  %s\n", text);
}

static int dump(struct request *r)
{
	u64 left = r->count * r->width, value;
	u64 addr = r->addr;
	u8 bytes[LINE_BYTES];
	unsigned int n;
	int ret = 0;

	while (left && !ret && !command_interrupted()) {
		for (n = 0; n < LINE_BYTES / r->width && left; n++) {
			ret = access_item(r, addr + n * r->width, left, &value, false);
			if (ret)
				break;
			memcpy(bytes + n * r->width, &value, r->width);
			left -= r->width;
		}
		if (n)
			print_items(r, addr, bytes, n);
		addr += n * r->width;
	}
	close_window(&r->window);
	return ret;
}

static int cmd_md(struct sink *out, int argc, char **argv)
{
	struct request r;
	int ret;

	if (argc < 2 || argc > 3)
		return -EINVAL;
	ret = parse_request(&r, out, argv[0], argv[1], argc > 2 ? argv[2] : NULL);
	return ret ? ret : dump(&r);
}
MONITOR_COMMAND_WIDTHS(md, "bwlq", "ADDR [COUNT] (hex)",
		       "show memory at a physical or virtual address", cmd_md);

/* All of it may be written. */
static int check_write(const struct request *r)
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
			ret = may_access(r->out, r->command, &range, true, &claim);
	}
	return ret;
}

static int cmd_mw(struct sink *out, int argc, char **argv)
{
	struct request r;
	u64 value, left;
	int ret;

	if (argc < 3 || argc > 4 || kstrtoull(argv[2], COMMAND_BASE, &value) != 0)
		return -EINVAL;
	ret = parse_request(&r, out, argv[0], argv[1], argc > 3 ? argv[3] : "1");
	if (ret)
		return ret;
	if (r.width < 8 && value >> (r.width * 8)) {
		sink_printf(out, "%s: 0x%llx has more than %u bytes\n", argv[0],
			    (unsigned long long)value, r.width);
		return -ERANGE;
	}
	ret = check_write(&r);
	for (left = r.count * r.width; left && !ret && !command_interrupted(); left -= r.width)
		ret = access_item(&r, r.addr + r.count * r.width - left, left, &value, true);
	close_window(&r.window);
	return ret;
}
MONITOR_COMMAND_WIDTHS(mw, "bwlq", "ADDR VALUE [COUNT] (hex)",
		       "write memory at a physical or virtual address", cmd_mw);
