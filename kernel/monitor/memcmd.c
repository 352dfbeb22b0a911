// SPDX-License-Identifier: MIT
/*
 * md and mw: any physical address, in U-Boot's manner (all numbers hexadecimal).
 *
 * RAM is reached as any page is.  Anything else is claimed, mapped, accessed in
 * the exact width and given back, piece by piece; every access may fault without
 * harm.  What a driver holds is refused with the holder's name,
 * since a read can already change a device.  ROMs, and memory that firmware has
 * reserved for itself, are marked busy but no driver works there: they are
 * mapped without a claim.
 */
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/trap/nofault.h"
#include "mm/e820.h"
#include "mm/highmem.h"
#include "mm/ioremap.h"
#include "mm/memtype.h"

#define LINE_BYTES    16
#define DEFAULT_COUNT 0x40
#define MAX_BYTES     0x100000 /* of one command */
#define WINDOW_BYTES  0x10000  /* mapped at once */

/* A piece of physical memory that can be accessed now. */
struct window {
	phys_addr_t start;
	u64 size; /* bytes; 0: closed */
	unsigned long va;
	void __iomem *map; /* NULL: RAM, by kmap_local_page() */
	bool claimed;
};

struct request {
	struct sink *out;
	const char *command; /* as it was typed */
	phys_addr_t addr;
	unsigned int width; /* bytes of an item: 1, 2, 4, 8 */
	u64 count;	    /* items */
	struct window window;
};

/* ---------------------------------------------------------------- who holds it */

static bool is_firmware_memory(const struct resource *res)
{
	static const u32 types[] = { E820_TYPE_RESERVED, E820_TYPE_ACPI, E820_TYPE_NVS,
				     E820_TYPE_UNUSABLE };

	if (res->flags & IORESOURCE_READONLY)
		return true; /* a ROM */
	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++)
		if (strcmp(res->name, e820_type_to_string(types[i])) == 0)
			return true;
	return false;
}

/* What a range meets: a driver's claim, or memory that is marked busy and no driver's. */
struct holding {
	struct resource holder;
	bool reserved;
};

static bool note_holder(const struct resource *res, void *arg)
{
	struct holding *h = arg;

	if (!(res->flags & IORESOURCE_BUSY))
		return false;
	if (!(res->flags & IORESOURCE_AUTO) && is_firmware_memory(res)) {
		h->reserved = true;
		return false;
	}
	h->holder = *res;
	return true;
}

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

static int open_device_window(struct request *r)
{
	struct window *w = &r->window;
	phys_addr_t end = w->start + w->size - 1;
	struct holding h = { .reserved = false };

	if (resource_walk(&iomem_resource, w->start, end, note_holder, &h)) {
		sink_printf(r->out, "%s: [mem %#010llx-%#010llx] is held by %s %pR\n", r->command,
			    (unsigned long long)w->start, (unsigned long long)end, h.holder.name,
			    &h.holder);
		w->size = 0;
		return -EBUSY;
	}
	w->claimed = !h.reserved;
	if (w->claimed && !request_mem_region(w->start, w->size, "md")) {
		w->size = 0;
		return -EBUSY;
	}
	w->map = ioremap_prot(w->start, w->size, cachemode2protval(mode_of(w->start)));
	if (!w->map) {
		close_window(w);
		return -ENXIO; /* ioremap said why */
	}
	w->va = (unsigned long __force)w->map;
	return 0;
}

/* A window from `addr` on, of at most `size` bytes, all RAM or all device. */
static int open_window(struct request *r, phys_addr_t addr, u64 size)
{
	u64 in_page = PAGE_SIZE - (addr & ~PAGE_MASK);
	struct window *w = &r->window;

	*w = (struct window){ .start = addr, .size = min(size, in_page) };
	if (pfn_valid(PFN_DOWN(addr))) {
		w->va = (unsigned long)kmap_local_page(pfn_to_page(PFN_DOWN(addr)));
		w->va += addr & ~PAGE_MASK;
		return 0;
	}
	size = min(size, (u64)WINDOW_BYTES);
	while (w->size < size && !pfn_valid(PFN_DOWN(addr + w->size)) &&
	       mode_of(addr + w->size) == mode_of(addr))
		w->size = min(size, w->size + PAGE_SIZE);
	return open_device_window(r);
}

/* Access the item at addr, whose window is opened where it is not yet; `left` bytes follow. */
static int access_item(struct request *r, phys_addr_t addr, u64 left, u64 *value, bool write)
{
	struct window *w = &r->window;
	struct fault_info fault;
	unsigned long va;
	int ret;

	if (!w->size || addr - w->start >= w->size) {
		close_window(w);
		ret = open_window(r, addr, left);
		if (ret)
			return ret;
	}
	va = w->va + (addr - w->start);
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
	if (kstrtoull(addr, 16, &r->addr) != 0)
		return -EINVAL;
	if (count && (kstrtoull(count, 16, &r->count) != 0 || r->count == 0))
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

static void print_items(const struct request *r, phys_addr_t addr, const u8 *bytes, unsigned int n)
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
	phys_addr_t addr = r->addr;
	u8 bytes[LINE_BYTES];
	unsigned int n;
	int ret = 0;

	while (left && !ret) {
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
MONITOR_COMMAND_WIDTHS(md, "bwlq", "ADDR [COUNT]", "show memory at a physical address (hex)",
		       cmd_md);

static int cmd_mw(struct sink *out, int argc, char **argv)
{
	struct request r;
	u64 value, left;
	int ret;

	if (argc < 3 || argc > 4 || kstrtoull(argv[2], 16, &value) != 0)
		return -EINVAL;
	ret = parse_request(&r, out, argv[0], argv[1], argc > 3 ? argv[3] : "1");
	if (ret)
		return ret;
	if (r.width < 8 && value >> (r.width * 8)) {
		sink_printf(out, "%s: 0x%llx has more than %u bytes\n", argv[0],
			    (unsigned long long)value, r.width);
		return -ERANGE;
	}
	for (left = r.count * r.width; left && !ret; left -= r.width)
		ret = access_item(&r, r.addr + r.count * r.width - left, left, &value, true);
	close_window(&r.window);
	return ret;
}
MONITOR_COMMAND_WIDTHS(mw, "bwlq", "ADDR VALUE [COUNT]", "write memory at a physical address (hex)",
		       cmd_mw);
