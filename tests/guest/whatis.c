// SPDX-License-Identifier: MIT
/*
 * whatis: whose a virtual address is, and whole answers for what is made here.  What
 * the machine has by itself is asked by tests/qemu, where that is known.
 */
#include "kernel/monitor/whatis.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/monitor.h"
#include "mm/highmem.h"
#include "mm/ioremap.h"
#include "mm/page_alloc.h"
#include "mm/set_memory.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/hole.h"

static char owner[160];

static bool owner_has(unsigned long va, const char *text)
{
	whatis_owner(va, owner, sizeof(owner));
	return strstr(owner, text);
}

GUEST_TEST(whatis, owners)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	struct page *page = alloc_page(GFP_KERNEL);
	void __iomem *io;
	void *v;

	ASSERT(page && hole);
	io = ioremap(hole, 3 * PAGE_SIZE);
	v = vmalloc(PAGE_SIZE);
	ASSERT(io && v);
	EXPECT(owner_has((unsigned long)page_address(page) + 9, "direct map"));
	EXPECT(owner_has((unsigned long)_text + 1, "image, "));
	EXPECT(owner_has((unsigned long)owner, "image, owner+0x0"));
	EXPECT(owner_has((unsigned long)page + 31, "struct page of [mem 0x"));
	EXPECT(!strstr(owner, "no RAM"));
	EXPECT(owner_has((unsigned long)(__force void *)io + 2 * PAGE_SIZE,
			 "ioremap for whatis_owners+"));
	EXPECT(owner_has((unsigned long)v, "vmalloc for whatis_owners+"));
	EXPECT(owner_has(fix_to_virt(FIX_BTMAP_BEGIN), "early_ioremap slot 0"));
	EXPECT(owner_has(fix_to_virt(FIX_PMD), "fixmap slot 2, for a page table"));
	EXPECT(owner_has(fix_to_virt(FIX_PKMAP_BEGIN), "kmap slot 0, "));
	iounmap(io);
	vfree(v);
	EXPECT(owner_has((unsigned long)v, "nobody"));
	EXPECT(owner_has(KERNEL_MAP, "nobody"));
	__free_page(page);
}

GUEST_TEST(whatis, slab_objects)
{
	char *p = kmalloc(64, GFP_KERNEL), want[80];

	ASSERT(p);
	snprintf(want, sizeof(want), "kmalloc-64, object at %#lx, 64 bytes, in use",
		 (unsigned long)p);
	describe_slab_object(p + 63, owner, sizeof(owner));
	EXPECT(strcmp(owner, want) == 0);
	kfree(p);
	describe_slab_object(p, owner, sizeof(owner));
	EXPECT(strstr(owner, "free"));
}

/* ---- whole answers ---- */

static char answer[8192];

static void ask(u64 addr)
{
	struct buffer_sink text;

	buffer_sink_init(&text, answer, sizeof(answer));
	whatis(&text.sink, addr);
}

/* The answer has the text, which is formatted first. */
static __printf(1, 2) bool says(const char *fmt, ...)
{
	char text[160];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return strstr(answer, text);
}

/* One page of RAM under four addresses, one of them uncached with the direct map's. */
GUEST_TEST(whatis, every_mapping_of_a_page)
{
	struct page *page;
	unsigned long phys;
	char *v, *again, *slot;

	NEED_PAT();
	v = vmalloc(PAGE_SIZE);
	ASSERT(v);
	page = vmalloc_to_page(v);
	phys = page_to_phys(page) + 0x123;
	EXPECT_EQ(set_memory_wc((unsigned long)v, 1), 0);
	again = vmap(&page, 1, 0, pgprot_cached(PAGE_KERNEL_RO, _PAGE_CACHE_MODE_WC));
	slot = kmap_local_pfn(page_to_pfn(page));
	ASSERT(again && slot);
	ask((unsigned long)slot + 0x123);
	EXPECT(says("virtual address 0x%016lx\n", (unsigned long)slot + 0x123));
	EXPECT(says("owner:     kmap_local slot 0 of CPU %u, for whatis_every_mapping_of_a_page+",
		    raw_smp_processor_id()));
	EXPECT(says("physical address 0x%lx\n", phys));
	EXPECT(says("usable\n") && says("System RAM [mem "));
	EXPECT(says("pfn %#lx, zone ", page_to_pfn(page)) && says("in use, 1 references"));
	EXPECT(says("allocated by whatis_every_mapping_of_a_page+"));
	EXPECT(says("write-combining for whatis_every_mapping_of_a_page+"));
	EXPECT(says("0x%016lx 4K RW NX write-combining, in effect write-combining\n"
		    "               vmalloc for whatis_every_mapping_of_a_page+",
		    (unsigned long)v + 0x123));
	EXPECT(says("0x%016lx 4K ro NX write-combining, in effect write-combining\n"
		    "               vmap for whatis_every_mapping_of_a_page+",
		    (unsigned long)again + 0x123));
	EXPECT(says("0x%016lx 4K RW NX write-back, in effect write-back\n"
		    "               kmap_local slot 0",
		    (unsigned long)slot + 0x123));
	if (!PageHighMem(page))
		EXPECT(says("0x%016lx 4K RW NX write-combining, in effect write-combining\n"
			    "               direct map\n",
			    (unsigned long)__va(phys)));
	kunmap_local(slot);
	vunmap(again);
	vfree(v);
}

