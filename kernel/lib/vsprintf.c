// SPDX-License-Identifier: MIT
/*
 * Formatted text: the conversions that kernel/lib/vsprintf.h lists.
 *
 * One pass over the format.  Each conversion is parsed into a struct spec
 * (flags, width, precision, length) and then written, character by character,
 * into an `out` that counts beyond its end, so that the length of the whole
 * text is always known.  Nothing is allocated and no lock is taken: any context.
 *
 * A pointer into the first page cannot be a string or a structure; "(null)" or
 * "(efault)" is written in its place, since a message is often about just that.
 */
#include "kernel/lib/vsprintf.h"

#include "kernel/core/resource.h"
#include "kernel/lib/string.h"

#define FIRST_PAGE	  0x1000
#define MAX_SYMBOL_TEXT	  192 /* a symbol with offset and size */
#define MAX_RESOURCE_TEXT 96
#define MAX_DIGITS	  22 /* 2^64 in octal */

static int (*format_symbol)(char *buf, size_t size, unsigned long addr, bool with_offset);

void vsprintf_set_symbols(int (*format)(char *buf, size_t size, unsigned long addr,
					bool with_offset))
{
	format_symbol = format;
}

struct out {
	char *buf;
	size_t size, len;
};

struct spec {
	bool left, plus, space, alt, zero;
	bool upper; /* digits of %X */
	u8 base;
	int width;     /* 0: as long as it is */
	int precision; /* -1: none given */
	int length;    /* bytes of an integer argument */
};

