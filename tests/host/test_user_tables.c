// SPDX-License-Identifier: MIT
// sources: tests/host/fake_ram.c mm/user/tables.c mm/user/zap.c mm/user/huge.c mm/user/protect.c mm/user/copy.c mm/user/fault.c mm/user/gup.c mm/user/walk.c mm/page_alloc.c mm/page_ref.c mm/page_single.c mm/page_init.c mm/page_poison.c mm/highmem.c mm/fixmap.c kernel/core/fault_inject.c mm/vmstat.c mm/vmemmap.c mm/memblock.c mm/mm.c mm/pcid.c mm/pgtable.c mm/pgmap.c mm/pgunmap.c mm/tlb.c mm/pgattr.c mm/pgwalk.c mm/slab.c mm/kmalloc.c mm/kmem_cache.c mm/slab_util.c mm/vm_area.c mm/vm_place.c kernel/lib/tree.c kernel/core/cmdline.c
/*
 * Several processes that fork, write, change rights, move and drop what they have mapped, against
 * a flat model of what each must find, while devices read and write pages that are pinned.  Each access goes through the root and the stale TLB of one of
 * several CPUs, as a program's would, and faults where a program's would.
 */
#include "kernel/fs/pagemap.h"
#include "kernel/sched/task.h"
#include "mm/highmem.h"
#include "mm/user/gup.h"
#include "mm/user/pte.h"
#include "mm/user/vma.h"
#include "tests/host/fake_ram.h"
#include "tests/host/test.h"

#define MIB(n)	   ((n)*0x100000UL)
#define PROCS	   4
#define FILE_PAGES 300
#define ANON_PAGES 1500 /* two whole pages of 2 MiB, and something at both ends */

static const struct fake_range ram[] = { { 0, MIB(160) } };

/* ---- the VMAs that each has ---- */

enum { HEAP, OTHER, PRIVATE, SHARED, NR_VMAS };

static const struct {
	unsigned long start, pages;
} places[NR_VMAS] = {
	[HEAP] = { 0x10000000 - 100 * PAGE_SIZE, ANON_PAGES },
	[OTHER] = { 3 * (1UL << PGDIR_SHIFT) - 700 * PAGE_SIZE, ANON_PAGES },
	[PRIVATE] = { 0x20000000 - 7 * PAGE_SIZE, FILE_PAGES },
	[SHARED] = { 0x20000000 + 600 * PAGE_SIZE, FILE_PAGES },
};

enum rights { NONE, READ, READ_WRITE };

static struct process {
	struct mm_struct mm;
	struct vm_area_struct vma[NR_VMAS];
	enum rights rights[NR_VMAS];
	u32 want[NR_VMAS][ANON_PAGES]; /* but for SHARED: that is the file's */
	bool alive;
} procs[PROCS];

/* A file: what there is of fs below a fault. */
static struct page *file_pages[FILE_PAGES];
static u32 file_want[FILE_PAGES];
static const struct address_space_operations memory_ops;
static struct address_space file = { .a_ops = &memory_ops };
static struct task_struct me;

/* Nobody cuts the file off. */
struct address_space *vma_lock_mapping(const struct vm_area_struct *vma)
{
	(void)vma;
	return NULL;
}

void vma_unlock_mapping(struct address_space *mapping)
{
	EXPECT(!mapping);
}

void lock_page(struct page *page)
{
	EXPECT(!(page->flags & PG_LOCKED));
	page->flags |= PG_LOCKED;
}

void unlock_page(struct page *page)
{
	EXPECT(page->flags & PG_LOCKED);
	page->flags &= ~PG_LOCKED;
}

bool set_page_dirty(struct page *page)
{
	bool was = page->flags & PG_DIRTY;

	page->flags |= PG_DIRTY;
	return !was;
}

/* Of a fault, between what it looked at and its lock: others may come first. */
static void (*overtake)(void);

void __anon_vma_prepare(struct vm_area_struct *vma)
{
	void (*by)(void) = overtake;

	vma->anon_vma = 1;
	overtake = NULL;
	if (by)
		by();
}

static unsigned int ooms;
void pagefault_out_of_memory(void)
{
	ooms++;
}

int track_pfn_copy(struct vm_area_struct *dst, struct vm_area_struct *src)
{
	(void)dst, (void)src;
	return 0;
}

