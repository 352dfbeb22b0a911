/* SPDX-License-Identifier: MIT */
/*
 * The line discipline: what stands between the bytes that a terminal sends and those that programs
 * read, and back.
 *
 *   canonical  ICANON: programs read lines, which the person may edit until they are ended
 *   line end   a byte of the buffer that ends a line: newline, EOL, or EOF, which is not read itself
 *   echo       what the terminal is shown of its own bytes.  It is put together for a batch of them, and
 *              written at its end
 *   column     where the terminal's cursor is, as far as one can tell by what was written; canon_column
 *              is where the line that is being edited began
 *   stopped    by ^S: neither echo nor output is written until ^Q
 *
 * It is arithmetic over bytes: no lock, no sleep, nothing of the kernel's.  The owner (tty.h) has a lock
 * around each call, and wakes whoever waits.  The rules are POSIX's (Base Definitions, chapter 11) and,
 * where that leaves it open, Linux's.
 */
#ifndef DRIVERS_TTY_N_TTY_H
#define DRIVERS_TTY_N_TTY_H

#include <asm/termbits.h>

#include "kernel/lib/compiler.h"

#define N_TTY_BUF_SIZE	4096 /* a power of two: bytes typed and not read; the longest line */
#define N_TTY_ECHO_SIZE 512

struct n_tty;

struct n_tty_ops {
	/* Bytes for the terminal as they are. */
	void (*write)(struct n_tty *n, const u8 *s, size_t len);
	/* To the processes in front; before it what was typed is gone, unless NOFLSH is set. */
	void (*signal)(struct n_tty *n, int sig);
};

struct n_tty {
	const struct n_tty_ops *ops;
	struct ktermios termios;

	/* What was typed: positions run freely. */
	u8 buf[N_TTY_BUF_SIZE];
	u64 line_ends[N_TTY_BUF_SIZE / 64]; /* a bit for each byte of buf */
	u32 tail;			    /* the next to be read */
	u32 canon_head;			    /* behind the last line that is ended */
	u32 head;			    /* the next to be typed */
	bool literal_next;		    /* ^V was typed */
	bool erasing;			    /* ECHOPRT: between \ and / */
	bool push;    /* the last line end is no byte, but a change to ICANON */
	bool stopped; /* by ^S */
	bool held;    /* by a program: TCOOFF */

	u32 column, canon_column;
	u32 echo_len;
	u8 echo[N_TTY_ECHO_SIZE];
};

void n_tty_init(struct n_tty *n, const struct n_tty_ops *ops, const struct ktermios *termios);

/*
 * How many bytes it takes now: what n_tty_receive() is given beyond is lost.  A line that fills the buffer and
 * is not ended takes one at a time, without end: the last one typed takes the place of the one before.
 */
size_t n_tty_room(const struct n_tty *n);

/* The terminal has sent bytes. */
void n_tty_receive(struct n_tty *n, const u8 *s, size_t len);
/* It has sent a break. */
void n_tty_receive_break(struct n_tty *n);

/* A program that wants `min` bytes at least, where it is not canonical, can read. */
bool n_tty_readable(const struct n_tty *n, size_t min);

/*
 * Take up to len bytes, in canonical mode of one line: how many.  *end: a line has ended, or an
 * EOF at its beginning, for which nothing is taken: the read is over.
 */
size_t n_tty_read(struct n_tty *n, u8 *buf, size_t len, bool *end);
/* After a read that filled its buffer: an EOF that comes next belongs to what was read. */
void n_tty_skip_eof(struct n_tty *n);

/* Bytes that can be read: what FIONREAD tells. */
size_t n_tty_chars(const struct n_tty *n);

/* A program's output for the terminal: into out, which holds 8 bytes for each of len.  How many. */
size_t n_tty_output(struct n_tty *n, const u8 *s, size_t len, u8 *out);

/* From now on these rule. */
void n_tty_set_termios(struct n_tty *n, const struct ktermios *termios);

/* What was typed and not read is gone. */
void n_tty_flush_input(struct n_tty *n);

/* A program holds output back, as ^S does, or lets it go, which ^Q does not. */
void n_tty_hold(struct n_tty *n, bool held);
/* No output goes out now. */
static inline bool n_tty_is_stopped(const struct n_tty *n)
{
	return n->stopped || n->held;
}

#endif
