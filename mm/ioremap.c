// SPDX-License-Identifier: MIT
/*
 * ioremap: device memory by its physical address.
 *
 *   phys, size        as the caller knows them: any byte, any length
 *   page range        whole pages around them; what is mapped
 *   area              its place in the vmalloc region, aligned like its size, so
 *                     that large pages can be used where phys allows them
 *
 * Three things are looked up before anything is mapped.  RAM is refused: it is in
 * the direct map as write-back already, and a second mapping of another memory
 * type would make both undefined (SDM 3A, 11.12.4).  For the same reason the type
 * is reserved (mm/memtype.h): who comes second gets what is there.  And the register
 * is asked what lies there: whoever maps more than one resource is mapped, but told.
 *
 * Who may use the range is not decided here: claim it first, with
 * request_mem_region() or the bus's own function.
 */
#include "mm/ioremap.h"
#include "kernel/cpu.h"
#include "kernel/errno.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "kernel/resource.h"
#include "mm/mtrr.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"

/* [phys, phys + size) and the pages around it. */
struct io_range {
	phys_addr_t first, last; /* bytes asked for, both inclusive */
	phys_addr_t base;	 /* first byte of the first page */
	unsigned long size;	 /* bytes of all pages */
	unsigned long offset;	 /* of `first` in its page */
};

/* All address arithmetic of this file.  -EINVAL, said, when there is no such range. */
static int make_range(struct io_range *r, phys_addr_t phys, unsigned long size,
		      unsigned long caller)
{
	const char *wrong = NULL;

	r->first = phys;
	r->last = phys + size - 1;
	if (size == 0)
		wrong = "is empty";
	else if (r->last < phys)
		wrong = "wraps";
	else if (r->last >> boot_cpu.phys_bits)
		wrong = "is beyond the processor's physical addresses";
	if (unlikely(wrong)) {
		pr_err("ioremap: %pa, %#lx bytes: the range %s, asked for by %pS\n", &phys, size,
		       wrong, (void *)caller);
		return -EINVAL;
	}
	r->base = phys & PAGE_MASK;
	r->offset = phys & ~PAGE_MASK;
	r->size = (r->last | ~PAGE_MASK) + 1 - r->base;
	return 0;
}

/* The innermost RAM of the register: the last that is met. */
static bool note_ram(const struct resource *res, void *holder)
{
	if ((res->flags & IORESOURCE_SYSTEM_RAM) == IORESOURCE_SYSTEM_RAM)
		*(struct resource *)holder = *res;
	return false;
}

/* Say whose RAM it is: by the register, and by the struct page where there is one. */
static noinline void say_ram(const struct io_range *r, unsigned long caller)
{
	unsigned long end_pfn = PFN_DOWN(r->last) + 1;
	unsigned long pfn = pfn_first_ram(PFN_DOWN(r->first), end_pfn);
	unsigned long owner = pfn < end_pfn ? pfn_to_page(pfn)->owner : 0;
	struct resource holder = { .name = NULL };

	resource_walk(&iomem_resource, r->first, r->last, note_ram, &holder);
	pr_err("ioremap: [mem %pa-%pa] is refused to %pS: it is RAM, ", &r->first, &r->last,
	       (void *)caller);
	if (holder.name)
		pr_cont("%s %pR", holder.name, &holder);
	else
		pr_cont("not in the register yet");
	if (owner)
		pr_cont(", allocated by %pS", (void *)owner);
	pr_cont("\n");
}

/* -EBUSY, said, when a page of the range is RAM: by struct page, or by the register. */
static int refuse_ram(const struct io_range *r, unsigned long caller)
{
	unsigned long end_pfn = PFN_DOWN(r->last) + 1;

	if (likely(pfn_first_ram(PFN_DOWN(r->first), end_pfn) == end_pfn &&
		   region_intersects(r->first, r->last - r->first + 1, IORESOURCE_SYSTEM_RAM) ==
			   REGION_DISJOINT))
		return 0;
	say_ram(r, caller);
	return -EBUSY;
}

/* What a mapping is too large for; more than a few tell nothing more. */
struct too_small {
	const struct io_range *r;
	unsigned int n;
	struct resource res[4];
};

static bool note_too_small(const struct resource *res, void *arg)
{
	struct too_small *t = arg;

	if (PFN_DOWN(res->start) <= PFN_DOWN(t->r->first) &&
	    PFN_DOWN(res->end) >= PFN_DOWN(t->r->last))
		return false;
	if (res->flags & IORESOURCE_BUSY)
		return false;
	t->res[t->n++] = *res;
	return t->n == ARRAY_SIZE(t->res);
}

/*
 * A mapping should lie within one resource of each level; one that is larger was
 * probably made with a wrong size.  Pages are what counts, since less cannot be
 * mapped, and a BUSY resource is a driver's own claim of a part, not a device.
 */
