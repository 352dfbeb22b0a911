// SPDX-License-Identifier: MIT
// sources: mm/user/vma.c mm/user/anon_vma.c mm/user/vma_tree.c mm/user/i_mmap.c mm/commit.c mm/user/account.c mm/user/place.c mm/user/mmap.c mm/user/munmap.c mm/user/brk.c mm/user/stack.c kernel/lib/tree.c kernel/core/cmdline.c
/*
 * Random system calls on one address space, against a flat array of pages that knows of each what
 * it is of and what is in it.  Page tables are such an array too: what is unmapped and moved.
 */
#include "mm/user/madvise.c"
#include "mm/user/mlock.c"
#include "mm/user/mprotect.c"
#include "mm/user/mremap.c"

#include "kernel/signal/signal.h"
#include "mm/user/i_mmap.h"
#include "mm/user/munmap.h"
#include "tests/host/test.h"

#define BASE	 0x10000000UL
#define NR_PAGES 400UL
#define NR_FILES 2
#define END	 (BASE + NR_PAGES * PAGE_SIZE)

/* ---- what stands for the rest of the kernel ---- */

static struct mm_struct mm;
static struct signal_struct signals;
static struct task_struct me = { .mm = &mm, .signal = &signals };
struct task_struct *current_task = &me;
struct cpu_info boot_cpu;

static struct inode inode = { .i_mode = S_IFREG };
static const struct file_operations fops;
static const struct address_space_operations aops;
static struct address_space mappings[NR_FILES + 1];
static struct file files[NR_FILES + 1]; /* the last is shared and anonymous */
static u32 content[NR_PAGES];		/* the page tables: what is at each page; 0: nothing */
static unsigned int splits_refused;

struct kmem_cache {
	unsigned int size;
};

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     unsigned int flags, void (*ctor)(void *obj))
{
	static struct kmem_cache cache;

	(void)name, (void)align, (void)flags, (void)ctor;
	cache.size = size;
	return &cache;
}

void *kmem_cache_alloc(struct kmem_cache *c, gfp_t flags)
{
	return kmalloc(c->size, flags);
}

void *kmem_cache_zalloc(struct kmem_cache *c, gfp_t flags)
{
	return kzalloc(c->size, flags);
}

void kmem_cache_free(struct kmem_cache *c, void *p)
{
	(void)c;
	kfree(p);
}

unsigned long nr_ram_pages(void)
{
	return 1UL << 20;
}

u64 get_random_u64(void)
{
	return test_random();
}

struct file *get_file(struct file *file)
{
	file->f_count++;
	return file;
}

void fput(struct file *file)
{
	EXPECT(file->f_count > 1);
	file->f_count--;
}

struct file *fget(unsigned int fd)
{
	(void)fd;
	return NULL;
}

struct file *shmem_file_setup(const char *name, loff_t size, bool promised)
{
	(void)name, (void)size, (void)promised;
	return get_file(&files[NR_FILES]);
}

static const struct vm_operations_struct file_ops;

int generic_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	(void)file;
	vma->vm_ops = &file_ops;
	return 0;
}

void downgrade_write(struct rw_semaphore *sem)
{
	(void)sem;
}

void user_gather_begin(struct user_gather *gather, struct mm_struct *of)
{
	gather->mm = of;
}

void user_gather_flush(struct user_gather *gather)
{
	(void)gather;
}

static u32 *at(unsigned long addr)
{
	static u32 elsewhere;

	return addr >= BASE && addr < END ? &content[(addr - BASE) >> PAGE_SHIFT] : &elsewhere;
}

void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long size)
{
	EXPECT(start >= vma->vm_start && start + size <= vma->vm_end);
	for (unsigned long a = start; a < start + size; a += PAGE_SIZE)
		*at(a) = 0;
}

void unmap_vmas(struct user_gather *gather, struct vm_area_struct *vma, unsigned long start,
		unsigned long end)
{
	(void)gather;
	for (; vma; vma = vma->vm_next) {
		EXPECT(vma->vm_start >= start && vma->vm_end <= end);
		zap_page_range(vma, vma->vm_start, vma->vm_end - vma->vm_start);
	}
}

