// SPDX-License-Identifier: MIT
/*
 * The UARTs that there are, at the PC's four standard places and on cards, and the console.
 *
 * No table needs to be asked for the standard ones: the places are part of the PC's
 * definition, and each is tested before it is used (drivers/serial/uart.c).
 *
 * Names are Linux's.  ttyS0 to ttyS3 are the standard places.  A UART on a card takes the
 * first name beyond them, of which there are none unless 8250.nr_uarts=N or a console=
 * asks for them, else that of a standard place where nobody is.
 *
 * Which UARTs there are changes at boot and, with cards, behind PCI's mutex (drivers/pci/pci.h);
 * what is within one is behind its own lock (drivers/serial/uart.c).
 */
#define pr_fmt(fmt) "serial8250: " fmt

#include "drivers/serial/serial8250.h"

#include "drivers/serial/uart.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/gdb/gdb.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/monitor.h"

#define STANDARD_UARTS 4
#define MAX_UARTS      8

static struct uart uarts[MAX_UARTS] = {
	{ .standard = 0x3f8, .irq = 4, .name = "ttyS0" },
	{ .standard = 0x2f8, .irq = 3, .name = "ttyS1" },
	{ .standard = 0x3e8, .irq = 4, .name = "ttyS2" },
	{ .standard = 0x2e8, .irq = 3, .name = "ttyS3" },
	{ .name = "ttyS4" },
	{ .name = "ttyS5" },
	{ .name = "ttyS6" },
	{ .name = "ttyS7" },
};

static unsigned int nr_uarts = STANDARD_UARTS; /* names that there are; settled at boot */

static struct uart *console_uart; /* changes at boot, and when its card is pulled */

static void __init make_console(struct uart *u)
{
	console_uart = u;
	u->active = true;
	register_console(&u->console);
}

void __init serial8250_init(void)
{
	for (unsigned int i = 0; i < STANDARD_UARTS; i++)
		if (!gdb_port_is(uarts[i].standard) &&
		    uart_probe(&uarts[i], uarts[i].standard, uarts[i].irq) && !console_uart)
			make_console(&uarts[i]);
	if (!console_uart)
		pr_warn("no UART answers at any of the four standard places\n");
}

/* Beyond the standard names first, as in Linux. */
static struct uart *free_name(void)
{
	for (unsigned int n = 0; n < nr_uarts; n++) {
		struct uart *u = &uarts[(n + STANDARD_UARTS) % nr_uarts];

		if (!u->present)
			return u;
	}
	return NULL;
}

int serial8250_add_port(u16 base, int irq)
{
	struct uart *u = free_name();

	if (!u) {
		pr_info("no name is left for a UART at I/O 0x%x\n", base);
		return -ENOSPC;
	}
	return uart_probe(u, base, irq) ? 0 : -ENODEV;
}

void serial8250_remove_port(u16 base)
{
	for (unsigned int i = 0; i < nr_uarts; i++) {
		struct uart *u = &uarts[i];

		if (!u->present || u->base != base)
			continue;
		if (u == console_uart) {
			pr_warn("%s goes, and the console with it\n", u->name);
			console_uart = NULL;
			monitor_input_interrupts(false);
		}
		uart_deactivate(u);
		u->present = false;
		release_region(base, UART_PORTS);
	}
}

/* "ttySn" or "ttySn,BAUD...": the UART, its rate in *baud; NULL where it is another device. */
static struct uart *__init parse_console(const char *value, unsigned int *baud)
{
	u64 rate = BASE_BAUD;

	for (unsigned int i = 0; i < ARRAY_SIZE(uarts); i++) {
		size_t len = strlen(uarts[i].name);

		if (strncmp(value, uarts[i].name, len) != 0 || (value[len] && value[len] != ','))
			continue;
		if (value[len])
			rate = simple_strtoull(value + len + 1, NULL, 10);
		*baud = rate >= 2 && rate <= BASE_BAUD ? (unsigned int)rate : BASE_BAUD;
		return &uarts[i];
	}
	return NULL;
}

/* The last UART of the console= words that is there, or NULL; `say` which are not. */
static struct uart *__init choose_console(unsigned int *baud, bool say)
{
	struct uart *u, *chosen = NULL;
	unsigned int rate;
	char value[32];

	for (unsigned int n = 0; cmdline_next("console", &n, value, sizeof(value)) >= 0;) {
		u = parse_console(value, &rate);
		if (u && !u->present && say)
			pr_warn("console=%s: there is no such UART\n", value);
		if (!u || !u->present)
			continue;
		chosen = u;
		*baud = rate;
	}
	return chosen;
}

static void __init move_console(struct uart *to, unsigned int baud)
{
	if (baud != BASE_BAUD)
		uart_set_baud(to, baud);
	if (to == console_uart)
		return;
	pr_info("console is %s from here on\n", to->name);
	if (console_uart)
		uart_deactivate(console_uart);
	make_console(to);
}

/* As many names as 8250.nr_uarts= says, and as console= asks for. */
static void __init count_names(void)
{
	unsigned int rate;
	char value[32];
	u64 nr;

	if (cmdline_get("8250.nr_uarts", 0, value, sizeof(value)) >= 0) {
		if (kstrtoull(value, 0, &nr) || nr < STANDARD_UARTS || nr > MAX_UARTS)
			pr_warn("8250.nr_uarts=%s: not %d to %d\n", value, STANDARD_UARTS,
				MAX_UARTS);
		else
			nr_uarts = (unsigned int)nr;
	}
	for (unsigned int n = 0; cmdline_next("console", &n, value, sizeof(value)) >= 0;) {
		const struct uart *u = parse_console(value, &rate);

		if (u)
			nr_uarts = max(nr_uarts, (unsigned int)(u - uarts) + 1);
	}
}

void __init serial8250_setup_console(void)
{
	unsigned int baud = BASE_BAUD;
	struct uart *chosen;

	count_names();
	chosen = choose_console(&baud, false);
	if (chosen)
		move_console(chosen, baud);
}

void __init serial8250_setup_late_console(void)
{
	unsigned int baud = BASE_BAUD;
	struct uart *chosen = choose_console(&baud, true);

	for (unsigned int i = 0; i < nr_uarts && !chosen && !console_uart; i++)
		if (uarts[i].present)
			chosen = &uarts[i];
	if (!chosen || chosen == console_uart)
		return;
	move_console(chosen, baud);
	monitor_input_interrupts(uart_enable_irq(chosen) == 0);
}

int __init serial8250_enable_irq(void)
{
	int ret = console_uart ? uart_enable_irq(console_uart) : -ENODEV;

	monitor_input_interrupts(ret == 0);
	return ret;
}
