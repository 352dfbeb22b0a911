// SPDX-License-Identifier: MIT
/*
 * set_memory_*: rights proved by accesses that work or fault, splitting and joining
 * of large pages seen in the page tables, types that all views of a page share.
 */
#include "mm/set_memory.h"
#include "kernel/core/fault_inject.h"
#include "kernel/core/panic.h"
#include "kernel/lib/errno.h"
#include "kernel/trap/nofault.h"
#include "mm/init.h"
#include "mm/ioremap.h"
#include "mm/memtype.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"
#include "mm/tlb.h"
#include "mm/views.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/hole.h"
#include "tests/guest/mapped_mode.h"

#define PF_PROT	 BIT(0) /* error code of #PF: SDM 3A, 4.7 */
#define PF_WRITE BIT(1)
#define PF_INSTR BIT(4)
#define X86_RET	 0xc3

static bool can_write(unsigned long va)
{
	struct fault_info fault = { 0 };

	if (nofault_write(va, 1, X86_RET, &fault) == 0)
		return true;
	EXPECT_EQ(fault.vector, 14);
	EXPECT_EQ(fault.error_code, PF_PROT | PF_WRITE);
	EXPECT_EQ(fault.address, va);
	return false;
}

static bool can_run(unsigned long va)
{
	struct fault_info fault = { 0 };

	if (nofault_exec(va, &fault) == 0)
		return true;
	EXPECT_EQ(fault.vector, 14);
	EXPECT_EQ(fault.error_code, PF_PROT | PF_INSTR);
	EXPECT_EQ(fault.address, va);
	return false;
}

static enum pg_level level_at(unsigned long va)
{
	enum pg_level level;

	lookup_address(va, &level);
	return level;
}

/* The direct map's address of what is mapped at va; 0 where it has none. */
static unsigned long alias_of(unsigned long va)
{
	phys_addr_t pa = 0;

	EXPECT_EQ(virt_to_phys_walk(va, &pa), 0);
	return pa < direct_map_end ? (unsigned long)__va(pa) : 0;
}

static enum page_cache_mode type_of(unsigned long va)
{
	enum page_cache_mode type = _PAGE_CACHE_MODE_WP;
	unsigned long holder;
	phys_addr_t pa = 0;

	EXPECT_EQ(virt_to_phys_walk(va, &pa), 0);
	EXPECT(memtype_lookup(pa, &type, &holder));
	return type;
}

/* ---- rights ---- */

GUEST_TEST(set_memory, read_only_and_back)
{
	unsigned long va = (unsigned long)vmalloc(4 * PAGE_SIZE), alias;

	ASSERT(va);
	alias = alias_of(va + PAGE_SIZE);
	EXPECT(can_write(va + PAGE_SIZE)); /* now the TLB has it */
	EXPECT_EQ(set_memory_ro(va + PAGE_SIZE, 2), 0);
	EXPECT(can_write(va));
	EXPECT(!can_write(va + PAGE_SIZE));
	EXPECT(!can_write(va + 3 * PAGE_SIZE - 1));
	EXPECT(can_write(va + 3 * PAGE_SIZE));
	EXPECT(!alias || !can_write(alias)); /* the same memory by another address */
	EXPECT_EQ(set_memory_rw(va + PAGE_SIZE, 2), 0);
	EXPECT(can_write(va + PAGE_SIZE));
	EXPECT(can_write(va + 3 * PAGE_SIZE - 1));
	EXPECT(!alias || can_write(alias));
	vfree((void *)va);
}

