// SPDX-License-Identifier: MIT
/*
 * ioremap and memremap.  What is read must be the device's, so the system ROM is
 * used where there is one; what is only mapped and looked at in the page tables
 * lies in a hole of the bus, found in the register.
 */
#include "mm/ioremap.h"
#include "kernel/core/panic.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/trap/nofault.h"
#include "mm/io.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/hole.h"
#include "tests/vm_areas.h"

static bool faults(const volatile void __iomem *addr)
{
	unsigned long va = (unsigned long)(__force const volatile void *)addr;
	struct fault_info fault = { 0 };
	u64 value;

	return nofault_read(va, 1, &value, &fault) == -EFAULT && fault.vector == 14 &&
	       fault.address == va;
}

static struct resource *find_named(struct resource *parent, const char *name)
{
	struct resource *child, *found = NULL;

	for_each_resource_child(child, parent) {
		found = strcmp(child->name, name) == 0 ? child : find_named(child, name);
		if (found)
			break;
	}
	return found;
}

static enum pg_level level_at(const volatile void __iomem *addr, pte_t *entry)
{
	enum pg_level level;

	*entry = lookup_address((unsigned long)(__force const volatile void *)addr, &level);
	return level;
}

/* Free pages, those among them that are kept for the next one who asks. */
static unsigned long free_pages_now(void)
{
	vm_unmap_aliases();
	kmem_cache_shrink_all();
	return nr_free_pages();
}

/* Free pages once slabs hold what they keep. */
static unsigned long free_pages_warm(phys_addr_t hole)
{
	iounmap(ioremap(hole, 3 * PAGE_SIZE));
	return free_pages_now();
}

GUEST_TEST(ioremap, rom_through_several_mappings)
{
	struct resource *rom = find_named(&iomem_resource, "System ROM");
	void __iomem *a, *b;
	u8 *c, bytes[64];
	phys_addr_t at;

	if (!rom) {
		guest_skip("no System ROM in the register");
		return;
	}
	at = rom->end + 1 - 64 + 3; /* around the reset vector; sub-page offset */
	a = ioremap(at, 61);
	b = ioremap_uc(rom->end + 1 - PAGE_SIZE, PAGE_SIZE);
	c = memremap(at, 61, MEMREMAP_WB);
	ASSERT(a && b && c);
	EXPECT_EQ((unsigned long)(__force void *)a & ~PAGE_MASK, at & ~PAGE_MASK);
	EXPECT(a != b);
	memcpy_fromio(bytes, a, 61);
	for (unsigned int i = 0; i < 61; i++) {
		EXPECT_EQ(readb(b + PAGE_SIZE - 61 + i), bytes[i]);
		EXPECT_EQ(c[i], bytes[i]);
	}
	EXPECT(readb(a + 64 - 3 - 16) != 0); /* SDM 3A, 9.1.4: execution starts there */
	iounmap(a);
	iounmap(b);
	memunmap(c);
	EXPECT(faults(a) && faults(b) && faults((void __iomem *)c));
}

GUEST_TEST(ioremap, unmapped_again_and_guarded)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	unsigned int areas = nr_vm_areas(), warns = warn_count();
	unsigned long before;
	void __iomem *p;

	ASSERT(hole);
	before = free_pages_warm(hole);
	for (unsigned long size = 1; size <= 16 * PAGE_SIZE; size = size * 3 + 1) {
		unsigned long bytes = PAGE_ALIGN(0xffe + size);
		phys_addr_t pa = 0;

		p = ioremap(hole + 0xffe, size);
		ASSERT(p);
		EXPECT_EQ(virt_to_phys_walk((unsigned long)(__force void *)p, &pa), 0);
		EXPECT_EQ(pa, hole + 0xffe);
		EXPECT(faults(p - 0xffe + bytes));
		EXPECT(faults(p - 0xffe - 1));
		EXPECT_EQ(nr_vm_areas(), areas + 1);
		readb(p); /* whatever comes: now the TLB knows the page */
		iounmap(p);
		EXPECT(faults(p));
		EXPECT(faults(p - 0xffe + bytes - 1));
	}
	EXPECT_EQ(nr_vm_areas(), areas);
	EXPECT_EQ(free_pages_now(), before);
	EXPECT_EQ(warn_count(), warns);
}