void free_pgtables(struct user_gather *gather, struct vm_area_struct *vma, unsigned long floor,
		   unsigned long ceiling)
{
	(void)gather;
	EXPECT(floor <= vma->vm_start && (!ceiling || ceiling > vma->vm_start));
}

void change_protection(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       pgprot_t newprot)
{
	(void)newprot;
	EXPECT(vma->vm_start <= start && end <= vma->vm_end);
}

unsigned long move_page_tables(struct vm_area_struct *vma, unsigned long old_addr,
			       struct vm_area_struct *new_vma, unsigned long new_addr,
			       unsigned long len)
{
	EXPECT(vma->vm_start <= old_addr && old_addr + len <= vma->vm_end);
	EXPECT(new_vma->vm_start <= new_addr && new_addr + len <= new_vma->vm_end);
	for (unsigned long i = 0; i < len; i += PAGE_SIZE) {
		*at(new_addr + i) = *at(old_addr + i);
		*at(old_addr + i) = 0;
	}
	return len;
}

int __mm_populate(unsigned long start, unsigned long len, int ignore_errors)
{
	(void)start, (void)len, (void)ignore_errors;
	return 0;
}

long populate_vma_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	(void)vma, (void)start, (void)end;
	return 0;
}

long get_user_pages(unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
		    struct page **pages, struct vm_area_struct **vmas)
{
	(void)start, (void)gup_flags, (void)pages, (void)vmas;
	return (long)nr_pages;
}

int track_pfn_split(struct vm_area_struct *vma, struct vm_area_struct *new)
{
	(void)vma, (void)new;
	splits_refused++;
	return -ENOMEM;
}

void untrack_pfn_moved(struct vm_area_struct *vma, struct vm_area_struct *new_vma)
{
	(void)vma, (void)new_vma;
}

/* ---- the model ---- */

struct page_model {
	bool mapped;
	unsigned long flags; /* those that calls change here */
	int file;	     /* -1: of its own */
	unsigned long pgoff; /* in the file */
	u32 content;
};
static struct page_model model[NR_PAGES];
static bool touching; /* pages are written as well, and then VMAs have reasons to stay apart */
static u32 next_content;

#define MODEL_FLAGS                                                                           \
	(VM_ACCESS_FLAGS | VM_SHARED | VM_LOCKED | VM_SEQ_READ | VM_RAND_READ | VM_DONTCOPY | \
	 VM_HUGEPAGE)

static unsigned long rand_below(unsigned long n)
{
	return test_random() % n;
}

static unsigned long addr_of(unsigned long page)
{
	return BASE + page * PAGE_SIZE;
}

/* A range of 1 to 30 pages within the model. */
static unsigned long some_range(unsigned long *pages)
{
	*pages = 1 + rand_below(rand_below(3) ? 6 : 30);
	return rand_below(NR_PAGES - *pages);
}

static void model_unmap(unsigned long first, unsigned long pages)
{
	memset(&model[first], 0, pages * sizeof(model[0]));
}

static bool model_any(unsigned long first, unsigned long pages)
{
	for (unsigned long i = first; i < first + pages; i++)
		if (model[i].mapped)
			return true;
	return false;
}

/* The highest place of so many free pages, or NR_PAGES. */
static unsigned long model_highest(unsigned long pages)
{
	for (unsigned long first = NR_PAGES - pages + 1; first-- > 0;)
		if (!model_any(first, pages))
			return first;
	return NR_PAGES;
}

static unsigned long random_prot(void)
{
	static const unsigned long prots[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
					       PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC };

	return prots[rand_below(ARRAY_SIZE(prots))];
}

static unsigned long prot_flags(unsigned long prot)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
	       (prot & PROT_EXEC ? VM_EXEC : 0);
}

/* ---- the calls ---- */

