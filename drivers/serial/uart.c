// SPDX-License-Identifier: MIT
/*
 * An 8250, 16450 or 16550A: tested, written to, read from.
 *
 * The test is that of a real UART: the scratch register keeps what is written (16450 and
 * later), and in loopback mode the modem outputs come back as modem inputs.
 *
 * Sending polls, in bursts as long as the FIFO, so that messages come out in any
 * context, and every wait is bounded: a UART whose holding register stays full
 * loses bytes instead of stopping the kernel.  Receiving polls too, until its
 * irq works: then the handler fills a small ring and wakes the monitor.
 *
 * A port's lock guards its registers and its ring.  It knows its owner: a fault or
 * an NMI inside it goes on without, for its message must come out; so does a CPU
 * that waited so long that the owner must be dead.
 */
#define pr_fmt(fmt) "serial8250: " fmt

#include "drivers/serial/uart.h"

#include "kernel/core/resource.h"
#include "kernel/cpu/port.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "kernel/monitor/monitor.h"
#include "kernel/time/time.h"

/* TL16C550C data sheet, table 7: offsets and bits. */
enum {
	UART_RX = 0,
	UART_TX = 0,
	UART_DLL = 0, /* divisor latch with LCR_DLAB */
	UART_IER = 1,
	UART_DLM = 1,
	UART_IIR = 2,
	UART_FCR = 2,
	UART_LCR = 3,
	UART_MCR = 4,
	UART_LSR = 5,
	UART_MSR = 6,
	UART_SCR = 7,
};

#define IER_RX	   BIT(0)
#define IIR_NONE   BIT(0) /* no interrupt is pending */
#define IIR_ID	   0x0f
#define IIR_WAITED 0x0c /* character timeout: bytes wait below the FIFO's trigger */
#define IIR_FIFO   0xc0 /* both bits: FIFOs that work (16550A) */
#define FCR_ENABLE 0x07 /* on, both cleared, interrupt at the first byte */
#define LCR_8N1	   0x03
#define LCR_DLAB   BIT(7)
#define MCR_DTR	   BIT(0)
#define MCR_RTS	   BIT(1)
#define MCR_OUT2   BIT(3) /* gates the interrupt on a PC */
#define MCR_LOOP   BIT(4)
#define LSR_DR	   BIT(0)
#define LSR_THRE   BIT(5)
#define LSR_ABSENT 0xff

#define FIFO_BYTES 16
#define MAX_DRAIN  64 /* bytes taken at once: a stuck DR bit must not hold the CPU */
#define LOCK_SPINS (1U << 24)
#define MAX_ROUNDS 16 /* likewise, of an interrupt */

/*
 * TSC ticks to wait for the holding register: some seconds, as an emulator's
 * reader may be slow; a character takes 87 us.  Where it ran out once, only a
 * register that is free at the first look gets a byte until one was.
 */
#define THRE_TICKS (1ULL << 33)

/* Interrupts are off.  False where the caller goes on without the lock: after the first time at once. */
static bool lock_uart(struct uart *u)
{
	for (unsigned int n = 0; n < LOCK_SPINS; n++) {
		if (spin_trylock(&u->lock)) {
			u->holder_dead = false;
			return true;
		}
		if (spin_is_mine(&u->lock) || u->holder_dead)
			return false;
		cpu_relax();
	}
	u->holder_dead = true;
	return false;
}

static void unlock_uart(struct uart *u, bool locked)
{
	if (locked)
		spin_unlock(&u->lock);
}

static u8 uart_read(const struct uart *u, unsigned int reg)
{
	return inb((u16)(u->base + reg));
}

static void uart_write(const struct uart *u, unsigned int reg, u8 value)
{
	outb(value, (u16)(u->base + reg));
}

/* ---------------------------------------------------------------- the test */

static bool scratch_works(const struct uart *u)
{
	static const u8 patterns[] = { 0x5a, 0xa5 };

	for (unsigned int i = 0; i < ARRAY_SIZE(patterns); i++) {
		uart_write(u, UART_SCR, patterns[i]);
		if (uart_read(u, UART_SCR) != patterns[i])
			return false;
	}
	return true;
}

