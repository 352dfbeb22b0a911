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
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource_tree.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "mm/mtrr.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"

/* false, said, when [first, last] of `size` bytes is no range of physical addresses. */
static inline bool is_range(phys_addr_t first, phys_addr_t last, unsigned long size,
			    unsigned long caller)
{
	const char *wrong;

	/* Of an empty range `last` is too low, or ~0. */
	if (likely(first <= last && !(last >> boot_cpu.phys_bits)))
		return true;
	wrong = size == 0    ? "is empty" :
		last < first ? "wraps" :
			       "is beyond the processor's physical addresses";
	pr_err("ioremap: %pa, %#lx bytes: the range %s, asked for by %pS\n", &first, size, wrong,
	       (void *)caller);
	return false;
}

/* A struct page says that some of it is RAM, whatever the register knows yet. */
static inline bool has_ram_page(phys_addr_t first, phys_addr_t last)
{
	unsigned long end_pfn = PFN_DOWN(last) + 1;

	return pfn_first_ram(PFN_DOWN(first), end_pfn) != end_pfn;
}

/* The innermost RAM of the register: the last that is met. */
static bool note_ram(const struct resource *res, void *holder)
{
	if ((res->flags & IORESOURCE_SYSTEM_RAM) == IORESOURCE_SYSTEM_RAM)
		*(struct resource *)holder = *res;
	return false;
}

/* Say whose RAM it is: by the register, and by the struct page where there is one. */
static noinline void say_ram(phys_addr_t first, phys_addr_t last, unsigned long caller)
{
	unsigned long end_pfn = PFN_DOWN(last) + 1;
	unsigned long pfn = pfn_first_ram(PFN_DOWN(first), end_pfn);
	unsigned long owner = pfn < end_pfn ? pfn_to_page(pfn)->owner : 0;
	struct resource holder = { .name = NULL };

	resource_walk(&iomem_resource, first, last, note_ram, &holder);
	pr_err("ioremap: [mem %pa-%pa] is refused to %pS: it is RAM, ", &first, &last,
	       (void *)caller);
	if (holder.name)
		pr_cont("%s %pR", holder.name, &holder);
	else
		pr_cont("not in the register yet");
	if (owner)
		pr_cont(", allocated by %pS", (void *)owner);
	pr_cont("\n");
}

static noinline void say_failed(phys_addr_t first, phys_addr_t last, unsigned long caller)
{
	pr_err("ioremap: [mem %pa-%pa]: no address or no memory for %pS\n", &first, &last,
	       (void *)caller);
}

/*
 * The mapping of [first, last], by its pages, is larger than a resource that it meets.  A
 * BUSY one is a driver's own claim of a part, not a device.
 */
static inline bool spans_more(const struct resource *res, phys_addr_t first, phys_addr_t last)
{
	return (res->start > (first | ~PAGE_MASK) || res->end < (last & PAGE_MASK)) &&
	       !(res->flags & IORESOURCE_BUSY);
}

/* What the register has to say of a mapping of [first, last]. */
struct verdict {
	phys_addr_t first, last;
	bool ram;   /* it meets System RAM, in any depth */
	bool spans; /* it spans more than something else that it meets */
};

static inline bool judge(const struct resource *res, void *arg)
{
	struct verdict *v = arg;

	if ((res->flags & IORESOURCE_SYSTEM_RAM) == IORESOURCE_SYSTEM_RAM)
		v->ram = true;
	else if (spans_more(res, v->first, v->last))
		v->spans = true;
	return false;
}

/*
 * Where nothing is to be said: a range that was judged so, and what of its resource is as free of
 * parts.  A mapping within it is judged the same as long as nothing comes or goes in the register.
 */
static struct {
	phys_addr_t first, last;
	unsigned long changes; /* of the register, then */
} clean = { .first = 1 };      /* resource_lock */

static void note_clean(phys_addr_t first, phys_addr_t last)
{
	const struct resource *in = &iomem_resource, *part;

	while ((part = resource_first_overlap(in, first, last)) && part->start <= first &&
	       part->end >= last)
		in = part;
	if (!part) {
		part = resource_first_overlap(in, first, in->end);
		last = part ? part->start - 1 : in->end;
		first = in->children.node ? first : in->start;
	}
	clean.first = first;
	clean.last = last;
	clean.changes = resource_changes;
}

static noinline void walk_register(struct verdict *v)
{
	resource_walk_locked(&iomem_resource, v->first, v->last, judge, v);
	if (!v->ram && !v->spans)
		note_clean(v->first, v->last);
}

static inline void judge_range(struct verdict *v)
{
	spin_lock(&resource_lock);
	if (unlikely(v->first < clean.first || v->last > clean.last ||
		     clean.changes != resource_changes))
		walk_register(v);
	spin_unlock(&resource_lock);
}

/* Copies of the resources that a mapping is too large for, some at a time. */
struct too_small {
	phys_addr_t first, last; /* of the mapping */
	unsigned int passed;	 /* these are said already */
	unsigned int n;
	struct resource res[4];
};

