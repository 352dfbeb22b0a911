// SPDX-License-Identifier: MIT
/* Torture of what is mapped: vmalloc, vmap, ioremap, memremap, kmap. */
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/trap/nofault.h"
#include "mm/highmem.h"
#include "mm/io.h"
#include "mm/ioremap.h"
#include "mm/memremap.h"
#include "mm/pgtable.h"
#include "mm/vmalloc.h"
#include "tests/guest/mapped_mode.h"
#include "tests/guest/torture.h"

static bool leads_to(unsigned long va, phys_addr_t pa)
{
	phys_addr_t at = 0;

	return virt_to_phys_walk(va, &at) == 0 && at == pa;
}

static bool faults(unsigned long va)
{
	u64 value;

	return nofault_read(va, 1, &value, NULL) == -EFAULT;
}

/* ---- vmalloc ---- */

#define VMALLOC_PAGES 24

struct area {
	void *p;
	size_t size;
	u64 tag;
};

static bool vmalloc_take(struct torturer *t, void *h)
{
	struct area *a = h;
	bool zeroed = torture_below(t, 2);

	a->size = 1 + torture_below(t, VMALLOC_PAGES * PAGE_SIZE);
	a->tag = torture_random(t);
	a->p = zeroed ? vzalloc(a->size) : vmalloc(a->size);
	if (!a->p)
		return false;
	HOLDS(t, !zeroed || torture_is_zero(a->p, a->size));
	torture_fill(a->p, a->size, a->tag);
	return true;
}

static void vmalloc_look(struct torturer *t, void *h)
{
	struct area *a = h;
	unsigned long at = torture_below(t, a->size);
	struct page *page = vmalloc_to_page(a->p + at);

	HOLDS(t, torture_is_filled(a->p, a->size, a->tag));
	HOLDS(t, torture_filled_elsewhere(t, a->p, a->size, a->tag, at));
	HOLDS(t, find_vm_area(a->p) && find_vm_area(a->p)->addr == a->p);
	if (HOLDS(t, page) && !PageHighMem(page))
		HOLDS(t, *((u8 *)page_address(page) + (at & ~PAGE_MASK)) == ((u8 *)a->p)[at]);
	HOLDS(t, faults(PAGE_ALIGN((unsigned long)a->p + a->size))); /* the guard page */
}

static void vmalloc_drop(struct torturer *t, void *h)
{
	struct area *a = h;

	vmalloc_look(t, h);
	vfree(a->p);
}

const struct torture_op torture_vmalloc = {
	.name = "vmalloc",
	.size = sizeof(struct area),
	.take = vmalloc_take,
	.look = vmalloc_look,
	.drop = vmalloc_drop,
	.waits = true,
};

/* ---- vmap ---- */

#define VMAP_PAGES 8

struct vmapped {
	struct page *page[VMAP_PAGES];
	unsigned int n;
	void *p; /* NULL: not mapped just now */
	u64 tag;
};

static void free_vmapped(const struct vmapped *v)
{
	for (unsigned int i = 0; i < v->n; i++)
		__free_page(v->page[i]);
}

/* The pages change their places each time: an old translation shows the wrong one. */
static void map_shuffled(struct torturer *t, struct vmapped *v)
{
	for (unsigned int i = v->n - 1; i; i--) {
		u64 other = torture_below(t, i + 1);
		struct page *page = v->page[i];

		v->page[i] = v->page[other];
		v->page[other] = page;
	}
	v->p = vmap(v->page, v->n, 0, PAGE_KERNEL);
	if (v->p)
		torture_fill(v->p, v->n * PAGE_SIZE, v->tag);
}

static bool vmap_take(struct torturer *t, void *h)
{
	struct vmapped *v = h;
	unsigned int want = 1 + (unsigned int)torture_below(t, VMAP_PAGES);

	v->tag = torture_random(t);
	while (v->n < want && (v->page[v->n] = alloc_page(__GFP_HIGHMEM)))
		v->n++;
	if (v->n == want)
		map_shuffled(t, v);
	else
		free_vmapped(v);
	return v->n == want;
}

