// SPDX-License-Identifier: MIT
/* What is built on kmalloc() and needs no more of it than its contract. */
#include "kernel/core/printk.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

static void *kmalloc_array_caller(size_t n, size_t size, gfp_t flags, unsigned long caller)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return kmalloc_caller(bytes, flags, caller);
}

void *kmalloc_array(size_t n, size_t size, gfp_t flags)
{
	return kmalloc_array_caller(n, size, flags, _RET_IP_);
}

void *kcalloc(size_t n, size_t size, gfp_t flags)
{
	return kmalloc_array_caller(n, size, flags | __GFP_ZERO, _RET_IP_);
}

void *krealloc(const void *p, size_t size, gfp_t flags)
{
	size_t have = ksize(p);
	void *moved;

	if (!size) {
		kfree(p);
		return NULL;
	}
	if (p && size <= have)
		return (void *)p;
	moved = kmalloc_caller(size, flags, _RET_IP_);
	if (moved && p) {
		memcpy(moved, p, have);
		kfree(p);
	}
	return moved;
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
