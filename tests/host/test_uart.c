// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/core/cmdline.c kernel/lib/tree.c
/*
 * The serial port against a TL16C550C of the data sheet's, and its forebears: what has no room in the
 * FIFO is lost and said to be, a read of the buffer register takes a byte, the modem outputs come back
 * in a loop alone, and the interrupt's line is an edge.
 */
#include "kernel/irq/irq.h"
#include "kernel/monitor/monitor.h"
#include "kernel/time/time.h"
#include "tests/host/fake_device.h"

static void device_write_string(u16 port, const void *from, size_t n);
static u64 ticks;

#define outsb(port, from, n) device_write_string(port, from, n)
#define rdtsc_ordered()	     (ticks += 1 << 20)

#include "drivers/serial/uart.c"

#undef pr_fmt
#include "drivers/serial/serial8250.c"

/* ---------------------------------------------------------------- the chip */

#define COM1 0x3f8

enum kind { NOBODY, CHIP_8250, CHIP_16450, CHIP_16550A };

static struct chip {
	enum kind kind;
	bool no_loop;		/* its modem inputs are wired elsewhere */
	bool stays_full;	/* THRE stays clear */
	bool always_asks;	/* IIR says that bytes wait, whatever is done */
	bool waited_by_mistake; /* ... until the buffer register is read */
	u8 ier, fcr, lcr, mcr, scr, dll, dlm;
	unsigned int in_fifo; /* bytes that wait to be sent */
	char sent[4096];
	size_t nr_sent;
	char received[1024]; /* of which 16 at a time are in the chip */
	unsigned int first, last;
	unsigned int accesses, looks; /* all / at LSR */
} chip;

static struct uart uart;
static irq_handler_t handler;
static unsigned int inputs; /* monitor_input() */
static int irq_error;

static unsigned int fifo_size(void)
{
	return chip.kind == CHIP_16550A && chip.fcr & 1 ? 16 : 1;
}

static u8 read_lsr(void)
{
	u8 lsr = chip.first != chip.last ? LSR_DR : 0;

	chip.looks++;
	if (!chip.in_fifo)
		lsr |= LSR_THRE;
	else if (!chip.stays_full && chip.looks % 3 == 0)
		chip.in_fifo = 0;
	return lsr;
}

static u8 read_iir(void)
{
	u8 fifos = fifo_size() > 1 ? IIR_FIFO : 0;

	if (chip.always_asks || chip.waited_by_mistake)
		return fifos | IIR_WAITED;
	return fifos | (chip.ier & IER_RX && chip.first != chip.last ? 0x04 : IIR_NONE);
}

static u8 read_msr(void)
{
	if (!(chip.mcr & MCR_LOOP) || chip.no_loop)
		return 0;
	return (u8)((chip.mcr & MCR_RTS) << 3 | (chip.mcr & MCR_DTR) << 5 | (chip.mcr & 4) << 4 |
		    (chip.mcr & MCR_OUT2) << 4);
}

static u64 device_read(unsigned long addr, unsigned int size)
{
	EXPECT_EQ(size, 1);
	EXPECT(addr >= COM1 && addr < COM1 + UART_PORTS);
	chip.accesses++;
	if (chip.kind == NOBODY)
		return 0xff;
	switch (addr - COM1) {
	case UART_RX:
		chip.waited_by_mistake = false;
		if (chip.lcr & LCR_DLAB)
			return chip.dll;
		EXPECT(chip.always_asks || chip.first != chip.last || !chip.last);
		return chip.first != chip.last ? (u8)chip.received[chip.first++] : 0;
	case UART_IER:
		return chip.lcr & LCR_DLAB ? chip.dlm : chip.ier;
	case UART_IIR:
		return read_iir();
	case UART_LCR:
		return chip.lcr;
	case UART_MCR:
		return chip.mcr;
	case UART_LSR:
		return read_lsr();
	case UART_MSR:
		return read_msr();
	default:
		return chip.kind == CHIP_8250 ? 0xff : chip.scr;
	}
}

static void transmit(u8 c)
{
	EXPECT(!(chip.mcr & MCR_LOOP)); /* it would come back instead */
	EXPECT(chip.in_fifo < fifo_size());
	chip.in_fifo++;
	if (chip.nr_sent + 1 == sizeof(chip.sent))
		panic("bytes without end");
	chip.sent[chip.nr_sent++] = (char)c;
}