/* Never writable and executable: the way leads through read-only. */
GUEST_TEST(set_memory, execute_and_back)
{
	unsigned long va = (unsigned long)vmalloc(2 * PAGE_SIZE), alias;

	ASSERT(va);
	alias = alias_of(va);
	*(volatile u8 *)va = X86_RET;
	EXPECT(!can_run(va));
	EXPECT_EQ(set_memory_x(va, 1), -EPERM);
	EXPECT(!can_run(va));
	EXPECT_EQ(set_memory_ro(va, 1), 0);
	EXPECT_EQ(set_memory_x(va, 2), -EPERM); /* its neighbour is writable still */
	EXPECT_EQ(set_memory_x(va, 1), 0);
	EXPECT(can_run(va));
	EXPECT(!can_write(va));
	EXPECT(!alias || !can_write(alias));
	EXPECT_EQ(check_wx_pages(), 0);
	EXPECT_EQ(set_memory_rw(va, 1), -EPERM);
	EXPECT(!can_write(va));
	EXPECT_EQ(set_memory_nx(va, 1), 0);
	EXPECT(!can_run(va));
	EXPECT_EQ(set_memory_rw(va, 1), 0);
	EXPECT(can_write(va));
	vfree((void *)va);
}

GUEST_TEST(set_memory, code_stays_read_only)
{
	unsigned long text = (unsigned long)_text, alias = (unsigned long)__va(__pa(_text));

	EXPECT_EQ(set_memory_rw(text, 1), -EPERM);
	EXPECT_EQ(set_memory_rw(alias, 1), -EPERM);
	EXPECT(!can_write(text));
	EXPECT(!can_write(alias));
	EXPECT_EQ(set_memory_x((unsigned long)__start_rodata, 1), 0); /* read-only, so it may */
	EXPECT_EQ(set_memory_nx((unsigned long)__start_rodata, 1), 0);
}

static u8 image_page[PAGE_SIZE] __aligned(PAGE_SIZE);

/* From either side the image and the direct map change together. */
GUEST_TEST(set_memory, image_and_direct_map)
{
	unsigned long va = (unsigned long)image_page, alias = (unsigned long)__va(__pa(image_page));

	EXPECT_EQ(set_memory_ro(va, 1), 0);
	EXPECT(!can_write(va));
	EXPECT(!can_write(alias));
	EXPECT_EQ(set_memory_rw(alias, 1), 0);
	EXPECT(can_write(va));
	EXPECT(can_write(alias));
	EXPECT_EQ(set_memory_x(alias, 1), -EPERM);
	EXPECT_EQ(set_memory_ro(alias, 1), 0);
	EXPECT_EQ(set_memory_x(alias, 1), -EPERM); /* not the direct map, not even so */
	EXPECT(!can_write(va));
	EXPECT_EQ(set_memory_rw(va, 1), 0);
}

GUEST_TEST(set_memory, what_is_no_range)
{
	unsigned long va = (unsigned long)vmalloc(PAGE_SIZE);
	unsigned int warns = warn_count();

	ASSERT(va);
	EXPECT_EQ(set_memory_ro(va + 1, 1), -EINVAL);
	EXPECT_EQ(set_memory_ro(va, 0), -EINVAL);
	EXPECT_EQ(set_memory_ro(va, -1), -EINVAL);
	EXPECT_EQ(set_memory_ro(0x1000, 1), -EINVAL);
	EXPECT_EQ(set_memory_ro(~0UL & PAGE_MASK, 2), -EINVAL);
	EXPECT_EQ(set_memory_ro(va, 2), -EFAULT); /* into the guard page */
	EXPECT(can_write(va));
	EXPECT_EQ(set_memory_uc(va, 2), -EFAULT);
	EXPECT_EQ(nr_ram_memtypes(), 0);
	EXPECT_EQ(warn_count(), warns);
	vfree((void *)va);
}

/* ---- splitting and joining ---- */

#define BLOCK_ORDER 9 /* 2 MiB */

/* 2 MiB of the direct map that one large page maps. */
static struct page *large_block(enum pg_level *level)
{
	struct page *block = alloc_pages(GFP_KERNEL, BLOCK_ORDER);

	join_waiting_views();
	*level = block ? level_at((unsigned long)page_address(block)) : PG_LEVEL_NONE;
	return block;
}

