// SPDX-License-Identifier: MIT
/*
 * The terminal that is the console: messages, the monitor and programs share it.
 *
 * A key goes to the monitor while that reads, else to the programs.  Both take it from
 * command_getchar(), which has first what was typed while a command ran.
 */
#include "drivers/tty/tty.h"

#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/monitor.h"
#include "kernel/time/hrtimer.h"
#include "kernel/time/time.h"

#define LOOK_NS (10 * NSEC_PER_MSEC) /* between two looks for a key that raises no interrupt */

static struct hrtimer look;
static bool open; /* tty_mutex */

static void console_tty_write(struct tty_struct *tty, const u8 *s, size_t len)
{
	(void)tty;
	console_write_raw((const char *)s, len);
}

static int console_tty_getchar(struct tty_struct *tty)
{
	(void)tty;
	return command_getchar();
}

static void console_tty_listen(struct tty_struct *tty, bool on)
{
	(void)tty;
	WRITE_ONCE(open, on);
	if (on && !monitor_has_input_interrupts())
		hrtimer_start(&look, LOOK_NS, HRTIMER_MODE_REL);
	else if (!on)
		hrtimer_cancel(&look);
}

static const struct tty_operations console_tty_ops = {
	.write = console_tty_write,
	.getchar = console_tty_getchar,
	.listen = console_tty_listen,
};

#define SERIAL_NAME "ttyS"
#define SERIAL_DEV  MKDEV(4, 64) /* ttyS0's; Linux's Documentation/admin-guide/devices.txt */

static struct tty_struct console_tty = { .name = SERIAL_NAME "0",
					 .dev = SERIAL_DEV,
					 .ops = &console_tty_ops };

static bool console_input(void)
{
	return tty_receive(&console_tty);
}

static void release_keys(bool to_monitor)
{
	tty_set_deaf(&console_tty, to_monitor);
}

static const struct monitor_terminal monitor_terminal = { console_input, release_keys };

static enum hrtimer_restart look_for_keys(struct hrtimer *timer)
{
	console_input();
	if (!READ_ONCE(open))
		return HRTIMER_NORESTART;
	hrtimer_forward(timer, ktime_get(), LOOK_NS);
	return HRTIMER_RESTART;
}

/* It is the UART that is the console by now; ttyS0 where there is none. */
static void __init name_terminal(struct tty_struct *tty)
{
	const char *name = console_name(SERIAL_NAME);
	u64 n;

	if (!name || kstrtoull(name + strlen(SERIAL_NAME), 10, &n))
		return;
	tty->name = name;
	tty->dev = SERIAL_DEV + (dev_t)n;
}

void __init tty_init(void)
{
	name_terminal(&console_tty);
	hrtimer_init(&look, look_for_keys);
	tty_register(&console_tty);
	monitor_set_terminal(&monitor_terminal);
	monitor_dev_init();
}
