// SPDX-License-Identifier: MIT
/*
 * The dump of the page tables, in the form of Linux's
 * /sys/kernel/debug/page_tables/kernel: a line for each range of one kind, with its
 * size, its flags and the level of its entries, under the name of the region.
 *
 * The lock is held for one range at a time, and never while a line is printed.
 */
#include "mm/ptdump.h"
#include "kernel/core/command.h"
#include "kernel/core/json.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/fixmap.h"
#include "mm/memtype.h"
#include "mm/pgtable_internal.h"

#define LOWER_HALF_LAST 0x00007fffffffffffUL /* SDM 1, 3.3.7.1: bits 63-47 are equal */

static const struct region {
	unsigned long start;
	const char *name;
} regions[] = {
	{ 0, "User Space" },
	{ KERNEL_HALF, "Kernel Space" },
	{ PAGE_OFFSET, "Low Kernel Mapping" },
	{ VMALLOC_START, "vmalloc() Area" },
	{ VMEMMAP_START, "Vmemmap" },
#ifdef CONFIG_KASAN
	{ KASAN_SHADOW_START, "KASAN shadow" },
#endif
	{ KERNEL_MAP, "High Kernel Mapping" },
	{ FIXADDR_START_LIMIT, "Fixmap Area" },
};

const char *address_region(unsigned long addr, unsigned long *start, unsigned long *last)
{
	unsigned int i = ARRAY_SIZE(regions) - 1;

	while (regions[i].start > addr)
		i--;
	*start = regions[i].start;
	*last = i == 0			     ? LOWER_HALF_LAST :
		i == ARRAY_SIZE(regions) - 1 ? ~0UL :
					       regions[i + 1].start - 1;
	return regions[i].name;
}

/* ---------------------------------------------------------------- walking */

static bool same_kind(const struct pt_range *a, const struct pt_range *b)
{
	return a->level == b->level && a->flags == b->flags && a->writable == b->writable &&
	       a->executable == b->executable && !a->broken && !b->broken;
}

/* What one entry, or the want of one, says of `addr`. */
static void look(const struct mm *mm, unsigned long addr, struct pt_range *range)
{
	u64 entry = root_of(mm);
	unsigned long size;
	int level = TOP_LEVEL;

	range->writable = range->executable = true;
	for (;; level--) {
		entry = *entry_of(entry, level, addr);
		range->writable &= !!(entry & _PAGE_RW);
		range->executable &= !(entry & _PAGE_NX);
		if (!entry_refers(entry, level))
			break;
	}
	range->broken = bad_entry(entry, level) ? entry : 0;
	if (!(entry & _PAGE_PRESENT) || range->broken)
		entry = range->writable = range->executable = 0;
	size = page_level_size(level);
	range->start = addr & ~(size - 1);
	range->last = range->start + size - 1;
	range->level = level;
	/* A large page's PAT bit lies among what are address bits below. */
	range->flags = entry & ~(PTE_PFN_MASK & ~(level > PG_LEVEL_4K ? _PAGE_PAT_LARGE : 0));
}

void pt_next_range(struct mm *mm, unsigned long addr, struct pt_range *range)
{
	unsigned long start, last;
	struct pt_range next;

	if (addr > LOWER_HALF_LAST && addr < KERNEL_HALF)
		addr = KERNEL_HALF;
	address_region(addr, &start, &last);
	spin_lock(&pgtable_lock);
	look(mm, addr, range);
	range->start = addr;
	while (range->last < last) {
		look(mm, range->last + 1, &next);
		if (!same_kind(range, &next))
			break;
		range->last = next.last;
	}
	spin_unlock(&pgtable_lock);
	range->last = min(range->last, last);
}

/* ---------------------------------------------------------------- printing */

static const char *const levels[] = { "", "pte", "pmd", "pud", "pgd" };

