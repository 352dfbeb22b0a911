// SPDX-License-Identifier: MIT
/*
 * One port for gdb and the console: kgdboc=ttyS0, where that is what the machine has.
 *
 * While no gdb is attached the port is a console: what is written goes out as it is, and what comes in
 * are keys.  What gdb and lldb begin with, "+$q" or "+$Q", is held back from those and stops the machine.
 * While gdb is attached, text goes to it in packets, and there are no keys.
 */
#include "kernel/core/printk.h"
#include "kernel/gdb/port.h"
#include "kernel/gdb/stub.h"
#include "kernel/monitor/monitor.h"

#define KEY_BYTES 256 /* a power of two */

static bool shared, has_interrupt;
static u8 keys[KEY_BYTES];
static unsigned int head, tail; /* written at head, by who reads the port; read at tail */
static unsigned int matched;	/* bytes of a greeting that were held back */

bool gdb_console_is_shared(void)
{
	return shared;
}

static void put_key(u8 byte)
{
	if (head - tail < KEY_BYTES)
		keys[head++ % KEY_BYTES] = byte;
}

const char *gdb_console_key(u8 byte)
{
	static const char greeting[] = "+$";

	if (matched == 2 && (byte == 'q' || byte == 'Q')) {
		matched = 0;
		return byte == 'q' ? "$q" : "$Q";
	}
	if (matched < 2 && byte == (u8)greeting[matched]) {
		matched++;
		return NULL;
	}
	for (unsigned int i = 0; i < matched; i++)
		put_key((u8)greeting[i]);
	matched = byte == (u8)greeting[0];
	if (!matched)
		put_key(byte);
	return NULL;
}

static void write_plain(const char *s, size_t n, bool raw)
{
	for (; n--; s++) {
		if (*s == '\n' && !raw)
			gdb_port_put('\r');
		gdb_port_put((u8)*s);
	}
}

static void write_cooked(struct console *con, const char *s, size_t n)
{
	(void)con;
	if (!gdb_send_text(s, n))
		write_plain(s, n, false);
}

static void write_raw(struct console *con, const char *s, size_t n)
{
	(void)con;
	if (!gdb_send_text(s, n))
		write_plain(s, n, true);
}

static int get_key(struct console *con)
{
	(void)con;
	if (head == tail && !has_interrupt && gdb_wants_stop())
		kgdb_breakpoint();
	return head != tail ? keys[tail++ % KEY_BYTES] : -1;
}

void __init gdb_console_init(void)
{
	static struct console console = {
		.name = "kgdb", .write = write_cooked, .write_raw = write_raw, .getchar = get_key
	};

	shared = true;
	register_console(&console);
}

void __init gdb_console_has_interrupt(void)
{
	has_interrupt = shared;
	if (shared)
		monitor_input_interrupts(true);
}

void gdb_console_input(void)
{
	if (shared && head != tail)
		monitor_input();
}
