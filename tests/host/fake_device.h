/* SPDX-License-Identifier: MIT */
/*
 * A driver's file whose every access to a register is a call: for devices of which a data sheet
 * says in what order they are to be accessed, which no emulator holds it to.
 *
 * A test includes this, defines both functions, and then includes the driver's source.  Ports and
 * device memory are told apart by the address: what ioremap() gives is the test's to choose.
 */
#ifndef TESTS_HOST_FAKE_DEVICE_H
#define TESTS_HOST_FAKE_DEVICE_H

#include "kernel/cpu/port.h"
#include "mm/io.h"
#include "tests/host/test.h"

static u64 device_read(unsigned long addr, unsigned int size);
static void device_write(unsigned long addr, unsigned int size, u64 value);

#define DEVICE_ADDRESS(addr) ((unsigned long)(__force const volatile void *)(addr))
/* A read may also be made for what it does alone. */
#define DEVICE_READ(type, addr)                                        \
	({                                                             \
		type _value = (type)device_read((addr), sizeof(type)); \
		_value;                                                \
	})

#define readb(addr)	    DEVICE_READ(u8, DEVICE_ADDRESS(addr))
#define readw(addr)	    DEVICE_READ(u16, DEVICE_ADDRESS(addr))
#define readl(addr)	    DEVICE_READ(u32, DEVICE_ADDRESS(addr))
#define readq(addr)	    DEVICE_READ(u64, DEVICE_ADDRESS(addr))
#define writeb(value, addr) device_write(DEVICE_ADDRESS(addr), 1, value)
#define writew(value, addr) device_write(DEVICE_ADDRESS(addr), 2, value)
#define writel(value, addr) device_write(DEVICE_ADDRESS(addr), 4, value)
#define writeq(value, addr) device_write(DEVICE_ADDRESS(addr), 8, value)

#define inb(port)	  DEVICE_READ(u8, port)
#define inw(port)	  DEVICE_READ(u16, port)
#define inl(port)	  DEVICE_READ(u32, port)
#define outb(value, port) device_write(port, 1, value)
#define outw(value, port) device_write(port, 2, value)
#define outl(value, port) device_write(port, 4, value)

#undef pr_fmt /* each source has its own */

#endif
