// SPDX-License-Identifier: MIT
// sources: kernel/lib/string.c
/*
 * Memory functions at every size and offset near their branches, against a byte
 * loop; string and number functions at their edges.
 */
#include "tests/host/test.h"

#define SPAN 96

static void fill(u8 *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = (u8)test_random();
}

/* Bytes of `a` outside [from, from + n) still are those of `b`. */
static bool same_outside(const u8 *a, const u8 *b, size_t from, size_t n)
{
	size_t i;

	for (i = 0; i < SPAN; i++)
		if ((i < from || i >= from + n) && a[i] != b[i])
			return false;
	return true;
}

TEST(memmove_all_overlaps)
{
	u8 buf[SPAN], before[SPAN];
	size_t n, from, to, i;

	for (n = 0; n <= 40; n++) {
		for (from = 0; from + n <= SPAN; from += 3) {
			for (to = 0; to + n <= SPAN; to++) {
				fill(buf, SPAN);
				for (i = 0; i < SPAN; i++)
					before[i] = buf[i];
				ASSERT(memmove(buf + to, buf + from, n) == buf + to);
				for (i = 0; i < n; i++)
					ASSERT(buf[to + i] == before[from + i]);
				ASSERT(same_outside(buf, before, to, n));
			}
		}
	}
}

TEST(memcpy_memset_all_sizes)
{
	u8 src[SPAN], dst[SPAN], before[SPAN];
	size_t n, at, i;

	for (n = 0; n <= 72; n++) {
		for (at = 0; at < 16; at++) {
			fill(src, SPAN);
			fill(dst, SPAN);
			for (i = 0; i < SPAN; i++)
				before[i] = dst[i];
			ASSERT(memcpy(dst + at, src + 7, n) == dst + at);
			for (i = 0; i < n; i++)
				ASSERT(dst[at + i] == src[7 + i]);
			ASSERT(same_outside(dst, before, at, n));
			ASSERT(memset(dst + at, 0x1a5, n) == dst + at);
			for (i = 0; i < n; i++)
				ASSERT(dst[at + i] == 0xa5);
			ASSERT(same_outside(dst, before, at, n));
		}
	}
}

TEST(memcmp_finds_the_first_difference)
{
	u8 a[SPAN], b[SPAN];
	size_t n, at, i;

	for (n = 1; n <= 40; n++) {
		for (at = 0; at < n; at++) {
			fill(a, SPAN);
			for (i = 0; i < SPAN; i++)
				b[i] = i <= at ? a[i] : (u8)~a[i];
			EXPECT_EQ(memcmp(a, b, at + 1), 0);
			a[at] = 0x7f;
			b[at] = 0x80; /* bytes compare as unsigned */
			EXPECT(memcmp(a, b, n) < 0);
			EXPECT(memcmp(b, a, n) > 0);
		}
	}
	EXPECT_EQ(memcmp(a, b, 0), 0);
}

/* Heap blocks of the exact size: ASan sees a byte read too far. */
TEST(nothing_beyond_the_end)
{
	size_t n;

	for (n = 1; n <= 33; n++) {
		char *a = test_alloc(n), *b = test_alloc(n);

		memset(a, 'x', n);
		memcpy(b, a, n);
		EXPECT_EQ(memcmp(a, b, n), 0);
		memmove(a, a, n);
		EXPECT_EQ(strnlen(a, n), n);
		a[n - 1] = b[n - 1] = 0;
		EXPECT_EQ(strlen(a), n - 1);
		EXPECT_EQ(strcmp(a, b), 0);
		EXPECT_EQ(strscpy(b, a, n), n - 1);
		test_free(a);
		test_free(b);
	}
}

TEST(compare_and_search)
{
	const char *s = "abcabd";

	EXPECT(strcmp("a", "b") < 0);
	EXPECT(strcmp("ab", "a") > 0);
	EXPECT(strcmp("\x80", "\x7f") > 0);
	EXPECT_EQ(strcmp("", ""), 0);
	EXPECT_EQ(strncmp("abcX", "abcY", 3), 0);
	EXPECT(strncmp("abcX", "abcY", 4) < 0);
	EXPECT_EQ(strncmp("ab", "ab", 10), 0);
	EXPECT_EQ(strncmp("x", "y", 0), 0);
	EXPECT_EQ(strchr(s, 'c'), s + 2);
	EXPECT_EQ(strchr(s, 0), s + 6);
	EXPECT_EQ(strchr(s, 'x'), 0);
	EXPECT_EQ(strstr(s, "abd"), s + 3);
	EXPECT_EQ(strstr(s, ""), s);
	EXPECT_EQ(strstr(s, "abde"), 0);
}

