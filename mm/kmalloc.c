// SPDX-License-Identifier: MIT
/*
 * kmalloc: objects of a few fixed sizes.
 *
 * What is small comes from the smallest cache that it fits into; what is large, or of
 * a zone, is a block of pages.  kfree() finds out by itself which, from the page.
 */
#include "kernel/core/fault_inject.h"
#include "kernel/core/panic.h"
#include "kernel/core/resource.h"
#include "kernel/lib/string.h"
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

/* The cache for a size of 1 .. KMALLOC_MAX_SLAB: at (size - 1) / 16. */
static struct kmem_cache *cache_of_size[KMALLOC_MAX_SLAB / SLAB_MIN_SIZE];
/* And its magazines, which the short way alone needs. */
static struct magazine *magazine_of_size[KMALLOC_MAX_SLAB / SLAB_MIN_SIZE];

/* Sizes 1 .. short_sizes take the short way; 0 before there are caches, or when any may fail. */
static size_t short_sizes;
static bool available;

void kmalloc_use_magazines(bool use)
{
	WRITE_ONCE(short_sizes, use && available ? KMALLOC_MAX_SLAB : 0);
}

static struct kmem_cache *find_cache(size_t size)
{
	return cache_of_size[(max(size, 1UL) - 1) / SLAB_MIN_SIZE];
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
	kasan_large_alloc(page_address(page), size, PAGE_SIZE << order);
	mod_page_state(NR_SLAB_UNRECLAIMABLE, 1L << order);
	return page_address(page);
}

static noinline void *kmalloc_slow(size_t size, gfp_t flags, unsigned long caller)
{
	struct kmem_cache *c = NULL;
	void *p;

	if (unlikely(!available) || should_fail(FAULT_SLAB, caller))
		return NULL;
	if (size > KMALLOC_MAX_SLAB || flags & (GFP_DMA | GFP_DMA32))
		p = large_alloc(size, flags, caller);
	else
		p = slab_alloc(c = find_cache(size), caller);
	if (c && p)
		kasan_slab_alloc(c, p, size, caller);
	return flags & __GFP_ZERO && p ? memset(p, 0, size) : p;
}

/* NULL where the short way is closed, or leads nowhere. */
static __always_inline void *kmalloc_short(size_t size, unsigned long caller)
{
	size_t last = size - 1;
	void *p;

	if (unlikely(last >= short_sizes))
		return NULL;
	p = magazine_take(magazine_of_size[last / SLAB_MIN_SIZE]);
	if (p)
		kasan_slab_alloc(find_cache(size), p, size, caller);
	return p;
}

void *kmalloc(size_t size, gfp_t flags)
{
	void *p = likely(!flags) ? kmalloc_short(size, _RET_IP_) : NULL;

	return likely(p) ? p : kmalloc_slow(size, flags, _RET_IP_);
}

void *kmalloc_caller(size_t size, gfp_t flags, unsigned long caller)
{
	void *p = flags & ~__GFP_ZERO ? NULL : kmalloc_short(size, caller);

	if (unlikely(!p))
		return kmalloc_slow(size, flags, caller);
	return flags & __GFP_ZERO ? memset(p, 0, size) : p;
}

void *kzalloc(size_t size, gfp_t flags)
{
	return kmalloc_caller(size, flags | __GFP_ZERO, _RET_IP_);
}

/* The head of a block that kmalloc gave whole, or NULL. */
static struct page *large_page(const void *p)
{
	struct page *page = virt_to_ram_page(p);

	return page && page_flags(page) & PG_KMALLOC && IS_ALIGNED((unsigned long)p, PAGE_SIZE) ?
		       page :
		       NULL;
}

static void free_large(struct page *page)
{
	page->flags &= ~PG_KMALLOC;
	mod_page_state(NR_SLAB_UNRECLAIMABLE, -(1L << page->order));
	put_page(page);
}

static noinline void kfree_slow(void *p, unsigned long caller)
{
	const char *wrong = "not from kmalloc";
	struct page *large;
	struct slab *s;

	if (!p)
		return;
	s = slab_of_fast(p) ?: slab_of(p);
	large = s ? NULL : large_page(p);
	if (large) {
		free_large(large);
		return;
	}
	if (s)
		wrong = slab_free(s, p, caller);
	WARN(wrong, "kfree of %p, which is %s, by %pS\n", p, wrong, (void *)caller);
}

void kfree(const void *p)
{
	struct slab *s = slab_of_fast(p);

	if (unlikely(!s || !magazine_give(s, (void *)p)))
		kfree_slow((void *)p, _RET_IP_);
}

size_t ksize(const void *p)
{
	struct page *large = large_page(p);
	struct slab *s = slab_of(p);
	size_t size = s ? s->cache->object_size : large ? PAGE_SIZE << large->order : 0;

	if (size)
		kasan_unpoison(p, size); /* who asks for it uses it */
	return size;
}

void __init kmem_cache_init(void)
{
	unsigned int i, c = 0;

	for (i = 0; i < ARRAY_SIZE(caches); i++)
		BUG_ON(kmem_cache_setup(&caches[i], kmalloc_info[i].name, kmalloc_info[i].size,
					kmalloc_info[i].size & -kmalloc_info[i].size, NULL));
	for (i = 0; i < ARRAY_SIZE(cache_of_size); i++) {
		while (caches[c].object_size < (i + 1) * SLAB_MIN_SIZE)
			c++;
		cache_of_size[i] = &caches[c];
		magazine_of_size[i] = caches[c].magazine;
	}
	available = true;
	kmalloc_use_magazines(!(fault_sites & BIT(FAULT_SLAB)));
	resource_set_allocator((struct resource_allocator){ kmalloc, kfree });
}
