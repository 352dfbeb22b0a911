// SPDX-License-Identifier: MIT
/*
 * whatis: all that the kernel knows of one address.
 *
 * An address of the kernel's half is a virtual one, and leads to a physical one where
 * it is mapped (kernel/monitor/whatis_phys.c tells of that); a lower one is physical.
 * Where an address is nothing, its neighbours on both sides are named instead: what it
 * just missed is often what one wants to know.
 */
#include "kernel/monitor/whatis.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/string.h"
#include "mm/highmem.h"
#include "mm/ptdump.h"
#include "mm/vmalloc.h"

void whatis_line(struct sink *out, const char *label, const char *fmt, ...)
{
	va_list args;

	sink_printf(out, "  %s%s%*s", label, *label ? ":" : " ", 10 - (int)strlen(label), "");
	va_start(args, fmt);
	sink_vprintf(out, fmt, args);
	va_end(args);
	sink_write(out, "\n", 1);
}

/* ---------------------------------------------------------------- whose address it is */

static const char *area_kind(const struct vm_struct *vm)
{
	if (vm->flags & VM_TRACED)
		return "traced ioremap";
	return vm->flags & VM_IOREMAP ? "ioremap" : vm->flags & VM_ALLOC ? "vmalloc" : "vmap";
}

/* A copy of the area that holds va: false where none does. */
static bool area_around(unsigned long va, struct vm_struct *vm)
{
	return next_vm_area(va, vm) && (unsigned long)vm->addr <= va;
}

static void fixmap_owner(unsigned long va, char *buf, size_t size)
{
	unsigned long slot = __virt_to_fix(va);

	if (va >= FIXADDR_TOP)
		snprintf(buf, size, "the last page, always empty");
	else if (slot >= __end_of_fixed_addresses)
		snprintf(buf, size, "nobody: the fixmap ends at %#lx",
			 __fix_to_virt(__end_of_fixed_addresses - 1));
	else if (slot >= FIX_KMAP_BEGIN)
		describe_kmap_slot(slot, buf, size);
	else if (slot >= FIX_BTMAP_END)
		snprintf(buf, size, "early_ioremap slot %lu",
			 (FIX_BTMAP_BEGIN - slot) / NR_FIX_BTMAPS);
	else if (slot < __end_of_permanent_fixed_addresses)
		snprintf(buf, size, "fixmap slot %lu, for a page table", slot);
	else
		snprintf(buf, size, "fixmap slot %lu, unused", slot);
}

/* Of the one struct page: a page of them spans 512 KiB. */
static void vmemmap_owner(unsigned long va, char *buf, size_t size)
{
	unsigned long pfn = (va - VMEMMAP_START) / sizeof(struct page);

	snprintf(buf, size, "struct page of [mem 0x%08lx-0x%08lx]%s", PFN_PHYS(pfn),
		 PFN_PHYS(pfn + 1) - 1, pfn_valid(pfn) ? "" : ", which is no RAM");
}

void whatis_owner(unsigned long va, char *buf, size_t size)
{
	struct vm_struct vm;

	if (va >= FIXADDR_START_LIMIT)
		fixmap_owner(va, buf, size);
	else if (va - (unsigned long)_text < (unsigned long)(_end - _text))
		snprintf(buf, size, "image, %pS", (void *)va);
	else if (va - PAGE_OFFSET < PAGE_OFFSET_SIZE)
		snprintf(buf, size, "direct map");
	else if (va - VMEMMAP_START < VMEMMAP_SIZE)
		vmemmap_owner(va, buf, size);
	else if (area_around(va, &vm))
		snprintf(buf, size, "%s for %pS", area_kind(&vm), (void *)vm.caller);
	else
		snprintf(buf, size, "nobody");
}

/* ---------------------------------------------------------------- virtual addresses */