GUEST_TEST(set_memory, split_and_joined)
{
	enum pg_level level;
	struct page *block;
	unsigned long va, before;

	NEED_BLOCK(BLOCK_ORDER);
	block = large_block(&level);
	ASSERT(block);
	EXPECT(level >= PG_LEVEL_2M);
	va = (unsigned long)page_address(block);
	before = nr_free_pages();
	EXPECT_EQ(set_memory_ro(va + 5 * PAGE_SIZE, 1), 0);
	for (unsigned int i = 0; i < 1U << BLOCK_ORDER; i++) {
		EXPECT_EQ(level_at(va + i * PAGE_SIZE), PG_LEVEL_4K);
		EXPECT_EQ(can_write(va + i * PAGE_SIZE), i != 5);
	}
	EXPECT_EQ(nr_free_pages(), before - (level - PG_LEVEL_4K)); /* a table for each level */
	EXPECT_EQ(set_memory_ro(va + 511 * PAGE_SIZE, 1), 0);
	EXPECT_EQ(set_memory_rw(va + 5 * PAGE_SIZE, 1), 0);
	join_waiting_views();
	EXPECT_EQ(level_at(va), PG_LEVEL_4K); /* one page differs yet */
	EXPECT(!can_write(va + 511 * PAGE_SIZE));
	EXPECT_EQ(set_memory_rw(va + 511 * PAGE_SIZE, 1), 0);
	EXPECT_EQ(level_at(va), PG_LEVEL_4K); /* it may be changed again */
	join_waiting_views();
	EXPECT_EQ(level_at(va), level);
	EXPECT_EQ(level_at(va + 511 * PAGE_SIZE), level);
	EXPECT_EQ(nr_free_pages(), before);
	EXPECT(can_write(va + 5 * PAGE_SIZE));
	EXPECT(can_write(va + 511 * PAGE_SIZE));
	__free_pages(block, BLOCK_ORDER);
}

#define NR_WAITING 8 /* blocks that stay split: mm/views.c */

/* A block is joined when as many others have been changed, and not before. */
GUEST_TEST(set_memory, joined_when_others_come)
{
	struct page *blocks[NR_WAITING + 1];
	enum pg_level level;
	unsigned long first = 0;
	unsigned int n;

	NEED_MEMORY(48UL << 20);
	for (n = 0; n <= NR_WAITING && (blocks[n] = large_block(&level)); n++)
		EXPECT(level >= PG_LEVEL_2M);
	ASSERT(n == NR_WAITING + 1);
	first = (unsigned long)page_address(blocks[0]);
	for (n = 0; n <= NR_WAITING; n++) {
		unsigned long va = (unsigned long)page_address(blocks[n]);

		EXPECT(n == 0 || level_at(first) == PG_LEVEL_4K);
		EXPECT_EQ(set_memory_uc(va + PAGE_SIZE, 1), 0);
		EXPECT_EQ(set_memory_wb(va + PAGE_SIZE, 1), 0);
	}
	EXPECT(level_at(first) > PG_LEVEL_4K);
	EXPECT_EQ(level_at((unsigned long)page_address(blocks[1])), PG_LEVEL_4K);
	while (n)
		__free_pages(blocks[--n], BLOCK_ORDER);
	join_waiting_views();
}

