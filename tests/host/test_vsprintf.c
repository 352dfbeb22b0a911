// SPDX-License-Identifier: MIT
// sources: kernel/lib/vsprintf.c
/*
 * Conversions: C's own against libc's snprintf over random flags, widths,
 * precisions and values, the kernel's own against literals.
 */
#include "kernel/core/resource.h"
#include "tests/host/test.h"

#define SIZE 600

/* Reset `buf` and format into it. */
#define FORMAT(buf, ...) (memset(buf, 'z', sizeof(buf)), snprintf(buf, sizeof(buf), __VA_ARGS__))

/* The format is made at run time, so the compiler cannot check it. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

static u64 random_value(void)
{
	u64 v = test_random();

	switch (test_random() % 4) {
	case 0:
		return v % 20;
	case 1:
		return ~(v % 20);
	case 2:
		return v >> (v % 64);
	}
	return v;
}

/* "%", some of `flags`, perhaps a width and a precision, then `conversion`. */
static void random_format(char *fmt, const char *flags, const char *conversion)
{
	size_t n = 0;

	fmt[n++] = '%';
	for (; *flags; flags++)
		if (test_random() % 3 == 0)
			fmt[n++] = *flags;
	if (test_random() % 2)
		n += (size_t)libc_snprintf(fmt + n, 8, "%d", (int)(test_random() % 40 + 1));
	if (test_random() % 2)
		n += (size_t)libc_snprintf(fmt + n, 8, ".%d", (int)(test_random() % 40));
	strscpy(fmt + n, conversion, 8);
}

#define COMPARE(fmt, value)                                                                     \
	do {                                                                                    \
		__typeof__(value) _v = (value);                                                 \
		int _n = snprintf(ours, SIZE, fmt, _v);                                         \
		EXPECT_EQ(_n, libc_snprintf(theirs, SIZE, fmt, _v));                            \
		if (strcmp(ours, theirs) != 0)                                                  \
			host_fail(__FILE__, __LINE__, "%s: \"%s\", expected \"%s\"", fmt, ours, \
				  theirs);                                                      \
	} while (0)

TEST(integers_as_libc)
{
	static const char *const signed_ints[] = { "hhd", "hd", "d", "i" };
	static const char *const unsigned_ints[] = { "hhu", "hu", "u" };
	static const char *const based_ints[] = { "hhx", "hX", "x", "X", "o" };
	static const char *const signed_longs[] = { "ld", "lld", "zd", "jd", "td", "li" };
	static const char *const based_longs[] = { "lx", "llX", "lo", "zx", "jx" };
	char fmt[32], ours[SIZE], theirs[SIZE];
	int i;

	for (i = 0; i < 20000; i++) {
		random_format(fmt, "-+ 0", signed_ints[i % 4]);
		COMPARE(fmt, (int)random_value());
		random_format(fmt, "-0", unsigned_ints[i % 3]);
		COMPARE(fmt, (unsigned int)random_value());
		random_format(fmt, "-#0", based_ints[i % 5]);
		COMPARE(fmt, (unsigned int)random_value());
		random_format(fmt, "-+ 0", signed_longs[i % 6]);
		COMPARE(fmt, random_value());
		random_format(fmt, "-#0", based_longs[i % 5]);
		COMPARE(fmt, random_value());
	}
}

TEST(strings_and_characters_as_libc)
{
	static const char *const texts[] = { "", "a", "terrier", "a rather longer text than most" };
	char fmt[32], ours[SIZE], theirs[SIZE];
	int i;

	for (i = 0; i < 5000; i++) {
		random_format(fmt, "-", "s");
		COMPARE(fmt, texts[i % 4]);
	}
	COMPARE("%5c|", 'x');
	COMPARE("%-5c|", 'x');
	COMPARE("%c", 'x');
}

TEST(star_width_and_precision)
{
	char buf[64];

	FORMAT(buf, "%*d|%-*d|%*d|", 5, 42, 5, 42, -5, 42);
	EXPECT_STR(buf, "   42|42   |42   |");
	FORMAT(buf, "%.*s|%.*d|%.*s|", 3, "abcdef", 4, 7, -1, "all");
	EXPECT_STR(buf, "abc|0007|all|");
	FORMAT(buf, "%0*lx-%0*lx", 8, 0xfed00000UL, 4, 0x3ffUL);
	EXPECT_STR(buf, "fed00000-03ff");
	FORMAT(buf, "[%5lu.%06lu] ", 0UL, 42UL);
	EXPECT_STR(buf, "[    0.000042] ");
}

TEST(percent_and_unknown)
{
	static const char *const unknown[] = { "%y|%5!|", "tail%", "%-08.3", "%l" };
	char buf[64];
	size_t i;

	FORMAT(buf, "100%%");
	EXPECT_STR(buf, "100%");
	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		FORMAT(buf, unknown[i]);
		EXPECT_STR(buf, unknown[i]);
	}
}

/* A string of a width has no terminator to lean on: only `precision` bytes are read. */
TEST(precision_bounds_the_read)
{
	char *p = test_alloc(4), buf[16];

	memcpy(p, "APIC", 4);
	FORMAT(buf, "%.4s", p);
	EXPECT_STR(buf, "APIC");
	test_free(p);
}

