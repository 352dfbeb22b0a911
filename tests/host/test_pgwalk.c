// SPDX-License-Identifier: MIT
// sources: mm/pgwalk.c
/*
 * Looking an address up while another CPU joins the table that leads to it, frees it, and
 * somebody else gets its page: between any two steps of the walk.
 */
#include "kernel/cpu/cpu.h"
#include "mm/pgtable_internal.h"
#include "tests/host/test.h"

#define VA    (PAGE_OFFSET + 5 * PMD_SIZE + 7 * PAGE_SIZE)
#define PA    0x40000000UL /* of the large page */
#define SMALL _KERNPG_TABLE
#define LARGE (_KERNPG_TABLE | _PAGE_PSE)

static u64 tables[TOP_LEVEL + 1][PTRS_PER_TABLE] __aligned(PAGE_SIZE); /* by level */
struct mm init_mm = { .pgd = tables[TOP_LEVEL] };
spinlock_t pgtable_lock;
bool direct_map_ready; /* so table_at() asks early_table_at() */
struct cpu_info boot_cpu = { .gbpages = true };
unsigned long table_frees;
struct last_table
	last_table[TOP_LEVEL]; /* the short way of who holds the lock: not looked at here */

const struct last_table *walk_to_table(int level, unsigned long va)
{
	(void)level;
	(void)va;
	return NULL;
}

static unsigned int step, join_at; /* the look at an entry after which it happens */

u64 read_cr3(void)
{
	return PFN_PHYS(TOP_LEVEL);
}

/* A table's "physical address" is its level. */
u64 *early_table_at(phys_addr_t phys, int level)
{
	EXPECT_EQ(PFN_DOWN(phys), level);
	return tables[level];
}

static void set_up(void)
{
	memset(tables, 0, sizeof(tables));
	for (int level = TOP_LEVEL; level > PG_LEVEL_4K; level--)
		tables[level][entry_index(VA, level)] = PFN_PHYS(level - 1) | _KERNPG_TABLE;
	for (unsigned long i = 0; i < PTRS_PER_TABLE; i++)
		tables[PG_LEVEL_4K][i] = (PA + i * PAGE_SIZE) | SMALL;
	step = 0;
}

static void join_and_free(void)
{
	tables[PG_LEVEL_2M][entry_index(VA, PG_LEVEL_2M)] = PA | LARGE;
	table_frees++;
	for (unsigned int i = 0; i < PTRS_PER_TABLE; i++)
		tables[PG_LEVEL_4K][i] = 0xdead000 | SMALL;
}

const char *bad_entry(u64 entry, int level)
{
	(void)entry;
	(void)level;
	if (step++ == join_at)
		join_and_free();
	return NULL;
}

TEST(a_table_is_freed_under_a_walk)
{
	enum pg_level level;
	phys_addr_t pa;
	u64 entry;

	for (join_at = 0; join_at < 5; join_at++) {
		set_up();
		entry = pte_val(lookup_address(VA, &level));
		EXPECT_EQ(level, join_at < 4 ? PG_LEVEL_2M : PG_LEVEL_4K);
		EXPECT_EQ(entry_phys(entry), join_at < 4 ? PA : PA + 7 * PAGE_SIZE);
		set_up();
		EXPECT_EQ(virt_to_phys_walk(VA, &pa), 0);
		EXPECT_EQ(pa, PA + 7 * PAGE_SIZE);
	}
}
