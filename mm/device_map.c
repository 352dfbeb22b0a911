// SPDX-License-Identifier: MIT
/* See device_map.h. */
#include "mm/device_map.h"

#include "kernel/lib/errno.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"

#define FIRST_ROOM 64

struct filling {
	struct device_map *map;
	unsigned int room;
	bool full;
};

static bool continues(const struct device_run *run, const struct device_run *next)
{
	return run->va + run->size == next->va && run->phys + run->size == next->phys &&
	       run->level == next->level && run->mode == next->mode &&
	       run->writable == next->writable && run->executable == next->executable;
}

/* Under the page tables' lock. */
static void add_entry(unsigned long va, enum pg_level level, pte_t pte, void *arg)
{
	unsigned long size = page_level_size(level);
	u64 entry = pte_val(pte);
	struct device_run next = {
		.va = va,
		.phys = entry & PTE_PFN_MASK & ~(size - 1),
		.size = size,
		.level = level,
		.mode = entry_cachemode(entry, level),
		.writable = entry & _PAGE_RW,
		.executable = !(entry & _PAGE_NX),
	};
	struct filling *f = arg;
	struct device_map *map = f->map;

	if (va < KERNEL_HALF || pfn_valid(PFN_DOWN(next.phys)))
		return;
	if (map->nr && continues(&map->run[map->nr - 1], &next))
		map->run[map->nr - 1].size += size;
	else if (map->nr == f->room)
		f->full = true;
	else
		map->run[map->nr++] = next;
}

int device_map_take(struct device_map *map)
{
	struct filling f = { .map = map, .room = FIRST_ROOM };

	for (;; f.room *= 2) {
		map->run = vmalloc(f.room * sizeof(*map->run));
		if (!map->run)
			return -ENOMEM;
		map->nr = 0;
		f.full = false;
		for_each_mapping(&init_mm, add_entry, &f);
		if (!f.full)
			return 0;
		vfree(map->run);
	}
}

void device_map_free(struct device_map *map)
{
	vfree(map->run);
}
