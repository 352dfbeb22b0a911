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
#include "kernel/core/spinlock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "mm/memtype.h"
#include "mm/page_alloc.h"
#include "mm/views.h"
#include "mm/vmalloc.h"

#define CACHE_BITS (_PAGE_PWT | _PAGE_PCD | _PAGE_PAT)
#define WRITE_BITS (_PAGE_RW | _PAGE_DIRTY)

/* ---------------------------------------------------------------- ranges */

static int refuse(const struct range *r, int err, const char *why)
{
	pr_err("%s: [%#lx-%#lx], for %pS: %s\n", r->verb, r->start, r->end - 1, (void *)r->caller,
	       why);
	return err;
}

static int make_range(struct range *r, const char *verb, unsigned long addr, int numpages,
		      unsigned long caller)
{
	unsigned long left;
	u64 entry;

	r->verb = verb;
	r->caller = caller;
	r->start = r->end = addr;
	if (numpages <= 0 || (addr & ~PAGE_MASK) || addr < PAGE_OFFSET ||
	    addr + (unsigned long)numpages * PAGE_SIZE < addr)
		return refuse(r, -EINVAL, "no range of the kernel's pages");
	r->end = addr + (unsigned long)numpages * PAGE_SIZE;
	for (left = r->end - addr; left; left -= mapped_bytes(r->end - left, left, &entry))
		if (!mapped_bytes(r->end - left, left, &entry))
			return refuse(r, -EFAULT, "not all of it is mapped");
	return 0;
}

/* An address in [va, va + size) whose entry has `bits` as `value`, or 0. */
static unsigned long find_bits(unsigned long va, unsigned long size, u64 bits, u64 value)
{
	unsigned long end = va + size, bytes;
	u64 entry;

	for (; va != end; va += bytes ? bytes : PAGE_SIZE) {
		bytes = mapped_bytes(va, end - va, &entry);
		if (bytes && (entry & bits) == value)
			return va;
	}
	return 0;
}

/* prepare_views() has failed. */
static int refuse_unprepared(const struct range *r, int err)
{
	return refuse(r, err,
		      err == -ENOMEM ? "no memory for page tables" : "not all of it is mapped");
}

/* ---------------------------------------------------------------- rights */

/* Bits of an entry, and how they are where it grants a right. */
struct right {
	u64 bits, value;
	const char *name;
};

static const struct right writable = { _PAGE_RW, _PAGE_RW, "writable" };
static const struct right executable = { _PAGE_NX, 0, "executable" };

/* An address under which some of the range, or of its RAM, has the right; 0: none. */
static unsigned long find_right(const struct range *r, const struct right *right)
{
	unsigned long found = find_bits(r->start, r->end - r->start, right->bits, right->value);
	unsigned long va, size;
	struct run run;

	for_each_run(&run, r) {
		for (unsigned int n = 0;
		     !found && run_is_ram(&run) && other_view(&run, n, &va, &size); n++)
			found = find_bits(va, size, right->bits, right->value);
		if (found)
			break;
	}
	return found;
}

struct rights_change {
	bool others; /* the other views follow */
	u64 set, clear;
	const struct right *never_with; /* what no view may have then; NULL: no matter */
};

/* -EPERM: *found has that right already.  Where others follow, vfree() has to mend that. */
static int try_rights(const struct range *r, const struct rights_change *c, unsigned long *found)
{
	int err;

	*found = c->never_with ? find_right(r, c->never_with) : 0;
	if (*found)
		return -EPERM;
	err = prepare_views(r, c->others);
	if (err)
		return err;
	if (c->others)
		set_vm_flush_reset_perms(r->start);
	commit_views(r, c->others, c->set, c->clear);
	join_views(r, c->others);
	return 0;
}

/* Do it or say why not. */
static int change_rights(const struct range *r, const struct rights_change *c)
{
	unsigned long found;
	int err;

	spin_lock(&cpa_lock);
	err = try_rights(r, c, &found);
	spin_unlock(&cpa_lock);
	if (!err)
		return 0;
	if (err != -EPERM)
		return refuse_unprepared(r, err);
	pr_err("%s: [%#lx-%#lx], for %pS: %#lx (%pS) is %s\n", r->verb, r->start, r->end - 1,
	       (void *)r->caller, found, (void *)found, c->never_with->name);
	return err;
}

noinline int set_memory_ro(unsigned long addr, int numpages)
{
	static const struct rights_change ro = { .others = true, .clear = WRITE_BITS };
	struct range r;
	int err = make_range(&r, "set_memory_ro", addr, numpages, _RET_IP_);

	return err ? err : change_rights(&r, &ro);
}

noinline int set_memory_rw(unsigned long addr, int numpages)
{
	static const struct rights_change rw = { .others = true,
						 .set = WRITE_BITS,
						 .never_with = &executable };
	struct range r;
	int err = make_range(&r, "set_memory_rw", addr, numpages, _RET_IP_);

	return err ? err : change_rights(&r, &rw);
}

noinline int set_memory_x(unsigned long addr, int numpages)
{
	static const struct rights_change x = { .clear = _PAGE_NX, .never_with = &writable };
	struct range r;
	int err = make_range(&r, "set_memory_x", addr, numpages, _RET_IP_);

	if (!err && r.start - PAGE_OFFSET < PAGE_OFFSET_SIZE)
		err = refuse(&r, -EPERM, "the direct map is not executable");
	return err ? err : change_rights(&r, &x);
}