void untrack_pfn(struct vm_area_struct *vma)
{
	(void)vma;
}

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct process *p = (struct process *)mm;

	for (unsigned int k = 0; k < NR_VMAS; k++)
		if (addr >= p->vma[k].vm_start && addr < p->vma[k].vm_end)
			return &p->vma[k];
	return NULL;
}

static vm_fault_t file_fault(struct vm_fault *vmf)
{
	vmf->page = file_pages[vmf->pgoff];
	get_page(vmf->page);
	if (test_random() % 2)
		return 0;
	lock_page(vmf->page);
	return VM_FAULT_LOCKED;
}

static const struct vm_operations_struct file_ops = { .fault = file_fault };

static void set_rights(struct vm_area_struct *vma, unsigned int kind, enum rights rights)
{
	u64 prot = _PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED | _PAGE_NX;

	vma->vm_flags &= ~(VM_READ | VM_WRITE);
	vma->vm_flags |= rights == NONE ? 0 : rights == READ ? VM_READ : VM_READ | VM_WRITE;
	if (rights == NONE)
		prot = _PAGE_PROTNONE | _PAGE_ACCESSED | _PAGE_NX;
	else if (rights == READ_WRITE && kind == SHARED)
		prot |= _PAGE_RW;
	vma->vm_page_prot = __pgprot(prot);
}

static void make_vmas(struct process *p)
{
	for (unsigned int k = 0; k < NR_VMAS; k++) {
		struct vm_area_struct *vma = &p->vma[k];

		*vma = (struct vm_area_struct){
			.vm_mm = &p->mm,
			.vm_start = places[k].start,
			.vm_end = places[k].start + places[k].pages * PAGE_SIZE,
			.vm_flags = VM_MAYREAD | VM_MAYWRITE | (k == SHARED ? VM_SHARED : 0),
			.vm_ops = k >= PRIVATE ? &file_ops : NULL,
		};
		set_rights(vma, k, READ_WRITE);
		p->rights[k] = READ_WRITE;
	}
	/* By address. */
	p->vma[HEAP].vm_next = &p->vma[PRIVATE];
	p->vma[PRIVATE].vm_next = &p->vma[SHARED];
	p->vma[SHARED].vm_next = &p->vma[OTHER];
}

/* ---- CPUs ---- */

static struct mm *used[FAKE_CPUS] = { [0 ... FAKE_CPUS - 1] = &init_mm };

static void use_root(unsigned int cpu, struct mm *mm)
{
	cpu_number = cpu;
	if (used[cpu] != mm)
		switch_mm(used[cpu], mm);
	used[cpu] = mm;
}

static void leave_root(struct mm *mm)
{
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++)
		if (used[cpu] == mm)
			use_root(cpu, &init_mm);
}

/* One of the process's threads runs: on its own CPU, or on the one that they all share. */
static void use_some_cpu(struct process *p)
{
	use_root(test_random() % 2 ? (p - procs) % FAKE_CPUS : FAKE_CPUS - 1, &p->mm.root);
}

/* The page's first word for a program that reads or writes there; NULL: it may not. */
static u32 *touch(struct process *p, unsigned int kind, unsigned long page, bool write)
{
	struct vm_area_struct *vma = &p->vma[kind];
	unsigned long va = vma->vm_start + page * PAGE_SIZE;
	phys_addr_t pa;
	u64 pte = 0;

	use_some_cpu(p);
	for (unsigned int tries = 0; tries < 4; tries++) {
		pa = fake_access(va, &pte);
		if (pa != ~0ULL && (!write || pte & _PAGE_RW)) {
			EXPECT(pte & _PAGE_USER);
			EXPECT(p->rights[kind] >= (write ? READ_WRITE : READ));
			return __va(pa);
		}
		if (p->rights[kind] < (write ? READ_WRITE : READ))
			return NULL;
		invlpg(va); /* as a CPU does where it faults */
		EXPECT_EQ(handle_mm_fault(vma, va + 8, write ? FAULT_FLAG_WRITE : 0, NULL), 0);
	}
	host_fail(__FILE__, __LINE__, "the fault does not help at %#lx", va);
	return NULL;
}

static u32 *wanted(struct process *p, unsigned int kind, unsigned long page)
{
	return kind == SHARED ? &file_want[page] : &p->want[kind][page];
}

static void check_page(struct process *p, unsigned int kind, unsigned long page)
{
	u32 *word = touch(p, kind, page, false);

	if (word)
		EXPECT_EQ(*word, *wanted(p, kind, page));
}