static void device_write(unsigned long addr, unsigned int size, u64 value)
{
	u8 byte = (u8)value;

	EXPECT_EQ(size, 1);
	chip.accesses++;
	if (chip.kind == NOBODY)
		return;
	switch (addr - COM1) {
	case UART_TX:
		if (chip.lcr & LCR_DLAB)
			chip.dll = byte;
		else
			transmit(byte);
		break;
	case UART_IER:
		if (chip.lcr & LCR_DLAB)
			chip.dlm = byte;
		else
			chip.ier = byte & 0x0f;
		break;
	case UART_FCR:
		chip.fcr = byte;
		break;
	case UART_LCR:
		chip.lcr = byte;
		break;
	case UART_MCR:
		chip.mcr = byte;
		break;
	case UART_SCR:
		chip.scr = byte;
		break;
	default:
		host_fail(__FILE__, __LINE__, "a write to port %lx", addr);
	}
}

static void device_write_string(u16 port, const void *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		device_write(port, 1, ((const u8 *)from)[i]);
}

static void come_in(const char *s, size_t n)
{
	if (chip.first == chip.last)
		chip.first = chip.last = 0;
	ASSERT(chip.last + n <= sizeof(chip.received));
	memcpy(chip.received + chip.last, s, n);
	chip.last += n;
}

/* ---------------------------------------------------------------- the rest of the machine */

int request_irq(int irq, irq_handler_t asked, unsigned long flags, const char *name, void *dev_id)
{
	EXPECT_EQ(irq, 4);
	EXPECT(flags & IRQF_SHARED);
	EXPECT_STR(name, "ttyS0");
	EXPECT(dev_id == &uart);
	if (!irq_error)
		handler = asked;
	return irq_error;
}

void free_irq(int irq, void *dev_id)
{
	EXPECT_EQ(irq, 4);
	EXPECT(dev_id == &uart);
	EXPECT_EQ(chip.ier, 0); /* it does not strike any more */
	handler = NULL;
}

void monitor_input(void)
{
	inputs++;
}

static bool is_claimed(void)
{
	return lookup_resource_deepest(&ioport_resource, COM1, COM1 + 7) != &ioport_resource;
}

/* A chip of that kind, as firmware left it, and nobody who drives it. */
static void power_on(enum kind kind)
{
	if (is_claimed())
		release_region(COM1, UART_PORTS);
	chip = (struct chip){ .kind = kind, .mcr = MCR_DTR, .dll = 12, .ier = 0 };
	uart = (struct uart){ .standard = COM1, .irq = 4, .name = "ttyS0" };
	handler = NULL;
	inputs = 0;
	irq_error = 0;
}

static void begin(enum kind kind)
{
	power_on(kind);
	EXPECT(uart_probe(&uart, COM1, 4));
	uart.active = true;
}

static const char *sent(void)
{
	chip.sent[chip.nr_sent] = 0;
	return chip.sent;
}

static void say(const char *text)
{
	uart.console.write(&uart.console, text, strlen(text));
}

static int get(void)
{
	return uart.console.getchar(&uart.console);
}

/* ---------------------------------------------------------------- found and set up */

TEST(a_port_that_answers_is_claimed_and_set_up)
{
	power_on(CHIP_16550A);
	EXPECT(uart_probe(&uart, COM1, 4));
	EXPECT(uart.present && is_claimed());
	EXPECT_EQ(chip.dll | chip.dlm << 8, 1); /* 115200 baud */
	EXPECT_EQ(chip.lcr, 0x03);		/* 8 bits, no parity, one stop bit */
	EXPECT_EQ(chip.ier, 0);
	EXPECT_EQ(chip.mcr, MCR_DTR | MCR_RTS | MCR_OUT2);
	EXPECT_EQ(uart.fifo_bytes, 16);
	EXPECT_STR(test_log(), "serial8250: ttyS0 at I/O 0x3f8 (irq = 4, base_baud = 115200) "
			       "is a 16550A\n");
	uart_set_baud(&uart, 300);
	EXPECT_EQ(chip.dll | chip.dlm << 8, 384);
	EXPECT_EQ(chip.lcr, 0x03);
}

