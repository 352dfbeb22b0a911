// SPDX-License-Identifier: MIT
/*
 * set_memory_*: rights and caching of memory under all its addresses (mm/views.h).
 *
 * Rights are looked at before they are changed: what is writable under one address
 * does not become executable under another, nor the other way round.
 *
 * Caching is changed as SDM 3A, 11.12.4 wants it: every view uncached, TLB and
 * caches emptied, and only then, where that is wished, write combining.
 *
 * The try_* hold cpa_lock (mm/pgtable.h) from the look at others' rights to the joining,
 * so that what was seen is still so when it counts.  Consoles are slow: what stopped a
 * try_* is said after it.
 */
#include "mm/set_memory.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "mm/memtype.h"
#include "mm/page_alloc.h"
#include "mm/views.h"
#include "mm/vmalloc.h"

#define CACHE_BITS (_PAGE_PWT | _PAGE_PCD | _PAGE_PAT)
#define WRITE_BITS (_PAGE_RW | _PAGE_DIRTY)

/* ---------------------------------------------------------------- requests */

/* What is asked for, by whom, and what stopped it. */
struct request {
	const char *verb;
	unsigned long caller;
	struct range range;
	const char *why;     /* NULL: who stopped it said so */
	unsigned long found; /* an address that has a right which nothing must have, or 0 */
};

static const char no_tables[] = "no memory for page tables";

static int stop(struct request *req, int err, const char *why)
{
	req->why = why;
	return err;
}

/* What stopped it is said: no lock is held. */
static noinline int say_stopped(const struct request *req, int err)
{
	const struct range *r = &req->range;

	if (req->found)
		pr_err("%s: [%#lx-%#lx], for %pS: %#lx (%pS) is %s\n", req->verb, r->start,
		       r->end - 1, (void *)req->caller, req->found, (void *)req->found, req->why);
	else if (req->why)
		pr_err("%s: [%#lx-%#lx], for %pS: %s\n", req->verb, r->start, r->end - 1,
		       (void *)req->caller, req->why);
	return err;
}

static inline int finish(const struct request *req, int err)
{
	return likely(!err) ? 0 : say_stopped(req, err);
}

/* Its runs have no hole between them. */
static noinline bool is_all_mapped(const struct range *r)
{
	unsigned long mapped = r->start;
	struct run run;

	for_each_run(&run, r)
		mapped += run.size;
	return mapped == r->end;
}

/* Fill in the range: whole pages of the kernel's half, all mapped. */
static int take_range(struct request *req, unsigned long addr, int numpages)
{
	unsigned long end = addr + (unsigned long)numpages * PAGE_SIZE;
	struct range *r = &req->range;

	r->start = r->end = addr;
	if (numpages <= 0 || (addr & ~PAGE_MASK) || addr < PAGE_OFFSET || end < addr)
		return stop(req, -EINVAL, "no range of the kernel's pages");
	r->end = end;
	get_run(&r->first, addr, end);
	r->alone = addr + r->first.size == end && !r->first.nr_other;
	if (likely(r->alone) || is_all_mapped(r))
		return 0;
	return stop(req, -EFAULT, "not all of it is mapped");
}

/* Where it is vmalloc()'s, vfree() mends what is changed. */
static void reset_when_freed(const struct range *r)
{
	if (is_vmalloc_addr((const void *)r->start))
		set_vm_flush_reset_perms(r->start);
}

/* ---------------------------------------------------------------- rights */

/* Bits of an entry, and how they are where it grants a right. */
struct right {
	u64 bits, value;
	const char *name;
};

static const struct right writable = { _PAGE_RW, _PAGE_RW, "writable" };
static const struct right executable = { _PAGE_NX, 0, "executable" };

struct search {
	const struct right *right;
	unsigned long found; /* the first address that has it */
};

/* Something of the view has the right. */
static int search_view(unsigned long va, unsigned long size, void *arg)
{
	unsigned long end = va + size;
	struct search *s = arg;
	struct mapped m;

	for (; va != end; va += m.bytes ? m.bytes : PAGE_SIZE) {
		m = mapped_at(va, end - va);
		if (m.bytes && (m.entry & s->right->bits) == s->right->value) {
			s->found = va;
			return 1;
		}
	}
	return 0;
}

struct rights_change {
	bool others; /* the other views follow */
	u64 set, clear;
	const struct right *never_with; /* what no view may have then; NULL: no matter */
};