static void do_mmap_call(void)
{
	unsigned long pages, first = some_range(&pages), prot = random_prot(), got, populate;
	int file = (int)rand_below(4) - 2; /* half of the time none */
	unsigned long pgoff = rand_below(3) ? first : rand_below(50);
	unsigned long flags = rand_below(3) ? MAP_PRIVATE : MAP_SHARED, how = rand_below(3);
	unsigned long addr = how == 2 ? 0 : addr_of(first);

	file = max(file, -1);
	flags |= file < 0 ? MAP_ANONYMOUS : 0;
	flags |= how == 1 ? MAP_FIXED : how == 0 ? MAP_FIXED_NOREPLACE : 0;
	flags |= rand_below(8) ? 0 : MAP_LOCKED;
	got = do_mmap(file < 0 ? NULL : &files[file], addr, pages * PAGE_SIZE, prot, flags, pgoff,
		      &populate);
	if (how == 0 && model_any(first, pages)) {
		EXPECT_EQ(got, (unsigned long)-EEXIST);
		return;
	}
	if (how == 2) {
		first = model_highest(pages);
		if (first == NR_PAGES) { /* above what is modelled: away with it */
			EXPECT(!IS_ERR_VALUE(got));
			EXPECT_EQ(do_munmap(&mm, got, pages * PAGE_SIZE), 0);
			return;
		}
	}
	EXPECT_EQ(got, addr_of(first));
	model_unmap(first, pages);
	for (unsigned long i = 0; i < pages; i++)
		model[first + i] = (struct page_model){
			.mapped = true,
			.flags = prot_flags(prot) | (flags & MAP_SHARED ? VM_SHARED : 0) |
				 (flags & MAP_LOCKED ? VM_LOCKED : 0),
			.file = flags & MAP_SHARED && file < 0 ? NR_FILES : file,
			.pgoff = file < 0 ? i : pgoff + i,
		};
}

static void do_munmap_call(void)
{
	unsigned long pages, first = some_range(&pages);

	EXPECT_EQ(do_munmap(&mm, addr_of(first), pages * PAGE_SIZE), 0);
	model_unmap(first, pages);
}

/* Up to the first hole; -ENOMEM where there is one. */
static int model_change(unsigned long first, unsigned long pages, bool to_first_hole,
			unsigned long set, unsigned long clear)
{
	int error = 0;

	for (unsigned long i = first; i < first + pages; i++) {
		if (!model[i].mapped) {
			error = -ENOMEM;
			if (to_first_hole)
				break;
			continue;
		}
		model[i].flags = (model[i].flags & ~clear) | set;
	}
	return error;
}

static void do_mprotect_call(void)
{
	unsigned long pages, first = some_range(&pages), prot = random_prot();

	EXPECT_EQ(do_mprotect(addr_of(first), pages * PAGE_SIZE, prot, -1),
		  model_change(first, pages, true, prot_flags(prot), VM_ACCESS_FLAGS));
}

static void do_mlock_call(void)
{
	unsigned long pages, first = some_range(&pages);
	bool lock = rand_below(2);

	EXPECT_EQ(change_locks(addr_of(first) + 5, pages * PAGE_SIZE - 9, lock ? VM_LOCKED : 0),
		  model_change(first, pages, true, lock ? VM_LOCKED : 0, VM_LOCKED));
}

static void do_madvise_call(void)
{
	static const struct {
		int advice;
		unsigned long set, clear;
	} flags[] = {
		{ MADV_NORMAL, 0, VM_SEQ_READ | VM_RAND_READ },
		{ MADV_SEQUENTIAL, VM_SEQ_READ, VM_RAND_READ },
		{ MADV_RANDOM, VM_RAND_READ, VM_SEQ_READ },
		{ MADV_DONTFORK, VM_DONTCOPY, 0 },
		{ MADV_DOFORK, 0, VM_DONTCOPY },
		{ MADV_HUGEPAGE, VM_HUGEPAGE, 0 },
		{ MADV_NOHUGEPAGE, 0, VM_HUGEPAGE },
	};
	unsigned long pages, first = some_range(&pages), k = rand_below(ARRAY_SIZE(flags));

	EXPECT_EQ(advise_range(&mm, addr_of(first), addr_of(first + pages), flags[k].advice),
		  model_change(first, pages, false, flags[k].set, flags[k].clear));
}

static void do_dontneed_call(void)
{
	unsigned long pages, first = some_range(&pages), i;
	int want = 0;

	for (i = first; i < first + pages; i++) {
		if (!model[i].mapped)
			want = -ENOMEM;
		else if (model[i].flags & VM_LOCKED)
			break;
		model[i].content = 0;
	}
	if (i < first + pages)
		want = -EINVAL;
	EXPECT_EQ(advise_range(&mm, addr_of(first), addr_of(first + pages), MADV_DONTNEED), want);
}

