// SPDX-License-Identifier: MIT
// sources: kernel/lib/vsprintf.c
// cflags: -Wno-format-nonliteral -Wno-format-security
/*
 * printk's formats against libc's snprintf: conversions with any flags, width, precision and value, into buffers
 * of any size.  An odd first byte has the rest be a format as it is, of which only the size is known before.
 */
#include "tests/fuzz/fuzz.h"

#define ROOM 2048

static char ours[ROOM], theirs[ROOM];
static size_t size; /* of the buffer, as both are told */

/* As libc's: length and text, and nothing behind the buffer's end. */
static void compare(int length, int want, const char *fmt)
{
	if (length != want || memcmp(ours, theirs, sizeof(ours)) != 0)
		panic("\"%s\": %d \"%.*s\", expected %d \"%.*s\"", fmt, length, (int)size, ours,
		      want, (int)size, theirs);
}

#define BOTH(...)                                                       \
	do {                                                            \
		memset(ours, 'z', sizeof(ours));                        \
		memset(theirs, 'z', sizeof(theirs));                    \
		compare(snprintf(ours, size, __VA_ARGS__),              \
			libc_snprintf(theirs, size, __VA_ARGS__), fmt); \
	} while (0)

static int choose_width(struct choices *c)
{
	u8 n = choose8(c);

	return n < 64 ? n : n < 128 ? 64 - (int)n : (int)choose_bytes(c, 2) % 1000;
}

static u64 choose_value(struct choices *c)
{
	u8 bytes = choose8(c);
	u64 v = choose_bytes(c, bytes % 9);

	return bytes & 0x80 ? ~v : v;
}

/*
 * "%", flags, width, precision: how many of the two are arguments, *width first.  A star's width or precision
 * may be negative.
 */
static char *write_spec(struct choices *c, char *to, const char *flags, int stars[2], int *nr_stars)
{
	u8 which = choose8(c), form = choose8(c);

	*to++ = '%';
	for (; *flags; flags++, which >>= 1)
		if (which & 1)
			*to++ = *flags;
	*nr_stars = 0;
	if (form & 1)
		to += snprintf(to, 8, "%d", choose8(c) + 1);
	else if (form & 2)
		*to++ = '*', stars[(*nr_stars)++] = choose_width(c);
	if (form & 4)
		to += snprintf(to, 8, ".%d", choose8(c));
	else if (form & 8)
		*to++ = '.', *to++ = '*', stars[(*nr_stars)++] = choose_width(c);
	else if (form & 16)
		*to++ = '.';
	return to;
}

#define BOTH_OF(value)                                        \
	do {                                                  \
		if (nr_stars == 0)                            \
			BOTH(fmt, value);                     \
		else if (nr_stars == 1)                       \
			BOTH(fmt, stars[0], value);           \
		else                                          \
			BOTH(fmt, stars[0], stars[1], value); \
	} while (0)

/* What C defines for each, so that the two may be held one against the other. */
static const struct {
	const char *flags, *conversions[6];
	enum { INT, LONG, STRING, CHAR } kind;
} kinds[] = {
	{ "-+ 0", { "d", "i", "hd", "hhd", "d", "hhi" }, INT },
	{ "-0", { "u", "hu", "hhu", "u", "hu", "hhu" }, INT },
	{ "-#0", { "x", "X", "o", "hx", "hhX", "ho" }, INT },
	{ "-+ 0", { "ld", "lld", "zd", "jd", "td", "li" }, LONG },
	{ "-#0", { "lx", "llX", "lo", "zx", "jo", "lX" }, LONG },
	{ "-0", { "lu", "llu", "zu", "ju", "lu", "llu" }, LONG },
	{ "-", { "s", "s", "s", "s", "s", "s" }, STRING },
	{ "-", { "c", "c", "c", "c", "c", "c" }, CHAR },
};

static void one_conversion(struct choices *c)
{
	unsigned int kind = choose8(c) % ARRAY_SIZE(kinds), conversion = choose8(c) % 6;
	char fmt[64] = "a:", text[64], *to;
	int stars[2] = { 0, 0 }, nr_stars;
	u64 value;

	size = choose_bytes(c, 2) % ROOM;
	to = write_spec(c, fmt + 2, kinds[kind].flags, stars, &nr_stars);
	if (kinds[kind].kind == CHAR) { /* C defines no precision for it */
		to = strchr(fmt, '.');
		nr_stars -= to && to[1] == '*';
		to = to ?: fmt + strlen(fmt);
		*to = '\0';
	}
	snprintf(to, 16, "%s|%%%%", kinds[kind].conversions[conversion]);
	if (kinds[kind].kind == STRING)
		choose_string(c, text, sizeof(text));
	value = choose_value(c);
	switch (kinds[kind].kind) {
	case INT:
		BOTH_OF((int)value);
		break;
	case LONG:
		BOTH_OF(value);
		break;
	case STRING:
		BOTH_OF(text);
		break;
	case CHAR:
		BOTH_OF((int)(value % 255 + 1));
		break;
	}
}

/* No number in it has more than four digits: a format is the kernel's own. */
static bool is_sane(const char *fmt)
{
	unsigned int digits = 0;

	for (; *fmt && digits < 5; fmt++)
		digits = *fmt >= '0' && *fmt <= '9' ? digits + 1 : 0;
	return digits < 5;
}

static void any_format(struct choices *c)
{
	static char fmt[ROOM];
	int length, again;

	size = choose_bytes(c, 2) % ROOM;
	choose_string(c, fmt, sizeof(fmt));
	if (!is_sane(fmt))
		return;
	memset(ours, 'z', sizeof(ours));
	length = snprintf(ours, size, fmt, 1UL, 2UL, 3UL, 4UL, 5UL, 6UL, 7UL, 8UL, 9UL, 10UL, 11UL,
			  12UL);
	MUST(length >= 0);
	for (size_t i = size; i < sizeof(ours); i++)
		MUST(ours[i] == 'z');
	if (size)
		MUST(strnlen(ours, size) <= min((size_t)length, size - 1));
	again = scnprintf(ours, size, fmt, 1UL, 2UL, 3UL, 4UL, 5UL, 6UL, 7UL, 8UL, 9UL, 10UL, 11UL,
			  12UL);
	MUST(again == (size ? (int)min((size_t)length, size - 1) : 0));
}

/* More than a dozen arguments would be read from where there are none. */
static bool asks_for_little(const u8 *data, size_t n)
{
	unsigned int asked = 0;

	for (size_t i = 0; i < n; i++)
		asked += data[i] == '%' || data[i] == '*';
	return asked <= 12;
}

void fuzz(const u8 *data, size_t n)
{
	struct choices c = { data, n };

	if (!(choose8(&c) & 1))
		one_conversion(&c);
	else if (asks_for_little(c.at, c.left))
		any_format(&c);
}