/* Some of the pages, which TLBs have then; and what the TLBs have, afterwards. */
static void look(struct process *p, unsigned int kind, unsigned long first, unsigned long n)
{
	u32 *word;

	for (unsigned long i = first; i < first + min(n, 12UL); i++) {
		check_page(p, kind, i);
		word = kind == SHARED || test_random() % 2 ? NULL : touch(p, kind, i, true);
		if (word)
			*word = *wanted(p, kind, i) = (u32)test_random();
	}
}

static int count_page(const struct user_page *p, void *arg)
{
	long *rss = arg;

	EXPECT(p->zero == !p->page);
	if (p->page) {
		EXPECT(page_mapcount(p->page) >= 1);
		rss[p->file ? MM_SHMEMPAGES : MM_ANONPAGES] += (long)(p->size >> PAGE_SHIFT);
	}
	return 0;
}

/* What is counted is what is mapped. */
static void check_counters(struct process *p)
{
	long rss[NR_MM_COUNTERS] = { 0 };

	for (unsigned int k = 0; k < NR_VMAS; k++)
		EXPECT_EQ(walk_page_vma(&p->vma[k], p->vma[k].vm_start, p->vma[k].vm_end,
					count_page, rss),
			  0);
	for (unsigned int i = 0; i < NR_MM_COUNTERS; i++)
		EXPECT_EQ(p->mm.rss_stat[i], rss[i]);
}

static void check_all(void)
{
	for (struct process *p = procs; p < procs + PROCS; p++) {
		if (!p->alive)
			continue;
		check_counters(p);
		for (unsigned int k = 0; k < NR_VMAS; k++)
			for (unsigned long i = 0; i < places[k].pages; i++)
				check_page(p, k, i);
		check_counters(p);
	}
}

/* ---- what they do ---- */

struct span {
	unsigned long first, n, va;
};

static struct span random_span(struct process *p, unsigned int kind)
{
	unsigned long pages = places[kind].pages, most = test_random() % 4 ? 8 : pages;
	struct span s;

	s.n = 1 + test_random() % most;
	s.first = test_random() % (pages - s.n + 1);
	s.va = p->vma[kind].vm_start + s.first * PAGE_SIZE;
	return s;
}

static void do_write(struct process *p, unsigned int kind)
{
	struct span s = random_span(p, kind);
	u32 *word;

	for (unsigned long i = s.first; i < s.first + min(s.n, 40UL); i++) {
		word = touch(p, kind, i, true);
		if (!word)
			return;
		EXPECT_EQ(*word, *wanted(p, kind, i));
		*word = *wanted(p, kind, i) = (u32)test_random();
	}
}

/* ---- devices ---- */

#define PINS 40

static struct pin {
	struct page *page; /* NULL: free */
	struct process *process;
	unsigned int kind;
	unsigned long index;
	bool write;
	bool sees; /* what the program does there, and the other way round */
} pins[PINS];

/* The program has nothing to do any more with the pages that are pinned there. */
static void lose_pins(struct process *p, unsigned int kind, unsigned long first, unsigned long n)
{
	for (struct pin *pin = pins; pin < pins + PINS; pin++)
		if (pin->process == p && pin->kind == kind && pin->index - first < n &&
		    kind != SHARED)
			pin->sees = false;
}

/* The pages are the program's still, at another place: whoever has pinned them sees it there. */
static void move_pins(struct process *p, const struct span *s, unsigned long to)
{
	for (struct pin *pin = pins; pin < pins + PINS; pin++)
		if (pin->process == p && pin->kind == HEAP && pin->index - s->first < s->n) {
			pin->kind = OTHER;
			pin->index += to - s->first;
		}
}

static void pin_page_at(struct process *p, unsigned int kind, unsigned long index, bool write,
			struct pin *pin)
{
	unsigned long va = p->vma[kind].vm_start + index * PAGE_SIZE;
	long n;