/* What mremap() has moved. */
static void model_move(unsigned long from, unsigned long old, unsigned long to, unsigned long new,
		       bool keep)
{
	struct page_model moved[NR_PAGES];

	memcpy(moved, &model[from], min(old, new) * sizeof(moved[0]));
	for (unsigned long i = old; i < new; i++) {
		moved[i] = moved[old - 1];
		moved[i].content = 0;
		moved[i].pgoff = moved[old - 1].pgoff + i - old + 1;
	}
	if (!keep)
		model_unmap(from, old);
	for (unsigned long i = from; keep && i < from + old; i++) {
		model[i].content = 0;
	}
	memcpy(&model[to], moved, new * sizeof(moved[0]));
}

/* MREMAP_DONTUNMAP may leave two side by side that could be one, as in Linux: not without touching. */
static void do_mremap_call(void)
{
	unsigned long old, from = some_range(&old), new, to = some_range(&new), got;
	unsigned long flags = (unsigned long[]){
		0, MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_MAYMOVE | MREMAP_DONTUNMAP,
		MREMAP_MAYMOVE | MREMAP_DONTUNMAP | MREMAP_FIXED
	}[rand_below(touching ? 5 : 3)];
	struct vm_area_struct *vma = vma_lookup(&mm, addr_of(from));
	struct move m;
	bool keep = flags & MREMAP_DONTUNMAP;

	if (keep)
		new = old;
	if (flags & MREMAP_FIXED && to + new > NR_PAGES)
		return;
	m = (struct move){ addr_of(from),  old * PAGE_SIZE,
			   new *PAGE_SIZE, flags &MREMAP_FIXED ? addr_of(to) : 0,
			   flags,	   false };
	got = do_mremap(&mm, &m);
	if (!vma) {
		EXPECT_EQ(got, (unsigned long)-EFAULT);
		return;
	}
	if (flags & MREMAP_FIXED) {
		if (from + old > to && to + new > from) {
			EXPECT_EQ(got, (unsigned long)-EINVAL);
			return;
		}
		model_unmap(to, new);
	}
	if (old > new) {
		model_unmap(from + new, old - new);
		old = new;
	}
	if (IS_ERR_VALUE(got)) {
		/* Over the end of a VMA, or no room where it is. */
		EXPECT(got == (unsigned long)-EFAULT ||
		       (got == (unsigned long)-ENOMEM && !(flags & MREMAP_MAYMOVE)));
		return;
	}
	if (got == addr_of(from)) {
		for (unsigned long i = from + old; i < from + new; i++) {
			if (i >= NR_PAGES) { /* above the model */
				EXPECT_EQ(do_munmap(&mm, END, new *PAGE_SIZE), 0);
				break;
			}
			EXPECT(!model[i].mapped);
			model[i] = model[i - 1];
			model[i].pgoff++;
			model[i].content = 0;
		}
		return;
	}
	if (got < BASE || got + new *PAGE_SIZE > END) {
		EXPECT_EQ(do_munmap(&mm, got, new *PAGE_SIZE), 0);
		for (unsigned long i = from; i < from + old; i++)
			model[i].content = 0;
		if (!keep)
			model_unmap(from, old);
		return;
	}
	to = (got - BASE) >> PAGE_SHIFT;
	EXPECT(flags & MREMAP_FIXED || !model_any(to, new));
	for (unsigned long i = from; keep && i < from + old; i++)
		EXPECT(model[i].mapped);
	model_move(from, old, to, new, keep);
	/* Where a whole VMA was left empty its locks are gone; of a part they stay. */
	for (unsigned long i = from; keep && i < from + old; i++)
		model[i].flags &=
			~(vma_lookup(&mm, addr_of(i))->vm_flags & VM_LOCKED ? 0UL : VM_LOCKED);
}

static void touch(void)
{
	unsigned long i = rand_below(NR_PAGES);
	struct vm_area_struct *vma = vma_lookup(&mm, addr_of(i));

	if (!vma)
		return;
	if (vma_is_anonymous(vma))
		anon_vma_prepare(vma);
	*at(addr_of(i)) = model[i].content = ++next_content;
}

/* ---- the comparison ---- */

