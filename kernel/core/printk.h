/* SPDX-License-Identifier: MIT */
/*
 * Messages: a ring of records from the first C line, replayed to each console
 * as it registers, stamped as Linux stamps them.
 *
 * printk() may be called from any context, also with interrupts off and from
 * an exception handler.  A message is at most 1000 bytes, the rest is cut off.
 * Conversions: kernel/lib/vsprintf.h.
 */
#ifndef KERNEL_CORE_PRINTK_H
#define KERNEL_CORE_PRINTK_H

#include "kernel/core/sink.h"
#include "kernel/lib/vsprintf.h"

/* A message's level is its first two bytes, as in Linux: SOH and a digit. */
#define KERN_EMERG   "\0010"
#define KERN_ERR     "\0013"
#define KERN_WARNING "\0014"
#define KERN_INFO    "\0016"
#define KERN_DEBUG   "\0017"
#define KERN_CONT    "\001c" /* goes on with the line before: no stamp */

int printk(const char *fmt, ...) __printf(1, 2);

#ifndef pr_fmt
#define pr_fmt(fmt) fmt /* a file defines this before its includes for its prefix */
#endif

#define pr_err(fmt, ...)   printk(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...)  printk(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...)  printk(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_debug(fmt, ...) printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_cont(fmt, ...)  printk(KERN_CONT fmt, ##__VA_ARGS__)

/*
 * A sink for messages, and perhaps a source of keys.  write() may be called from
 * any context and must not call printk().  getchar() returns a byte or -1 at
 * once; NULL where there is no input.
 */
struct console {
	const char *name;
	void (*write)(struct console *con, const char *s, size_t n);
	/* The same without a CR in front of each LF; NULL: write() has none either. */
	void (*write_raw)(struct console *con, const char *s, size_t n);
	int (*getchar)(struct console *con);
	struct console *next; /* owned by printk */
};

/* From now on messages are stamped with clock(), ns since boot, any context; until then with 0. */
void printk_set_clock(u64 (*clock)(void));

/* Add a console and replay the ring to it.  The struct lives for ever. */
void register_console(struct console *con);

/* The name of that which was added last of those whose name begins with `prefix`, or NULL.  Boot. */
const char *console_name(const char *prefix);

/*
 * Bytes to all consoles as they are, without stamp or ring: what a person at the
 * console is shown.  A message that comes in between starts a line of its own.
 */
void console_write(const char *s, size_t n);
/* The same for who has made each LF a CR and an LF already: a terminal. */
void console_write_raw(const char *s, size_t n);
extern struct sink console_sink; /* the same as a sink */

/* Next byte from any console, or -1 when none waits. */
int console_getchar(void);

/* All that is in the ring now, whatever its level, stamps included. */
void dmesg_dump(struct sink *out);

/* Messages of a lower urgency than this (a higher digit) go to the ring only. */
void console_set_loglevel(int level);
int console_loglevel(void);

/*
 * What /dev/kmsg and syslog() are made of: messages as records, each whole.
 */
#define KMSG_MAX_TEXT 1000 /* bytes */

struct kmsg_record {
	u64 ns;	    /* when */
	u32 number; /* of all since boot; where some are missing they were overwritten */
	u16 len;
	u16 prio;		  /* of syslog(3): level | facility << 3, of which there are 256 */
	char text[KMSG_MAX_TEXT]; /* without the newline that ended it, and not terminated */
};

/* The next message from position *pos on, which moves behind it; begins at 0.  False: none yet. */
bool kmsg_next(u64 *pos, struct kmsg_record *rec);
/* Where the next message will be. */
u64 kmsg_end(void);

/* A message of a program's; beyond KMSG_MAX_TEXT bytes it is cut off.  Without a newline it has no end yet. */
void printk_emit(u16 prio, const char *text, size_t len);

/*
 * panic() calls it before it says anything: from here on each message goes to the
 * consoles whatever its level, even where another CPU holds them and does not let
 * go.  `alone`: no other CPU runs, so who holds them never will.
 */
void printk_panic(bool alone);

#endif
