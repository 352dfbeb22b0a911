// SPDX-License-Identifier: MIT
// sources: drivers/input/keyboard.c
/*
 * The keyboard controller's driver against one that firmware left in any state, is busy for a while, has bytes of
 * the mouse and of before, or is not there (IBM PS/2 Hardware Interface Technical Reference).
 */
#include "kernel/cpu/port.h"
#include "kernel/irq/irq.h"
#include "kernel/monitor/monitor.h"
#include "tests/host/test.h"

static u8 read_port(u16 port);
static void write_port(u8 value, u16 port);
#define inb(port)	  read_port(port)
#define outb(value, port) write_port(value, port)
#undef pr_fmt /* each source has its own */
#include "drivers/input/i8042.c"

static struct {
	u8 config;
	u16 out[300]; /* bytes that wait; above 8 bits: the mouse's */
	unsigned int nr_out;
	unsigned int busy; /* reads of the status until it takes a byte; ~0: for ever */
	bool absent, wants_config, no_keyboard;
	bool disabled, mouse_disabled, sends;
	bool never_empty;
} hw;

static irq_handler_t handler;
static int irq_result;
static unsigned int inputs;
static bool early_key; /* one comes just before the irq is there */

static void give(u16 byte)
{
	hw.out[hw.nr_out++] = byte;
}

static u8 status(void)
{
	u8 v = hw.nr_out || hw.never_empty ? 0x01 : 0;

	v |= hw.nr_out && hw.out[0] > 0xff ? 0x20 : 0;
	v |= hw.busy ? 0x02 : 0;
	hw.busy -= hw.busy && hw.busy != ~0U;
	return v;
}

static u8 read_port(u16 port)
{
	u16 byte = hw.out[0];

	if (hw.absent)
		return 0xff;
	if (port == 0x64)
		return status();
	EXPECT_EQ(port, 0x60);
	EXPECT(hw.nr_out || hw.never_empty);
	if (hw.nr_out)
		memmove(hw.out, hw.out + 1, --hw.nr_out * sizeof(hw.out[0]));
	return (u8)byte;
}

static void command(u8 value)
{
	switch (value) {
	case 0x20:
		EXPECT_EQ(hw.nr_out, 0); /* the answer would be one of those */
		give(hw.config);
		break;
	case 0x60:
		hw.wants_config = true;
		break;
	case 0xa7:
		hw.mouse_disabled = true;
		break;
	case 0xad:
		hw.disabled = true;
		break;
	case 0xae:
		hw.disabled = false;
		break;
	default:
		host_fail(__FILE__, __LINE__, "command 0x%x", value);
	}
}

static void write_port(u8 value, u16 port)
{
	EXPECT(!hw.busy && !hw.absent);
	hw.busy = 3;
	if (port == 0x64) {
		command(value);
	} else if (hw.wants_config) {
		EXPECT(hw.disabled && hw.mouse_disabled); /* nothing comes in between */
		hw.wants_config = false;
		hw.config = value;
	} else {
		EXPECT_EQ(value, 0xf4);
		EXPECT(!hw.disabled);
		hw.sends = !hw.no_keyboard;
		if (hw.sends)
			give(0xfa);
	}
}

bool wait_over(const struct wait *wait)
{
	test_clock_ns += 1000000;
	return test_clock_ns - wait->ns >= wait->nsec;
}

int request_irq(int irq, irq_handler_t fn, unsigned long flags, const char *name, void *dev_id)
{
	EXPECT(irq == 1 && !flags && dev_id);
	EXPECT_STR(name, "i8042");
	handler = irq_result ? NULL : fn;
	if (early_key)
		give(0x1e);
	return irq_result;
}

void monitor_input(void)
{
	EXPECT(!lock.owner); /* it may ask for what was typed */
	inputs++;
}

