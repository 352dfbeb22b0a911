/* SPDX-License-Identifier: MIT */
/*
 * Small allocations.  Lock order: the list of caches, a cache's lock, the
 * descriptors' lock, then the zone lock.
 *
 * From kmalloc() to kmem_cache_free() all is promised to drivers under Linux's names,
 * whether or not one of ours calls it yet; what follows is the kernel's and its tests'.
 */
#ifndef MM_SLAB_H
#define MM_SLAB_H

#include "kernel/lib/compiler.h"

struct sink;

typedef unsigned int gfp_t;
#define GFP_KERNEL    0U
#define __GFP_ZERO    BIT(0)
#define GFP_DMA	      BIT(1) /* below 16 MiB */
#define GFP_DMA32     BIT(2) /* below 4 GiB */
#define __GFP_HIGHMEM BIT(3) /* alloc_pages(): the page need not be in the direct map */
#define GFP_USER      BIT(4) /* alloc_pages(): for a program, which does not get the kernel's reserve */
#define GFP_HIGHUSER  (GFP_USER | __GFP_HIGHMEM)
#define __GFP_COMP    BIT(5) /* alloc_pages(): each page of the block knows its first one */

/*
 * `size` bytes, aligned to 16 (to its size when that is a power of two), or
 * NULL.  Any context.  More than KMALLOC_MAX_SLAB bytes, or memory of a zone
 * (GFP_DMA, GFP_DMA32), is whole pages from alloc_pages.
 */
void *kmalloc(size_t size, gfp_t flags);
void *kzalloc(size_t size, gfp_t flags);
/* The same for another: `caller` is named as the owner of what is taken for it. */
void *kmalloc_caller(size_t size, gfp_t flags, unsigned long caller);
void *kmalloc_array(size_t n, size_t size, gfp_t flags); /* NULL on n * size overflow */
void *kcalloc(size_t n, size_t size, gfp_t flags);
char *kstrdup(const char *s, gfp_t flags);
char *kasprintf(gfp_t flags, const char *fmt, ...) __printf(2, 3);
#define KMALLOC_MAX_SLAB 2048	     /* bytes */
#define KMALLOC_MAX_SIZE (4UL << 20) /* bytes: the largest block of pages */

/*
 * Room for `size` bytes that begins with what was at p: p itself where that is
 * large enough, else new memory, and p is free.  NULL, and p as it was, when there
 * is none.  As kmalloc for p NULL; as kfree, and NULL, for size 0.  With __GFP_ZERO
 * only memory got anew is zeroed behind the old content.
 */
void *krealloc(const void *p, size_t size, gfp_t flags) __must_check;

/* NULL is harmless; what kmalloc did not give, or a second kfree, is a WARN. */
void kfree(const void *p);

/* Bytes that may be used at p, which kmalloc gave: at least what was asked for. */
size_t ksize(const void *p);

/*
 * A cache of objects of `size` bytes, aligned to `align` (a power of two up to a
 * page, or 0), each from `ctor` (NULL for none) when its memory is new: it runs
 * with the cache's lock held, and a free object keeps its content.  The name is
 * copied.  NULL, said, without memory or for a size above KMALLOC_MAX_SIZE.
 */
struct kmem_cache;
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     unsigned int flags, void (*ctor)(void *obj));
#define SLAB_HWCACHE_ALIGN 0x00002000U /* no object shares a cache line that it need not */
#define SLAB_PANIC	   0x00040000U /* no cache, no kernel */

/* WARN, and it stays, while objects are in use.  NULL is harmless. */
void kmem_cache_destroy(struct kmem_cache *c);

/* An object or NULL; zalloc's is zeroed.  Any context. */
void *kmem_cache_alloc(struct kmem_cache *c, gfp_t flags);
void *kmem_cache_zalloc(struct kmem_cache *c, gfp_t flags);
/* NULL is harmless; what is not an object of this cache in use is a WARN. */
void kmem_cache_free(struct kmem_cache *c, void *p);

/*
 * What caches hold without need, free objects at hand and empty slabs, is given back: tests
 * count pages after it.  On all CPUs, and it waits for them: a thread, with interrupts on.
 */
void kmem_cache_shrink_all(void);

/* Objects in use, of all caches, kmalloc's too: tests see that it comes back. */
unsigned long nr_slab_objects(void);

/* Print /proc/slabinfo. */
void show_slabinfo(struct sink *out);

/* Say of an address in a page with PG_SLAB what is there: "kmalloc-64, object at 0x..., in use". */
void describe_slab_object(const void *p, char *buf, size_t size);

/* Off: kmalloc goes the long way each time, where it can be made to fail.  kernel/core/fault_inject.c */
void kmalloc_use_magazines(bool use);

void kmem_cache_init(void);

#endif