static bool note_too_small(const struct resource *res, void *arg)
{
	struct too_small *t = arg;

	if (!spans_more(res, t->first, t->last))
		return false;
	if (t->passed) {
		t->passed--;
		return false;
	}
	t->res[t->n++] = *res;
	return t->n == ARRAY_SIZE(t->res);
}

/*
 * A mapping should lie within one resource of each level; one that is larger was
 * probably made with a wrong size.
 */
static noinline void warn_multiple(phys_addr_t first, phys_addr_t last, unsigned long caller)
{
	struct too_small t = { .first = first, .last = last };
	unsigned int said = 0;

	do {
		t.passed = said;
		t.n = 0;
		resource_walk(&iomem_resource, first, last, note_too_small, &t);
		for (unsigned int i = 0; i < t.n; i++)
			pr_warn("resource sanity check: requesting [mem %pa-%pa], which spans more than %s %pR\n",
				&first, &last, t.res[i].name, &t.res[i]);
		said += t.n;
	} while (t.n == ARRAY_SIZE(t.res));
	pr_warn("caller %pS mapping multiple BARs\n", (void *)caller);
}

/*
 * No large page may reach across a place where the MTRRs change their mind (SDM 3A,
 * 11.11.9): each run of one type is mapped for itself.  Nearly always there is one.
 */
static noinline int map_large_range(unsigned long va, phys_addr_t base, unsigned long size,
				    pgprot_t prot)
{
	phys_addr_t at = base, end = base + size, next;
	int err = 0;

	for (; at < end && !err; at = next) {
		next = mtrr_run_end(at, end, NULL);
		err = map_page_range(&init_mm, va + (at - base), at, next - at, prot, PG_LEVEL_1G);
	}
	return err;
}

static inline int map_range(unsigned long va, phys_addr_t base, unsigned long size,
			    enum page_cache_mode mode)
{
	pgprot_t prot = pgprot_cached(PAGE_KERNEL_AREA, mode);

	if (size >= PMD_SIZE)
		return map_large_range(va, base, size, prot);
	return map_page_range(&init_mm, va, base, size, prot, PG_LEVEL_4K);
}

int ioremap_range(unsigned long va, phys_addr_t base, unsigned long size, enum page_cache_mode mode)
{
	return map_range(va, base, size, mode);
}

/* As Linux aligns: by size, up to the largest page. */
static unsigned long area_align(unsigned long size)
{
	return size >= PUD_SIZE ? PUD_SIZE : roundup_pow_of_two(size);
}

void (*ioremap_watched)(const struct vm_struct *vm);

void __iomem *__ioremap_caller(phys_addr_t phys, unsigned long size, enum page_cache_mode mode,
			       unsigned long caller)
{
	phys_addr_t last = phys + size - 1, base = phys & PAGE_MASK;
	unsigned long bytes = (last | ~PAGE_MASK) + 1 - base; /* of whole pages */
	struct verdict found = { .first = phys, .last = last };
	void (*watch)(const struct vm_struct *vm);
	struct vm_struct *vm;

	if (!is_range(phys, last, size, caller))
		return NULL;
	judge_range(&found);
	if (unlikely(found.ram || has_ram_page(phys, last))) {
		say_ram(phys, last, caller);
		return NULL;
	}
	vm = get_vm_area_caller(bytes, area_align(bytes), VM_IOREMAP, caller);
	if (!vm)
		goto no_memory;
	vm->phys_addr = base;
	if (memtype_add(&vm->memtype, base, base + bytes, mode, caller))
		goto no_type;
	if (map_range((unsigned long)vm->addr, base, bytes, vm->memtype.type))
		goto no_tables;
	if (unlikely(found.spans))
		warn_multiple(phys, last, caller);
	watch = READ_ONCE(ioremap_watched);
	if (unlikely(watch))
		watch(vm);
	return (void __iomem *)((unsigned long)vm->addr + (phys - base));

no_type:
	kfree(remove_vm_area(vm->addr)); /* memtype_add() said why */
	return NULL;
no_tables:
	remove_vm_area(vm->addr);
	memtype_del(&vm->memtype);
	kfree(vm);
no_memory:
	say_failed(phys, last, caller);
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

/* Of a cached page nothing may be left once it can be had with another type. */
static noinline void forget_cached(const struct vm_struct *vm)
{
	if (!vm_area_is_flushed(vm))
		flush_tlb_all();
}

void (*iounmap_traced)(const struct vm_struct *vm);

void iounmap_area(struct vm_struct *vm)
{
	if (unlikely(vm->flags & VM_TRACED))
		iounmap_traced(vm);
	if (likely(vm->flags & VM_IOREMAP)) {
		if (is_cached_mode(vm->memtype.type))
			forget_cached(vm);
		memtype_del(&vm->memtype);
	}
	release_vm_area(vm);
}

noinline void iounmap(volatile void __iomem *addr)
{
	unsigned long va = (unsigned long)(__force volatile void *)addr;
	struct vm_struct *vm;

	if (!addr)
		return;
	vm = detach_vm_area((void *)(va & PAGE_MASK), VM_IOREMAP);
	if (!WARN(!vm, "iounmap of %#lx, which ioremap did not give, by %pS\n", va,
		  (void *)_RET_IP_))
		iounmap_area(vm);
}