static void begin(u8 config)
{
	memset(&hw, 0, sizeof(hw));
	hw.config = config;
	memset(&keyboard, 0, sizeof(keyboard));
	head = tail = inputs = 0;
	handler = NULL;
	irq_result = 0;
	test_log_clear();
}

/* What was typed until now. */
static const char *read_keys(void)
{
	static char text[300];
	size_t n = 0;

	for (int c; (c = keyboard_getchar()) >= 0 && n < sizeof(text) - 1;)
		text[n++] = (char)c;
	text[n] = '\0';
	return text;
}

TEST(whatever_firmware_left_the_keyboard_is_heard)
{
	static const u8 configs[] = { 0x00, 0x47, 0x32, 0xff };

	for (unsigned int i = 0; i < ARRAY_SIZE(configs); i++) {
		begin(configs[i]);
		give(0x1e); /* of before */
		give(0x108);
		hw.busy = 20;
		EXPECT_EQ(i8042_init(), 0);
		/* Irq and translation on, the mouse's irq and the keyboard's lock off, the rest as it was. */
		EXPECT_EQ(hw.config, (configs[i] & 0xac) | 0x41);
		EXPECT(hw.sends && hw.mouse_disabled && handler);
		EXPECT_STR(read_keys(), "");
		EXPECT(!test_log_has("no keyboard"));
	}
}

TEST(without_a_controller_nothing_is_asked_for)
{
	begin(0);
	hw.absent = true;
	EXPECT_EQ(i8042_init(), -ENODEV);
	EXPECT(test_log_has("no keyboard controller answers at I/O 0x60 and 0x64"));
	begin(0);
	hw.busy = ~0U;
	EXPECT_EQ(i8042_init(), -ENODEV);
	begin(0);
	hw.never_empty = true; /* and its queue has no end */
	i8042_init();
	begin(0);
	irq_result = -EBUSY;
	EXPECT_EQ(i8042_init(), -EBUSY);
}

/* One may be plugged in later. */
TEST(without_a_keyboard_the_irq_is_there)
{
	begin(0);
	hw.no_keyboard = true;
	EXPECT_EQ(i8042_init(), 0);
	EXPECT(test_log_has("no keyboard answers"));
	EXPECT(handler);
}

TEST(keys_are_typed_and_the_mouse_is_not)
{
	begin(0);
	EXPECT_EQ(i8042_init(), 0);
	EXPECT_EQ(handler(1, NULL), IRQ_NONE);
	EXPECT_EQ(inputs, 0);
	give(0x1e);
	give(0x11e);
	give(0x9e);
	give(0x30);
	EXPECT_EQ(handler(1, NULL), IRQ_HANDLED);
	EXPECT_EQ(inputs, 1);
	EXPECT_STR(read_keys(), "ab");
	EXPECT_EQ(keyboard_getchar(), -1);
	give(0x108);
	EXPECT_EQ(handler(1, NULL), IRQ_HANDLED);
	EXPECT_STR(read_keys(), "");
}

/* With no room left keys are lost, as on a terminal; a controller that is never empty does not keep the CPU. */
TEST(what_is_typed_is_bounded)
{
	begin(0);
	EXPECT_EQ(i8042_init(), 0);
	for (unsigned int i = 0; i < 300; i++) {
		give(i < 256 ? 0x1e : 0x30);
		EXPECT_EQ(handler(1, NULL), IRQ_HANDLED);
	}
	EXPECT_EQ(strlen(read_keys()), 256);
	give(0x30);
	handler(1, NULL);
	EXPECT_STR(read_keys(), "b");
	hw.never_empty = true;
	EXPECT_EQ(handler(1, NULL), IRQ_HANDLED);
}

/* A byte that came with nobody to take it holds the line up, and no edge comes any more. */
TEST(a_key_of_before_the_irq_is_taken)
{
	begin(0);
	early_key = true;
	EXPECT_EQ(i8042_init(), 0);
	early_key = false;
	EXPECT_EQ(hw.nr_out, 0);
	EXPECT_STR(read_keys(), "a");
}