TEST(strscpy_cuts_and_terminates)
{
	char buf[8];

	EXPECT_EQ(strscpy(buf, "abc", sizeof(buf)), 3);
	EXPECT_STR(buf, "abc");
	EXPECT_EQ(strscpy(buf, "1234567", sizeof(buf)), 7);
	EXPECT_EQ(strscpy(buf, "12345678", sizeof(buf)), -E2BIG);
	EXPECT_STR(buf, "1234567");
	EXPECT_EQ(strscpy(buf, "x", 1), -E2BIG);
	EXPECT_STR(buf, "");
	EXPECT_EQ(strscpy(buf, "x", 0), -E2BIG);
}

TEST(numbers)
{
	const char *s = "0x1fZ";
	char *end;
	u64 v = 7;

	EXPECT_EQ(simple_strtoull(s, &end, 0), 0x1f);
	EXPECT_EQ(end, s + 4);
	EXPECT_EQ(simple_strtoull("0x10", NULL, 16), 16);
	EXPECT_EQ(simple_strtoull("fF", NULL, 16), 255);
	EXPECT_EQ(simple_strtoull("017", NULL, 0), 15);
	EXPECT_EQ(simple_strtoull("017", NULL, 10), 17);
	EXPECT_EQ(simple_strtoull("0x1000000000000000000010", NULL, 0), ~0ULL);
	EXPECT_EQ(simple_strtoull("18446744073709551616", NULL, 10), ~0ULL);
	s = "0xg"; /* the 0 is a number, the x is not part of it */
	EXPECT_EQ(simple_strtoull(s, &end, 0), 0);
	EXPECT_EQ(end, s + 1);
	s = "-1";
	EXPECT_EQ(simple_strtoull(s, &end, 0), 0);
	EXPECT_EQ(end, s);

	EXPECT_EQ(kstrtoull("18446744073709551615", 10, &v), 0);
	EXPECT_EQ(v, ~0ULL);
	v = 7;
	EXPECT_EQ(kstrtoull("18446744073709551616", 10, &v), -ERANGE);
	EXPECT_EQ(kstrtoull("0x10000000000000000", 0, &v), -ERANGE);
	EXPECT_EQ(kstrtoull("", 0, &v), -EINVAL);
	EXPECT_EQ(kstrtoull("1 ", 0, &v), -EINVAL);
	EXPECT_EQ(kstrtoull("08", 0, &v), -EINVAL);
	EXPECT_EQ(v, 7);
}

TEST(memparse_suffixes)
{
	const char *s = "64Kx";
	char *end;

	EXPECT_EQ(memparse(s, &end), 64 << 10);
	EXPECT_EQ(end, s + 3);
	EXPECT_EQ(memparse("2m", NULL), 2 << 20);
	EXPECT_EQ(memparse("0x1G", NULL), 1 << 30);
	EXPECT_EQ(memparse("3T", NULL), 3ULL << 40);
	EXPECT_EQ(memparse("1P", NULL), 1ULL << 50);
	EXPECT_EQ(memparse("15e", NULL), 15ULL << 60);
	EXPECT_EQ(memparse("16E", NULL), ~0ULL);
	EXPECT_EQ(memparse("0x4000000001G", &end), ~0ULL);
	EXPECT_EQ(*end, 0);
	EXPECT_EQ(memparse("18446744073709551616", NULL), ~0ULL);
	EXPECT_EQ(memparse("18446744073709551614", NULL), ~0ULL - 1);
	EXPECT_EQ(memparse("12", NULL), 12);
	s = "K";
	EXPECT_EQ(memparse(s, &end), 0);
	EXPECT_EQ(end, s);
}

/* Against a sum byte by byte: each length to beyond two steps, at each place in a word, with full lanes. */
TEST(sums_of_bytes)
{
	static u8 bytes[1100];
	u8 sum;

	for (unsigned int full = 0; full < 2; full++) {
		for (unsigned int i = 0; i < sizeof(bytes); i++)
			bytes[i] = full ? 0xff : (u8)(i * 37 + (i >> 8));
		for (unsigned int at = 0; at < 8; at++) {
			sum = 0;
			for (unsigned int n = 0; at + n < sizeof(bytes); sum += bytes[at + n++])
				ASSERT(byte_sum(bytes + at, n) == sum);
		}
	}
}
