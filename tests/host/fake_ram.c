// SPDX-License-Identifier: MIT
#include "tests/host/fake_ram.h"
#include "kernel/core/ksyms.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/cpu.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/pgtable_internal.h"
#include "mm/vmalloc.h"
#include "tests/host/test.h"

/* What the linker script and boot/entry.asm define. */
char _text[1], _end[1];
u64 level1_fixmap_pgt[4096];

struct cpu_info boot_cpu = {
	.phys_bits = 46, .cache_line = 64, .nx = true, .gbpages = true, .pge = true
};

/* ---- the CPUs: who runs is cpu_number; of all per-CPU data there is one copy ---- */

#define TLB_ENTRIES 256
#define LEADS	    16

struct translation {
	unsigned long base, size; /* size 0: empty */
	phys_addr_t phys;
	u64 pte;
	u64 pcid; /* with which it was cached; of no account where it is global */
};

/* A table of the lowest level that the CPU remembers the way to (SDM 3A, 4.10.3). */
struct lead {
	unsigned long region; /* of 2 MiB */
	u64 table;	      /* 0: empty */
	u64 pcid;
};

static struct fake_cpu {
	struct translation tlb[TLB_ENTRIES];
	struct lead leads[LEADS];
	u64 cr3, cr4;
} cpus[FAKE_CPUS] = { [0 ... FAKE_CPUS - 1] = { .cr4 = X86_CR4_PGE } };

static unsigned long no_offsets[FAKE_CPUS];
unsigned long *per_cpu_offset = no_offsets;
struct cpumask cpu_online_mask = { { (1 << FAKE_CPUS) - 1 } };

unsigned long fake_flushes, fake_invlpgs, fake_calls, fake_walks;

static struct fake_cpu *me(void)
{
	return &cpus[cpu_number];
}

void on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	unsigned int caller = cpu_number;

	(void)wait;
	fake_calls++;
	for_each_cpu(cpu_number, mask) func(info);
	cpu_number = caller;
}

u64 (*fake_rdmsr)(u32 msr);

u64 rdmsr(u32 msr)
{
	return fake_rdmsr ? fake_rdmsr(msr) : 0;
}

void wrmsr(u32 msr, u64 value)
{
	(void)msr;
	(void)value;
}

u64 read_cr0(void)
{
	return 0;
}

void write_cr0(u64 v)
{
	(void)v;
}

u64 read_cr3(void)
{
	return me()->cr3;
}

u64 read_cr4(void)
{
	return me()->cr4;
}

static void flush(void)
{
	fake_flushes++;
	for (unsigned int i = 0; i < TLB_ENTRIES; i++)
		me()->tlb[i].size = 0;
	memset(me()->leads, 0, sizeof(me()->leads));
}

/* All of it is 0 without CR4.PCIDE, and no bit 63 then. */
static u64 pcid(void)
{
	return me()->cr4 & X86_CR4_PCIDE ? me()->cr3 & ~PAGE_MASK : 0;
}

static bool is_usable(const struct translation *t)
{
	return t->pte & _PAGE_GLOBAL || t->pcid == pcid();
}

/* The first that translates va, from t on in the TLB of who runs. */
static struct translation *usable_for(unsigned long va, struct translation *t)
{
	for (struct translation *end = me()->tlb + TLB_ENTRIES; t < end; t++)
		if (va - t->base < t->size && is_usable(t))
			return t;
	return NULL;
}

/* No lead is global, and INVLPG forgets all of them, whatever its address (4.10.4.1). */
static void forget_leads(void)
{
	for (unsigned int i = 0; i < LEADS; i++)
		if (me()->leads[i].pcid == pcid())
			me()->leads[i].table = 0;
}