/* What covers a large page wholly leaves it whole; joined piece by piece it is one again. */
GUEST_TEST(set_memory, whole_large_page)
{
	enum pg_level level;
	struct page *block;
	unsigned long va, before;

	NEED_BLOCK(BLOCK_ORDER);
	block = large_block(&level);
	ASSERT(block);
	va = (unsigned long)page_address(block);
	before = nr_free_pages();
	EXPECT_EQ(set_memory_ro(va, 512), 0);
	EXPECT_EQ(level_at(va), PG_LEVEL_2M);
	EXPECT(!can_write(va + PMD_SIZE - 1));
	for (unsigned int i = 0; i < 512; i += 64) {
		EXPECT_EQ(set_memory_rw(va + i * PAGE_SIZE, 64), 0);
		EXPECT(can_write(va + i * PAGE_SIZE));
		EXPECT(can_write(va + (i + 64) * PAGE_SIZE - 1));
		EXPECT(i == 448 || !can_write(va + (i + 64) * PAGE_SIZE));
	}
	join_waiting_views();
	EXPECT_EQ(level_at(va), level);
	EXPECT_EQ(nr_free_pages(), before);
	for (unsigned int i = 512; i > 0; i -= 128) /* and towards read-only */
		EXPECT_EQ(set_memory_ro(va + (i - 128) * PAGE_SIZE, 128), 0);
	join_waiting_views();
	EXPECT_EQ(level_at(va), PG_LEVEL_2M);
	EXPECT(!can_write(va));
	EXPECT_EQ(set_memory_rw(va, 512), 0);
	join_waiting_views();
	EXPECT_EQ(level_at(va), level);
	EXPECT_EQ(nr_free_pages(), before);
	__free_pages(block, BLOCK_ORDER);
}

/* Content survives, whichever way the pages are cut. */
GUEST_TEST(set_memory, content_survives)
{
	enum pg_level level;
	struct page *block;
	volatile unsigned long *mem;

	NEED_BLOCK(BLOCK_ORDER);
	block = large_block(&level);
	ASSERT(block);
	mem = page_address(block);
	for (unsigned long i = 0; i < 512; i++)
		mem[i * 512] = i * 0x0101010101;
	EXPECT_EQ(set_memory_ro((unsigned long)mem + 100 * PAGE_SIZE, 3), 0);
	EXPECT_EQ(set_memory_uc((unsigned long)mem + 200 * PAGE_SIZE, 50), 0);
	for (unsigned long i = 0; i < 512; i++)
		EXPECT_EQ(mem[i * 512], i * 0x0101010101);
	EXPECT_EQ(set_memory_wb((unsigned long)mem, 512), 0);
	EXPECT_EQ(set_memory_rw((unsigned long)mem, 512), 0);
	join_waiting_views();
	for (unsigned long i = 0; i < 512; i++)
		EXPECT_EQ(mem[i * 512], i * 0x0101010101);
	EXPECT_EQ(level_at((unsigned long)mem), level);
	__free_pages(block, BLOCK_ORDER);
}

/* Each table that would be needed is refused once: nothing has changed, nothing is lost. */
GUEST_TEST(set_memory, no_memory_for_tables)
{
	static const struct fault_plan plan = { .sites = BIT(FAULT_TABLE),
						.nth = 1,
						.onwards = true };
	enum pg_level level;
	struct page *block;
	unsigned long va, before;
	int err;

	NEED_BLOCK(BLOCK_ORDER);
	block = large_block(&level);
	ASSERT(block);
	va = (unsigned long)page_address(block);
	before = nr_free_pages();
	fault_inject_arm(&plan);
	err = set_memory_ro(va + PAGE_SIZE, 1);
	EXPECT(fault_inject_disarm() > 0);
	EXPECT_EQ(err, -ENOMEM);
	EXPECT(can_write(va + PAGE_SIZE));
	EXPECT_EQ(level_at(va), level);
	fault_inject_arm(&plan);
	err = set_memory_wc(va + PAGE_SIZE, 1);
	EXPECT(fault_inject_disarm() > 0);
	EXPECT_EQ(err, -ENOMEM);
	EXPECT_EQ(mapped_mode(va + PAGE_SIZE), _PAGE_CACHE_MODE_WB);
	EXPECT_EQ(nr_ram_memtypes(), 0);
	EXPECT_EQ(nr_free_pages(), before);
	__free_pages(block, BLOCK_ORDER);
}