/* Nothing there, no scratch register, no loop: whatever it is, it is left, and so are its ports. */
TEST(what_does_not_answer_is_left)
{
	power_on(NOBODY);
	EXPECT(!uart_probe(&uart, COM1, 4));
	EXPECT(!uart.present && !is_claimed());
	power_on(CHIP_8250);
	EXPECT(!uart_probe(&uart, COM1, 4));
	EXPECT(!uart.present && !is_claimed());
	power_on(CHIP_16550A);
	chip.no_loop = true;
	EXPECT(!uart_probe(&uart, COM1, 4));
	EXPECT(!uart.present && !is_claimed());
	EXPECT_EQ(chip.mcr, MCR_DTR); /* out of the loop, as it was */
	EXPECT_STR(test_log(), "");
}

TEST(ports_of_another_are_not_touched)
{
	power_on(CHIP_16550A);
	EXPECT(request_region(COM1, UART_PORTS, "another"));
	EXPECT(!uart_probe(&uart, COM1, 4));
	EXPECT_EQ(chip.accesses, 0);
	EXPECT(is_claimed());
}

/* ---------------------------------------------------------------- sending */

/* A newline at each place of the FIFO, and of the one after: none is lost, none comes twice. */
TEST(each_newline_has_one_return_wherever_it_falls)
{
	char text[64], wanted[80];

	for (enum kind kind = CHIP_16450; kind <= CHIP_16550A; kind++) {
		begin(kind);
		for (unsigned int n = 0; n < 40; n++) {
			memset(text, 'x', n);
			memcpy(text + n, "\n\ny\n", 5);
			memset(wanted, 'x', n);
			memcpy(wanted + n, "\r\n\r\ny\r\n", 8);
			chip.nr_sent = 0;
			say(text);
			EXPECT_STR(sent(), wanted);
		}
		chip.nr_sent = 0;
		uart.console.write_raw(&uart.console, "a\nb", 3);
		EXPECT_STR(sent(), "a\nb");
	}
}

TEST(who_is_not_the_console_is_not_written_to)
{
	begin(CHIP_16550A);
	uart.active = false;
	say("x");
	come_in("y", 1);
	EXPECT_EQ(chip.nr_sent, 0);
	EXPECT_EQ(get(), -1);
}

/* A reader that has gone: some seconds once, and then only what there is room for. */
TEST(a_port_that_stays_full_costs_its_bytes_and_not_the_machine)
{
	begin(CHIP_16550A);
	chip.stays_full = true;
	say("0123456789abcdefgh");
	EXPECT_STR(sent(), "0123456789abcdef");
	EXPECT(chip.looks > 100);
	chip.looks = 0;
	say("lost");
	EXPECT_EQ(chip.looks, 1);
	chip.stays_full = false;
	chip.in_fifo = 0;
	say("back");
	EXPECT_STR(sent(), "0123456789abcdefback");
	say("0123456789abcdefgh"); /* and waits again */
	EXPECT_STR(sent(), "0123456789abcdefback0123456789abcdefgh");
}

/* A fault or an NMI amid a message: what it says comes out, and the lock stays its owner's. */
TEST(a_message_from_within_a_message_comes_out)
{
	begin(CHIP_16550A);
	spin_acquire(&uart.lock);
	say("fault");
	EXPECT_STR(sent(), "fault");
	EXPECT(spin_is_mine(&uart.lock));
	spin_release(&uart.lock);
}

/* ---------------------------------------------------------------- receiving */

TEST(bytes_come_in_their_order)
{
	begin(CHIP_16550A);
	EXPECT_EQ(get(), -1);
	come_in("ab\0\xff", 4);
	EXPECT_EQ(get(), 'a');
	EXPECT_EQ(get(), 'b');
	EXPECT_EQ(get(), 0);
	EXPECT_EQ(get(), 0xff);
	EXPECT_EQ(get(), -1);
	EXPECT_EQ(uart_enable_irq(&uart), 0);
	EXPECT_EQ(chip.ier, IER_RX);
	come_in("cd", 2);
	EXPECT_EQ(handler(4, &uart), IRQ_HANDLED);
	EXPECT_EQ(inputs, 1);
	EXPECT_EQ(chip.first, chip.last);
	EXPECT_EQ(get(), 'c');
	EXPECT_EQ(get(), 'd');
	EXPECT_EQ(handler(4, &uart), IRQ_NONE); /* another's, of the same line */
	EXPECT_EQ(inputs, 1);
}

