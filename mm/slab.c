// SPDX-License-Identifier: MIT
/*
 * Objects of a few fixed sizes, packed into slabs: kmalloc's, and those of the
 * caches that mm/kmem_cache.c makes.
 *
 *   cache   one size of object; a list of slabs that have room
 *   slab    a block of pages cut into objects, described by a struct slab that
 *           lies elsewhere; each of its pages points to it
 *   object  what a caller gets; holds nothing of ours, free or not
 *
 * Which objects are free is a bitmap in the descriptor.  So a write through a
 * stale pointer cannot lead the allocator astray, and kfree() knows for certain
 * that a pointer is the start of an object and that this one is in use: a
 * double or foreign free is named and changes nothing.
 *
 * A slab with room is in its cache's list, and allocation takes from the first.
 * One empty slab is kept per cache, so that a single object that comes and goes
 * does not move pages; a second one is given back.  Descriptors are cut from
 * pages that stay theirs.
 *
 * What it does not do: caches per CPU, for the lock is held for some twenty
 * instructions; redzones.
 */
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "kernel/string.h"
#include "mm/fault_inject.h"
#include "mm/slab_internal.h"
#include "mm/vmstat.h"

static const struct {
	const char *name;
	unsigned int size;
} kmalloc_info[] = {
	{ "kmalloc-16", 16 },	{ "kmalloc-32", 32 },	{ "kmalloc-64", 64 },
	{ "kmalloc-96", 96 },	{ "kmalloc-128", 128 }, { "kmalloc-192", 192 },
	{ "kmalloc-256", 256 }, { "kmalloc-512", 512 }, { "kmalloc-1k", 1024 },
	{ "kmalloc-2k", 2048 },
};

static struct kmem_cache caches[ARRAY_SIZE(kmalloc_info)];

/* Index of the cache for (size + 15) / 16: sizes 0 .. KMALLOC_MAX_SLAB. */
static u8 cache_index[KMALLOC_MAX_SLAB / SLAB_MIN_SIZE + 1];

static bool available;

/* Descriptors that describe nothing, linked through `link`; guarded by its lock. */
static DEFINE_SPINLOCK(descriptor_lock);
static LIST_HEAD(descriptors);

bool slab_is_available(void)
{
	return available;
}

/* A page of new descriptors; false when there is none.  The lock is held. */
static bool more_descriptors(void)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct slab *s;
	unsigned int i;

	if (!page)
		return false;
	mod_page_state(NR_SLAB_UNRECLAIMABLE, 1);
	s = page_address(page);
	for (i = 0; i < PAGE_SIZE / sizeof(*s); i++)
		list_add_tail(&s[i].link, &descriptors);
	return true;
}

static struct slab *get_descriptor(void)
{
	struct slab *s = NULL;
	unsigned long flags;

	spin_lock_irqsave(&descriptor_lock, flags);
	if (!list_empty(&descriptors) || more_descriptors()) {
		s = list_first_entry(&descriptors, struct slab, link);
		list_del_init(&s->link);
	}
	spin_unlock_irqrestore(&descriptor_lock, flags);
	return s;
}

static void put_descriptor(struct slab *s)
{
	unsigned long flags;

	spin_lock_irqsave(&descriptor_lock, flags);
	list_add(&s->link, &descriptors);
	spin_unlock_irqrestore(&descriptor_lock, flags);
}

/* A new slab for the cache, all free, first in its list.  The cache's lock is held. */
static noinline struct slab *grow(struct kmem_cache *c, unsigned long caller)
{
	struct slab *s = get_descriptor();
	struct page *page;
	unsigned int i;

	if (!s)
		return NULL;
	page = alloc_pages_caller(GFP_KERNEL, c->order, caller);
	if (!page) {
		put_descriptor(s);
		return NULL;
	}
	s->cache = c;
	s->base = page_address(page);
	s->nr_free = c->objects;
	memset(s->free, 0, sizeof(s->free));
	for (i = 0; i < c->objects; i++)
		s->free[i / 64] |= BIT_ULL(i % 64);
	for (i = 0; i < 1U << c->order; i++) {
		page[i].flags |= PG_SLAB;
		page[i].slab = s;
	}
	mod_page_state(NR_SLAB_UNRECLAIMABLE, 1L << c->order);
	for (i = 0; c->ctor && i < c->objects; i++)
		c->ctor(s->base + i * c->size);
	list_add(&s->link, &c->partial);
	c->nr_slabs++;
	return s;
}

noinline void slab_shrink(struct kmem_cache *c, struct slab *s)
{
	struct page *page = virt_to_page(s->base);
	unsigned int i;

	list_del_init(&s->link);
	c->nr_slabs--;
	for (i = 0; i < 1U << c->order; i++)
		page[i].flags &= ~PG_SLAB;
	mod_page_state(NR_SLAB_UNRECLAIMABLE, -(1L << c->order));
	__free_pages(page, c->order);
	put_descriptor(s);
}