GUEST_TEST(ioremap, refusals)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	unsigned int areas = nr_vm_areas(), warns = warn_count();
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long ram_end, before;

	ASSERT(page && hole);
	before = free_pages_warm(hole);
	EXPECT(!ioremap(hole, 0));
	EXPECT(!ioremap(~0ULL - 4, 8));
	EXPECT(!ioremap(hole, ~0UL));
	EXPECT(!ioremap(1ULL << boot_cpu.phys_bits, 1));
	EXPECT(!ioremap((1ULL << boot_cpu.phys_bits) - PAGE_SIZE, PAGE_SIZE + 1));
	/* Nor can anybody own what is there. */
	EXPECT(!request_mem_region(1ULL << boot_cpu.phys_bits, PAGE_SIZE, "beyond"));
	EXPECT(!ioremap(page_to_phys(page) + 12, 4));
	EXPECT(!ioremap_cache(page_to_phys(page), PAGE_SIZE));
	EXPECT(!ioremap(__pa(_text), 1));
	ram_end = pfn_first_hole(page_to_pfn(page), ~0UL);
	EXPECT(!ioremap(PFN_PHYS(ram_end) - 1, 2)); /* the last byte of RAM and the next */
	EXPECT_EQ(nr_vm_areas(), areas);
	EXPECT_EQ(free_pages_now(), before);
	EXPECT_EQ(warn_count(), warns);
	__free_page(page);
}

/* RAM that the register knows, though it has no struct page: the register refuses. */
GUEST_TEST(ioremap, ram_by_the_register)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	struct resource outer =
		DEFINE_RES_NAMED(hole, 16 * PAGE_SIZE, "test outer", IORESOURCE_MEM);
	struct resource inner = DEFINE_RES_NAMED(hole + 4 * PAGE_SIZE, PAGE_SIZE, "test RAM",
						 IORESOURCE_SYSTEM_RAM);

	ASSERT(hole);
	ASSERT(insert_resource(&iomem_resource, &outer) == 0);
	ASSERT(insert_resource(&iomem_resource, &inner) == 0);
	EXPECT(!ioremap(hole, 16 * PAGE_SIZE));
	EXPECT(!ioremap(hole + 5 * PAGE_SIZE - 1, 1));
	iounmap(ioremap(hole + 5 * PAGE_SIZE, PAGE_SIZE));
	release_resource(&inner);
	release_resource(&outer);
}

/* More than one resource: mapped, with lines in the log, but no WARN. */
GUEST_TEST(ioremap, over_two_resources)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	struct resource a = DEFINE_RES_NAMED(hole, PAGE_SIZE, "test a", IORESOURCE_MEM);
	struct resource b = DEFINE_RES_NAMED(hole + PAGE_SIZE, PAGE_SIZE, "test b", IORESOURCE_MEM);
	unsigned int warns = warn_count();
	void __iomem *p;

	ASSERT(hole);
	ASSERT(insert_resource(&iomem_resource, &a) == 0);
	ASSERT(insert_resource(&iomem_resource, &b) == 0);
	p = ioremap(hole, 2 * PAGE_SIZE);
	EXPECT(p);
	EXPECT_EQ(warn_count(), warns);
	iounmap(p);
	release_resource(&a);
	release_resource(&b);
}

GUEST_TEST(ioremap, large_pages)
{
	phys_addr_t hole = find_hole(2 * PUD_SIZE);
	unsigned long before;
	void __iomem *p;
	pte_t entry;

	ASSERT(hole);
	before = free_pages_warm(hole);
	p = ioremap(hole, 2 * PMD_SIZE + PAGE_SIZE);
	ASSERT(p);
	EXPECT_EQ(level_at(p, &entry), PG_LEVEL_2M);
	EXPECT_EQ(level_at(p + 2 * PMD_SIZE - 1, &entry), PG_LEVEL_2M);
	EXPECT_EQ(level_at(p + 2 * PMD_SIZE, &entry), PG_LEVEL_4K);
	EXPECT(faults(p + 2 * PMD_SIZE + PAGE_SIZE));
	iounmap(p);
	EXPECT_EQ(level_at(p, &entry), PG_LEVEL_NONE);

	p = ioremap(hole + PAGE_SIZE, PMD_SIZE); /* never 2 MiB aligned on both sides */
	ASSERT(p);
	EXPECT_EQ(level_at(p, &entry), PG_LEVEL_4K);
	iounmap(p);

	p = ioremap(hole, PUD_SIZE);
	ASSERT(p);
	EXPECT_EQ(level_at(p, &entry), boot_cpu.gbpages ? PG_LEVEL_1G : PG_LEVEL_2M);
	iounmap(p);
	EXPECT_EQ(free_pages_now(), before);
}

static void check_mode(void __iomem *p, enum page_cache_mode mode, enum pg_level want)
{
	pte_t entry;
	u64 bits;

	ASSERT(p);
	EXPECT_EQ(level_at(p, &entry), want);
	bits = pte_val(entry) & (_PAGE_PWT | _PAGE_PCD);
	if (pte_val(entry) & (want == PG_LEVEL_4K ? _PAGE_PAT : _PAGE_PAT_LARGE))
		bits |= _PAGE_PAT;
	EXPECT_EQ(bits, cachemode2protval(mode));
	EXPECT(pte_val(entry) & _PAGE_NX);
	EXPECT(pte_val(entry) & _PAGE_RW);
	iounmap(p);
}

