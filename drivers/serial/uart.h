/* SPDX-License-Identifier: MIT */
/*
 * One UART: its state, and what is done with it.  Which there are, how they are called and
 * which is the console is serial8250.c's.
 */
#ifndef DRIVERS_SERIAL_UART_H
#define DRIVERS_SERIAL_UART_H

#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"

#define UART_PORTS    8 /* from its base on */
#define BASE_BAUD     115200
#define RX_RING_BYTES 256 /* a power of two */

struct uart {
	u16 standard; /* COM1 to COM4, or 0 */
	u16 base;     /* where it is: there, or on a card */
	int irq;      /* at a standard place an ISA irq by convention; below 0: none */
	char name[8];
	bool present;		    /* tested and claimed */
	bool active;		    /* the console writes to it and reads from it; under lock */
	bool stuck;		    /* THRE stayed clear for THRE_TICKS */
	bool holder_dead;	    /* the lock was not to be had in LOCK_SPINS */
	bool interrupts, throttled; /* receives by its irq; not now, for want of room */
	unsigned int fifo_bytes;
	spinlock_t lock; /* the registers and the ring */
	struct console console;
	unsigned int head, tail; /* of the ring: written at head, read at tail */
	u8 ring[RX_RING_BYTES];
};

/*
 * Test what is at eight ports, claim them and set it up for 115200 baud; irq below 0: it has
 * none.  False where they are taken or nothing answers, and then nothing is claimed.
 * Thread; the UART is not in use.
 */
bool uart_probe(struct uart *u, u16 base, int irq);

/* `baud` is at most BASE_BAUD, which is divided by a whole number.  The same. */
void uart_set_baud(const struct uart *u, unsigned int baud);

/*
 * Received bytes raise its irq from now on: 0, -ENODEV: it has none, or request_irq()'s
 * error.  Thread.
 */
int uart_enable_irq(struct uart *u);

/* It is not the console any more: nothing touches its registers when this returns.  Thread. */
void uart_deactivate(struct uart *u);

#endif
