// SPDX-License-Identifier: MIT
/*
 * The PVH loader's word: from struct hvm_start_info to struct boot_info.
 *
 * Its parts lie anywhere in memory, each behind an address of its own, and a
 * string has no length.  So each is copied out in small pieces: an address is good
 * where the CPU has it, a count is cut at what boot_info holds, a string at its
 * buffer's end.
 */
#define pr_fmt(fmt) "pvh: " fmt

#include "boot/pvh.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/early_ioremap.h"
#include "mm/layout.h"

#define RSDP_V1_SIZE  20 /* ACPI 6.5, 5.2.5.3 */
#define RSDP_REVISION 15

_Static_assert(sizeof(struct hvm_start_info) == 56, "Xen, start_info.h");
_Static_assert(sizeof(struct hvm_module) == 32, "Xen, start_info.h");
_Static_assert(sizeof(struct hvm_memmap_entry) == 24, "Xen, start_info.h");

/*
 * The string at `phys` into dst, which is always terminated: false, after a line, where
 * it was cut off at dst's end or at memory's.  Page by page: behind its last one may
 * be nothing.
 */
static bool __init read_string(char *dst, size_t size, phys_addr_t phys, const char *what)
{
	size_t n = 0;

	while (n < size) {
		size_t part = min(size - n, PAGE_SIZE - (phys & ~PAGE_MASK));

		if (copy_from_early_mem(dst + n, phys, part))
			break;
		if (strnlen(dst + n, part) < part)
			return true;
		n += part;
		phys += part;
	}
	dst[min(n, size - 1)] = '\0';
	pr_warn("%s: not terminated in %zu bytes: cut off\n", what, n);
	return false;
}

static void __init take_cmdline(const struct hvm_start_info *si, struct boot_info *bi)
{
	if (si->cmdline &&
	    !read_string(bi->cmdline, sizeof(bi->cmdline), si->cmdline, "command line"))
		cmdline_cut_word(bi->cmdline);
	pr_info("command line: \"%s\"\n", bi->cmdline);
}

static void __init take_rsdp(const struct hvm_start_info *si, struct boot_info *bi)
{
	unsigned int size = RSDP_V1_SIZE;

	if (!si->rsdp)
		return;
	if (!copy_from_early_mem(bi->rsdp, si->rsdp, size) && bi->rsdp[RSDP_REVISION] >= 2)
		size = BOOT_RSDP_MAX;
	if (copy_from_early_mem(bi->rsdp, si->rsdp, size)) {
		pr_warn("RSDP: ignored: no memory at 0x%lx\n", si->rsdp);
		return;
	}
	bi->rsdp_size = size;
	pr_info("RSDP: a copy of %u bytes\n", size);
}

static void __init take_module(const struct hvm_module *m, struct boot_info *bi)
{
	struct boot_module *to = &bi->modules[bi->nr_modules];

	if (!m->size || m->start + m->size < m->start) {
		pr_warn("module: ignored: 0x%lx bytes at 0x%lx\n", m->size, m->start);
		return;
	}
	to->start = m->start;
	to->end = m->start + m->size;
	if (m->string)
		read_string(to->string, sizeof(to->string), m->string, "module");
	bi->nr_modules++;
	pr_info("module: [0x%08lx-0x%08lx] \"%s\"\n", to->start, to->end - 1, to->string);
}

static void __init take_modules(const struct hvm_start_info *si, struct boot_info *bi)
{
	u32 nr = si->modules ? si->nr_modules : 0;
	struct hvm_module m;

	if (nr > BOOT_MAX_MODULES)
		pr_warn("only the first BOOT_MAX_MODULES = %d of %u modules are taken\n",
			BOOT_MAX_MODULES, nr);
	for (u32 i = 0; i < nr && i < BOOT_MAX_MODULES; i++) {
		if (copy_from_early_mem(&m, si->modules + i * sizeof(m), sizeof(m))) {
			pr_warn("module %u: the list at 0x%lx leaves memory\n", i, si->modules);
			return;
		}
		take_module(&m, bi);
	}
}

static int __init take_memmap(const struct hvm_start_info *si, struct boot_info *bi)
{
	struct hvm_memmap_entry e;
	u32 i;

	for (i = 0; i < si->nr_memmap && i < BOOT_MAX_RANGES; i++) {
		if (copy_from_early_mem(&e, si->memmap + i * sizeof(e), sizeof(e))) {
			pr_err("memory map: entry %u leaves memory\n", i);
			break;
		}
		bi->ranges[i] = (struct boot_range){ e.addr, e.size, e.type };
	}
	bi->nr_ranges = i;
	if (si->nr_memmap > BOOT_MAX_RANGES)
		pr_warn("memory map: only the first BOOT_MAX_RANGES = %d of %u entries fit\n",
			BOOT_MAX_RANGES, si->nr_memmap);
	pr_info("memory map: %u entries\n", i);
	return i ? 0 : -EINVAL;
}

/* Version 0 ends before the memory map: its guests asked Xen for one, and Xen is not here. */
static int __init read_start_info(phys_addr_t info, struct hvm_start_info *si)
{
	if (!info || copy_from_early_mem(si, info, sizeof(*si)) || si->magic != HVM_START_MAGIC) {
		pr_err("no start info at %pa\n", &info);
		return -EINVAL;
	}
	pr_info("start info at %pa, version %u\n", &info, si->version);
	if (!si->version || !si->memmap || !si->nr_memmap) {
		pr_err("the start info has no memory map\n");
		return -EINVAL;
	}
	return 0;
}

int __init pvh_parse(phys_addr_t info, struct boot_info *bi)
{
	struct hvm_start_info si;
	int ret = read_start_info(info, &si);

	if (ret)
		return ret;
	strscpy(bi->loader, "PVH", sizeof(bi->loader));
	take_cmdline(&si, bi);
	take_rsdp(&si, bi);
	take_modules(&si, bi);
	return take_memmap(&si, bi);
}