static void look_at_vmapped(struct torturer *t, const struct vmapped *v)
{
	for (unsigned int i = 0; v->p && i < v->n; i++) {
		u8 *va = kmap_local_page(v->page[i]);

		HOLDS(t, memcmp(va, v->p + i * PAGE_SIZE, PAGE_SIZE) == 0);
		kunmap_local(va);
	}
	if (!v->p)
		return;
	HOLDS(t, torture_is_filled(v->p, v->n * PAGE_SIZE, v->tag));
	HOLDS(t, torture_filled_elsewhere(t, v->p, v->n * PAGE_SIZE, v->tag,
					  torture_below(t, v->n * PAGE_SIZE)));
}

static void vmap_look(struct torturer *t, void *h)
{
	struct vmapped *v = h;

	look_at_vmapped(t, v);
	vunmap(v->p);
	map_shuffled(t, v);
}

static void vmap_drop(struct torturer *t, void *h)
{
	struct vmapped *v = h;

	look_at_vmapped(t, v);
	vunmap(v->p);
	free_vmapped(v);
}

const struct torture_op torture_vmap = {
	.name = "vmap",
	.size = sizeof(struct vmapped),
	.take = vmap_take,
	.look = vmap_look,
	.drop = vmap_drop,
	.waits = true,
};

/* ---- ioremap ---- */

struct mapping {
	unsigned long va;
	phys_addr_t phys;
	unsigned long size;
	enum page_cache_mode mode;
};

/* As many bytes as fit behind the start; small ones mostly, and large pages now and then. */
static void some_range(struct torturer *t, phys_addr_t bus, struct mapping *m)
{
	if (torture_below(t, 8) == 0) {
		m->phys = bus;
		m->size = PMD_SIZE + torture_below(t, PMD_SIZE);
	} else {
		m->phys = bus + torture_below(t, TORTURE_BUS_SIZE / 2);
		m->size = 1 + torture_below(t, 16 * PAGE_SIZE);
	}
}

static bool ioremap_take(struct torturer *t, void *h)
{
	bool shared = torture_below(t, 4) == 0;
	phys_addr_t bus = shared ? torture_shared_bus(BUS_IOREMAP) : torture_bus(t, BUS_IOREMAP);
	struct mapping *m = h;
	enum page_cache_mode want =
		mapped_as((enum page_cache_mode)torture_below(t, _PAGE_CACHE_MODE_WP));
	unsigned long holder;

	if (!bus)
		return false;
	some_range(t, bus, m);
	m->va = (unsigned long)(__force void *)ioremap_prot(m->phys, m->size,
							    cachemode2protval(want));
	if (!m->va)
		return false; /* of what is shared somebody may have another type */
	HOLDS(t, memtype_lookup(m->phys, &m->mode, &holder));
	HOLDS(t, shared || m->mode == want);
	return true;
}

static void ioremap_look(struct torturer *t, void *h)
{
	struct mapping *m = h;
	unsigned long at = torture_below(t, m->size);
	void __iomem *p = (__force void __iomem *)(m->va + at);

	HOLDS(t, leads_to(m->va, m->phys));
	HOLDS(t, leads_to(m->va + at, m->phys + at));
	HOLDS(t, mapped_mode(m->va) == m->mode);
	HOLDS(t, mapped_mode(m->va + at) == m->mode);
	readb(p); /* whatever comes: now the TLB has it */
	HOLDS(t, faults(PAGE_ALIGN(m->va + m->size)));
}

static void ioremap_drop(struct torturer *t, void *h)
{
	struct mapping *m = h;

	ioremap_look(t, h);
	iounmap((__force void __iomem *)m->va);
}

const struct torture_op torture_ioremap = {
	.name = "ioremap",
	.size = sizeof(struct mapping),
	.take = ioremap_take,
	.look = ioremap_look,
	.drop = ioremap_drop,
	.waits = true,
};

/* ---- memremap ---- */

struct remapped {
	struct page *page; /* NULL: it is the bus */
	struct mapping m;
	u64 tag;
};

static bool memremap_bus(struct torturer *t, struct remapped *r)
{
	static const struct {
		unsigned long flag;
		enum page_cache_mode mode;
	} kinds[] = { { MEMREMAP_WB, _PAGE_CACHE_MODE_WB },
		      { MEMREMAP_WT, _PAGE_CACHE_MODE_WT },
		      { MEMREMAP_WC, _PAGE_CACHE_MODE_WC } };
	phys_addr_t bus = torture_bus(t, BUS_MEMREMAP);
	u64 kind = torture_below(t, ARRAY_SIZE(kinds));

	if (!bus)
		return false;
	some_range(t, bus, &r->m);
	r->m.va = (unsigned long)memremap(r->m.phys, r->m.size, kinds[kind].flag);
	r->m.mode = mapped_as(kinds[kind].mode);
	return r->m.va;
}