/* A page that a device may still write to, and whom it belonged to. */
GUEST_TEST(whatis, pinned)
{
	struct page *page = alloc_page(GFP_KERNEL);

	ASSERT(page);
	EXPECT_EQ(pin_page(page), 0);
	__free_page(page);
	ask(page_to_phys(page));
	EXPECT(says("in use, 0 references\n"));
	EXPECT(says("pinned 1 times"));
	EXPECT(says("allocated by whatis_pinned+"));
	unpin_page(page);
	ask(page_to_phys(page));
	EXPECT(says("free, 0 references\n") && !says("pinned") && !says("allocated by"));
}

/* Device memory that is mapped twice, and the places in an area and around it. */
GUEST_TEST(whatis, areas)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	void __iomem *io, *other;
	unsigned long va;

	NEED_PAT();
	ASSERT(hole);
	vm_unmap_aliases();
	io = ioremap_wc(hole + 5, 3 * PAGE_SIZE);
	other = ioremap(hole, PAGE_SIZE); /* gets what is there */
	ASSERT(io && other);
	va = (unsigned long)(__force void *)io & PAGE_MASK;
	ask(hole + 9);
	EXPECT(says("e820:      none; below is [mem 0x") && says("page:      none: not RAM"));
	EXPECT(says("0x%016lx 4K RW NX write-combining, in effect", va + 9));
	EXPECT(says("0x%016lx 4K RW NX write-combining, in effect",
		    (unsigned long)(__force void *)other + 9));
	iounmap(other);
	ask(va + 4 * PAGE_SIZE + 7); /* three pages and five bytes are four pages */
	EXPECT(says("area:      [%#lx-%#lx], guard page behind it, ioremap for whatis_areas+", va,
		    va + 4 * PAGE_SIZE - 1));
	EXPECT(says("the address is in its guard page\n"));
	EXPECT(says("mapped:    not; below is [") && says("above is ["));
	iounmap(io);
	ask(va + 9);
	EXPECT(says("idle:      [%#lx-%#lx] was given back; it was for whatis_areas+", va,
		    va + 5 * PAGE_SIZE - 1));
	EXPECT(says("below is [") && says("mapped:    not; below is ["));
	vm_unmap_aliases();
	ask(va + 9);
	EXPECT(!says("idle:"));
}

/* What no memory is behind. */
GUEST_TEST(whatis, nothing)
{
	unsigned long top = 1UL << boot_cpu.phys_bits;
	/* The last page that has a place in the row of struct pages. */
	unsigned long beyond = min(PFN_DOWN(top), VMEMMAP_SIZE / sizeof(struct page)) - 1;

	ask(0);
	EXPECT(says("physical address 0x0\n") && says("reserved\n") && says("mapped:    nowhere"));
	ask(top - 1);
	EXPECT(says("physical address 0x%lx\n", top - 1) && says("mapped:    nowhere"));
	ask(top);
	EXPECT(says("0x%lx is nothing: physical addresses end at 0x%lx,\n", top, top - 1));
	ask(1UL << 62); /* not canonical, and no processor's physical address */
	EXPECT(says("is nothing") && says("begin at 0xffff800000000000\n"));
	ask((unsigned long)pfn_to_page(beyond));
	EXPECT(says("struct page of [mem 0x%08lx-0x%08lx], which is no RAM\n", beyond << PAGE_SHIFT,
		    ((beyond + 1) << PAGE_SHIFT) - 1));
	EXPECT(says("mapped:    not; below is ["));
	ask(FIXADDR_START_LIMIT);
	EXPECT(says("owner:     nobody: the fixmap ends at 0x"));
	ask(~0UL);
	EXPECT(says("the last page, always empty") && says("nothing is above"));
}

/* Any number is an answer, whatever it is; words that are none are refused. */
GUEST_TEST(whatis, arguments)
{
	struct buffer_sink text;

	buffer_sink_init(&text, answer, sizeof(answer));
	EXPECT_EQ(monitor_execute(&text.sink, "whatis"), -EINVAL);
	EXPECT_EQ(monitor_execute(&text.sink, "whatis 1 2"), -EINVAL);
	EXPECT_EQ(monitor_execute(&text.sink, "whatis no_such_symbol"), -ENOENT);
	EXPECT(says("whatis: no_such_symbol is neither"));
}
