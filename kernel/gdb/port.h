/* SPDX-License-Identifier: MIT */
/*
 * The debugger's serial port: polled, with a driver of its own that needs nothing but IN and OUT, so
 * that it works before everything and after anything.
 */
#ifndef KERNEL_GDB_PORT_H
#define KERNEL_GDB_PORT_H

#include "kernel/lib/compiler.h"

/*
 * The UART at eight ports from `base` on is the debugger's, and its ports are claimed: 0, -EBUSY or
 * -ENODEV, which was said.  Before anything can be allocated.
 */
int gdb_port_open(u16 base, unsigned int baud);

/* Any context; without a lock, for the chief alone. */
bool gdb_port_get(u8 *byte); /* false: none waits */
void gdb_port_put(u8 byte);  /* one that finds no room within some seconds is lost */

/* Bytes that come raise its interrupt, or do not. */
void gdb_port_set_interrupt(bool on);

/* How many bytes have come: a look. */
unsigned int gdb_port_count(void);

/* Is it the debugger's?  For the driver of consoles, which keeps off then. */
bool gdb_port_is(u16 base);

#endif