GUEST_TEST(ioremap, memory_types)
{
	phys_addr_t hole = find_hole(PUD_SIZE);

	ASSERT(hole);
	for (enum pg_level level = PG_LEVEL_4K; level <= PG_LEVEL_2M; level++) {
		unsigned long size = page_level_size(level);

		check_mode(ioremap(hole, size), _PAGE_CACHE_MODE_UC_MINUS, level);
		check_mode(ioremap_uc(hole, size), _PAGE_CACHE_MODE_UC, level);
		check_mode(ioremap_wc(hole, size), _PAGE_CACHE_MODE_WC, level);
		check_mode(ioremap_wt(hole, size), _PAGE_CACHE_MODE_WT, level);
		check_mode(ioremap_cache(hole, size), _PAGE_CACHE_MODE_WB, level);
	}
}

GUEST_TEST(ioremap, records)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	struct vm_struct *vm;
	void __iomem *p;

	ASSERT(hole);
	p = ioremap_wc(hole + PAGE_SIZE, 8);
	ASSERT(p);
	vm = find_vm_area((__force void *)p);
	ASSERT(vm);
	EXPECT_EQ(vm->size, 2 * PAGE_SIZE); /* the guard page is counted, as in Linux */
	EXPECT_EQ(vm->phys_addr, hole + PAGE_SIZE);
	EXPECT_EQ(vm->flags, VM_IOREMAP);
	EXPECT_EQ(vm->memtype.type, boot_cpu.pat ? _PAGE_CACHE_MODE_WC : _PAGE_CACHE_MODE_UC_MINUS);
	EXPECT(vm->caller >= (unsigned long)_text && vm->caller < (unsigned long)_etext);
	iounmap(p);
}

GUEST_TEST_WARNS(ioremap, foreign_iounmap)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	unsigned int warns = warn_count(), areas = nr_vm_areas();
	unsigned long on_stack = 0;
	char *v = vmalloc(PAGE_SIZE);
	void __iomem *p;

	ASSERT(hole && v);
	p = ioremap(hole, 2 * PAGE_SIZE);
	ASSERT(p);
	iounmap((void __iomem *)&on_stack);
	EXPECT_EQ(warn_count(), ++warns);
	iounmap((void __iomem *)v); /* an area, but not ours */
	EXPECT_EQ(warn_count(), ++warns);
	iounmap(p + PAGE_SIZE); /* not the start */
	EXPECT_EQ(warn_count(), ++warns);
	iounmap(NULL);
	EXPECT_EQ(warn_count(), warns);
	iounmap(p);
	iounmap(p);
	EXPECT_EQ(warn_count(), ++warns);
	v[0] = 1; /* still there */
	vfree(v);
	EXPECT_EQ(warn_count(), warns);
	EXPECT_EQ(nr_vm_areas(), areas);
}

GUEST_TEST(ioremap, many_live)
{
	enum { N = 300 };
	static void __iomem *p[N];
	phys_addr_t hole = find_hole(PUD_SIZE);
	unsigned int areas = nr_vm_areas();

	ASSERT(hole);
	for (unsigned int i = 0; i < N; i++) {
		p[i] = ioremap(hole + i * PAGE_SIZE, PAGE_SIZE);
		ASSERT(p[i]);
	}
	for (unsigned int i = 0; i < N; i++) {
		phys_addr_t pa = 0;

		EXPECT_EQ(virt_to_phys_walk((unsigned long)(__force void *)p[i], &pa), 0);
		EXPECT_EQ(pa, hole + i * PAGE_SIZE);
	}
	for (unsigned int i = 0; i < N; i++)
		iounmap(p[(i * 7) % N]);
	EXPECT_EQ(nr_vm_areas(), areas);
}

GUEST_TEST_WARNS(ioremap, memremap_of_ram)
{
	unsigned int areas = nr_vm_areas(), warns = warn_count();
	struct page *page = alloc_page(GFP_KERNEL);
	phys_addr_t pa, end;
	u32 *p;

	ASSERT(page);
	pa = page_to_phys(page);
	p = memremap(pa + 16, 100, MEMREMAP_WB);
	EXPECT_EQ(p, page_address(page) + 16);
	memunmap(p);
	EXPECT(!memremap(pa, 4, MEMREMAP_WT));
	EXPECT(!memremap(pa, 4, MEMREMAP_WC));
	EXPECT(!memremap(pa, 4, 0));
	EXPECT(!memremap(pa, 0, MEMREMAP_WB));
	end = PFN_PHYS(pfn_first_hole(page_to_pfn(page), ~0UL));
	EXPECT(!memremap(end - PAGE_SIZE, 2 * PAGE_SIZE, MEMREMAP_WB));
	EXPECT_EQ(nr_vm_areas(), areas);
	EXPECT_EQ(warn_count(), warns);
	memunmap(NULL);
	memunmap((void *)16UL);
	EXPECT_EQ(warn_count(), ++warns);
	__free_page(page);
}
