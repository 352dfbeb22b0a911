// SPDX-License-Identifier: MIT
/*
 * The address space of the rest of the kernel's life.
 *
 * Three things are mapped, and nothing else: the image, section by section with
 * no more rights than it needs; RAM, and RAM only, at PAGE_OFFSET (a hole of the bus, or
 * a device, faults there); and the fixmap, whose static tables go on being used.
 * Nothing is both writable and executable, under any of its addresses: the direct map's
 * alias of code and constants is read-only as well.
 *
 * The cost follows RAM and not the highest address: a DIMM beyond a hole of a
 * TiB needs three more tables.
 */
#include "mm/init.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/cpu.h"
#include "mm/fixmap.h"
#include "mm/highmem.h"
#include "mm/kasan.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"

extern u64 level2_fixmap_pgt[];

static void __init map_section(const char *start, const char *end, pgprot_t prot)
{
	if (start < end && map_page_range(&init_mm, (unsigned long)start, __pa(start), end - start,
					  prot, PG_LEVEL_4K))
		panic("no memory for page tables: the image at %p cannot be mapped",
		      (const void *)start);
}

static void __init map_image(void)
{
	map_section(_text, _etext, PAGE_KERNEL_ROX);
	map_section(__start_rodata, __end_rodata, PAGE_KERNEL_RO);
	map_section(_sdata, _edata, PAGE_KERNEL);
	map_section(__inittext_begin, __inittext_end, PAGE_KERNEL_ROX);
	map_section(__inittext_end, __init_end, PAGE_KERNEL);
	map_section(__bss_start, __bss_stop, PAGE_KERNEL);
	kasan_map_image();
}

/* Bytes that are mapped. */
static unsigned long __init map_direct(void)
{
	phys_addr_t start, end;
	unsigned long bytes = 0;
	unsigned int i;

	for_each_mem_range(i, &start, &end) {
		end = min(end, direct_map_end);
		if (start >= end)
			break;
		if (map_page_range(&init_mm, (unsigned long)__va(start), start, end - start,
				   PAGE_KERNEL, PG_LEVEL_1G))
			panic("no memory for page tables: no direct map of [mem 0x%016lx-0x%016lx]",
			      start, end - 1);
		bytes += end - start;
	}
	return bytes;
}

/* Change the rights of the direct map's alias of a part of the image. */
static void change_alias(const char *start, const char *end, u64 set, u64 clear)
{
	if (start < end &&
	    change_page_attr(&init_mm, (unsigned long)__va(__pa(start)), end - start, set, clear))
		panic("no memory for page tables: the direct map of the image at %p cannot be split",
		      (const void *)start);
}

void __init init_mem_mapping(void)
{
	unsigned long bytes;

	highmem_init();
	map_image();
	/* Slot 511 of the image's upper table: the last GiB of all addresses. */
	pgtable_hook_static(FIXADDR_START_LIMIT, __pa(level2_fixmap_pgt));
	bytes = map_direct();
	change_alias(_text, _etext, 0, _PAGE_RW | _PAGE_DIRTY);
	change_alias(__start_rodata, __end_rodata, 0, _PAGE_RW | _PAGE_DIRTY);
	change_alias(__inittext_begin, __inittext_end, 0, _PAGE_RW | _PAGE_DIRTY);
	pgtable_activate();
	clear_fixmap(FIX_PTE);
	clear_fixmap(FIX_PMD);
	clear_fixmap(FIX_PUD);
	pr_info("Direct map: %lu MiB of RAM, the highest byte at %#lx\n", bytes >> 20,
		min(memblock_end_of_ram(), direct_map_end) - 1);
}

#define IMAGE_RESOURCE(text)                                                     \
	{                                                                        \
		.name = (text), .flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY \
	}
static struct resource code_resource = IMAGE_RESOURCE("Kernel code");
static struct resource rodata_resource = IMAGE_RESOURCE("Kernel rodata");
static struct resource data_resource = IMAGE_RESOURCE("Kernel data");
static struct resource bss_resource = IMAGE_RESOURCE("Kernel bss");

static void __init insert_image_resource(struct resource *res, const char *start, const char *end)
{
	struct resource *conflict;

	res->start = __pa(start);
	res->end = __pa(end) - 1;
	conflict = insert_resource_conflict(&iomem_resource, res);
	if (conflict)
		pr_err("%s %pR cannot be entered: %s %pR is in the way\n", res->name, res,
		       conflict->name, conflict);
}

void __init image_insert_resources(void)
{
	insert_image_resource(&code_resource, _text, _etext);
	insert_image_resource(&rodata_resource, __start_rodata, __end_rodata);
	insert_image_resource(&data_resource, _sdata, _edata);
	insert_image_resource(&bss_resource, __bss_start, __bss_stop);
}

static bool initmem_freed;

bool initmem_is_free(void)
{
	return READ_ONCE(initmem_freed);
}

void free_initmem(void)
{
	if (WARN(_RET_IP_ - (unsigned long)__init_begin <
			 (unsigned long)(__init_end - __init_begin),
		 "free_initmem: %pS, which would be freed, calls it (inlined?)\n",
		 (void *)_RET_IP_))
		return;
	initmem_freed = true;
	/* First the image's view goes, then its alias may be written: never both at once. */
	unmap_page_range(&init_mm, (unsigned long)__init_begin, __init_end - __init_begin);
	change_alias(__inittext_begin, __inittext_end, _PAGE_RW | _PAGE_DIRTY, 0);
	free_reserved_area(__init_begin, __init_end, "unused kernel image (initmem)");
	check_wx_pages();
}

static void count_wx(unsigned long va, enum pg_level level, pte_t entry, void *arg)
{
	unsigned long *pages = arg;

	if ((pte_val(entry) & (_PAGE_RW | _PAGE_NX)) != _PAGE_RW)
		return;
	pr_warn("x86/mm: Found insecure W+X mapping at address %p, %lu KiB\n", (void *)va,
		page_level_size(level) >> 10);
	*pages += page_level_size(level) / PAGE_SIZE;
}

int check_wx_pages(void)
{
	unsigned long pages = 0, broken = for_each_mapping(&init_mm, count_wx, &pages);

	if (broken)
		pr_warn("x86/mm: %lu page table entries are broken: see `pagetables`\n", broken);
	if (pages)
		pr_warn("x86/mm: Checked W+X mappings: FAILED, %lu W+X pages found.\n", pages);
	else
		pr_info("x86/mm: Checked W+X mappings: passed, no W+X pages found.\n");
	return pages;
}