static void print_area(struct sink *out, const struct vm_struct *vm, const char *label,
		       const char *where)
{
	unsigned long start = (unsigned long)vm->addr, guard = start + vm->size - PAGE_SIZE;

	whatis_line(out, label, "%s[%#lx-%#lx], guard page behind it, %s for %pS", where, start,
		    guard - 1, area_kind(vm), (void *)vm->caller);
}

/* The area behind va, and the last one that begins in front of it. */
static void print_areas_beside(struct sink *out, unsigned long va)
{
	unsigned long addr = VMALLOC_START;
	struct vm_struct below, next;
	bool any_below = false;

	/* Areas can only be asked for upwards; a person can wait for a walk over all. */
	while (next_vm_area(addr, &next) && (unsigned long)next.addr <= va) {
		below = next;
		any_below = true;
		addr = (unsigned long)next.addr + next.size;
	}
	if (any_below)
		print_area(out, &below, "area", "below is ");
	if (next_vm_area(va, &next))
		print_area(out, &next, any_below ? "" : "area", "above is ");
}

/* Say so where va is in an area that was given back, and is kept for the next of its size. */
static void print_idle_area(struct sink *out, unsigned long va)
{
	unsigned long addr = VMALLOC_START;
	struct vm_struct vm;

	while (next_idle_area(addr, &vm) && (unsigned long)vm.addr <= va) {
		addr = (unsigned long)vm.addr + vm.size;
		if (va < addr)
			whatis_line(out, "idle", "[%#lx-%#lx] was given back; it was for %pS",
				    (unsigned long)vm.addr, addr - 1, (void *)vm.caller);
	}
}

static void print_owner(struct sink *out, unsigned long va)
{
	struct vm_struct vm;
	char owner[120];

	if (va - VMALLOC_START >= VMALLOC_SIZE) {
		whatis_owner(va, owner, sizeof(owner));
		whatis_line(out, "owner", "%s", owner);
	} else if (area_around(va, &vm)) {
		print_area(out, &vm, "area", "");
		if (va >= (unsigned long)vm.addr + vm.size - PAGE_SIZE)
			whatis_line(out, "", "the address is in its guard page");
	} else {
		print_idle_area(out, va);
		print_areas_beside(out, va);
	}
}

/* The mapped ranges nearest to an address that is not mapped. */
static void print_mapped_beside(struct sink *out, unsigned long va)
{
	struct pt_range r, below = { 0 };
	unsigned long addr = KERNEL_HALF;

	do {
		pt_next_range(&init_mm, addr, &r);
		if (r.flags && r.last < va)
			below = r;
		if (r.flags && r.start > va)
			break;
		addr = r.last + 1;
	} while (addr);
	whatis_line(out, "mapped",
		    below.flags ? "not; below is [%#lx-%#lx]" : "not; nothing is below",
		    below.start, below.last);
	if (addr)
		whatis_line(out, "", "above is [%#lx-%#lx]", r.start, r.last);
	else
		whatis_line(out, "", "nothing is above");
}

static void whatis_virtual(struct sink *out, unsigned long va)
{
	unsigned long start, last;
	const char *region = address_region(va, &start, &last);
	phys_addr_t phys;

	sink_printf(out, "virtual address 0x%016lx\n", va);
	whatis_line(out, "region", "%s [%#lx-%#lx]", region, start, last);
	print_owner(out, va);
	if (virt_to_phys_walk(va, &phys) == 0)
		whatis_physical(out, phys);
	else
		print_mapped_beside(out, va);
}

void whatis(struct sink *out, u64 addr)
{
	if (addr >= KERNEL_HALF)
		whatis_virtual(out, addr);
	else if (addr >> boot_cpu.phys_bits)
		sink_printf(out,
			    "0x%lx is nothing: physical addresses end at 0x%lx,\n"
			    "virtual ones of the kernel begin at 0x%lx\n",
			    addr, (1UL << boot_cpu.phys_bits) - 1, KERNEL_HALF);
	else
		whatis_physical(out, addr);
}