/* Global pages survive it, as the kernel's all are, and other identifiers' (SDM 3A, 4.10.4.1). */
void write_cr3(u64 v)
{
	bool keep = me()->cr4 & X86_CR4_PCIDE && v & BIT_ULL(63);

	me()->cr3 = v & ~BIT_ULL(63);
	for (unsigned int i = 0; !keep && i < TLB_ENTRIES; i++)
		if (!(me()->tlb[i].pte & _PAGE_GLOBAL) && me()->tlb[i].pcid == pcid())
			me()->tlb[i].size = 0;
	if (!keep)
		forget_leads();
}

void write_cr4(u64 v)
{
	if ((me()->cr4 ^ v) & X86_CR4_PGE)
		flush();
	me()->cr4 = v;
}

void invlpg(unsigned long va)
{
	fake_invlpgs++;
	for (struct translation *t = me()->tlb; (t = usable_for(va, t)); t++)
		t->size = 0;
	forget_leads();
}

/* ---- the caches: of write-back pages of RAM, whoever has lines of them ---- */

#define CACHED_PAGES 0x10000
#define CACHE_BITS   (_PAGE_PWT | _PAGE_PCD | _PAGE_PAT) /* none of them: write-back */

/* A page may be forgotten for another that has its place, as a cache may. */
static struct cached_page {
	unsigned long pfn;
	unsigned int cpus; /* that have some of it */
	u64 lines;	   /* that were emptied since */
} cached[CACHED_PAGES];

bool fake_watch_flushes;

static struct cached_page *cached_page(phys_addr_t phys)
{
	return &cached[PFN_DOWN(phys) % CACHED_PAGES];
}

/* SDM 3A, 11.12.4: an access of another type while a cache has the RAM finds old contents. */
static void note_cache(phys_addr_t phys, u64 pte)
{
	struct cached_page *c = cached_page(phys);
	bool same = c->pfn == PFN_DOWN(phys);

	if (!memblock_is_ram(phys))
		return;
	if (!(pte & CACHE_BITS))
		*c = (struct cached_page){ PFN_DOWN(phys), (same ? c->cpus : 0) | 1U << cpu_number,
					   0 };
	else if (same && c->cpus)
		host_fail(__FILE__, __LINE__, "page %#lx is in a cache and accessed otherwise",
			  PFN_DOWN(phys));
}

bool fake_remembers(phys_addr_t phys, u64 *pte)
{
	for (unsigned int i = 0; i < FAKE_CPUS * TLB_ENTRIES; i++) {
		const struct translation *t = &cpus[i / TLB_ENTRIES].tlb[i % TLB_ENTRIES];

		if (phys - t->phys < t->size) {
			*pte = t->pte;
			return true;
		}
	}
	return false;
}

/*
 * Who empties a cache of what may come into it again at once, has emptied nothing: it is uncached by then,
 * and not write combining either (11.12.4).
 */
static void watch_flush(phys_addr_t phys)
{
	enum pg_level level;
	u64 pte = pte_val(lookup_kernel_address((unsigned long)__va(phys), &level));

	EXPECT(level == PG_LEVEL_NONE || pte & _PAGE_PCD);
	EXPECT(!fake_remembers(phys, &pte) || pte & _PAGE_PCD);
}

void wbinvd(void)
{
	for (unsigned int i = 0; i < CACHED_PAGES; i++)
		cached[i].cpus &= ~(1U << cpu_number);
}

void clflush_4_lines(unsigned long va, unsigned long line)
{
	phys_addr_t phys;
	struct cached_page *c;

	if (virt_to_phys_walk(va, &phys))
		return;
	if (fake_watch_flushes)
		watch_flush(phys);
	c = cached_page(phys);
	if (c->pfn != PFN_DOWN(phys))
		return;
	for (unsigned int i = 0; i < 4; i++)
		c->lines |= BIT_ULL((phys % PAGE_SIZE + i * line) / 64);
	if (c->lines == ~0ULL)
		c->cpus = 0;
}

