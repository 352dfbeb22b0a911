/* SPDX-License-Identifier: MIT */
/*
 * The first MiB of a PC, in which firmware leaves things.  Each mapping is a copy of its own, so that a look beyond
 * is seen, and none is to be left over.  What lies behind the MiB reads as ones.
 */
#ifndef TESTS_HOST_FAKE_BIOS_H
#define TESTS_HOST_FAKE_BIOS_H

#include "mm/early_ioremap.h"
#include "mm/memremap.h"
#include "tests/host/test.h"

#define BIOS_MEMORY 0x100000UL

static u8 bios_memory[BIOS_MEMORY];
static unsigned int nr_mapped;

static void *map_bios(phys_addr_t phys, size_t size)
{
	void *copy;

	if (phys >= BIOS_MEMORY || !size || size > BIOS_MEMORY)
		return NULL;
	nr_mapped++;
	copy = test_alloc(size);
	memset(copy, 0xff, size);
	memcpy(copy, bios_memory + phys, min(size, BIOS_MEMORY - phys));
	return copy;
}

static void unmap_bios(void *addr)
{
	nr_mapped--;
	test_free(addr);
}

void *early_memremap_ro(phys_addr_t phys, unsigned long size)
{
	return map_bios(phys, size);
}

void early_memunmap(void *addr, unsigned long size)
{
	(void)size;
	unmap_bios(addr);
}

void *memremap(phys_addr_t phys, size_t size, unsigned long flags)
{
	EXPECT_EQ(flags, MEMREMAP_WB);
	return map_bios(phys, size);
}

void memunmap(void *addr)
{
	unmap_bios(addr);
}

#endif