noinline int set_memory_nx(unsigned long addr, int numpages)
{
	static const struct rights_change nx = { .set = _PAGE_NX };
	struct range r;
	int err = make_range(&r, "set_memory_nx", addr, numpages, _RET_IP_);

	return err ? err : change_rights(&r, &nx);
}

/* ---------------------------------------------------------------- caching */

#define FLUSH_ALL_BYTES 0x100000UL /* from here on the whole cache is quicker */

/* Write back and forget what the caches hold of the range. */
static void flush_caches(const struct range *r)
{
	unsigned int a, b, c, d, line;

	if (r->end - r->start >= FLUSH_ALL_BYTES) {
		wbinvd();
		return;
	}
	cpuid(1, 0, &a, &b, &c, &d);
	line = (b >> 8 & 0xff) * 8; /* SDM 2A, CPUID: EBX of leaf 1 */
	__asm__ __volatile__("mfence" ::: "memory");
	for (unsigned long va = r->start; va < r->end; va += line)
		clflush(va);
	__asm__ __volatile__("mfence" ::: "memory");
}

static void free_types(const struct range *r, unsigned long end)
{
	struct run run;

	for_each_run(&run, r) {
		if (run.va >= end)
			break;
		WARN_ON(memtype_free(run.pa, run.pa + run.size));
	}
}

/* Reserve the type for all runs, or for none. */
static int reserve_types(const struct range *r, enum page_cache_mode mode)
{
	struct run run;
	int err;

	for_each_run(&run, r) {
		err = run_is_ram(&run) ? memtype_reserve_caller(run.pa, run.pa + run.size, mode,
								NULL, r->caller) :
					 refuse(r, -EINVAL, "not all of it is RAM");
		if (err) {
			free_types(r, run.va);
			return err;
		}
	}
	return 0;
}

static int try_type(const struct range *r, enum page_cache_mode mode)
{
	int err = prepare_views(r, true);

	if (err)
		return err;
	set_vm_flush_reset_perms(r->start);
	commit_views(r, true, cachemode2protval(_PAGE_CACHE_MODE_UC_MINUS), CACHE_BITS);
	flush_caches(r);
	if (mode != _PAGE_CACHE_MODE_UC_MINUS)
		commit_views(r, true, cachemode2protval(mode), CACHE_BITS);
	join_views(r, true);
	return 0;
}

static int set_type(const struct range *r, enum page_cache_mode mode)
{
	int err;

	vm_unmap_aliases(); /* areas that had these pages may still be in the TLB as write-back */
	err = reserve_types(r, mode); /* says why not */
	if (err)
		return err;
	spin_lock(&cpa_lock);
	err = try_type(r, mode);
	spin_unlock(&cpa_lock);
	if (!err)
		return 0;
	free_types(r, r->end);
	return refuse_unprepared(r, err);
}

noinline int set_memory_uc(unsigned long addr, int numpages)
{
	struct range r;
	int err = make_range(&r, "set_memory_uc", addr, numpages, _RET_IP_);

	return err ? err : set_type(&r, _PAGE_CACHE_MODE_UC_MINUS);
}

noinline int set_memory_wc(unsigned long addr, int numpages)
{
	struct range r;
	int err = make_range(&r, "set_memory_wc", addr, numpages, _RET_IP_);

	return err ? err : set_type(&r, _PAGE_CACHE_MODE_WC);
}

/* One run.  The type is given back only where the views change with it; why not, in *why. */
static int try_write_back(const struct range *r, const struct run *run, const char **why)
{
	int err = prepare_views(r, true);

	if (err) {
		*why = NULL;
		return err;
	}
	*why = "no memory to cut its type in two";
	err = memtype_free(run->pa, run->pa + run->size);
	if (!err)
		commit_views(r, true, 0, CACHE_BITS);
	join_views(r, true);
	return err;
}

static int set_write_back(const struct range *all)
{
	const char *why;
	struct run run;
	int err;

	for_each_run(&run, all) {
		struct range r = { run.va, run.va + run.size, all->verb, all->caller };

		if (!run_is_ram(&run))
			return refuse(&r, -EINVAL, "it is not RAM");
		spin_lock(&cpa_lock);
		err = try_write_back(&r, &run, &why);
		spin_unlock(&cpa_lock);
		if (err)
			return why ? refuse(&r, err, why) : refuse_unprepared(&r, err);
	}
	return 0;
}

noinline int set_memory_wb(unsigned long addr, int numpages)
{
	struct range r;
	int err = make_range(&r, "set_memory_wb", addr, numpages, _RET_IP_);

	return err ? err : set_write_back(&r);
}

/* ---------------------------------------------------------------- vfree() */

/* The direct map has the page as it has any other: writable and write-back. */
static bool is_as_it_came(struct page *page)
{
	const u64 differs = _PAGE_PWT | _PAGE_PCD;
	u64 entry;

	mapped_bytes((unsigned long)lowmem_page_address(page), PAGE_SIZE, &entry);
	return (entry & (_PAGE_RW | differs)) == _PAGE_RW;
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
			ok &= memtype_free(pa, pa + PFN_PHYS(n)) == 0;
		else if (!is_as_it_came(vm->pages[i]))
			ok &= set_memory_wb(va, (int)n) == 0 && set_memory_rw(va, (int)n) == 0;
	}
	return ok;
}