void *slab_alloc(struct kmem_cache *c, unsigned long caller)
{
	unsigned long flags;
	unsigned int word = 0, bit;
	struct slab *s;
	void *p = NULL;

	spin_lock_irqsave(&c->lock, flags);
	if (likely(!list_empty(&c->partial)))
		s = list_first_entry(&c->partial, struct slab, link);
	else if (!(s = grow(c, caller)))
		goto out;
	while (!s->free[word])
		word++;
	bit = (unsigned int)__builtin_ctzll(s->free[word]);
	s->free[word] &= s->free[word] - 1;
	p = s->base + (word * 64 + bit) * c->size;
	if (unlikely(s == c->spare))
		c->spare = NULL;
	if (unlikely(--s->nr_free == 0))
		list_del_init(&s->link);
out:
	spin_unlock_irqrestore(&c->lock, flags);
	return p;
}

const char *slab_free(struct slab *s, const char *p)
{
	struct kmem_cache *c = s->cache;
	unsigned long offset = (unsigned long)(p - s->base), flags;
	unsigned int index = (offset * c->reciprocal) >> 32; /* see kmem_cache_setup() */
	const char *wrong = NULL;
	u64 bit = BIT_ULL(index % 64), *word = &s->free[index / 64];

	if (unlikely(index * c->size != offset || index >= c->objects))
		return "not the start of an object";
	spin_lock_irqsave(&c->lock, flags);
	if (unlikely(*word & bit)) {
		wrong = "free already";
		goto out;
	}
	*word |= bit;
	if (unlikely(s->nr_free++ == 0))
		list_add(&s->link, &c->partial);
	if (unlikely(s->nr_free == c->objects)) {
		if (c->spare)
			slab_shrink(c, s);
		else
			c->spare = s;
	}
out:
	spin_unlock_irqrestore(&c->lock, flags);
	return wrong;
}

static void *large_alloc(size_t size, gfp_t flags, unsigned long caller)
{
	unsigned int order = 0;
	struct page *page;

	if (size > KMALLOC_MAX_SIZE)
		return NULL;
	while (PAGE_SIZE << order < size)
		order++;
	page = alloc_pages_caller(flags & ~(__GFP_ZERO | __GFP_HIGHMEM), order, caller);
	if (!page)
		return NULL;
	page->flags |= PG_KMALLOC;
	mod_page_state(NR_SLAB_UNRECLAIMABLE, 1L << order);
	return page_address(page);
}

void *kmalloc_caller(size_t size, gfp_t flags, unsigned long caller)
{
	void *p;

	if (unlikely(!available) || should_fail(FAULT_SLAB, caller))
		return NULL;
	if (likely(size <= KMALLOC_MAX_SLAB && !(flags & (GFP_DMA | GFP_DMA32))))
		p = slab_alloc(&caches[cache_index[(size + SLAB_MIN_SIZE - 1) / SLAB_MIN_SIZE]],
			       caller);
	else
		p = large_alloc(size, flags, caller);
	if ((flags & __GFP_ZERO) && likely(p))
		memset(p, 0, size);
	return p;
}

void *kmalloc(size_t size, gfp_t flags)
{
	return kmalloc_caller(size, flags, _RET_IP_);
}

void *kzalloc(size_t size, gfp_t flags)
{
	return kmalloc_caller(size, flags | __GFP_ZERO, _RET_IP_);
}

/* The page that p lies in, or NULL where that is no page of RAM. */
static struct page *page_of(const void *p)
{
	unsigned long offset = (unsigned long)p - PAGE_OFFSET;

	if (unlikely(!pfn_valid(PFN_DOWN(offset))))
		return NULL;
	return pfn_to_page(PFN_DOWN(offset));
}

struct slab *slab_of(const void *p)
{
	struct page *page = page_of(p);

	return page && page_flags(page) & PG_SLAB ? page->slab : NULL;
}

void kfree(const void *p)
{
	const char *wrong = "not from kmalloc";
	struct page *page;
	unsigned int flags;

	if (unlikely(!p))
		return;
	page = page_of(p);
	flags = page ? page_flags(page) : 0;
	if (likely(flags & PG_SLAB)) {
		wrong = slab_free(page->slab, p);
	} else if (flags & PG_KMALLOC && IS_ALIGNED((unsigned long)p, PAGE_SIZE)) {
		page->flags &= ~PG_KMALLOC;
		mod_page_state(NR_SLAB_UNRECLAIMABLE, -(1L << page->order));
		put_page(page);
		wrong = NULL;
	}
	WARN(wrong, "kfree of %p, which is %s, by %pS\n", p, wrong, (void *)_RET_IP_);
}

size_t ksize(const void *p)
{
	struct page *page = p ? page_of(p) : NULL;

	if (!page)
		return 0;
	if (page_flags(page) & PG_SLAB)
		return ((struct slab *)page->slab)->cache->size;
	return page_flags(page) & PG_KMALLOC ? PAGE_SIZE << page->order : 0;
}

void __init kmem_cache_init(void)
{
	unsigned int i, c = 0;

	for (i = 0; i < ARRAY_SIZE(caches); i++)
		kmem_cache_setup(&caches[i], kmalloc_info[i].name, kmalloc_info[i].size,
				 kmalloc_info[i].size & -kmalloc_info[i].size, NULL);
	for (i = 0; i < ARRAY_SIZE(cache_index); i++) {
		while (caches[c].size < i * SLAB_MIN_SIZE)
			c++;
		cache_index[i] = (u8)c;
	}
	available = true;
}