static void check_pages(void)
{
	for (unsigned long i = 0; i < NR_PAGES; i++) {
		const struct vm_area_struct *vma = vma_lookup(&mm, addr_of(i));

		EXPECT_EQ(vma != NULL, model[i].mapped);
		EXPECT_EQ(content[i], model[i].content);
		if (!vma || !model[i].mapped)
			continue;
		EXPECT_EQ(vma->vm_flags & MODEL_FLAGS, model[i].flags);
		EXPECT_EQ(vma->vm_file, model[i].file < 0 ? NULL : &files[model[i].file]);
		if (model[i].file >= 0)
			EXPECT_EQ(linear_page_index(vma, addr_of(i)), model[i].pgoff);
		EXPECT_EQ(vma->vm_flags & VM_ACCOUNT, accountable_mapping(model[i].flags) ?
							      VM_ACCOUNT :
							      vma->vm_flags & VM_ACCOUNT);
	}
}

/* What is counted, in which files' trees, and whether what could be one is one. */
static void check_vmas(void)
{
	unsigned long total = 0, locked = 0, promised = 0;
	unsigned int count = 0, mapped[NR_FILES + 1] = { 0 };
	struct vm_area_struct *vma;

	for_each_vma(&mm, vma) {
		struct vm_area_struct *next = vma->vm_next;

		count++;
		total += vma_pages(vma);
		locked += vma->vm_flags & VM_LOCKED ? vma_pages(vma) : 0;
		promised += vma->vm_flags & VM_ACCOUNT ? vma_pages(vma) : 0;
		if (vma->vm_file)
			mapped[vma->vm_file - files]++;
		if (!touching && next && next->vm_start == vma->vm_end) {
			struct vma_kind kind = { next->vm_flags, next->vm_file, next->vm_pgoff, 0 };

			EXPECT(!can_vma_merge_after(vma, &kind));
		}
	}
	EXPECT_EQ(mm.map_count, count);
	EXPECT_EQ(mm.total_vm, total);
	EXPECT_EQ(mm.locked_vm, locked);
	EXPECT_EQ(nr_committed(), promised);
	for (unsigned int i = 0; i <= NR_FILES; i++) {
		unsigned int n = 0, shared = 0;

		for_each_i_mmap(vma, &mappings[i].i_mmap, 0, ~0UL) {
			n++;
			shared += vma->vm_flags & VM_SHARED;
		}
		EXPECT_EQ(n, mapped[i]);
		EXPECT_EQ(files[i].f_count, n + 1);
		EXPECT_EQ(mappings[i].i_mmap_writable, shared / VM_SHARED);
	}
}

static void start(void)
{
	static bool once;

	if (!once)
		vma_cache_init();
	once = true;
	mm = (struct mm_struct){ .mmap_base = END, .mmap_legacy_base = BASE + (1UL << 40) };
	memset(model, 0, sizeof(model));
	memset(content, 0, sizeof(content));
	for (unsigned int i = 0; i < RLIM_NLIMITS; i++)
		signals.rlim[i] = (struct rlimit){ ~0UL, ~0UL };
	for (unsigned int i = 0; i <= NR_FILES; i++) {
		mappings[i] = (struct address_space){ .a_ops = &aops };
		files[i] = (struct file){ .f_count = 1,
					  .f_mode = FMODE_READ | FMODE_WRITE,
					  .f_op = &fops,
					  .f_inode = &inode,
					  .f_mapping = &mappings[i] };
	}
}

static void run(unsigned int rounds)
{
	static void (*const calls[])(void) = { do_mmap_call,	 do_mmap_call,	  do_munmap_call,
					       do_mprotect_call, do_mremap_call,  do_mlock_call,
					       do_madvise_call,	 do_dontneed_call };

	start();
	for (unsigned int i = 0; i < rounds; i++) {
		calls[rand_below(ARRAY_SIZE(calls))]();
		if (touching)
			touch();
		check_pages();
		check_vmas();
	}
	EXPECT_EQ(do_munmap(&mm, 0, TASK_SIZE), 0);
	check_vmas();
	EXPECT_EQ(mm.mmap, NULL);
}

TEST(random_calls_leave_each_page_what_it_was_asked_to_be)
{
	touching = false;
	run(6000);
}

TEST(so_they_do_with_pages_that_were_written)
{
	touching = true;
	run(6000);
}