/* What had come before the interrupt was on raises no edge any more. */
TEST(what_waits_when_the_interrupt_goes_on_is_taken)
{
	begin(CHIP_16550A);
	come_in("x", 1);
	EXPECT_EQ(uart_enable_irq(&uart), 0);
	EXPECT_EQ(chip.first, chip.last);
	EXPECT_EQ(get(), 'x');
}

/* More is typed than the ring holds: it stays in the chip, and is taken later. */
TEST(a_full_ring_waits_for_its_reader)
{
	char text[600];

	for (unsigned int i = 0; i < sizeof(text); i++)
		text[i] = (char)(i % 251);
	begin(CHIP_16550A);
	EXPECT_EQ(uart_enable_irq(&uart), 0);
	come_in(text, sizeof(text));
	EXPECT_EQ(handler(4, &uart), IRQ_HANDLED);
	EXPECT_EQ(chip.first, RX_RING_BYTES);
	EXPECT_EQ(chip.ier, 0); /* else it would strike for ever */
	for (unsigned int i = 0; i < sizeof(text); i++) {
		EXPECT_EQ(get(), (u8)text[i]);
		if (chip.ier && chip.first != chip.last)
			handler(4, &uart);
	}
	EXPECT_EQ(get(), -1);
	EXPECT_EQ(chip.ier, IER_RX);
	come_in("z", 1);
	EXPECT_EQ(handler(4, &uart), IRQ_HANDLED);
	EXPECT_EQ(get(), 'z');
}

TEST(a_full_ring_of_a_polled_port_turns_nothing_on)
{
	char text[600] = { 0 };

	begin(CHIP_16550A);
	come_in(text, sizeof(text));
	for (unsigned int i = 0; i < sizeof(text); i++)
		EXPECT_EQ(get(), 0);
	EXPECT_EQ(get(), -1);
	EXPECT_EQ(chip.ier, 0);
}

/* Some parts say that bytes wait where none does; one may say so for ever. */
TEST(an_interrupt_that_does_not_end_is_left)
{
	begin(CHIP_16550A);
	EXPECT_EQ(uart_enable_irq(&uart), 0);
	chip.waited_by_mistake = true;
	EXPECT_EQ(handler(4, &uart), IRQ_HANDLED);
	EXPECT(!chip.waited_by_mistake);
	EXPECT_EQ(get(), -1);
	chip.always_asks = true;
	chip.accesses = 0;
	EXPECT_EQ(handler(4, &uart), IRQ_HANDLED);
	EXPECT(chip.accesses < 100);
	EXPECT_EQ(get(), -1);
}

/* A card that was pulled reads as ones: no byte of that is anybody's. */
TEST(a_port_that_is_gone_sends_nothing)
{
	begin(CHIP_16550A);
	EXPECT_EQ(uart_enable_irq(&uart), 0);
	chip.kind = NOBODY;
	EXPECT_EQ(handler(4, &uart), IRQ_NONE);
	EXPECT_EQ(get(), -1);
}

/* ---------------------------------------------------------------- on and off */

TEST(without_an_irq_it_is_polled)
{
	power_on(CHIP_16550A);
	EXPECT(uart_probe(&uart, COM1, -1));
	EXPECT_EQ(uart_enable_irq(&uart), -ENODEV);
	uart.irq = 4;
	irq_error = -EBUSY;
	EXPECT_EQ(uart_enable_irq(&uart), -EBUSY);
	EXPECT_EQ(chip.ier, 0);
	uart_deactivate(&uart);
}

TEST(one_that_is_given_up_is_silent)
{
	char text[600] = { 0 };

	begin(CHIP_16550A);
	EXPECT_EQ(uart_enable_irq(&uart), 0);
	come_in(text, sizeof(text));
	handler(4, &uart);
	uart_deactivate(&uart);
	EXPECT(!handler);
	EXPECT_EQ(chip.ier, 0);
	EXPECT_EQ(get(), -1);
	EXPECT_EQ(chip.ier, 0);
	say("x");
	EXPECT_EQ(chip.nr_sent, 0);
	uart.active = true; /* it is the console again: what lay in the ring is old */
	chip.first = chip.last = 0;
	EXPECT_EQ(get(), -1);
}

