// SPDX-License-Identifier: MIT
/*
 * kmalloc: objects of a few fixed sizes, packed into slabs.
 *
 *   cache   one size of object; a list of slabs that have room
 *   slab    a block of pages cut into objects, described by a struct slab that
 *           lies elsewhere; each of its pages points to it
 *   object  what kmalloc gives; holds nothing of ours, free or not
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
#include "mm/slab.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "kernel/spinlock.h"
#include "kernel/string.h"
#include "mm/page_alloc.h"

#define MAX_OBJECTS  256 /* 4 KiB of the smallest */
#define BITMAP_WORDS (MAX_OBJECTS / 64)
#define MIN_SIZE     16

struct kmem_cache {
	const char *name;
	u32 size;		/* bytes of an object */
	u32 reciprocal;		/* 2^32 / size rounded up: offset to index */
	u8 order;		/* of a slab's block */
	u16 objects;		/* in a slab */
	spinlock_t lock;	/* all below, and its slabs */
	struct list_head partial;	/* slabs with a free object */
	struct slab *spare;	/* one that is wholly free; also in `partial` */
	unsigned long nr_slabs;
};

struct slab {
	struct list_head link;	/* in cache->partial while nr_free > 0 */
	struct kmem_cache *cache;
	char *base;		/* first object */
	u32 nr_free;
	u64 free[BITMAP_WORDS];	/* bit n: object n is free */
};

/*
 * Indexes are found by multiplying, since to divide costs more than all the
 * rest.  offset * ceil(2^32 / size) >> 32 is exact while offset * size < 2^32:
 * slabs are below 64 KiB and objects below 4 KiB.
 */
#define CACHE(bytes, pages_order)                                             \
	{                                                                     \
		.name = "kmalloc-" #bytes, .size = bytes, .order = pages_order, \
		.reciprocal = ((1ULL << 32) + bytes - 1) / bytes,             \
		.objects = (PAGE_SIZE << pages_order) / bytes,                \
	}
static struct kmem_cache caches[] = {
	CACHE(16, 0),  CACHE(32, 0),  CACHE(64, 0),   CACHE(96, 0),   CACHE(128, 0),
	CACHE(192, 0), CACHE(256, 0), CACHE(512, 1), CACHE(1024, 2), CACHE(2048, 3),
};

/* Index of the cache for (size + 15) / 16: sizes 0 .. KMALLOC_MAX_SLAB. */
static u8 cache_index[KMALLOC_MAX_SLAB / MIN_SIZE + 1];

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
	list_add(&s->link, &c->partial);
	c->nr_slabs++;
	return s;
}

/* The slab, wholly free, goes back to the page allocator.  The cache's lock is held. */
static noinline void shrink(struct kmem_cache *c, struct slab *s)
{
	struct page *page = virt_to_page(s->base);
	unsigned int i;

	list_del_init(&s->link);
	c->nr_slabs--;
	for (i = 0; i < 1U << c->order; i++)
		page[i].flags &= ~PG_SLAB;
	__free_pages(page, c->order);
	put_descriptor(s);
}

static void *cache_alloc(struct kmem_cache *c, unsigned long caller)
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

/* What was wrong with the pointer, or NULL when the object is free now. */
static const char *cache_free(struct slab *s, const char *p)
{
	struct kmem_cache *c = s->cache;
	unsigned long offset = (unsigned long)(p - s->base), flags;
	unsigned int index = (offset * c->reciprocal) >> 32;
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
			shrink(c, s);
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

	if (size > PAGE_SIZE << (MAX_ORDER - 1))
		return NULL;
	while (PAGE_SIZE << order < size)
		order++;
	page = alloc_pages_caller(flags & ~__GFP_ZERO, order, caller);
	if (!page)
		return NULL;
	page->flags |= PG_KMALLOC;
	return page_address(page);
}

static void *kmalloc_caller(size_t size, gfp_t flags, unsigned long caller)
{
	void *p;

	if (unlikely(!available))
		return NULL;
	if (likely(size <= KMALLOC_MAX_SLAB && !(flags & (GFP_DMA | GFP_DMA32))))
		p = cache_alloc(&caches[cache_index[(size + MIN_SIZE - 1) / MIN_SIZE]], caller);
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

void *kcalloc(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return kmalloc_caller(bytes, flags | __GFP_ZERO, _RET_IP_);
}

char *kstrdup(const char *s, gfp_t flags)
{
	size_t n = strlen(s) + 1;
	char *copy = kmalloc_caller(n, flags, _RET_IP_);

	return copy ? memcpy(copy, s, n) : NULL;
}

char *kasprintf(gfp_t flags, const char *fmt, ...)
{
	va_list args, again;
	char *text;
	int n;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	text = n < 0 ? NULL : kmalloc_caller((size_t)n + 1, flags, _RET_IP_);
	if (text)
		vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(args);
	return text;
}

/* The page that p lies in, or NULL where that is no page of RAM. */
static struct page *page_of(const void *p)
{
	unsigned long offset = (unsigned long)p - PAGE_OFFSET;

	if (unlikely(!pfn_valid(PFN_DOWN(offset))))
		return NULL;
	return pfn_to_page(PFN_DOWN(offset));
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
		wrong = cache_free(page->slab, p);
	} else if (flags & PG_KMALLOC && IS_ALIGNED((unsigned long)p, PAGE_SIZE)) {
		page->flags &= ~PG_KMALLOC;
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
		INIT_LIST_HEAD(&caches[i].partial);
	for (i = 0; i < ARRAY_SIZE(cache_index); i++) {
		while (caches[c].size < i * MIN_SIZE)
			c++;
		cache_index[i] = (u8)c;
	}
	available = true;
}