	if (test_random() % 2) {
		use_some_cpu(p);
		me.mm = &p->mm;
		n = pin_user_pages_fast(va, 1, write ? FOLL_WRITE : 0, &pin->page);
		me.mm = NULL;
	} else {
		n = pin_user_pages_remote(&p->mm, va, 1, write ? FOLL_WRITE : 0, &pin->page, NULL);
	}
	EXPECT_EQ(n, p->rights[kind] >= (write ? READ_WRITE : READ) ? 1 : -EFAULT);
	if (n != 1) {
		pin->page = NULL;
		return;
	}
	pin->process = p;
	pin->kind = kind;
	pin->index = index;
	pin->write = write;
	/* As on Linux 6.1: a private file's page that was only read is the file's. */
	pin->sees = kind == SHARED || is_anon(pin->page);
	EXPECT(page_pincount(compound_head(pin->page)) > 0);
}

static void do_pin(struct process *p, unsigned int kind, struct pin *pin)
{
	unsigned long index = test_random() % places[kind].pages;

	pin_page_at(p, kind, index, test_random() % 2, pin);
}

/* The device writes, or has read what the program has, and is done. */
static void do_unpin(struct pin *pin)
{
	u32 *word = page_address(pin->page);

	if (pin->write) {
		*word = (u32)test_random();
		if (pin->sees)
			*wanted(pin->process, pin->kind, pin->index) = *word;
	} else if (pin->sees) {
		EXPECT_EQ(*word, *wanted(pin->process, pin->kind, pin->index));
	}
	unpin_user_pages_dirty_lock(&pin->page, 1, pin->write);
	pin->page = NULL;
}

static void do_device(struct process *p, unsigned int kind)
{
	struct pin *pin = &pins[test_random() % PINS];

	if (pin->page)
		do_unpin(pin);
	else
		do_pin(p, kind, pin);
}

/* A debugger writes, whatever the rights are. */
static void do_force(struct process *p, unsigned int kind)
{
	unsigned long index = test_random() % places[kind].pages;
	unsigned long va = p->vma[kind].vm_start + index * PAGE_SIZE;
	struct page *page;
	long n;

	check_page(p, kind, index);
	n = get_user_pages_remote(&p->mm, va, 1, FOLL_FORCE | FOLL_WRITE, &page, NULL);
	EXPECT_EQ(n, kind == SHARED && p->rights[kind] != READ_WRITE ? -EFAULT : 1);
	if (n != 1)
		return;
	*(u32 *)page_address(page) = *wanted(p, kind, index) = (u32)test_random();
	put_page(page);
	check_page(p, kind, index);
}

static void do_zap(struct process *p, unsigned int kind)
{
	struct span s = random_span(p, kind);

	look(p, kind, s.first, s.n);
	zap_page_range(&p->vma[kind], s.va, s.n * PAGE_SIZE);
	lose_pins(p, kind, s.first, s.n);
	for (unsigned long i = s.first; i < s.first + s.n && kind != SHARED; i++)
		p->want[kind][i] = kind == PRIVATE ? file_want[i] : 0;
	look(p, kind, s.first, s.n);
}

static void do_protect(struct process *p, unsigned int kind)
{
	struct vm_area_struct *vma = &p->vma[kind];
	unsigned long first = test_random() % 200;

	look(p, kind, first, 12);
	p->rights[kind] = test_random() % 3;
	set_rights(vma, kind, p->rights[kind]);
	change_protection(vma, vma->vm_start, vma->vm_end, vma->vm_page_prot);
	look(p, kind, first, 12);
}

/* From one anonymous VMA to the other. */
static void move(struct process *p, const struct span *s, unsigned long to)
{
	unsigned long va = places[OTHER].start + to * PAGE_SIZE;

	zap_page_range(&p->vma[OTHER], va, s->n * PAGE_SIZE);
	lose_pins(p, OTHER, to, s->n);
	look(p, HEAP, s->first, s->n);
	/* As it is when it moves: the look may have written the first page that HEAP has had. */
	p->vma[OTHER].anon_vma |= p->vma[HEAP].anon_vma;
	EXPECT_EQ(move_page_tables(&p->vma[HEAP], s->va, &p->vma[OTHER], va, s->n * PAGE_SIZE),
		  s->n * PAGE_SIZE);
	move_pins(p, s, to);
	for (unsigned long i = 0; i < s->n; i++) {
		p->want[OTHER][to + i] = p->want[HEAP][s->first + i];
		p->want[HEAP][s->first + i] = 0;
	}
	look(p, HEAP, s->first, s->n);
	look(p, OTHER, to, s->n);
}

static struct span heap_span(unsigned long first, unsigned long n)
{
	return (struct span){ first, n, places[HEAP].start + first * PAGE_SIZE };
}