static bool memremap_ram(struct torturer *t, struct remapped *r)
{
	r->page = alloc_page(__GFP_HIGHMEM);
	if (!r->page)
		return false;
	r->m.phys = page_to_phys(r->page);
	r->m.size = PAGE_SIZE;
	r->m.va = (unsigned long)memremap(r->m.phys, PAGE_SIZE, MEMREMAP_WB);
	if (r->m.va) {
		r->tag = torture_random(t);
		torture_fill((void *)r->m.va, PAGE_SIZE, r->tag);
		HOLDS(t, memremap(r->m.phys, PAGE_SIZE, MEMREMAP_WC) == NULL);
	} else {
		__free_page(r->page);
	}
	return r->m.va;
}

static bool memremap_take(struct torturer *t, void *h)
{
	return torture_below(t, 2) ? memremap_ram(t, h) : memremap_bus(t, h);
}

static void memremap_look(struct torturer *t, void *h)
{
	struct remapped *r = h;

	HOLDS(t, leads_to(r->m.va, r->m.phys));
	if (r->page)
		HOLDS(t, torture_is_filled((void *)r->m.va, PAGE_SIZE, r->tag) &&
				 torture_filled_elsewhere(t, (void *)r->m.va, PAGE_SIZE, r->tag,
							  torture_below(t, PAGE_SIZE)));
	else
		HOLDS(t, mapped_mode(r->m.va) == r->m.mode);
}

static void memremap_drop(struct torturer *t, void *h)
{
	struct remapped *r = h;

	memremap_look(t, h);
	memunmap((void *)r->m.va);
	if (r->page)
		__free_page(r->page);
}

const struct torture_op torture_memremap = {
	.name = "memremap",
	.size = sizeof(struct remapped),
	.take = memremap_take,
	.look = memremap_look,
	.drop = memremap_drop,
	.waits = true,
};

/* ---- kmap ---- */

struct kmapped {
	struct page *page;
	unsigned int n; /* kmap() of it */
	void *p;
	u64 tag;
};

static bool kmap_take(struct torturer *t, void *h)
{
	struct kmapped *k = h;

	k->page = alloc_page(__GFP_HIGHMEM);
	k->p = k->page ? kmap(k->page) : NULL;
	if (k->page && !k->p)
		__free_page(k->page);
	if (!k->p)
		return false;
	k->n = 1;
	k->tag = torture_random(t);
	torture_fill(k->p, PAGE_SIZE, k->tag);
	return true;
}

static void kmap_look(struct torturer *t, void *h)
{
	struct kmapped *k = h;
	void *outer = kmap_local_page(k->page);
	void *inner = kmap_local_page_prot(k->page, PAGE_KERNEL_RO);

	HOLDS(t, page_address(k->page) == k->p);
	HOLDS(t, torture_is_filled(k->p, PAGE_SIZE, k->tag));
	HOLDS(t, torture_filled_elsewhere(t, k->p, PAGE_SIZE, k->tag, torture_below(t, PAGE_SIZE)));
	if (HOLDS(t, outer && inner)) {
		HOLDS(t, torture_is_filled(inner, PAGE_SIZE, k->tag));
		k->tag = torture_random(t);
		torture_fill(outer, PAGE_SIZE, k->tag);
		HOLDS(t, torture_is_filled(inner, PAGE_SIZE, k->tag));
	}
	kunmap_local(inner);
	kunmap_local(outer);
	if (k->n < 3) {
		HOLDS(t, kmap(k->page) == k->p);
		k->n++;
	}
}

static void kmap_drop(struct torturer *t, void *h)
{
	struct kmapped *k = h;

	HOLDS(t, torture_is_filled(k->p, PAGE_SIZE, k->tag));
	for (; k->n; k->n--)
		kunmap(k->page);
	__free_page(k->page);
}

const struct torture_op torture_kmap = {
	.name = "kmap",
	.size = sizeof(struct kmapped),
	.take = kmap_take,
	.look = kmap_look,
	.drop = kmap_drop,
	.waits = true,
};