static int try_rights(struct request *req, const struct rights_change *c)
{
	const struct range *r = &req->range;
	struct search s = { .right = c->never_with };
	struct mmu_gather tlb;
	int err;

	if (s.right && walk_views(r, true, search_view, &s)) {
		req->found = s.found;
		return stop(req, -EPERM, s.right->name);
	}
	tlb_gather_mmu(&tlb, &init_mm);
	err = change_views(r, c->others, c->set, c->clear, &tlb);
	if (err)
		return stop(req, err, no_tables);
	if (c->others)
		reset_when_freed(r);
	join_views(r, c->others, &tlb);
	return 0;
}

static int change_rights(struct request *req, unsigned long addr, int numpages,
			 const struct rights_change *c)
{
	int err = take_range(req, addr, numpages);

	if (!err && c->clear & _PAGE_NX && addr - PAGE_OFFSET < PAGE_OFFSET_SIZE)
		err = stop(req, -EPERM, "the direct map is not executable");
	if (!err) {
		spin_lock(&cpa_lock);
		err = try_rights(req, c);
		spin_unlock(&cpa_lock);
	}
	return finish(req, err);
}

static __always_inline void begin(struct request *req, const char *verb, unsigned long caller)
{
	req->verb = verb;
	req->caller = caller;
	req->why = NULL;
	req->found = 0;
}

noinline int set_memory_ro(unsigned long addr, int numpages)
{
	static const struct rights_change ro = { .others = true, .clear = WRITE_BITS };

	struct request req;

	begin(&req, "set_memory_ro", _RET_IP_);
	return change_rights(&req, addr, numpages, &ro);
}

noinline int set_memory_rw(unsigned long addr, int numpages)
{
	static const struct rights_change rw = { .others = true,
						 .set = WRITE_BITS,
						 .never_with = &executable };

	struct request req;

	begin(&req, "set_memory_rw", _RET_IP_);
	return change_rights(&req, addr, numpages, &rw);
}

noinline int set_memory_x(unsigned long addr, int numpages)
{
	static const struct rights_change x = { .clear = _PAGE_NX, .never_with = &writable };

	struct request req;

	begin(&req, "set_memory_x", _RET_IP_);
	return change_rights(&req, addr, numpages, &x);
}

noinline int set_memory_nx(unsigned long addr, int numpages)
{
	static const struct rights_change nx = { .set = _PAGE_NX };

	struct request req;

	begin(&req, "set_memory_nx", _RET_IP_);
	return change_rights(&req, addr, numpages, &nx);
}

/* ---------------------------------------------------------------- caching */

#define FLUSH_ALL_BYTES 0x100000UL /* from here on the whole cache is quicker */

static void empty_caches(void *unused)
{
	(void)unused;
	wbinvd();
}

/* Write back and forget what the caches hold of the range: WBINVD this CPU's, CLFLUSH all CPUs'. */
static void flush_caches(const struct range *r)
{
	unsigned long line = boot_cpu.cache_line;

	if (r->end - r->start >= FLUSH_ALL_BYTES) {
		on_each_cpu(empty_caches, NULL, true);
		return;
	}
	__asm__ __volatile__("mfence" ::: "memory");
	for (unsigned long va = r->start, end = r->end; va < end; va += 16 * line) {
		clflush_4_lines(va, line);
		clflush_4_lines(va + 4 * line, line);
		clflush_4_lines(va + 8 * line, line);
		clflush_4_lines(va + 12 * line, line);
	}
	__asm__ __volatile__("mfence" ::: "memory");
}

/* Of the runs in front of `end`. */
static void free_types(const struct range *r, unsigned long end)
{
	struct run run;

	for_each_run(&run, r) {
		if (run.va == end)
			break;
		WARN_ON(memtype_free_ram(run.pa, run.pa + run.size));
	}
}

/* Reserve the type for all runs, or for none; a conflict is said by memtype_reserve_ram(). */
static int reserve_types(struct request *req, enum page_cache_mode mode)
{
	struct run run;
	int err;

	for_each_run(&run, &req->range) {
		err = run.ram ? memtype_reserve_ram(run.pa, run.pa + run.size, mode, req->caller) :
				stop(req, -EINVAL, "not all of it is RAM");
		if (err) {
			free_types(&req->range, run.va);
			return err;
		}
	}
	return 0;
}

