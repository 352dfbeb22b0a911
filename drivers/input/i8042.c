// SPDX-License-Identifier: MIT
/*
 * The keyboard controller, Intel's 8042 and what stands for it since (IBM PS/2 Hardware Interface
 * Technical Reference, "Keyboard and Auxiliary Device Controller").
 *
 * Its two ports are the board's in the register, as in Linux.  Firmware may have left it in any
 * state: it is silenced, emptied, told to translate to set 1 and to raise its irq, and
 * the keyboard is told to send.  The mouse beside it stays off.
 */
#define pr_fmt(fmt) "i8042: " fmt

#include "drivers/input/keyboard.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/port.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "kernel/monitor/monitor.h"
#include "kernel/time/time.h"

#define I8042_DATA    0x60
#define I8042_COMMAND 0x64 /* written */
#define I8042_STATUS  0x64 /* read */
#define I8042_IRQ     1

#define STATUS_OUTPUT BIT(0) /* a byte waits to be read */
#define STATUS_INPUT  BIT(1) /* what was written was not taken yet */
#define STATUS_MOUSE  BIT(5) /* the byte is the mouse's */
#define STATUS_ABSENT 0xff

#define COMMAND_READ_CONFIG   0x20
#define COMMAND_WRITE_CONFIG  0x60
#define COMMAND_DISABLE_MOUSE 0xa7
#define COMMAND_DISABLE	      0xad
#define COMMAND_ENABLE	      0xae

#define CONFIG_IRQ	 BIT(0)
#define CONFIG_MOUSE_IRQ BIT(1)
#define CONFIG_DISABLED	 BIT(4)
#define CONFIG_TRANSLATE BIT(6)

#define KEYBOARD_ENABLE 0xf4
#define KEYBOARD_ACK	0xfa

#define WAIT_US	    50000 /* a keyboard answers within 20 ms */
#define MAX_DRAIN   64	  /* bytes: more than a controller holds */
#define TYPED_BYTES 256	  /* a power of two */

static DEFINE_SPINLOCK(lock); /* of all below, and of the ports once the irq is there */
static struct keyboard keyboard;
static char typed[TYPED_BYTES];
static unsigned int head, tail; /* written at head, read at tail */

/* With no room left keys are lost, as on a terminal. */
static void take_code(u8 code)
{
	char bytes[KEYBOARD_BYTES];
	unsigned int n = keyboard_code(&keyboard, code, bytes);

	for (unsigned int i = 0; i < n && head - tail < TYPED_BYTES; i++)
		typed[head++ % TYPED_BYTES] = bytes[i];
}

/* All that waits in the controller; the lock is held.  False: nothing did. */
static bool take_bytes(void)
{
	u8 status, data;
	unsigned int n;

	for (n = 0; n < MAX_DRAIN && (status = inb(I8042_STATUS)) & STATUS_OUTPUT; n++) {
		data = inb(I8042_DATA);
		if (!(status & STATUS_MOUSE))
			take_code(data);
	}
	return n > 0;
}

static irqreturn_t i8042_irq(int irq, void *dev_id)
{
	bool any;

	(void)irq;
	(void)dev_id;
	spin_lock(&lock);
	any = take_bytes();
	spin_unlock(&lock);
	if (any)
		monitor_input();
	return any ? IRQ_HANDLED : IRQ_NONE;
}

int keyboard_getchar(void)
{
	unsigned long flags;
	int c = -1;

	if (READ_ONCE(head) == READ_ONCE(tail))
		return -1;
	spin_lock_irqsave(&lock, flags);
	if (head != tail)
		c = (u8)typed[tail++ % TYPED_BYTES];
	spin_unlock_irqrestore(&lock, flags);
	return c;
}

/* ---------------------------------------------------------------- set-up */

static bool __init write_byte(u16 port, u8 byte)
{
	if (!poll_timeout(!(inb(I8042_STATUS) & STATUS_INPUT), WAIT_US))
		return false;
	outb(byte, port);
	return true;
}

/* The next byte, or -1: none came. */
static int __init read_byte(void)
{
	if (!poll_timeout(inb(I8042_STATUS) & STATUS_OUTPUT, WAIT_US))
		return -1;
	return inb(I8042_DATA);
}

static void __init drop_bytes(void)
{
	for (unsigned int n = 0; n < MAX_DRAIN && inb(I8042_STATUS) & STATUS_OUTPUT; n++)
		inb(I8042_DATA);
}

static bool __init setup_controller(void)
{
	int config;

	if (!write_byte(I8042_COMMAND, COMMAND_DISABLE) ||
	    !write_byte(I8042_COMMAND, COMMAND_DISABLE_MOUSE))
		return false;
	drop_bytes();
	if (!write_byte(I8042_COMMAND, COMMAND_READ_CONFIG))
		return false;
	config = read_byte();
	if (config < 0)
		return false;
	config |= CONFIG_IRQ | CONFIG_TRANSLATE;
	config &= ~(CONFIG_MOUSE_IRQ | CONFIG_DISABLED);
	return write_byte(I8042_COMMAND, COMMAND_WRITE_CONFIG) &&
	       write_byte(I8042_DATA, (u8)config) && write_byte(I8042_COMMAND, COMMAND_ENABLE);
}

int __init i8042_init(void)
{
	unsigned long flags;
	int ret;

	if (inb(I8042_STATUS) == STATUS_ABSENT || !setup_controller()) {
		pr_warn("no keyboard controller answers at I/O 0x%x and 0x%x\n", I8042_DATA,
			I8042_COMMAND);
		return -ENODEV;
	}
	if (!write_byte(I8042_DATA, KEYBOARD_ENABLE) || read_byte() != KEYBOARD_ACK)
		pr_warn("no keyboard answers\n");
	ret = request_irq(I8042_IRQ, i8042_irq, 0, "i8042", &keyboard);
	if (ret)
		return ret;
	spin_lock_irqsave(&lock, flags);
	take_bytes(); /* a code that came before would hold the line up, and no edge come any more */
	spin_unlock_irqrestore(&lock, flags);
	pr_info("keyboard at I/O 0x%x, irq %d\n", I8042_DATA, I8042_IRQ);
	return 0;
}