TEST(truncation)
{
	char buf[8];

	EXPECT_EQ(FORMAT(buf, "0123456789"), 10);
	EXPECT_STR(buf, "0123456");
	EXPECT_EQ(snprintf(NULL, 0, "%d", 12345), 5);
	memset(buf, 'z', sizeof(buf));
	EXPECT_EQ(snprintf(buf, 0, "abc"), 3);
	EXPECT_EQ(buf[0], 'z');
	EXPECT_EQ(snprintf(buf, 1, "abc"), 3);
	EXPECT_EQ(buf[0], 0);
	EXPECT_EQ(buf[1], 'z');
	EXPECT_EQ(scnprintf(buf, sizeof(buf), "0123456789"), 7);
	EXPECT_EQ(scnprintf(buf, sizeof(buf), "01234567"), 7);
	EXPECT_EQ(scnprintf(buf, sizeof(buf), "0123456"), 7);
	EXPECT_EQ(scnprintf(buf, sizeof(buf), "012345"), 6);
	EXPECT_EQ(scnprintf(buf, 0, "0"), 0);
}

/* Whatever stands in front of what is cut, nothing is written behind the buffer. */
TEST(cut_text_ends_with_the_buffer)
{
	char *buf = test_alloc(16);

	for (size_t size = 0; size <= 16; size++)
		for (int width = 0; width < 20; width++) {
			memset(buf, 'z', 16);
			snprintf(buf, size, "%*s%s", width, "", "0123456789abcdef");
			for (size_t i = size; i < 16; i++)
				EXPECT_EQ(buf[i], 'z');
		}
	test_free(buf);
}

TEST(pointers)
{
	const char *volatile strings = "%s %s"; /* the compiler need not know what comes */
	phys_addr_t pa = 0xfed00000;
	char buf[64];

	FORMAT(buf, "%p", (void *)0xffff888000001000);
	EXPECT_STR(buf, "0xffff888000001000");
	FORMAT(buf, "%p", NULL);
	EXPECT_STR(buf, "0x0000000000000000");
	FORMAT(buf, "<%pa-%pa>", &pa, &pa);
	EXPECT_STR(buf, "<0x00000000fed00000-0x00000000fed00000>");
	FORMAT(buf, "%20p|%-20p|", (void *)1, (void *)2);
	EXPECT_STR(buf, "  0x0000000000000001|0x0000000000000002  |");
	FORMAT(buf, "%pS %ps", (void *)0x1234, (void *)0x1234); /* the shim knows no symbol */
	EXPECT_STR(buf, "0x1234 0x1234");
	FORMAT(buf, strings, NULL, 0xff0UL);
	EXPECT_STR(buf, "(null) (efault)");
	FORMAT(buf, "%pa %pR", NULL, NULL);
	EXPECT_STR(buf, "(null) (null)");
}

static const char *show(const struct resource *res)
{
	static char buf[128];

	FORMAT(buf, "%pR", res);
	return buf;
}

TEST(resources_as_linux)
{
	struct resource res = DEFINE_RES_NAMED(0xfed00000, 0x400, "HPET 0", IORESOURCE_MEM);

	EXPECT_STR(show(&res), "[mem 0xfed00000-0xfed003ff]");
	res.end = res.start;
	EXPECT_STR(show(&res), "[mem 0xfed00000]");
	res = (struct resource){ .start = 0xcf8, .end = 0xcff, .flags = IORESOURCE_IO };
	EXPECT_STR(show(&res), "[io  0x0cf8-0x0cff]");
	res = (struct resource){ .start = 0x10000, .end = 0x1ffff, .flags = IORESOURCE_IO };
	EXPECT_STR(show(&res), "[io  0x10000-0x1ffff]");
	res = (struct resource){ .start = 0x380000000000,
				 .end = 0x380000003fff,
				 .flags =
					 IORESOURCE_MEM | IORESOURCE_MEM_64 | IORESOURCE_PREFETCH };
	EXPECT_STR(show(&res), "[mem 0x380000000000-0x380000003fff 64bit pref]");
	res.flags |= IORESOURCE_WINDOW | IORESOURCE_DISABLED | IORESOURCE_UNSET;
	EXPECT_STR(show(&res), "[mem size 0x00004000 64bit pref window disabled]");
	res = (struct resource){ .start = 0, .end = ~0ULL, .flags = IORESOURCE_MEM };
	EXPECT_STR(show(&res), "[mem 0x00000000-0xffffffffffffffff]");
	res = (struct resource){ .start = 1, .end = 2, .flags = 0x80000000 };
	EXPECT_STR(show(&res), "[??? 0x00000001-0x00000002 flags 0x80000000]");
}

TEST(resource_with_width)
{
	struct resource res = DEFINE_RES_NAMED(0x60, 1, "keyboard", IORESOURCE_IO);
	char buf[64];

	FORMAT(buf, "%16pR|%-16pR|", &res, &res);
	EXPECT_STR(buf, "    [io  0x0060]|[io  0x0060]    |");
}
