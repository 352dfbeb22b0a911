// SPDX-License-Identifier: MIT
/*
 * Short-lived mappings before ioremap() exists.
 *
 * Eight slots of 64 fixmap pages.  Firmware's tables have to be read before
 * there are page tables to allocate; they lie at any byte and may be long, so a
 * slot maps whole pages around what is asked for.  A slot is free when it has no
 * address.  Boot code forgets to unmap on its error paths most of all, so each
 * slot remembers who took it and when.
 *
 * One CPU, no interrupts that map: no lock.
 */
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/fixmap.h"

struct early_slot {
	unsigned long addr; /* as it was returned; 0: free */
	unsigned long size; /* as it was asked for */
	unsigned long caller;
};

static struct early_slot slots[FIX_BTMAPS_SLOTS];
static bool open;

/* The index of a slot's lowest page: indexes fall as addresses rise. */
static enum fixed_addresses slot_first_page(unsigned int slot)
{
	return FIX_BTMAP_BEGIN - slot * NR_FIX_BTMAPS;
}

/* Pages that [start, start + size) touches. */
static unsigned long nr_pages_of(u64 start, unsigned long size)
{
	return PFN_UP((start & ~PAGE_MASK) + size);
}

/* Why the range cannot be mapped, or NULL. */
static const char *refusal(phys_addr_t phys, unsigned long size)
{
	if (!open)
		return "the early slots are closed";
	if (!size)
		return "the size is 0";
	if (phys + (size - 1) < phys)
		return "it wraps at 2^64";
	if (!phys_range_valid(phys, size))
		return "the processor cannot address it";
	if (size > NR_FIX_BTMAPS * PAGE_SIZE || nr_pages_of(phys, size) > NR_FIX_BTMAPS)
		return "it is longer than a slot";
	return NULL;
}

static int free_slot(void)
{
	for (int i = 0; i < FIX_BTMAPS_SLOTS; i++)
		if (!slots[i].addr)
			return i;
	return -1;
}

static unsigned long early_map(phys_addr_t phys, unsigned long size, pgprot_t prot,
			       unsigned long caller)
{
	const char *why = refusal(phys, size);
	enum fixed_addresses idx;
	unsigned long nr;
	int slot = free_slot();

	if (!why && slot < 0)
		why = "no slot is free";
	if (WARN(why, "early_ioremap: %#lx bytes at %#lx for %pS: %s\n", size, phys, (void *)caller,
		 why))
		return 0;

	idx = slot_first_page(slot);
	slots[slot] = (struct early_slot){
		.addr = __fix_to_virt(idx) + (phys & ~PAGE_MASK),
		.size = size,
		.caller = caller,
	};
	nr = nr_pages_of(phys, size);
	for (phys &= PAGE_MASK; nr; nr--, phys += PAGE_SIZE)
		__set_fixmap(idx--, phys, prot);
	return slots[slot].addr;
}

static void early_unmap(unsigned long addr, unsigned long size, unsigned long caller)
{
	enum fixed_addresses idx;
	unsigned long nr;
	unsigned int i;

	for (i = 0; i < FIX_BTMAPS_SLOTS; i++)
		if (addr && slots[i].addr == addr)
			break;
	if (WARN(i == FIX_BTMAPS_SLOTS, "early_iounmap: %#lx, from %pS, is not mapped\n", addr,
		 (void *)caller))
		return;
	WARN(slots[i].size != size, "early_iounmap: %#lx, from %pS, has %#lx bytes and not %#lx\n",
	     addr, (void *)caller, slots[i].size, size);

	idx = slot_first_page(i);
	for (nr = nr_pages_of(addr, slots[i].size); nr; nr--)
		clear_fixmap(idx--);
	slots[i].addr = 0;
}

void __iomem *early_ioremap(phys_addr_t phys, unsigned long size)
{
	return (void __iomem *)early_map(
		phys, size, pgprot_cached(PAGE_KERNEL, _PAGE_CACHE_MODE_UC_MINUS), _RET_IP_);
}

void *early_memremap(phys_addr_t phys, unsigned long size)
{
	return (void *)early_map(phys, size, PAGE_KERNEL, _RET_IP_);
}

void *early_memremap_ro(phys_addr_t phys, unsigned long size)
{
	return (void *)early_map(phys, size, PAGE_KERNEL_RO, _RET_IP_);
}

void early_iounmap(void __iomem *addr, unsigned long size)
{
	early_unmap((__force unsigned long)addr, size, _RET_IP_);
}

void early_memunmap(void *addr, unsigned long size)
{
	early_unmap((unsigned long)addr, size, _RET_IP_);
}

int copy_from_early_mem(void *dst, phys_addr_t phys, unsigned long size)
{
	void *src;

	if (!phys_range_valid(phys, size))
		return -EFAULT;
	src = (void *)early_map(phys, size, PAGE_KERNEL_RO, _RET_IP_);
	if (!src)
		return -ENOMEM;
	memcpy(dst, src, size);
	early_unmap((unsigned long)src, size, _RET_IP_);
	return 0;
}

int early_ioremap_used(void)
{
	int n = 0;

	for (int i = 0; i < FIX_BTMAPS_SLOTS; i++)
		n += slots[i].addr != 0;
	return n;
}

int check_early_ioremap_leak(void)
{
	for (int i = 0; i < FIX_BTMAPS_SLOTS; i++) {
		const struct early_slot *s = &slots[i];

		WARN(s->addr, "early_ioremap: slot %d leaks: %#lx bytes at %#lx, held by %pS\n", i,
		     s->size, s->addr, (void *)s->caller);
	}
	return early_ioremap_used();
}

void early_ioremap_setup(void)
{
	check_early_ioremap_leak();
	open = true;
}

void early_ioremap_shutdown(void)
{
	open = false;
}