/* 512 pages in a row make no large page where physical and virtual address do not match. */
GUEST_TEST(set_memory, not_joined_where_misaligned)
{
	struct page *block;
	struct vm_struct *vm;
	unsigned long va;

	NEED_BLOCK(BLOCK_ORDER + 1);
	block = alloc_pages(GFP_KERNEL, BLOCK_ORDER + 1);
	vm = get_vm_area_caller(PMD_SIZE, PMD_SIZE, VM_MAP, _RET_IP_);
	ASSERT(block && vm);
	va = (unsigned long)vm->addr;
	EXPECT_EQ(map_page_range(&init_mm, va, page_to_phys(block) + PAGE_SIZE, PMD_SIZE,
				 PAGE_KERNEL, PG_LEVEL_2M),
		  0);
	*(volatile u64 *)(va + 511 * PAGE_SIZE) = 0x5a5a;
	EXPECT_EQ(set_memory_ro(va, 512), 0);
	EXPECT_EQ(set_memory_rw(va, 512), 0);
	EXPECT_EQ(level_at(va), PG_LEVEL_4K);
	EXPECT_EQ(*(volatile u64 *)(va + 511 * PAGE_SIZE), 0x5a5a);
	EXPECT_EQ(*(volatile u64 *)page_address(block + 512), 0x5a5a);
	kfree(remove_vm_area(vm->addr));
	__free_pages(block, BLOCK_ORDER + 1);
}

/* The second table that is needed is not to be had: the first one goes back. */
GUEST_TEST(set_memory, memory_for_one_table_only)
{
	static const struct fault_plan plan = { .sites = BIT(FAULT_TABLE), .nth = 2 };
	struct page *block;
	unsigned long va, before;
	int err;

	NEED_BLOCK(BLOCK_ORDER + 1);
	block = alloc_pages(GFP_KERNEL, BLOCK_ORDER + 1);
	ASSERT(block);
	va = (unsigned long)page_address(block);
	join_waiting_views();
	if (level_at(va) != PG_LEVEL_2M) {
		guest_skip("the direct map has 1 GiB pages: a table more");
		__free_pages(block, BLOCK_ORDER + 1);
		return;
	}
	before = nr_free_pages();
	fault_inject_arm(&plan);
	err = set_memory_ro(va + PMD_SIZE / 2, 512); /* half of either large page */
	EXPECT_EQ(fault_inject_disarm(), 1);
	EXPECT_EQ(err, -ENOMEM);
	EXPECT_EQ(level_at(va), PG_LEVEL_2M);
	EXPECT_EQ(level_at(va + PMD_SIZE), PG_LEVEL_2M);
	EXPECT_EQ(nr_free_pages(), before);
	__free_pages(block, BLOCK_ORDER + 1);
}

/* ---- caching ---- */

static void check_type(unsigned long va, enum page_cache_mode mode)
{
	unsigned long alias = alias_of(va);

	EXPECT_EQ(type_of(va), mapped_as(mode));
	EXPECT_EQ(mapped_mode(va), mapped_as(mode));
	if (alias)
		EXPECT_EQ(mapped_mode(alias), mapped_as(mode));
}

GUEST_TEST(set_memory, uncached_and_back)
{
	struct page *page = alloc_pages(GFP_KERNEL, 1); /* its neighbour is RAM too */
	unsigned long va;

	ASSERT(page);
	va = (unsigned long)page_address(page);
	*(volatile u64 *)va = 0x1122334455667788;
	EXPECT_EQ(set_memory_uc(va, 1), 0);
	check_type(va, _PAGE_CACHE_MODE_UC_MINUS);
	check_type(va + PAGE_SIZE, _PAGE_CACHE_MODE_WB);
	EXPECT_EQ(nr_ram_memtypes(), 1);
	EXPECT_EQ(*(volatile u64 *)va, 0x1122334455667788);
	EXPECT_EQ(set_memory_wc(va, 1), -EBUSY); /* first back, as in Linux */
	EXPECT_EQ(set_memory_uc(va, 1), -EBUSY);
	check_type(va, _PAGE_CACHE_MODE_UC_MINUS);
	EXPECT_EQ(set_memory_wb(va, 1), 0);
	check_type(va, _PAGE_CACHE_MODE_WB);
	EXPECT_EQ(set_memory_wb(va, 1), 0); /* harmless */
	EXPECT_EQ(set_memory_wc(va, 1), 0);
	check_type(va, _PAGE_CACHE_MODE_WC);
	*(volatile u64 *)va = 42;
	EXPECT_EQ(set_memory_wb(va, 1), 0);
	EXPECT_EQ(*(volatile u64 *)va, 42);
	EXPECT_EQ(nr_ram_memtypes(), 0);
	__free_pages(page, 1);
}