static void warn_multiple(const struct io_range *r, unsigned long caller)
{
	struct too_small t;

	t.r = r;
	t.n = 0;
	resource_walk(&iomem_resource, r->first, r->last, note_too_small, &t);
	for (unsigned int i = 0; i < t.n; i++)
		pr_warn("resource sanity check: requesting [mem %pa-%pa], which spans more than %s %pR\n",
			&r->first, &r->last, t.res[i].name, &t.res[i]);
	if (t.n)
		pr_warn("caller %pS mapping multiple BARs\n", (void *)caller);
}

/*
 * No large page may reach across a place where the MTRRs change their mind (SDM 3A,
 * 11.11.9): each run of one type is mapped for itself.  Nearly always there is one.
 */
static int map_range(unsigned long va, const struct io_range *r, enum page_cache_mode mode)
{
	enum pg_level largest = boot_cpu.gbpages ? PG_LEVEL_1G : PG_LEVEL_2M;
	pgprot_t prot = pgprot_cached(PAGE_KERNEL_AREA, mode);
	phys_addr_t at = r->base, end = r->base + r->size, next = end;
	int err = 0;

	for (; at < end && !err; at = next) {
		if (r->size >= PMD_SIZE)
			next = mtrr_run_end(at, end, NULL);
		err = map_kernel_range(va + (at - r->base), at, next - at, prot, largest);
	}
	return err;
}

/* As Linux aligns: by size, up to the largest page. */
static unsigned long area_align(unsigned long size)
{
	return size >= PUD_SIZE ? PUD_SIZE : roundup_pow_of_two(size);
}

void __iomem *__ioremap_caller(phys_addr_t phys, unsigned long size, enum page_cache_mode mode,
			       unsigned long caller)
{
	struct vm_struct *vm;
	struct io_range r;

	if (make_range(&r, phys, size, caller) || refuse_ram(&r, caller))
		return NULL;
	vm = get_vm_area_caller(r.size, area_align(r.size), VM_IOREMAP, caller);
	if (!vm)
		goto no_memory;
	vm->phys_addr = r.base;
	if (memtype_add(&vm->memtype, r.base, r.base + r.size, mode, caller))
		goto no_type;
	if (map_range((unsigned long)vm->addr, &r, vm->memtype.type))
		goto no_tables;
	warn_multiple(&r, caller);
	return (void __iomem *)((unsigned long)vm->addr + r.offset);

no_type:
	kfree(remove_vm_area(vm->addr)); /* memtype_add() said why */
	return NULL;
no_tables:
	remove_vm_area(vm->addr);
	memtype_del(&vm->memtype);
	kfree(vm);
no_memory:
	pr_err("ioremap: [mem %pa-%pa]: no address or no memory for %pS\n", &r.first, &r.last,
	       (void *)caller);
	return NULL;
}

/* Not inlined, so that a backtrace shows who was called, as on Linux. */
noinline void __iomem *ioremap(phys_addr_t phys, unsigned long size)
{
	return __ioremap_caller(phys, size, _PAGE_CACHE_MODE_UC_MINUS, _RET_IP_);
}

noinline void __iomem *ioremap_uc(phys_addr_t phys, unsigned long size)
{
	return __ioremap_caller(phys, size, _PAGE_CACHE_MODE_UC, _RET_IP_);
}

noinline void __iomem *ioremap_wc(phys_addr_t phys, unsigned long size)
{
	return __ioremap_caller(phys, size, _PAGE_CACHE_MODE_WC, _RET_IP_);
}

noinline void __iomem *ioremap_wt(phys_addr_t phys, unsigned long size)
{
	return __ioremap_caller(phys, size, _PAGE_CACHE_MODE_WT, _RET_IP_);
}

/* PCI and all below it post memory writes: a mapping cannot keep them from it. */
noinline void __iomem *ioremap_np(phys_addr_t phys, unsigned long size)
{
	(void)phys;
	(void)size;
	return NULL;
}

noinline void __iomem *ioremap_prot(phys_addr_t phys, unsigned long size, unsigned long prot)
{
	return __ioremap_caller(phys, size, protval2cachemode(prot), _RET_IP_);
}

noinline void __iomem *ioremap_cache(phys_addr_t phys, unsigned long size)
{
	return __ioremap_caller(phys, size, _PAGE_CACHE_MODE_WB, _RET_IP_);
}

/* The CPU may read what is mapped so before anybody asks for it. */
static bool is_cached(enum page_cache_mode mode)
{
	return mode == _PAGE_CACHE_MODE_WB || mode == _PAGE_CACHE_MODE_WT ||
	       mode == _PAGE_CACHE_MODE_WP;
}

noinline void iounmap(volatile void __iomem *addr)
{
	unsigned long va = (unsigned long)(__force volatile void *)addr;
	struct vm_struct *vm;

	if (!addr)
		return;
	vm = detach_vm_area((void *)(va & PAGE_MASK), VM_IOREMAP);
	if (WARN(!vm, "iounmap of %#lx, which ioremap did not give, by %pS\n", va,
		 (void *)_RET_IP_))
		return;
	/* Of a cached page nothing may be left once it can be had with another type. */
	if (is_cached(vm->memtype.type) && (long)(tlb_flushes - vm->flushed_at) < 0)
		flush_tlb_all();
	memtype_del(&vm->memtype);
	release_vm_area(vm);
}