static inline void put(struct out *o, char c)
{
	if (o->len < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static inline void put_bytes(struct out *o, const char *text, size_t n)
{
	if (o->len < o->size)
		memcpy(o->buf + o->len, text, min(n, o->size - o->len));
	o->len += n;
}

static inline void pad(struct out *o, char c, int n)
{
	if (n <= 0)
		return;
	if (o->len < o->size)
		memset(o->buf + o->len, c, min((size_t)n, o->size - o->len));
	o->len += (size_t)n;
}

static void put_string(struct out *o, const struct spec *s, const char *text)
{
	size_t max = s->precision < 0 ? SIZE_MAX : (size_t)s->precision;
	size_t n;

	if ((unsigned long)text < FIRST_PAGE)
		text = text ? "(efault)" : "(null)";
	n = strnlen(text, max);
	if (!s->left)
		pad(o, ' ', s->width - (int)n);
	put_bytes(o, text, n);
	if (s->left)
		pad(o, ' ', s->width - (int)n);
}

/* Write v's digits in front of `end`, none for 0; the first one's place. */
static inline char *digits_of(u64 v, unsigned int base, bool upper, char *end)
{
	const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";

	if (base == 10)
		for (; v; v /= 10)
			*--end = (char)('0' + v % 10);
	else
		for (; v; v >>= base == 16 ? 4 : 3)
			*--end = alphabet[v & (base - 1)];
	return end;
}

/*
 * C11 7.21.6.1: [blanks] sign or prefix [zeros] digits [blanks].  `sign` is 0 for
 * none.  A precision is the least number of digits and switches the 0 flag off;
 * the value 0 with precision 0 has no digit.
 */
static void put_number(struct out *o, const struct spec *s, u64 v, char sign)
{
	char buf[MAX_DIGITS];
	char *digits = digits_of(v, s->base, s->upper, buf + MAX_DIGITS);
	int n = (int)(buf + MAX_DIGITS - digits);
	int zeros = max(s->precision < 0 ? 1 : s->precision, n) - n;
	bool hex_prefix = s->alt && s->base == 16 && v != 0;
	int blanks;

	if (s->alt && s->base == 8 && zeros == 0)
		zeros = 1;
	blanks = s->width - n - zeros - (sign != 0) - 2 * hex_prefix;
	if (s->zero && !s->left && s->precision < 0 && blanks > 0) {
		zeros += blanks;
		blanks = 0;
	}
	if (!s->left)
		pad(o, ' ', blanks);
	if (sign)
		put(o, sign);
	if (hex_prefix)
		put_bytes(o, s->upper ? "0X" : "0x", 2);
	pad(o, '0', zeros);
	put_bytes(o, digits, (size_t)n);
	if (s->left)
		pad(o, ' ', blanks);
}

static void put_signed(struct out *o, const struct spec *s, s64 v)
{
	char sign = v < 0 ? '-' : s->plus ? '+' : s->space ? ' ' : 0;

	put_number(o, s, v < 0 ? -(u64)v : (u64)v, sign);
}

static void put_text(struct out *o, const char *text)
{
	put_bytes(o, text, strlen(text));
}

/* "0x" and at least `width` digits. */
static void put_hex(struct out *o, u64 v, int width)
{
	put_bytes(o, "0x", 2);
	put_number(o, &(struct spec){ .base = 16, .precision = width }, v, 0);
}

static void put_resource_flags(struct out *o, unsigned long flags)
{
	static const struct {
		unsigned long flag;
		const char *text;
	} words[] = {
		{ IORESOURCE_MEM_64, " 64bit" },
		{ IORESOURCE_PREFETCH, " pref" },
		{ IORESOURCE_WINDOW, " window" },
		{ IORESOURCE_DISABLED, " disabled" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (flags & words[i].flag)
			put_text(o, words[i].text);
}

/* "[mem 0x...-0x... 64bit pref]" as Linux writes %pR. */
static void put_resource(struct out *o, const struct spec *s, const struct resource *res)
{
	bool io = res->flags & IORESOURCE_IO, mem = res->flags & IORESOURCE_MEM;
	char text[MAX_RESOURCE_TEXT];
	struct out part = { text, sizeof(text) - 1, 0 };
	int width = io ? 4 : 8;

	put_text(&part, io ? "[io  " : mem ? "[mem " : "[??? ");
	if (res->flags & IORESOURCE_UNSET) {
		put_text(&part, "size ");
		put_hex(&part, resource_size(res), width);
	} else {
		put_hex(&part, res->start, width);
		if (res->start != res->end) {
			put(&part, '-');
			put_hex(&part, res->end, width);
		}
	}
	if (io || mem) {
		put_resource_flags(&part, res->flags);
	} else {
		put_text(&part, " flags ");
		put_hex(&part, res->flags, 0);
	}
	put(&part, ']');
	text[min(part.len, part.size)] = 0;
	put_string(o, s, text);
}

static void put_symbol(struct out *o, const struct spec *s, unsigned long addr, bool with_offset)
{
	char text[MAX_SYMBOL_TEXT];

	if (format_symbol)
		format_symbol(text, sizeof(text), addr, with_offset);
	else
		snprintf(text, sizeof(text), "0x%lx", addr);
	put_string(o, s, text);
}

/*
 * %p and its kin; `fmt` is behind the p.  Returns what follows the conversion.  Not in line, so that
 * a conversion without a text of its own needs no stack for one, nor a canary.
 */
static noinline const char *put_pointer(struct out *o, struct spec *s, const char *fmt,
					const void *p)
{
	bool bad = (unsigned long)p < FIRST_PAGE;
	char text[sizeof("0x0123456789abcdef")];
	struct out part;

	s->precision = -1;
	switch (*fmt) {
	case 'S':
	case 's':
		put_symbol(o, s, (unsigned long)p, *fmt == 'S');
		return fmt + 1;
	case 'R':
		if (bad)
			put_string(o, s, p);
		else
			put_resource(o, s, p);
		return fmt + 1;
	case 'a':
		if (bad) {
			put_string(o, s, p);
			return fmt + 1;
		}
		p = (const void *)*(const phys_addr_t *)p;
		fmt++;
		break;
	}
	part = (struct out){ text, sizeof(text) - 1, 0 };
	put_hex(&part, (unsigned long)p, 16);
	text[part.len] = 0;
	put_string(o, s, text);
	return fmt;
}

static const char *parse_flags(const char *fmt, struct spec *s)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-':
			s->left = true;
			break;
		case '+':
			s->plus = true;
			break;
		case ' ':
			s->space = true;
			break;
		case '#':
			s->alt = true;
			break;
		case '0':
			s->zero = true;
			break;
		default:
			return fmt;
		}
	}
}

/* Digits; a format is the kernel's own, so a number that wraps is not expected. */
static const char *parse_digits(const char *fmt, int *value)
{
	for (*value = 0; *fmt >= '0' && *fmt <= '9'; fmt++)
		*value = (int)((unsigned int)*value * 10 + (unsigned int)(*fmt - '0'));
	return fmt;
}

static const char *parse_length(const char *fmt, struct spec *s)
{
	s->length = sizeof(int);
	switch (*fmt) {
	case 'h':
		s->length = fmt[1] == 'h' ? sizeof(char) : sizeof(short);
		return fmt + (fmt[1] == 'h' ? 2 : 1);
	case 'l':
		s->length = sizeof(long);
		return fmt + (fmt[1] == 'l' ? 2 : 1);
	case 'z':
	case 'j':
	case 't':
		s->length = sizeof(long);
		return fmt + 1;
	}
	return fmt;
}

static u64 truncate_unsigned(u64 v, int length)
{
	return length == 8 ? v : v & ((1ULL << (8 * length)) - 1);
}

static s64 truncate_signed(u64 v, int length)
{
	int unused = 64 - 8 * length;

	return (s64)(v << unused) >> unused;
}

/* A va_list in a struct can be handed on by pointer whatever type va_list has. */
struct args {
	va_list list;
};

/* Flags, width, precision and length; `fmt` is behind the percent sign. */
static const char *parse_spec(const char *fmt, struct spec *s, struct args *args)
{
	*s = (struct spec){ .precision = -1, .base = 10 };
	fmt = parse_flags(fmt, s);
	if (*fmt == '*') {
		s->width = va_arg(args->list, int);
		fmt++;
		if (s->width < 0) {
			s->left = true;
			s->width = -s->width;
		}
	} else {
		fmt = parse_digits(fmt, &s->width);
	}
	if (*fmt == '.') {
		fmt++;
		if (*fmt == '*') {
			s->precision = va_arg(args->list, int);
			fmt++;
		} else {
			fmt = parse_digits(fmt, &s->precision);
		}
	}
	return parse_length(fmt, s);
}

/* One conversion; `fmt` is behind the percent sign.  Returns what follows it. */
static const char *convert(struct out *o, const char *fmt, struct args *args)
{
	const char *percent = fmt - 1;
	struct spec s;
	u64 v = 0;
	char c;

	fmt = parse_spec(fmt, &s, args);
	c = *fmt ? *fmt++ : 0;
	if (c == 'd' || c == 'i' || c == 'u' || c == 'x' || c == 'X' || c == 'o')
		v = s.length == 8 ? va_arg(args->list, u64) : va_arg(args->list, unsigned int);
	switch (c) {
	case 'd':
	case 'i':
		put_signed(o, &s, truncate_signed(v, s.length));
		break;
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		s.base = c == 'u' ? 10 : c == 'o' ? 8 : 16;
		s.upper = c == 'X';
		put_number(o, &s, truncate_unsigned(v, s.length), 0);
		break;
	case 'c':
		if (!s.left)
			pad(o, ' ', s.width - 1);
		put(o, (char)va_arg(args->list, int));
		if (s.left)
			pad(o, ' ', s.width - 1);
		break;
	case 's':
		put_string(o, &s, va_arg(args->list, const char *));
		break;
	case 'p':
		return put_pointer(o, &s, fmt, va_arg(args->list, const void *));
	case '%':
		put(o, '%');
		break;
	default: /* no conversion: its own text says best what is wrong */
		put_bytes(o, percent, (size_t)(fmt - percent));
	}
	return fmt;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list list)
{
	struct out o = { buf, size, 0 };
	struct args args;

	va_copy(args.list, list);
	for (;;) {
		const char *plain = fmt;

		while (*fmt && *fmt != '%')
			fmt++;
		put_bytes(&o, plain, (size_t)(fmt - plain));
		if (!*fmt)
			break;
		fmt = convert(&o, fmt + 1, &args);
	}
	va_end(args.list);
	if (size)
		buf[min(o.len, size - 1)] = 0;
	return (int)o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return n;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int n = vsnprintf(buf, size, fmt, args);

	if (size == 0)
		return 0;
	return n < (int)size ? n : (int)size - 1;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vscnprintf(buf, size, fmt, args);
	va_end(args);
	return n;
}
