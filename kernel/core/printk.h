/* SPDX-License-Identifier: MIT */
/*
 * Messages: a ring of records from the first C line, replayed to each console
 * as it registers, stamped as Linux stamps them.
 *
 * printk() may be called from any context, also with interrupts off and from
 * an exception handler.  A message is at most 1000 bytes, the rest is cut off.
 * Conversions: those of C without floating point, and
 *   %pa   phys_addr_t or resource_size_t behind the pointer: 0x%016llx
 *   %pR   struct resource *: [mem 0xfed00000-0xfed003ff], [io  0x0cf8-0x0cff]
 *   %pS   code address as symbol+0xoffset/0xsize
 *   %ps   the same, symbol alone
 *   %p    0x%016lx
 */
#ifndef KERNEL_CORE_PRINTK_H
#define KERNEL_CORE_PRINTK_H

#include "kernel/lib/compiler.h"

/* A message's level is its first two bytes, as in Linux: SOH and a digit. */
#define KERN_EMERG   "\0010"
#define KERN_ERR     "\0013"
#define KERN_WARNING "\0014"
#define KERN_INFO    "\0016"
#define KERN_DEBUG   "\0017"
#define KERN_CONT    "\001c" /* goes on with the line before: no stamp */

int printk(const char *fmt, ...) __printf(1, 2);
int vprintk(const char *fmt, va_list args) __printf(1, 0);

#ifndef pr_fmt
#define pr_fmt(fmt) fmt /* a file defines this before its includes for its prefix */
#endif

#define pr_err(fmt, ...)   printk(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...)  printk(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...)  printk(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_debug(fmt, ...) printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_cont(fmt, ...)  printk(KERN_CONT fmt, ##__VA_ARGS__)

/*
 * Format into `buf` of `size` bytes, terminated when size > 0.  snprintf returns
 * the length the whole text has; scnprintf the length that was written.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/*
 * A sink for messages, and perhaps a source of keys.  write() may be called from
 * any context and must not call printk().  getchar() returns a byte or -1 at
 * once; NULL where there is no input.
 */
struct console {
	const char *name;
	void (*write)(struct console *con, const char *s, size_t n);
	int (*getchar)(struct console *con);
	struct console *next; /* owned by printk */
};

/* Add a console and replay the ring to it.  The struct lives for ever. */
void register_console(struct console *con);

/*
 * Bytes to all consoles as they are, without stamp or ring: a command's output.
 * cprintf cuts off at 1023 bytes and returns how many it wrote.
 */
void console_write(const char *s, size_t n);
int cprintf(const char *fmt, ...) __printf(1, 2);

/* Next byte from any console, or -1 when none waits. */
int console_getchar(void);

/* Write the whole ring, stamps included, to the consoles: the dmesg command. */
void dmesg_dump(void);

/* Messages of a lower urgency than this (a higher digit) go to the ring only. */
void console_set_loglevel(int level);

/*
 * panic() calls it before it says anything: from here on each message goes to the
 * consoles whatever its level, even where another CPU holds them and does not let
 * go.
 */
void printk_panic(void);

#endif