/* Pages that lie anywhere: each one's other address follows. */
GUEST_TEST(set_memory, types_of_a_vmalloc_area)
{
	enum { N = 24 };
	unsigned long va = (unsigned long)vmalloc(N * PAGE_SIZE);
	unsigned int i;

	ASSERT(va);
	EXPECT_EQ(set_memory_wc(va + 2 * PAGE_SIZE, N - 4), 0);
	for (i = 0; i < N; i++)
		check_type(va + i * PAGE_SIZE,
			   i >= 2 && i < N - 2 ? _PAGE_CACHE_MODE_WC : _PAGE_CACHE_MODE_WB);
	EXPECT_EQ(set_memory_uc(va, N), -EBUSY); /* the middle is taken: none is changed */
	check_type(va, _PAGE_CACHE_MODE_WB);
	check_type(va + 3 * PAGE_SIZE, _PAGE_CACHE_MODE_WC);
	EXPECT_EQ(set_memory_wb(va + 10 * PAGE_SIZE, 2), 0); /* a hole in the middle */
	check_type(va + 9 * PAGE_SIZE, _PAGE_CACHE_MODE_WC);
	check_type(va + 10 * PAGE_SIZE, _PAGE_CACHE_MODE_WB);
	check_type(va + 12 * PAGE_SIZE, _PAGE_CACHE_MODE_WC);
	EXPECT_EQ(set_memory_wb(va, N), 0);
	for (i = 0; i < N; i++)
		check_type(va + i * PAGE_SIZE, _PAGE_CACHE_MODE_WB);
	EXPECT_EQ(nr_ram_memtypes(), 0);
	vfree((void *)va);
}

/* Each page is a run of its own here, and the last one is taken: the others are not kept. */
GUEST_TEST(set_memory, all_runs_or_none)
{
	enum { N = 4 };
	struct page *block = alloc_pages(GFP_KERNEL, 2), *pages[N];
	unsigned long va;

	ASSERT(block);
	for (unsigned int i = 0; i < N; i++)
		pages[i] = block + (N - 1 - i);
	va = (unsigned long)vmap(pages, N, 0, PAGE_KERNEL);
	ASSERT(va);
	EXPECT_EQ(set_memory_uc(va + (N - 1) * PAGE_SIZE, 1), 0);
	EXPECT_EQ(nr_ram_memtypes(), 1);
	EXPECT_EQ(set_memory_uc(va, N), -EBUSY);
	EXPECT_EQ(nr_ram_memtypes(), 1);
	check_type(va, _PAGE_CACHE_MODE_WB);
	check_type(va + (N - 1) * PAGE_SIZE, _PAGE_CACHE_MODE_UC_MINUS);
	EXPECT_EQ(set_memory_wb(va, N), 0);
	EXPECT_EQ(set_memory_wc(va, N), 0);
	for (unsigned int i = 0; i < N; i++)
		check_type(va + i * PAGE_SIZE, _PAGE_CACHE_MODE_WC);
	EXPECT_EQ(set_memory_wb(va, N), 0);
	EXPECT_EQ(nr_ram_memtypes(), 0);
	vunmap((void *)va);
	__free_pages(block, 2);
}