static void print_range(struct sink *out, const struct pt_range *r)
{
	u64 pat = r->level == PG_LEVEL_4K ? _PAGE_PAT : _PAGE_PAT_LARGE;
	unsigned long size = r->last - r->start + 1;
	const char *unit = "BKMGTPE";
	char flags[40];

	for (; !(size & 1023) && unit[1]; unit++)
		size >>= 10;
	scnprintf(flags, sizeof(flags), "%s%s%s%s%s%s%s%s", r->flags & _PAGE_USER ? "USR " : "    ",
		  r->flags & _PAGE_RW ? "RW " : "ro ", r->flags & _PAGE_PWT ? "PWT " : "    ",
		  r->flags & _PAGE_PCD ? "PCD " : "    ",
		  r->level > PG_LEVEL_4K && r->flags & _PAGE_PSE ? "PSE " : "    ",
		  r->flags & pat ? "PAT " : "    ", r->flags & _PAGE_GLOBAL ? "GLB " : "    ",
		  r->flags & _PAGE_NX ? "NX " : "x  ");
	sink_printf(out, "0x%016lx-0x%016lx   %9lu%c %30s%s\n", r->start, r->last + 1, size, *unit,
		    r->flags ? flags : "", levels[r->level]);
}

struct findings {
	unsigned long insecure; /* pages that are writable and executable */
	unsigned long broken;	/* entries that lead nowhere */
};

static void judge_range(struct sink *out, const struct pt_range *r, struct findings *f)
{
	if (r->writable && r->executable) {
		sink_printf(out, "*** writable and executable ***\n");
		f->insecure += (r->last - r->start + 1) >> PAGE_SHIFT;
	}
	if (r->broken) {
		sink_printf(out, "*** the entry 0x%016lx of level %d %s: not followed ***\n",
			    r->broken, r->level, bad_entry(r->broken, r->level));
		f->broken++;
	}
}

/* All ranges, each region under its name. */
static void dump(struct sink *out, struct findings *f)
{
	unsigned long addr = 0, region = ~0UL, start, last;
	struct pt_range r;
	const char *name;

	do {
		pt_next_range(&init_mm, addr, &r);
		name = address_region(r.start, &start, &last);
		if (start != region)
			sink_printf(out, "---[ %s ]---\n", name);
		region = start;
		print_range(out, &r);
		judge_range(out, &r, f);
		addr = r.last + 1;
	} while (addr);
}

/* ---------------------------------------------------------------- for programs */

static void put_range(struct json *j, const struct pt_range *r)
{
	json_open(j, NULL, '{');
	json_hex(j, "start", r->start);
	json_hex(j, "last", r->last);
	json_string(j, "level", levels[r->level]);
	if (r->broken) {
		json_hex(j, "broken", r->broken);
	} else {
		json_bool(j, "writable", r->writable);
		json_bool(j, "executable", r->executable);
		json_bool(j, "user", r->flags & _PAGE_USER);
		json_bool(j, "global", r->flags & _PAGE_GLOBAL);
		json_string(j, "type", cattr_name(entry_cachemode(r->flags, r->level)));
	}
	json_close(j, '}');
}

/* What is mapped of the region, and the address behind it; 0 behind the last. */
static unsigned long put_region(struct json *j, unsigned long addr)
{
	unsigned long start, last;
	struct pt_range r;
	const char *name = address_region(addr, &start, &last);

	json_open(j, NULL, '{');
	json_string(j, "name", name);
	json_hex(j, "start", start);
	json_hex(j, "last", last);
	json_open(j, "ranges", '[');
	do {
		pt_next_range(&init_mm, addr, &r);
		if (r.flags & _PAGE_PRESENT || r.broken)
			put_range(j, &r);
		addr = r.last + 1;
	} while (r.last < last);
	json_close(j, ']');
	json_close(j, '}');
	return last == LOWER_HALF_LAST ? KERNEL_HALF : addr;
}

static int show_json(struct sink *out)
{
	struct json j = json_to(out);
	unsigned long addr = 0;

	json_open(&j, NULL, '{');
	json_open(&j, "regions", '[');
	do {
		addr = put_region(&j, addr);
	} while (addr);
	json_close(&j, ']');
	json_end(&j, '}');
	return 0;
}

static int cmd_pagetables(struct sink *out, int argc, char **argv)
{
	struct findings f = { 0 };

	if (argc == 2 && strcmp(argv[1], "-j") == 0)
		return show_json(out);
	if (argc != 1)
		return -EINVAL;
	dump(out, &f);
	if (f.insecure)
		sink_printf(out, "pagetables: %lu pages are writable and executable\n", f.insecure);
	if (f.broken)
		sink_printf(out, "pagetables: %lu entries are broken\n", f.broken);
	return f.broken ? -EFAULT : f.insecure ? -EPERM : 0;
}
MONITOR_COMMAND(pagetables, "[-j]",
		"what is mapped, as Linux's page_tables/kernel; fails on W+X; -j: as JSON",
		cmd_pagetables);