/* RTS comes back as CTS, DTR as DSR, OUT1 as RI, OUT2 as DCD. */
static bool loopback_works(const struct uart *u)
{
	u8 mcr = uart_read(u, UART_MCR), status;

	uart_write(u, UART_MCR, MCR_LOOP | MCR_RTS | MCR_OUT2);
	status = uart_read(u, UART_MSR) & 0xf0;
	uart_write(u, UART_MCR, mcr);
	return status == 0x90;
}

static bool uart_answers(const struct uart *u)
{
	u8 ier;

	/* Bits 4 and 5 are a 16750's sleep modes; a floating bus reads ones whatever is written. */
	uart_write(u, UART_IER, 0);
	ier = uart_read(u, UART_IER);
	if (ier)
		return false;
	return scratch_works(u) && loopback_works(u);
}

void uart_set_baud(const struct uart *u, unsigned int baud)
{
	unsigned int divisor = BASE_BAUD / baud;

	uart_write(u, UART_LCR, LCR_8N1 | LCR_DLAB);
	uart_write(u, UART_DLL, (u8)divisor);
	uart_write(u, UART_DLM, (u8)(divisor >> 8));
	uart_write(u, UART_LCR, LCR_8N1);
}

static void uart_setup(struct uart *u)
{
	uart_write(u, UART_IER, 0);
	uart_set_baud(u, BASE_BAUD);
	uart_write(u, UART_FCR, FCR_ENABLE);
	u->fifo_bytes = (uart_read(u, UART_IIR) & IIR_FIFO) == IIR_FIFO ? FIFO_BYTES : 1;
	uart_write(u, UART_MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
}

/* ---------------------------------------------------------------- sending */

static bool wait_for_room(struct uart *u)
{
	u64 start;

	if (uart_read(u, UART_LSR) & LSR_THRE) {
		u->stuck = false;
		return true;
	}
	if (u->stuck)
		return false;
	start = rdtsc_ordered();
	while (rdtsc_ordered() - start < THRE_TICKS)
		if (uart_read(u, UART_LSR) & LSR_THRE)
			return true;
	u->stuck = true;
	return false;
}

/* How many bytes from s on can go out as they are: up to a newline. */
static size_t plain_run(const char *s, size_t n)
{
	size_t run = 0;

	while (run < n && s[run] != '\n')
		run++;
	return run;
}

/* `plain`: no CR is put in front of an LF. */
static void send(struct uart *u, const char *s, size_t n, bool plain)
{
	unsigned int room = 0;
	bool returned = false; /* the CR in front of this LF is out */

	while (n) {
		size_t run = plain ? n : returned ? 1 : plain_run(s, n);

		if (!room) {
			if (!wait_for_room(u))
				return;
			room = u->fifo_bytes;
		}
		if (run == 0) {
			uart_write(u, UART_TX, '\r');
			room--;
			returned = true;
			continue;
		}
		run = min(run, (size_t)room);
		outsb((u16)(u->base + UART_TX), s, run);
		room -= (unsigned int)run;
		s += run;
		n -= run;
		returned = false;
	}
}

static void write_bytes(struct console *con, const char *s, size_t n, bool plain)
{
	struct uart *u = container_of(con, struct uart, console);
	unsigned long flags;
	bool locked;

	flags = local_irq_save();
	locked = lock_uart(u);
	if (u->active)
		send(u, s, n, plain);
	unlock_uart(u, locked);
	local_irq_restore(flags);
}

static void serial_write(struct console *con, const char *s, size_t n)
{
	write_bytes(con, s, n, false);
}

static void serial_write_raw(struct console *con, const char *s, size_t n)
{
	write_bytes(con, s, n, true);
}

/* ---------------------------------------------------------------- receiving */

/*
 * Move what the UART holds to the ring; the lock is held.  With the ring full
 * the rest stays in the UART, whose interrupt is then off until there is room.
 */
static void drain(struct uart *u)
{
	u8 lsr;

	for (unsigned int n = 0; n < MAX_DRAIN; n++) {
		if (u->head - u->tail == RX_RING_BYTES) {
			uart_write(u, UART_IER, 0);
			u->throttled = u->interrupts;
			return;
		}
		lsr = uart_read(u, UART_LSR);
		if (!(lsr & LSR_DR) || lsr == LSR_ABSENT)
			return;
		u->ring[u->head++ % RX_RING_BYTES] = uart_read(u, UART_RX);
	}
}

static int serial_getchar(struct console *con)
{
	struct uart *u = container_of(con, struct uart, console);
	unsigned long flags;
	bool locked;
	int c = -1;

	flags = local_irq_save();
	locked = lock_uart(u);
	if (u->active && u->head == u->tail)
		drain(u);
	if (u->head != u->tail)
		c = u->ring[u->tail++ % RX_RING_BYTES];
	if (u->throttled && u->head == u->tail) {
		u->throttled = false;
		uart_write(u, UART_IER, IER_RX);
	}
	unlock_uart(u, locked);
	local_irq_restore(flags);
	return c;
}

static irqreturn_t serial_irq(int irq, void *dev_id)
{
	struct uart *u = dev_id;
	irqreturn_t ret = IRQ_NONE;
	bool locked;
	u8 iir;

	(void)irq;
	locked = lock_uart(u);
	/* The line is an edge: it must go low, with nothing pending, to strike again. */
	for (unsigned int n = 0; n < MAX_ROUNDS; n++) {
		iir = uart_read(u, UART_IIR);
		if (iir & IIR_NONE)
			break;
		/* Some parts say that bytes wait where none does, till the register is read. */
		if ((iir & IIR_ID) == IIR_WAITED && !(uart_read(u, UART_LSR) & LSR_DR))
			uart_read(u, UART_RX);
		drain(u);
		ret = IRQ_HANDLED;
	}
	unlock_uart(u, locked);
	if (ret == IRQ_HANDLED)
		monitor_input();
	return ret;
}

/* ---------------------------------------------------------------- set-up */

bool uart_probe(struct uart *u, u16 base, int irq)
{
	if (!request_region(base, UART_PORTS, "serial"))
		return false;
	u->base = base;
	if (!uart_answers(u)) {
		release_region(base, UART_PORTS);
		return false;
	}
	u->irq = irq;
	u->stuck = false;
	u->head = u->tail = 0;
	uart_setup(u);
	u->present = true;
	u->console = (struct console){ .name = u->name,
				       .write = serial_write,
				       .write_raw = serial_write_raw,
				       .getchar = serial_getchar,
				       .next = u->console.next };
	pr_info("%s at I/O 0x%x (irq = %d, base_baud = %u) is a %s\n", u->name, base, irq,
		BASE_BAUD, u->fifo_bytes > 1 ? "16550A" : "16450");
	return true;
}

int uart_enable_irq(struct uart *u)
{
	unsigned long flags;
	bool locked;
	int ret = u->irq < 0 ? -ENODEV : request_irq(u->irq, serial_irq, IRQF_SHARED, u->name, u);

	if (ret)
		return ret;
	flags = local_irq_save();
	locked = lock_uart(u);
	u->interrupts = true;
	uart_write(u, UART_IER, IER_RX);
	drain(u);
	unlock_uart(u, locked);
	local_irq_restore(flags);
	return 0;
}

void uart_deactivate(struct uart *u)
{
	unsigned long flags = local_irq_save();
	bool locked = lock_uart(u), interrupts = u->interrupts;

	u->active = u->interrupts = u->throttled = false;
	u->head = u->tail = 0;
	if (interrupts)
		uart_write(u, UART_IER, 0);
	unlock_uart(u, locked);
	local_irq_restore(flags);
	if (interrupts)
		free_irq(u->irq, u);
}