/* Each page is a run of its own, and all of them are forgotten at a time. */
GUEST_TEST(set_memory, back_in_one_flush)
{
	enum { ORDER = 5, N = 1 << ORDER };
	struct page *block = alloc_pages(GFP_KERNEL, ORDER), *pages[N];
	unsigned long va, flushes;

	ASSERT(block);
	for (unsigned int i = 0; i < N; i++)
		pages[i] = block + (N - 1 - i);
	va = (unsigned long)vmap(pages, N, 0, PAGE_KERNEL);
	ASSERT(va);
	EXPECT_EQ(set_memory_uc(va, N), 0);
	flushes = tlb_flush_due();
	EXPECT_EQ(set_memory_wb(va, N), 0);
	EXPECT_EQ(tlb_flush_due() - flushes, 1);
	for (unsigned int i = 0; i < N; i++)
		check_type(va + i * PAGE_SIZE, _PAGE_CACHE_MODE_WB);
	vunmap((void *)va);
	__free_pages(block, ORDER);
}

/*
 * Of a range of four pages the first and the third are given back.  The third leaves two pieces,
 * and for the second piece there is no memory.
 */
GUEST_TEST(set_memory, write_back_stops_in_the_middle)
{
	struct fault_plan plan = { .sites = BIT(FAULT_SLAB), .nth = 1, .onwards = true };
	struct page *block = alloc_pages(GFP_KERNEL, 2), *pages[2];
	unsigned long va, direct;

	ASSERT(block);
	direct = (unsigned long)page_address(block);
	pages[0] = block;
	pages[1] = block + 2;
	va = (unsigned long)vmap(pages, 2, 0, PAGE_KERNEL);
	ASSERT(va);
	EXPECT_EQ(set_memory_uc(direct, 4), 0);
	fault_inject_arm(&plan);
	EXPECT_EQ(set_memory_wb(va, 2), -ENOMEM);
	EXPECT_EQ(fault_inject_disarm(), 1);
	check_type(direct, _PAGE_CACHE_MODE_WB);
	for (unsigned int i = 1; i < 4; i++)
		check_type(direct + i * PAGE_SIZE, _PAGE_CACHE_MODE_UC_MINUS);
	EXPECT_EQ(set_memory_wb(va, 2), 0);
	check_type(direct + 2 * PAGE_SIZE, _PAGE_CACHE_MODE_WB);
	check_type(direct + 3 * PAGE_SIZE, _PAGE_CACHE_MODE_UC_MINUS);
	EXPECT_EQ(set_memory_wb(direct, 4), 0);
	EXPECT_EQ(nr_ram_memtypes(), 0);
	vunmap((void *)va);
	__free_pages(block, 2);
}

/* A device's mapping is as ioremap made it; its rights can be changed, its type cannot. */
GUEST_TEST(set_memory, not_a_devices_type)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	unsigned long va;

	ASSERT(hole);
	va = (unsigned long)(__force void *)ioremap(hole, PAGE_SIZE);
	ASSERT(va);
	EXPECT_EQ(set_memory_wc(va, 1), -EINVAL);
	EXPECT_EQ(set_memory_wb(va, 1), -EINVAL);
	EXPECT_EQ(mapped_mode(va), _PAGE_CACHE_MODE_UC_MINUS);
	EXPECT_EQ(set_memory_ro(va, 1), 0);
	EXPECT(!can_write(va));
	iounmap((void __iomem *)va);
}

/* What an area's owner left changed does not reach the next owner of its pages. */
GUEST_TEST(set_memory, vfree_resets)
{
	enum { N = 5 };
	unsigned long va = (unsigned long)vmalloc(N * PAGE_SIZE), alias[N];
	unsigned int i;

	ASSERT(va);
	for (i = 0; i < N; i++)
		alias[i] = alias_of(va + i * PAGE_SIZE);
	EXPECT_EQ(set_memory_uc(va + PAGE_SIZE, 3), 0);
	EXPECT_EQ(set_memory_ro(va, 2), 0);
	vfree((void *)va);
	for (i = 0; i < N; i++) {
		if (!alias[i])
			continue;
		EXPECT_EQ(mapped_mode(alias[i]), _PAGE_CACHE_MODE_WB);
		EXPECT(pte_val(lookup_address(alias[i], &(enum pg_level){ 0 })) & _PAGE_RW);
	}
	EXPECT_EQ(nr_ram_memtypes(), 0);
}