/* At the same or another distance to 2 MiB. */
static void do_move(struct process *p)
{
	struct span s = random_span(p, HEAP);
	unsigned long to = test_random() % (ANON_PAGES - s.n + 1);

	if (p->rights[HEAP] != p->rights[OTHER])
		return;
	if (test_random() % 2) {
		s = heap_span(100, 512);
		to = 700 % 512 + 512 * (test_random() % 2);
	}
	move(p, &s, to);
}

static void start(struct process *p)
{
	memset(p, 0, sizeof(*p));
	EXPECT_EQ(mm_root_init(&p->mm.root), 0);
	make_vmas(p);
	memcpy(p->want[PRIVATE], file_want, sizeof(file_want));
	p->alive = true;
}

static void end(struct process *p)
{
	struct user_gather gather;

	leave_root(&p->mm.root);
	for (unsigned int k = 0; k < NR_VMAS; k++)
		lose_pins(p, k, 0, ANON_PAGES);
	user_gather_begin(&gather, &p->mm);
	unmap_vmas(&gather, &p->vma[HEAP], 0, ~0UL);
	free_pgtables(&gather, &p->vma[HEAP], 0, 0);
	user_gather_flush(&gather);
	EXPECT_EQ(p->mm.pgtables_bytes, 0);
	for (unsigned int i = 0; i < NR_MM_COUNTERS; i++)
		EXPECT_EQ(p->mm.rss_stat[i], 0);
	free_spare_tables();
	mm_root_free(&p->mm.root);
	p->alive = false;
}

static void fork_to(struct process *child, struct process *p)
{
	if (child->alive)
		end(child);
	start(child);
	p->mm.fork_stack = p->vma[HEAP].vm_start + test_random() % ANON_PAGES * PAGE_SIZE;
	look(p, HEAP, 300, 12);
	memcpy(child->want, p->want, sizeof(p->want));
	for (unsigned int k = 0; k < NR_VMAS; k++) {
		child->vma[k].vm_flags = p->vma[k].vm_flags;
		child->vma[k].vm_page_prot = p->vma[k].vm_page_prot;
		child->vma[k].anon_vma = p->vma[k].anon_vma;
		child->rights[k] = p->rights[k];
		EXPECT_EQ(copy_page_range(&child->vma[k], &p->vma[k]), 0);
	}
	look(p, HEAP, 300, 12);
	look(child, HEAP, 300, 12);
}

static void do_fork(struct process *p)
{
	struct process *child = &procs[test_random() % PROCS];

	if (child != p)
		fork_to(child, p);
}

static void random_step(void)
{
	static struct process *p = procs;
	unsigned int kind = test_random() % NR_VMAS, what = test_random() % 100;

	if (test_random() % 8 == 0)
		p = &procs[test_random() % PROCS];
	if (!p->alive)
		start(p);
	/* What the file has is not what a private VMA has seen of it: the model knows no such thing. */
	if (kind == SHARED && what < 50)
		what = 99;
	if (what < 30)
		do_write(p, kind);
	else if (what < 45)
		do_device(p, kind == SHARED ? HEAP : kind);
	else if (what < 50)
		do_force(p, kind);
	else if (what < 60)
		do_zap(p, kind);
	else if (what < 70)
		do_protect(p, kind);
	else if (what < 80)
		do_move(p);
	else if (what < 83)
		do_fork(p);
	else if (what < 86)
		end(p); /* the next one has tables nowhere yet, and so gets pages of 2 MiB */
	else
		for (unsigned int i = 0; i < 20; i++)
			check_page(p, kind, test_random() % places[kind].pages);
}

static void make_file(void)
{
	for (unsigned int i = 0; i < FILE_PAGES; i++) {
		file_pages[i] = alloc_page(GFP_KERNEL);
		file_pages[i]->mapping = &file;
		file_pages[i]->mapcount = 0;
		file_pages[i]->flags = PG_UPTODATE;
		clear_highpage(file_pages[i]);
		*(u32 *)page_address(file_pages[i]) = file_want[i] = (u32)test_random();
	}
}

