// SPDX-License-Identifier: MIT
/*
 * Memory and string functions.
 *
 * memcpy, memmove, memset and memcmp are also called by the compiler for
 * structures, so nothing here may be turned into a call of itself: what they do
 * is written as string instructions or as whole words.  No vector registers:
 * the kernel does not save them.
 *
 * Copies move eight bytes a step.  What is left over is one more eight-byte
 * step that ends at the last byte and overlaps the one before, so there is no
 * byte loop, and no function reads or writes a byte outside its range.
 */
#include "kernel/lib/string.h"

#include "kernel/lib/errno.h"

/* Words at any address; `may_alias` since they stand for bytes of any type. */
struct word64 {
	u64 v;
} __packed __attribute__((may_alias));
struct word32 {
	u32 v;
} __packed __attribute__((may_alias));
struct word16 {
	u16 v;
} __packed __attribute__((may_alias));

#define load64(p)     (((const struct word64 *)(p))->v)
#define load32(p)     (((const struct word32 *)(p))->v)
#define load16(p)     (((const struct word16 *)(p))->v)
#define store64(p, x) (((struct word64 *)(p))->v = (x))
#define store32(p, x) (((struct word32 *)(p))->v = (x))
#define store16(p, x) (((struct word16 *)(p))->v = (x))

/* Fewer than eight bytes: all is loaded before anything is stored, so they may overlap. */
static inline void copy_short(u8 *d, const u8 *s, size_t n)
{
	if (n >= 4) {
		u32 head = load32(s), tail = load32(s + n - 4);

		store32(d, head);
		store32(d + n - 4, tail);
	} else if (n >= 2) {
		u16 head = load16(s), tail = load16(s + n - 2);

		store16(d, head);
		store16(d + n - 2, tail);
	} else if (n) {
		*d = *s;
	}
}

/* Upwards: right for ranges apart and for dst below src. n >= 8. */
static inline void copy_up(u8 *d, const u8 *s, size_t n)
{
	u64 tail = load64(s + n - 8);
	u8 *last = d + n - 8;
	size_t words = n / 8;

	__asm__ __volatile__("rep movsq" : "+D"(d), "+S"(s), "+c"(words)::"memory");
	store64(last, tail);
}

/* Downwards, for dst inside the source.  A loop and not `std`: a trap may come between. n >= 8. */
static inline void copy_down(u8 *d, const u8 *s, size_t n)
{
	u64 head = load64(s);
	size_t i;

	for (i = n; i >= 8; i -= 8) {
		store64(d + i - 8, load64(s + i - 8));
		barrier();
	}
	store64(d, head);
}

void *memcpy(void *dst, const void *src, size_t n)
{
	if (n >= 8)
		copy_up(dst, src, n);
	else
		copy_short(dst, src, n);
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	if (n < 8)
		copy_short(dst, src, n);
	else if ((unsigned long)dst - (unsigned long)src >= n)
		copy_up(dst, src, n);
	else
		copy_down(dst, src, n);
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	u64 word = (u8)c * 0x0101010101010101ULL;
	size_t words = n / 8;
	u8 *d = dst;

	if (n >= 8) {
		store64(d + n - 8, word);
		__asm__ __volatile__("rep stosq" : "+D"(d), "+c"(words) : "a"(word) : "memory");
	} else if (n >= 4) {
		store32(d, (u32)word);
		store32(d + n - 4, (u32)word);
	} else if (n >= 2) {
		store16(d, (u16)word);
		store16(d + n - 2, (u16)word);
	} else if (n) {
		*d = (u8)c;
	}
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *p = a, *q = b;

	for (; n >= 8; n -= 8, p += 8, q += 8) {
		u64 x = load64(p), y = load64(q);

		if (x != y) /* the first byte in memory decides: make it the highest */
			return __builtin_bswap64(x) < __builtin_bswap64(y) ? -1 : 1;
	}
	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p < *q ? -1 : 1;
	return 0;
}

