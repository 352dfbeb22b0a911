// SPDX-License-Identifier: MIT
/* A UART, polled.  See the header. */
#define pr_fmt(fmt) "kgdb: " fmt

#include "kernel/gdb/port.h"

#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"

/* TL16C550C data sheet, table 7. */
enum { RX = 0, TX = 0, DLL = 0, IER = 1, DLM = 1, FCR = 2, LCR = 3, MCR = 4, LSR = 5, SCR = 7 };
#define IER_RX	   0x01
#define FCR_ENABLE 0x07 /* on, both cleared, interrupt at the first byte */
#define LCR_8N1	   0x03
#define LCR_DLAB   0x80
#define MCR_ALL	   0x0b /* DTR, RTS, OUT2: the last gates the interrupt on a PC */
#define LSR_DR	   0x01
#define LSR_THRE   0x20
#define LSR_ABSENT 0xff

#define NR_PORTS   8
#define BASE_BAUD  115200
#define THRE_TICKS (1ULL << 33) /* some seconds: whoever reads at the other end may be slow */

static u16 port_base; /* 0: none */

/* What had come before the port was opened: gdb may have been first. */
static u8 early[16];
static unsigned int nr_early, next_early;

static unsigned int count; /* of bytes that have been read */

static u8 read_reg(unsigned int reg)
{
	return inb((u16)(port_base + reg));
}

static void write_reg(unsigned int reg, u8 value)
{
	outb(value, (u16)(port_base + reg));
}

static bool answers(void)
{
	write_reg(SCR, 0x5a);
	if (read_reg(SCR) != 0x5a)
		return false;
	write_reg(SCR, 0xa5);
	return read_reg(SCR) == 0xa5;
}

static bool take_byte(u8 *byte)
{
	u8 lsr = read_reg(LSR);

	if (!(lsr & LSR_DR) || lsr == LSR_ABSENT)
		return false;
	*byte = read_reg(RX);
	count++;
	return true;
}

int gdb_port_open(u16 base, unsigned int baud)
{
	unsigned int divisor = BASE_BAUD / baud;

	if (!request_region(base, NR_PORTS, "kgdb"))
		return -EBUSY;
	port_base = base;
	if (!answers()) {
		port_base = 0;
		release_region(base, NR_PORTS);
		pr_err("no UART answers at I/O 0x%x\n", base);
		return -ENODEV;
	}
	write_reg(IER, 0);
	while (nr_early < sizeof(early) && take_byte(&early[nr_early]))
		nr_early++;
	write_reg(LCR, LCR_8N1 | LCR_DLAB);
	write_reg(DLL, (u8)divisor);
	write_reg(DLM, (u8)(divisor >> 8));
	write_reg(LCR, LCR_8N1);
	write_reg(FCR, FCR_ENABLE);
	write_reg(MCR, MCR_ALL);
	return 0;
}

bool gdb_port_get(u8 *byte)
{
	if (next_early == nr_early)
		return take_byte(byte);
	*byte = early[next_early++];
	return true;
}

void gdb_port_put(u8 byte)
{
	u64 start = rdtsc_ordered();

	while (!(read_reg(LSR) & LSR_THRE))
		if (rdtsc_ordered() - start > THRE_TICKS)
			return;
	write_reg(TX, byte);
}

void gdb_port_set_interrupt(bool on)
{
	write_reg(IER, on ? IER_RX : 0);
}

unsigned int gdb_port_count(void)
{
	return READ_ONCE(count);
}

bool gdb_port_is(u16 base)
{
	return port_base && port_base == base;
}
