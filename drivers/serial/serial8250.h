/* SPDX-License-Identifier: MIT */
/* The PC's serial ports as consoles. */
#ifndef DRIVERS_SERIAL_SERIAL8250_H
#define DRIVERS_SERIAL_SERIAL8250_H

#include "kernel/lib/compiler.h"

/*
 * Test COM1 to COM4, claim the ports of each UART that answers, and make the
 * first one (ttyS0 is COM1, also where it is absent) the console.  Without any
 * the boot goes on unheard.
 */
void serial8250_init(void);

/*
 * Once the command line is known: console=ttySn[,BAUD] moves the console to
 * that UART, which gets all messages so far.  The last one that exists wins.
 */
void serial8250_setup_console(void);

/*
 * A UART found elsewhere, at eight ports that its device decodes: tested and claimed under
 * a name that is free.  irq below 0: it has none.  0, -ENODEV: it does not answer or is
 * taken, -ENOSPC.  May sleep.
 */
int serial8250_add_port(u16 base, int irq);
/* It goes: nothing is written to it any more, its ports are released.  May sleep. */
void serial8250_remove_port(u16 base);

/*
 * All UARTs of the boot are known: console=ttySn may name one on a card.  Where there
 * is no console yet, the first UART becomes it.
 */
void serial8250_setup_late_console(void);

/* The UARTs of PCI cards that are known to be nothing else. */
void serial_pci_init(void);

/*
 * Once request_irq() works: received bytes raise the console UART's ISA irq, and
 * the monitor sleeps until one comes.  0 or a negative errno (said): polling
 * goes on.
 */
int serial8250_enable_irq(void);

#endif