size_t strlen(const char *s)
{
	const char *end = s;

	while (*end) {
		barrier(); /* the compiler knows this loop by the name of strlen */
		end++;
	}
	return (size_t)(end - s);
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++)
		if (*a != *b || !*a)
			return (u8)*a - (u8)*b;
	return 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

char *strstr(const char *haystack, const char *needle)
{
	size_t n = strlen(needle);

	for (;; haystack++) {
		if (strncmp(haystack, needle, n) == 0)
			return (char *)haystack;
		if (!*haystack)
			return NULL;
	}
}

ssize_t strscpy(char *dst, const char *src, size_t size)
{
	size_t n = strnlen(src, size);

	if (size == 0)
		return -E2BIG;
	if (n < size) {
		memcpy(dst, src, n + 1);
		return (ssize_t)n;
	}
	memcpy(dst, src, size - 1);
	dst[size - 1] = 0;
	return -E2BIG;
}

/* Value of a digit in any base up to 16; 16 for what is none. */
static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A' + 10);
	return 16;
}

static bool has_hex_prefix(const char *s)
{
	return s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && digit_value(s[2]) < 16;
}

/* As simple_strtoull, but what does not fit wraps, and *overflow tells. */
static u64 parse_number(const char *s, const char **end, unsigned int base, bool *overflow)
{
	u64 value = 0;

	*overflow = false;
	if (base == 0)
		base = has_hex_prefix(s) ? 16 : s[0] == '0' ? 8 : 10;
	if (base == 16 && has_hex_prefix(s))
		s += 2;
	for (; digit_value(*s) < base; s++) {
		if (__builtin_mul_overflow(value, (u64)base, &value))
			*overflow = true;
		if (__builtin_add_overflow(value, (u64)digit_value(*s), &value))
			*overflow = true;
	}
	*end = s;
	return value;
}

u64 simple_strtoull(const char *s, char **end, unsigned int base)
{
	const char *stop;
	bool overflow;
	u64 value = parse_number(s, &stop, base, &overflow);

	if (end)
		*end = (char *)stop;
	return overflow ? ~0ULL : value;
}

int kstrtoull(const char *s, unsigned int base, u64 *value)
{
	const char *stop;
	bool overflow;
	u64 v = parse_number(s, &stop, base, &overflow);

	if (stop == s || *stop)
		return -EINVAL;
	if (overflow)
		return -ERANGE;
	*value = v;
	return 0;
}

u64 memparse(const char *s, char **end)
{
	static const char suffixes[] = "KMGTPE";
	const char *stop;
	bool overflow;
	u64 value = parse_number(s, &stop, 0, &overflow);
	unsigned int i;

	for (i = 0; stop != s && suffixes[i]; i++) {
		if ((*stop & ~0x20) == suffixes[i]) { /* either case */
			overflow |= __builtin_mul_overflow(value, 1ULL << 10 * (i + 1), &value);
			stop++;
			break;
		}
	}
	if (end)
		*end = (char *)stop;
	return overflow ? ~0ULL : value;
}

#define SUM_STEP 512 /* bytes: so many words leave each lane room */

/*
 * Eight bytes a time, those of even places in four 16-bit lanes.  What is in `all` besides is the odd
 * ones' sum, 256 times: what its last lane has not room for is not asked for.
 */
u8 byte_sum(const void *p, size_t n)
{
	const u64 even = 0x00ff00ff00ff00ffULL;
	const u8 *b = p, *end = b + n;
	u64 lanes, all, word;
	u8 sum = 0;

	while (end - b >= (long)sizeof(word)) {
		size_t step = ALIGN_DOWN(min((size_t)(end - b), (size_t)SUM_STEP), sizeof(word));

		lanes = all = 0;
		for (const u8 *stop = b + step; b < stop; b += sizeof(word)) {
			__builtin_memcpy(&word, b, sizeof(word));
			lanes += word & even;
			all += word;
		}
		lanes += (all - lanes) >> 8;
		lanes += lanes >> 32;
		sum += (u8)lanes + (u8)(lanes >> 16);
	}
	while (b < end)
		sum += *b++;
	return sum;
}
