// SPDX-License-Identifier: MIT
/*
 * memremap: RAM is mapped already, anything else is mapped as ioremap does it.
 *
 * One page must not be mapped with two memory types, so RAM is given as what it
 * is in the direct map, or not at all: write-back, unless set_memory_*() has made it
 * something else.  High memory, which that map has not got, gets a mapping of the
 * same kind.
 */
#include "mm/memremap.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "mm/ioremap.h"
#include "mm/memtype.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"

/* How other mappings have the RAM, in *mode: false where not all of it in the same way. */
static bool one_type(phys_addr_t base, phys_addr_t last, enum page_cache_mode *mode)
{
	enum page_cache_mode next;
	unsigned long holder;

	memtype_lookup(base, mode, &holder);
	for (phys_addr_t at = base + PAGE_SIZE; at <= last; at += PAGE_SIZE) {
		memtype_lookup(at, &next, &holder);
		if (next != *mode)
			return false;
	}
	return true;
}

/* RAM of which the direct map has no address, or not of all. */
static void *map_high(phys_addr_t phys, phys_addr_t last, unsigned long caller)
{
	phys_addr_t base = phys & PAGE_MASK;
	unsigned long size = (last | ~PAGE_MASK) + 1 - base;
	enum page_cache_mode mode;
	struct vm_struct *vm;

	if (!one_type(base, last, &mode))
		return NULL;
	vm = get_vm_area_caller(size, PAGE_SIZE, VM_MAP | VM_HIGHMAP, caller);
	if (!vm)
		return NULL;
	vm->phys_addr = base;
	if (map_page_range(&init_mm, (unsigned long)vm->addr, base, size,
			   pgprot_cached(PAGE_KERNEL_AREA, mode), PG_LEVEL_4K)) {
		kfree(remove_vm_area(vm->addr));
		return NULL;
	}
	return vm->addr + (phys - base);
}

/* RAM as what it is, or not at all: then it is said why. */
static void *map_ram(phys_addr_t phys, phys_addr_t last, unsigned long flags, enum ram_share share,
		     unsigned long caller)
{
	const char *why = "RAM is write-back only";
	void *addr;

	if (share == SOME_RAM) {
		why = "it is RAM in part";
	} else if (flags & MEMREMAP_WB) {
		addr = last < direct_map_end ? __va(phys) : map_high(phys, last, caller);
		if (addr)
			return addr;
		why = "no address, no memory, or types that differ";
	}
	pr_err("memremap: [mem %pa-%pa] is refused to %pS: %s\n", &phys, &last, (void *)caller,
	       why);
	return NULL;
}

noinline void *memremap(phys_addr_t phys, size_t size, unsigned long flags)
{
	phys_addr_t last = phys + size - 1;
	enum ram_share share = NO_RAM;
	void __iomem *addr = NULL;

	if (size && last >= phys)
		share = ram_share(PFN_DOWN(phys), PFN_DOWN(last) + 1);
	if (share != NO_RAM)
		return map_ram(phys, last, flags, share, _RET_IP_);
	if (!(flags & (MEMREMAP_WB | MEMREMAP_WT | MEMREMAP_WC)))
		pr_err("memremap: [mem %pa-%pa]: %pS did not say how\n", &phys, &last,
		       (void *)_RET_IP_);
	if (flags & MEMREMAP_WB)
		addr = __ioremap_caller(phys, size, _PAGE_CACHE_MODE_WB, _RET_IP_);
	if (!addr && flags & MEMREMAP_WT)
		addr = __ioremap_caller(phys, size, _PAGE_CACHE_MODE_WT, _RET_IP_);
	if (!addr && flags & MEMREMAP_WC)
		addr = __ioremap_caller(phys, size, _PAGE_CACHE_MODE_WC, _RET_IP_);
	return (__force void *)addr;
}

/* No area's address: then it is the direct map's. */
static noinline void unmap_nothing(const void *addr)
{
	WARN(is_vmalloc_addr(addr) || !pfn_valid(PFN_DOWN((unsigned long)addr - PAGE_OFFSET)),
	     "memunmap of %p, which memremap did not give\n", addr);
}

noinline void memunmap(void *addr)
{
	void *page = (void *)((unsigned long)addr & PAGE_MASK);
	struct vm_struct *vm = NULL;

	if (!addr)
		return;
	if (is_vmalloc_addr(addr))
		vm = detach_vm_area(page, VM_IOREMAP | VM_HIGHMAP);
	if (likely(vm))
		iounmap_area(vm);
	else
		unmap_nothing(addr);
}