/* ---------------------------------------------------------------- which there are */

bool gdb_port_is(u16 base)
{
	(void)base;
	return false;
}

void monitor_input_interrupts(bool on)
{
	(void)on;
}

void register_console(struct console *console)
{
	(void)console;
}

/* So many names; `present`: the UARTs that are there, as bits. */
static void have(unsigned int names, unsigned int present, const char *words)
{
	nr_uarts = names;
	for (unsigned int i = 0; i < ARRAY_SIZE(uarts); i++)
		uarts[i].present = present & BIT(i);
	strscpy(boot_command_line, words, COMMAND_LINE_SIZE);
}

/* Linux's Documentation/admin-guide/serial-console.rst; rates are whole parts of 115200. */
TEST(words_that_name_a_console)
{
	static const struct {
		const char *word;
		int nr;
		unsigned int baud;
	} cases[] = {
		{ "ttyS0", 0, 115200 },
		{ "ttyS1,9600n8", 1, 9600 },
		{ "ttyS7,115200", 7, 115200 },
		{ "ttyS1,115201", 1, 115200 },
		{ "ttyS1,2", 1, 2 },
		{ "ttyS1,1", 1, 115200 },
		{ "ttyS1,", 1, 115200 },
		{ "ttyS10", -1, 0 },
		{ "ttyS", -1, 0 },
		{ "tty0", -1, 0 },
		{ "ttyS8", -1, 0 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned int baud = 0;
		const struct uart *u = parse_console(cases[i].word, &baud);

		EXPECT_EQ(u ? u - uarts : -1, cases[i].nr);
		EXPECT_EQ(baud, cases[i].baud);
	}
}

TEST(the_last_console_that_is_there_is_it)
{
	unsigned int baud = BASE_BAUD;

	have(4, BIT(0) | BIT(1), "console=ttyS0 console=ttyS1,9600 console=ttyS3,300 console=tty0");
	EXPECT(choose_console(&baud, false) == &uarts[1]);
	EXPECT_EQ(baud, 9600);
	EXPECT_STR(test_log(), "");
	EXPECT(choose_console(&baud, true) == &uarts[1]);
	EXPECT(test_log_has("console=ttyS3,300: there is no such UART"));
	EXPECT(!test_log_has("tty0"));
	have(4, BIT(0), "console=tty0");
	EXPECT(!choose_console(&baud, false));
}

/* Names beyond the standard places first, then those of a place where nobody is. */
TEST(names_of_uarts_on_cards)
{
	have(4, BIT(0) | BIT(1), "");
	EXPECT(free_name() == &uarts[2]);
	have(6, BIT(0), "");
	EXPECT(free_name() == &uarts[4]);
	have(6, BIT(0) | BIT(4), "");
	EXPECT(free_name() == &uarts[5]);
	have(6, BIT(0) | BIT(4) | BIT(5), "");
	EXPECT(free_name() == &uarts[1]);
	have(6, 0x3f, "");
	EXPECT_EQ(serial8250_add_port(0xc000, 11), -ENOSPC);
	EXPECT(test_log_has("no name is left for a UART at I/O 0xc000"));
}

TEST(how_many_names_there_are)
{
	static const struct {
		const char *words;
		unsigned int nr;
		bool said;
	} cases[] = {
		{ "", 4, false },
		{ "8250.nr_uarts=4", 4, false },
		{ "8250.nr_uarts=8", 8, false },
		{ "8250.nr_uarts=3", 4, true },
		{ "8250.nr_uarts=9", 4, true },
		{ "8250.nr_uarts=six", 4, true },
		{ "console=ttyS5", 6, false },
		{ "console=ttyS1", 4, false },
		{ "8250.nr_uarts=8 console=ttyS5", 8, false },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		have(4, 0, cases[i].words);
		test_log_clear();
		count_names();
		EXPECT_EQ(nr_uarts, cases[i].nr);
		EXPECT_EQ(test_log_has("not 4 to 8"), cases[i].said);
	}
}