static int try_type(struct request *req, enum page_cache_mode mode)
{
	const struct range *r = &req->range;
	struct mmu_gather tlb;
	int err;

	tlb_gather_mmu(&tlb, &init_mm);
	err = change_views(r, true, cachemode2protval(_PAGE_CACHE_MODE_UC_MINUS), CACHE_BITS, &tlb);
	if (err)
		return stop(req, err, no_tables);
	reset_when_freed(r);
	tlb_flush_mmu(&tlb);
	flush_caches(r);
	if (mode != _PAGE_CACHE_MODE_UC_MINUS)
		commit_views(r, true, cachemode2protval(mode), CACHE_BITS, &tlb);
	join_views(r, true, &tlb);
	return 0;
}

static int set_type(struct request *req, unsigned long addr, int numpages,
		    enum page_cache_mode mode)
{
	int err = take_range(req, addr, numpages);

	if (err)
		return finish(req, err);
	vm_flush_aliases(); /* areas that had these pages may still be in a TLB as write-back */
	err = reserve_types(req, mode);
	if (err)
		return finish(req, err);
	spin_lock(&cpa_lock);
	err = try_type(req, mode);
	spin_unlock(&cpa_lock);
	if (err)
		free_types(&req->range, req->range.end);
	return finish(req, err);
}

noinline int set_memory_uc(unsigned long addr, int numpages)
{
	struct request req;

	begin(&req, "set_memory_uc", _RET_IP_);
	return set_type(&req, addr, numpages, _PAGE_CACHE_MODE_UC_MINUS);
}

noinline int set_memory_wc(unsigned long addr, int numpages)
{
	struct request req;

	begin(&req, "set_memory_wc", _RET_IP_);
	return set_type(&req, addr, numpages, _PAGE_CACHE_MODE_WC);
}

/*
 * A run's type is given back only where the views change with it: what is in front of one that
 * cannot be is changed, and the request's range is that one then.
 */
static int try_write_back(struct request *req)
{
	struct range *r = &req->range;
	unsigned long end = r->end;
	struct mmu_gather tlb;
	struct run run;
	int err = prepare_views(r, true);

	if (err)
		return stop(req, err, no_tables);
	for_each_run(&run, r) {
		err = run.ram ? memtype_free_ram(run.pa, run.pa + run.size) : -EINVAL;
		if (err) {
			r->end = run.va;
			break;
		}
	}
	tlb_gather_mmu(&tlb, &init_mm);
	if (r->end != r->start)
		commit_views(r, true, 0, CACHE_BITS, &tlb);
	r->end = end;
	join_views(r, true, &tlb);
	if (likely(!err))
		return 0;
	r->start = run.va;
	r->end = run.va + run.size;
	return stop(req, err, run.ram ? "no memory to cut its type in two" : "it is not RAM");
}

noinline int set_memory_wb(unsigned long addr, int numpages)
{
	struct request req;
	int err;

	begin(&req, "set_memory_wb", _RET_IP_);
	err = take_range(&req, addr, numpages);
	if (!err) {
		spin_lock(&cpa_lock);
		err = try_write_back(&req);
		spin_unlock(&cpa_lock);
	}
	return finish(&req, err);
}

/* ---------------------------------------------------------------- vfree() */

/* The direct map has the page as it has any other: writable and write-back. */
static bool is_as_it_came(struct page *page)
{
	const u64 differs = _PAGE_PWT | _PAGE_PCD;
	struct mapped m = mapped_at((unsigned long)lowmem_page_address(page), PAGE_SIZE);

	return (m.entry & (_PAGE_RW | differs)) == _PAGE_RW;
}

/* How many of the `most` pages from `first` on lie in a row and want the same done. */
static unsigned int same_pages(struct page **first, unsigned int most)
{
	bool high = PageHighMem(first[0]), plain = !high && is_as_it_came(first[0]);
	unsigned int n = 1;

	while (n < most && first[n] == first[0] + n && PageHighMem(first[n]) == high &&
	       (high || is_as_it_came(first[n]) == plain))
		n++;
	return n;
}

/* What was not changed is not touched: to cut it out of a large page would need memory. */
bool reset_vm_area_pages(const struct vm_struct *vm)
{
	bool ok = true;
	unsigned int i, n;

	for (i = 0; i < vm->nr_pages; i += n) {
		phys_addr_t pa = page_to_phys(vm->pages[i]);
		unsigned long va = (unsigned long)__va(pa);

		n = same_pages(vm->pages + i, vm->nr_pages - i);
		if (PageHighMem(vm->pages[i]))
			ok &= memtype_free_ram(pa, pa + PFN_PHYS(n)) == 0;
		else if (!is_as_it_came(vm->pages[i]))
			ok &= set_memory_wb(va, (int)n) == 0 && set_memory_rw(va, (int)n) == 0;
	}
	return ok;
}