/* Where a walk for va begins. */
static u64 first_table(unsigned long va, int *level)
{
	for (unsigned int i = 0; i < LEADS; i++) {
		const struct lead *l = &me()->leads[i];

		if (l->table && l->region == va >> PMD_SHIFT && l->pcid == pcid()) {
			*level = PG_LEVEL_4K;
			return l->table;
		}
	}
	*level = TOP_LEVEL;
	return me()->cr3;
}

static void remember_lead(unsigned long va, u64 table)
{
	static unsigned int next;

	me()->leads[next++ % LEADS] = (struct lead){ va >> PMD_SHIFT, table, pcid() };
}

/* The entry that maps va, and its level, as the CPU finds it: each one used is marked (SDM 3A, 4.8). */
static u64 *walk(unsigned long va, int *level)
{
	u64 table = first_table(va, level), *entry;

	fake_walks++;
	for (;; --*level, table = *entry) {
		entry = entry_of(table, *level, va);
		if (*level == PG_LEVEL_4K)
			remember_lead(va, table);
		if (!(*entry & _PAGE_PRESENT))
			return NULL;
		*entry |= _PAGE_ACCESSED;
		if (*level < TOP_LEVEL && entry_maps(*entry, *level))
			return entry;
	}
}

phys_addr_t fake_access(unsigned long va, u64 *pte)
{
	struct translation *t = usable_for(va, me()->tlb);
	static unsigned int next;
	int level;

	if (!t) {
		u64 *entry = walk(va, &level), bits;

		if (!entry)
			return ~0ULL;
		t = &me()->tlb[next++ % TLB_ENTRIES];
		t->size = page_level_size(level);
		t->base = ALIGN_DOWN(va, t->size);
		t->phys = entry_phys(*entry) & ~(t->size - 1);
		bits = *entry & ~PTE_PFN_MASK;
		t->pcid = pcid();
		t->pte = level == PG_LEVEL_4K ? bits :
						pgprot_small(bits | (*entry & _PAGE_PAT_LARGE));
	}
	*pte = t->pte;
	note_cache(t->phys | (va & (t->size - 1)), *pte);
	return t->phys | (va & (t->size - 1));
}

/* ---- the machine ---- */

void fake_ram_init(const struct fake_range *ranges, unsigned int n)
{
	unsigned long block_bytes = MAX_BLOCK_PAGES * sizeof(struct page), at, mapped = 0;

	for (unsigned int i = 0; i < n; i++) {
		test_map((unsigned long)__va(ranges[i].start), ranges[i].end - ranges[i].start);
		memblock_add(ranges[i].start, ranges[i].end - ranges[i].start);
		/* The struct pages of whole blocks, those that two ranges share once. */
		at = ALIGN_DOWN((unsigned long)pfn_to_page(PFN_DOWN(ranges[i].start)), block_bytes);
		for (; at < (unsigned long)pfn_to_page(PFN_UP(ranges[i].end)); at += block_bytes) {
			if (at < mapped)
				continue;
			test_map(at, block_bytes);
			mapped = at + block_bytes;
		}
	}
	memblock_reserve(0, 1 << 20);
	for (cpu_number = FAKE_CPUS; cpu_number-- > 0;)
		pgtable_activate();
	cpu_number = 0;
	for (unsigned int i = 0; i < n; i++)
		BUG_ON(map_page_range(&init_mm, (unsigned long)__va(ranges[i].start),
				      ranges[i].start, ranges[i].end - ranges[i].start, PAGE_KERNEL,
				      PG_LEVEL_1G));
	mem_init();
	kmem_cache_init();
	vmalloc_init();
}

/* ---- what mm/ asks for and these tests do not need ---- */

const char *ksym_lookup(unsigned long addr, unsigned long *offset, unsigned long *size)
{
	(void)addr;
	(void)offset;
	(void)size;
	return NULL;
}

unsigned long ksym_address(const char *name)
{
	(void)name;
	return 0;
}
