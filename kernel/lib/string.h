/* SPDX-License-Identifier: MIT */
/*
 * Memory and string functions with the C standard's names and meanings: those that a
 * driver will look for, strstr() among them, which only tests call today.
 */
#ifndef KERNEL_LIB_STRING_H
#define KERNEL_LIB_STRING_H

#include "kernel/lib/compiler.h"

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strstr(const char *haystack, const char *needle);

/*
 * Copy `src` into `dst` of `size` bytes, always terminated when size > 0.
 * Returns the number of characters copied, or -E2BIG when it was cut off.
 */
ssize_t strscpy(char *dst, const char *src, size_t size);

/*
 * Parse an unsigned number: base 0 takes 0x/0 prefixes, 16 and 10 as they say.
 * Stops at the first character that is no digit; *end (may be NULL) points there,
 * at `s` itself when there was no digit.  All ones when it does not fit.
 */
u64 simple_strtoull(const char *s, char **end, unsigned int base);

/* The whole of `s` must be a number that fits: 0, -EINVAL or -ERANGE. */
int kstrtoull(const char *s, unsigned int base, u64 *value) __must_check;

/*
 * As simple_strtoull with base 0, then one optional suffix K M G T P E (2^10 .. 2^60);
 * ~0ULL where that does not fit.
 */
u64 memparse(const char *s, char **end);

/* The sum of `n` bytes, modulo 256: 0 where a checksum of firmware's holds. */
u8 byte_sum(const void *p, size_t n);

#endif