TEST(processes_against_arrays)
{
	unsigned long free, tables, anon;
	struct page_counts counts;

	fake_ram_init(ram, ARRAY_SIZE(ram));
	this_cpu(current_task) = &me;
	make_file();
	free = nr_free_pages();
	tables = global_page_state(NR_PAGETABLE);
	for (unsigned int i = 0; i < 20000; i++) {
		random_step();
		if (i % 2000 == 0)
			check_all();
	}
	check_all();
	for (struct pin *pin = pins; pin < pins + PINS; pin++)
		if (pin->page)
			do_unpin(pin);
	EXPECT(global_page_state(THP_FAULT_ALLOC) > 100);
	EXPECT(global_page_state(THP_SPLIT_PMD) > 100);
	for (struct process *p = procs; p < procs + PROCS; p++)
		if (p->alive)
			end(p);
	EXPECT_EQ(ooms, 0);
	EXPECT_EQ(global_page_state(NR_PAGETABLE), tables);
	anon = global_page_state(NR_ANON_MAPPED);
	EXPECT_EQ(anon, 0);
	EXPECT_EQ(global_page_state(NR_FILE_MAPPED), 0);
	EXPECT_EQ(global_page_state(NR_ANON_THPS), 0);
	for (unsigned int i = 0; i < FILE_PAGES; i++) {
		EXPECT_EQ(page_count(file_pages[i]), 1);
		EXPECT_EQ(file_pages[i]->mapcount, 0);
	}
	EXPECT_EQ(nr_free_pages(), free);
	EXPECT(page_census(&counts));
}

/* Both have the same pages after a move: single ones, and those of 2 MiB that move whole or in parts. */
TEST(a_device_follows_a_move)
{
	static const struct {
		unsigned long first, n, to;
	} moves[] = { { 50, 3, 7 }, { 100, 512, 188 }, { 100, 512, 10 }, { 300, 3, 7 } };
	struct process *p = procs;

	for (unsigned int i = 0; i < ARRAY_SIZE(moves); i++) {
		struct span s = heap_span(moves[i].first, moves[i].n);
		unsigned long to = moves[i].to;
		u32 *word;

		start(p);
		pin_page_at(p, HEAP, s.first + 1, true, &pins[0]);
		pin_page_at(p, HEAP, s.first + 2, false, &pins[1]);
		EXPECT_EQ(pins[0].page != compound_head(pins[0].page), s.first >= 100);
		move(p, &s, to);
		do_unpin(&pins[0]);
		check_page(p, OTHER, to + 1);
		check_page(p, HEAP, s.first + 1);
		word = touch(p, OTHER, to + 2, true);
		ASSERT(word);
		*word = p->want[OTHER][to + 2] = (u32)test_random();
		do_unpin(&pins[1]);
		end(p);
	}
}

/* Even where it is the first page that either VMA has had: it is written, or only looked at, before. */
TEST(a_child_finds_what_was_moved)
{
	struct process *p = procs, *child = procs + 1;
	struct span s = heap_span(50, 1);

	for (unsigned int i = 0; i < 8; i++) {
		start(p);
		move(p, &s, 7);
		fork_to(child, p);
		check_page(child, OTHER, 7);
		end(child);
		end(p);
	}
}

/* ---- two threads at one page ---- */

static struct {
	unsigned int kind;
	unsigned long page;
} contended;

static void other_thread_writes(void)
{
	unsigned int cpu = cpu_number;
	u32 *word = touch(procs, contended.kind, contended.page, true);

	ASSERT(word);
	*word = *wanted(procs, contended.kind, contended.page) = 0x12345678;
	cpu_number = cpu;
}

static void write_contended(unsigned int kind, unsigned long page)
{
	contended.kind = kind;
	contended.page = page;
	procs->vma[kind].anon_vma = 0; /* so that the fault asks for one */
	overtake = other_thread_writes;
	EXPECT(touch(procs, kind, page, true));
	EXPECT(!overtake);
	check_page(procs, kind, page);
	check_counters(procs);
}

/* The second finds what the first has made of it, and its own page goes. */
TEST(who_is_overtaken_leaves_nothing)
{
	struct process *p = procs, *child = procs + 1;
	unsigned long free = nr_free_pages();

	start(p);
	write_contended(HEAP, 3); /* nothing is there */
	check_page(p, HEAP, 4);
	write_contended(HEAP, 4); /* the zero page */
	write_contended(PRIVATE, 5);
	check_page(p, PRIVATE, 6);
	write_contended(PRIVATE, 6); /* the file's */
	fork_to(child, p);
	write_contended(HEAP, 3); /* the child's, too */
	check_page(child, HEAP, 3);
	check_counters(child);
	end(child);
	end(p);
	EXPECT_EQ(nr_free_pages(), free);
}
