/* SPDX-License-Identifier: MIT */
/*
 * Where the kernel maps what is no RAM: runs of addresses side by side in both spaces, out of a walk
 * over all page tables, so that none is left out.  For the thread that runs commands.
 */
#ifndef MM_DEVICE_MAP_H
#define MM_DEVICE_MAP_H

#include "mm/pgtable.h"

struct device_run {
	unsigned long va;
	phys_addr_t phys;
	unsigned long size; /* bytes */
	enum pg_level level;
	enum page_cache_mode mode; /* what the entries say */
	bool writable, executable;
};

struct device_map {
	struct device_run *run; /* by virtual address */
	unsigned int nr;
};

/* 0, and device_map_free() is due; -ENOMEM. */
int device_map_take(struct device_map *map);
void device_map_free(struct device_map *map);

#endif
