// SPDX-License-Identifier: MIT
/* Packets of gdb's remote protocol.  See the header. */
#include "kernel/gdb/packet.h"

#include "kernel/lib/string.h"

#define ESCAPE	   '}'
#define ESCAPE_XOR 0x20

/* A repeated byte is sent once, then '*', then how often again: + 29, a byte that can be printed, but no # or $ (E.1). */
#define REPEATS_BASE  29
#define REPEATS_LEAST 3
#define REPEATS_MOST  (126 - REPEATS_BASE)

static const char digits[] = "0123456789abcdef";

/* ---------------------------------------------------------------- digits */

int gdb_hex_digit(u8 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool gdb_parse_hex(const char **s, u64 *value)
{
	const char *at = *s;
	int digit;

	*value = 0;
	while ((digit = gdb_hex_digit((u8)*at)) >= 0) {
		if (*value >> 60)
			return false;
		*value = *value << 4 | (u64)digit;
		at++;
	}
	if (at == *s)
		return false;
	*s = at;
	return true;
}

bool gdb_parse_bytes(const char *s, void *bytes, size_t n)
{
	u8 *to = bytes;

	for (; n; n--, s += 2) {
		int high = gdb_hex_digit((u8)s[0]), low = high < 0 ? -1 : gdb_hex_digit((u8)s[1]);

		if (low < 0)
			return false;
		*to++ = (u8)(high << 4 | low);
	}
	return true;
}

/* ---------------------------------------------------------------- in */

static enum gdb_event begin(struct gdb_receiver *r)
{
	r->state = GDB_DATA;
	r->sum = 0;
	r->len = 0;
	r->too_long = false;
	return GDB_NOTHING;
}

static enum gdb_event between(struct gdb_receiver *r, u8 byte)
{
	switch (byte) {
	case '$':
		return begin(r);
	case '+':
		return GDB_ACK;
	case '-':
		return GDB_NAK;
	case GDB_BREAK:
		return GDB_STOP;
	case '#': /* of a packet whose beginning was lost: it is asked for again */
		begin(r);
		r->too_long = true;
		r->state = GDB_SUM_HIGH;
		return GDB_NOTHING;
	default:
		return GDB_NOTHING; /* noise of a line */
	}
}

static void keep(struct gdb_receiver *r, u8 byte)
{
	if (r->len < GDB_PACKET_BYTES)
		r->data[r->len++] = byte;
	else
		r->too_long = true;
}

static enum gdb_event data(struct gdb_receiver *r, u8 byte)
{
	if (byte == '$') /* the end of the one before was lost */
		return begin(r);
	if (byte == '#') {
		r->state = GDB_SUM_HIGH;
		return GDB_NOTHING;
	}
	r->sum = (u8)(r->sum + byte);
	if (r->state == GDB_ESCAPED)
		keep(r, byte ^ ESCAPE_XOR);
	else if (byte != ESCAPE)
		keep(r, byte);
	r->state = r->state == GDB_DATA && byte == ESCAPE ? GDB_ESCAPED : GDB_DATA;
	return GDB_NOTHING;
}

static enum gdb_event sum(struct gdb_receiver *r, u8 byte)
{
	int digit = gdb_hex_digit(byte);

	if (digit < 0) {
		r->state = GDB_IDLE;
		return byte == '$' ? begin(r) : GDB_BAD;
	}
	if (r->state == GDB_SUM_HIGH) {
		r->wanted = (u8)(digit << 4);
		r->state = GDB_SUM_LOW;
		return GDB_NOTHING;
	}
	r->state = GDB_IDLE;
	r->data[r->len] = '\0';
	return (r->wanted | digit) == r->sum && !r->too_long ? GDB_PACKET : GDB_BAD;
}

enum gdb_event gdb_receive(struct gdb_receiver *r, u8 byte)
{
	switch (r->state) {
	case GDB_IDLE:
		return between(r, byte);
	case GDB_DATA:
	case GDB_ESCAPED:
		return data(r, byte);
	default:
		return sum(r, byte);
	}
}

/* ---------------------------------------------------------------- out */

static bool put_byte(struct gdb_packet *p, u8 byte)
{
	if (p->len == sizeof(p->data)) {
		p->overflow = true;
		return false;
	}
	p->data[p->len++] = byte;
	return true;
}

static void write_text(struct sink *sink, const char *s, size_t n)
{
	struct gdb_packet *p = container_of(sink, struct gdb_packet, sink);

	while (n--)
		put_byte(p, (u8)*s++);
}

void gdb_packet_begin(struct gdb_packet *p)
{
	p->sink.write = write_text;
	p->len = 0;
	p->overflow = false;
}

void gdb_put(struct gdb_packet *p, const char *text)
{
	sink_write(&p->sink, text, strlen(text));
}

size_t gdb_put_hex(struct gdb_packet *p, const void *bytes, size_t n)
{
	const u8 *from = bytes;
	size_t done;

	for (done = 0; done < n && p->len + 2 <= sizeof(p->data); done++) {
		put_byte(p, (u8)digits[from[done] >> 4]);
		put_byte(p, (u8)digits[from[done] & 0xf]);
	}
	p->overflow |= done < n;
	return done;
}

static bool needs_escape(u8 byte)
{
	return byte == '$' || byte == '#' || byte == ESCAPE || byte == '*';
}

size_t gdb_put_binary(struct gdb_packet *p, const void *bytes, size_t n)
{
	const u8 *from = bytes;
	size_t done;

	for (done = 0; done < n; done++) {
		bool escape = needs_escape(from[done]);

		if (p->len + 1 + escape > sizeof(p->data))
			return done;
		if (escape)
			put_byte(p, ESCAPE);
		put_byte(p, escape ? from[done] ^ ESCAPE_XOR : from[done]);
	}
	return done;
}

/* How many bytes at data one and a count of its repeats stand for; 1: none, for no shorter would it be. */
static size_t run_length(const u8 *data, size_t n)
{
	size_t run = 1;

	while (run < n && run <= REPEATS_MOST && data[run] == data[0])
		run++;
	if (run - 1 + REPEATS_BASE == '#' || run - 1 + REPEATS_BASE == '$')
		run = '"' - REPEATS_BASE + 1;
	return run <= REPEATS_LEAST ? 1 : run;
}

static u8 put_summed(void (*put)(u8 byte), u8 byte)
{
	put(byte);
	return byte;
}

void gdb_send(const struct gdb_packet *p, void (*put)(u8 byte))
{
	u8 total = 0;
	size_t run;

	put('$');
	for (size_t i = 0; i < p->len; i += run) {
		run = run_length(p->data + i, p->len - i);
		total += put_summed(put, p->data[i]);
		if (run > 1) {
			total += put_summed(put, '*');
			total += put_summed(put, (u8)(run - 1 + REPEATS_BASE));
		}
	}
	put('#');
	put((u8)digits[total >> 4]);
	put((u8)digits[total & 0xf]);
}
