/* SPDX-License-Identifier: MIT */
/*
 * Packets of gdb's remote protocol (gdb manual, appendix E.1): "$data#cc", cc being the sum of the
 * data's bytes.  Between packets stand single bytes: + and - answer one, 0x03 asks for a stop.
 *
 * Pure: bytes in, bytes out.  Whoever sends, and whatever, nothing is believed of it.
 */
#ifndef KERNEL_GDB_PACKET_H
#define KERNEL_GDB_PACKET_H

#include "kernel/core/sink.h"

#define GDB_PACKET_BYTES 4096 /* of data, in either direction: PacketSize */
#define GDB_BREAK	 0x03

/* What one more byte has made. */
enum gdb_event {
	GDB_NOTHING,
	GDB_PACKET, /* the data is in `data`, `len` bytes, until the next byte */
	GDB_BAD, /* a packet whose sum is wrong, too long a one, or the end of one: to be answered by - */
	GDB_ACK,
	GDB_NAK,
	GDB_STOP, /* 0x03 */
};

struct gdb_receiver {
	enum {
		GDB_IDLE,
		GDB_DATA,
		GDB_ESCAPED,
		GDB_SUM_HIGH,
		GDB_SUM_LOW
	} state; /* all zero: idle */
	u8 sum, wanted;
	bool too_long;
	size_t len;
	u8 data[GDB_PACKET_BYTES + 1]; /* terminated, for who takes it as text */
};

/* Escapes (}, and the byte by 0x20) are undone: what is in `data` is what was meant. */
enum gdb_event gdb_receive(struct gdb_receiver *r, u8 byte);

/* A packet in the making: data that is still to be framed. */
struct gdb_packet {
	struct sink sink; /* writes to it as they are, which suits text that has no $ # } * in it */
	size_t len;
	bool overflow; /* something found no room */
	u8 data[GDB_PACKET_BYTES];
};

void gdb_packet_begin(struct gdb_packet *p);
void gdb_put(struct gdb_packet *p, const char *text);
/* Bytes as hexadecimal digits / as they are but for the escapes: how many had room. */
size_t gdb_put_hex(struct gdb_packet *p, const void *bytes, size_t n);
size_t gdb_put_binary(struct gdb_packet *p, const void *bytes, size_t n);

/* "$data#cc", a byte at a time; of bytes that repeat, which memory is full of, how often ("0* " is 0000). */
void gdb_send(const struct gdb_packet *p, void (*put)(u8 byte));

/* The value of a digit, or -1. */
int gdb_hex_digit(u8 c);

/*
 * A number of hexadecimal digits at *s: true, *s is behind it; false where there is none, or one
 * that 64 bits do not hold.
 */
bool gdb_parse_hex(const char **s, u64 *value);

/* 2 * n digits at s into n bytes; false where one is no digit, and s ends there. */
bool gdb_parse_bytes(const char *s, void *bytes, size_t n);

#endif
