/* SPDX-License-Identifier: MIT */
/*
 * Small allocations.  Lock order: a cache's lock, then the descriptors' lock, then
 * the zone lock.
 */
#ifndef MM_SLAB_H
#define MM_SLAB_H

#include "kernel/compiler.h"

typedef unsigned int gfp_t;
#define GFP_KERNEL 0U
#define __GFP_ZERO BIT(0)
#define GFP_DMA	   BIT(1) /* below 16 MiB */
#define GFP_DMA32  BIT(2) /* below 4 GiB */

/* kmalloc and friends work; before that kmalloc returns NULL. */
bool slab_is_available(void);

/*
 * `size` bytes, aligned to 16 (to its size when that is a power of two), or
 * NULL.  Any context.  More than KMALLOC_MAX_SLAB bytes, or memory of a zone
 * (GFP_DMA, GFP_DMA32), is whole pages from alloc_pages.
 */
void *kmalloc(size_t size, gfp_t flags);
void *kzalloc(size_t size, gfp_t flags);
void *kcalloc(size_t n, size_t size, gfp_t flags); /* NULL on n * size overflow */
char *kstrdup(const char *s, gfp_t flags);
char *kasprintf(gfp_t flags, const char *fmt, ...) __printf(2, 3);
#define KMALLOC_MAX_SLAB 2048 /* bytes */

/* NULL is harmless; what kmalloc did not give, or a second kfree, is a WARN. */
void kfree(const void *p);

/* Bytes that may be used at p, which kmalloc gave: at least what was asked for. */
size_t ksize(const void *p);

void kmem_cache_init(void);

#endif
