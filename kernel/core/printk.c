// SPDX-License-Identifier: MIT
/*
 * Messages: the ring and the consoles.
 *
 * A message is formatted on the caller's stack, put into the ring as one record,
 * and then whoever gets hold of the consoles writes out all that they have not
 * seen.  Two locks, never held together by one CPU but in that order: consoles,
 * then ring.  Both know their owner, which makes printk() safe from any context:
 *
 *  - The ring is held for copies only, with interrupts off.  A message from an
 *    NMI or a fault in there is written to the consoles and not kept.
 *  - Another CPU writes to the consoles: it will see our record and write it too.
 *  - This CPU does, and a fault struck in a console's write(): the message is
 *    written at once in the middle of the line, for the fault may never return.
 *  - Once printk_panic() was called, no other CPU's hold is respected for long: it may have
 *    been stopped.  Before that whoever holds gives back, however long the hypervisor lets
 *    him wait in between.
 */
#include "kernel/core/printk.h"

#include "kernel/core/printk_ring.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/barrier.h"
#include "kernel/lib/string.h"

#define LEVEL_CONSOLE 6		 /* KERN_DEBUG goes to the ring only */
#define LEVEL_DEBUG   7		 /* the least urgent there is */
#define HOLDER_DEAD   (1U << 24) /* spins: no holder that lives takes so long */

/* Guards printk_ring.c, and counts what was stored. */
static DEFINE_SPINLOCK(ring_lock);
static u32 ring_changes;

/* Guarded by console_lock. */
static DEFINE_SPINLOCK(console_lock);
static struct console *consoles;
static struct reader shown; /* what the consoles have seen */
static u32 shown_number;    /* and the number of the next record to come */
static bool line_open;	    /* the consoles' last byte was no newline */
static struct record piece; /* the record that is being written */
static char piece_text[RECORD_MAX_TEXT];

static int console_level = LEVEL_CONSOLE;
static u64 (*clock)(void);
static bool in_panic;
static u32 patience; /* spins of who takes a lock in a panic */

/* False when this CPU holds it already. */
static bool hold(spinlock_t *lock)
{
	while (!READ_ONCE(in_panic)) {
		if (spin_trylock(lock))
			return true;
		if (spin_is_mine(lock))
			return false;
		cpu_relax();
	}
	return spin_lock_by_force(lock, patience);
}

static bool hold_ring(void)
{
	return hold(&ring_lock);
}

static bool hold_consoles(void)
{
	return hold(&console_lock);
}

/* The consoles.  All with console_lock held, or nested in a holder. */

static void write_all(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	for (struct console *con = consoles; con; con = con->next)
		con->write(con, s, n);
}

static struct sink all = { .write = write_all };

/*
 * One record's text, a stamp in front of each line; `open` says whether the sink's
 * last byte was no newline.  `first`: it is the record's beginning, so it starts a
 * line of its own.
 */
static void write_record(struct sink *to, bool *open, const struct record *rec, const char *text,
			 bool first)
{
	size_t left = rec->len;
	u64 usec = rec->ns / 1000;
	char stamp[32];
	int n = 0;

	if (first && *open) {
		sink_write(to, "\n", 1);
		*open = false;
	}
	while (left) {
		size_t line = 0;
		bool ends;

		if (!*open) {
			*open = true; /* from the first byte on: a nested message must see it */
			if (!n)
				n = scnprintf(stamp, sizeof(stamp), "[%5lu.%06lu] ", usec / 1000000,
					      usec % 1000000);
			sink_write(to, stamp, n);
		}
		while (line < left && text[line] != '\n')
			line++;
		ends = line < left;
		line += ends;
		sink_write(to, text, line);
		*open = !ends;
		text += line;
		left -= line;
	}
}

/* Not in line: who shows a piece needs no room for this text, nor a canary. */
static noinline void say_dropped(u32 count)
{
	char text[64];
	int n = scnprintf(text, sizeof(text), "%s** %u printk messages dropped **\n",
			  line_open ? "\n" : "", count);

	sink_write(&all, text, (size_t)n);
	line_open = false;
}

/* Write the next piece that the consoles have not seen; false when there is none. */
static bool show_next(void)
{
	bool first, more;

	if (!consoles || !hold_ring())
		return false;
	more = ring_read(&shown, ring_end(), &piece, piece_text);
	first = more && shown.done == piece.len;
	spin_unlock_forced(&ring_lock);
	if (!more)
		return false;
	if (first) {
		if (piece.number != shown_number)
			say_dropped(piece.number - shown_number);
		shown_number = piece.number + 1;
	}
	if (!(piece.flags & RECORD_SHOWN) && RECORD_LEVEL(piece.prio) <= console_level)
		write_record(&all, &line_open, &piece, piece_text, first);
	return true;
}

/*
 * Bring the consoles up to date, unless somebody is at it.  Interrupts are off for
 * one record at a time, so that a handler's message waits for the end of a line.
 * What another CPU stored after our last look and before the drop is ours to write:
 * either it finds the consoles free, or we find what it has counted.
 */
static void show_all(void)
{
	u32 seen;
	bool more;

	do {
		unsigned long flags = local_irq_save();
		bool held = in_panic ? hold_consoles() : spin_trylock(&console_lock);

		seen = READ_ONCE(ring_changes);
		more = held && show_next();
		if (held)
			spin_unlock_forced(&console_lock);
		local_irq_restore(flags);
		if (!held)
			return;
		smp_mb(); /* the drop, then the look: the other CPU counts and then tries */
	} while (more || READ_ONCE(ring_changes) != seen);
}

/* Let go of the consoles, where they were held, and write what others could not meanwhile. */
static void release_consoles(bool held, unsigned long flags)
{
	if (held)
		spin_unlock_forced(&console_lock);
	local_irq_restore(flags);
	if (held)
		show_all();
}

/* Take levels off the front of a message: -1 for KERN_CONT. */
static const char *parse_level(const char *text, int *level)
{
	*level = RECORD_LEVEL_DEFAULT;
	while (text[0] == '\001' && text[1]) {
		*level = text[1] >= '0' && text[1] <= '7' ? text[1] - '0' : -1;
		text += 2;
	}
	return text;
}

void printk_set_clock(u64 (*source)(void))
{
	WRITE_ONCE(clock, source);
}

/* Keep it and show it: prio as ring_store() has it. */
static void emit(int prio, const char *text, int len)
{
	struct record rec = { .prio = RECORD_LEVEL_DEFAULT };
	unsigned long flags;
	bool nested, kept;

	flags = local_irq_save();
	nested = spin_is_mine(&console_lock);
	kept = hold_ring();
	rec.ns = clock ? clock() : 0; /* with the ring held: no record lies behind a later one */
	if (kept) {
		ring_changes++;
		ring_store(prio, rec.ns, raw_smp_processor_id(), nested ? RECORD_SHOWN : 0, text,
			   (size_t)len);
		spin_unlock_forced(&ring_lock);
	}
	if (prio >= 0)
		rec.prio = (u16)prio;
	if ((nested || !kept) && RECORD_LEVEL(rec.prio) <= console_level) {
		rec.len = (u16)len;
		write_record(&all, &line_open, &rec, text, prio >= 0);
	}
	local_irq_restore(flags);
	if (!nested)
		show_all();
}

static __printf(1, 0) int vprintk(const char *fmt, va_list args)
{
	char buf[RECORD_MAX_TEXT];
	const char *text;
	int level, len;

	len = vscnprintf(buf, sizeof(buf), fmt, args);
	text = parse_level(buf, &level);
	len -= (int)(text - buf);
	if (len)
		emit(level, text, len);
	return len;
}

int printk(const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vprintk(fmt, args);
	va_end(args);
	return n;
}

/* The next record from `at` up to `end`; false at the end. */
static bool replay_next(struct reader *at, u64 end, struct sink *to, bool *open, int max_level)
{
	bool more;

	if (!hold_ring())
		return false;
	more = ring_read(at, end, &piece, piece_text);
	spin_unlock_forced(&ring_lock);
	if (more && RECORD_LEVEL(piece.prio) <= max_level)
		write_record(to, open, &piece, piece_text, at->done == piece.len);
	return more;
}

struct one_console {
	struct sink sink;
	struct console *con;
};

static void write_one(struct sink *sink, const char *s, size_t n)
{
	struct console *con = container_of(sink, struct one_console, sink)->con;

	con->write(con, s, n);
}

/*
 * What the others have seen is replayed; with none there, nothing has been seen
 * and show_all() writes it.  An open record is closed, for to be at one point of
 * it would take a reader for each console.
 */
static void add_console(struct console *con)
{
	struct one_console only = { { write_one }, con };
	struct console **link = &consoles;
	struct reader at = { 0, 0 };
	bool open = false;

	for (; *link; link = &(*link)->next)
		if (*link == con)
			return;
	if (hold_ring()) {
		ring_close_last();
		spin_unlock_forced(&ring_lock);
	}
	while (show_next())
		;
	while (replay_next(&at, shown.pos, &only.sink, &open, console_level))
		;
	if (open && !line_open)
		sink_write(&only.sink, "\n", 1);
	con->next = NULL;
	*link = con;
}

void register_console(struct console *con)
{
	unsigned long flags = local_irq_save();
	bool held = hold_consoles();

	add_console(con);
	release_consoles(held, flags);
}

const char *console_name(const char *prefix)
{
	const char *name = NULL;

	for (const struct console *con = consoles; con; con = con->next)
		if (strncmp(con->name, prefix, strlen(prefix)) == 0)
			name = con->name;
	return name;
}

static void write_all_raw(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	for (struct console *con = consoles; con; con = con->next)
		(con->write_raw ?: con->write)(con, s, n);
}

static struct sink all_raw = { .write = write_all_raw };

static void write_plain(struct sink *to, const char *s, size_t n)
{
	unsigned long flags = local_irq_save();
	bool held = hold_consoles();

	if (n) {
		line_open = true;
		sink_write(to, s, n);
		line_open = s[n - 1] != '\n';
	}
	release_consoles(held, flags);
}

void console_write(const char *s, size_t n)
{
	write_plain(&all, s, n);
}

void console_write_raw(const char *s, size_t n)
{
	write_plain(&all_raw, s, n);
}

static void write_console_sink(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	console_write(s, n);
}

struct sink console_sink = { .write = write_console_sink };

int console_getchar(void)
{
	struct console *con;

	for (con = READ_ONCE(consoles); con; con = con->next) {
		int c = con->getchar ? con->getchar(con) : -1;

		if (c >= 0)
			return c;
	}
	return -1;
}

/* Messages that come while dmesg writes are not part of what it was asked for. */
static u64 last_position(void)
{
	unsigned long flags = local_irq_save();
	u64 end = 0;

	if (hold_ring()) {
		end = ring_end();
		spin_unlock_forced(&ring_lock);
	}
	local_irq_restore(flags);
	return end;
}

void dmesg_dump(struct sink *out)
{
	struct reader at = { 0, 0 };
	bool more = true, open = false;
	u64 end = last_position();

	while (more) {
		unsigned long flags = local_irq_save();
		bool held = hold_consoles();

		more = replay_next(&at, end, out, &open, LEVEL_DEBUG);
		release_consoles(held, flags);
	}
}

void console_set_loglevel(int level)
{
	WRITE_ONCE(console_level, level);
}

int console_loglevel(void)
{
	return READ_ONCE(console_level);
}

void printk_emit(u16 prio, const char *text, size_t len)
{
	if (len)
		emit(prio, text, (int)min(len, (size_t)KMSG_MAX_TEXT));
}

_Static_assert(KMSG_MAX_TEXT == RECORD_MAX_TEXT, "a message is a record");

bool kmsg_next(u64 *pos, struct kmsg_record *rec)
{
	unsigned long flags = local_irq_save();
	struct record r;
	bool more = false;

	if (hold_ring()) {
		more = ring_read_whole(pos, &r, rec->text);
		spin_unlock_forced(&ring_lock);
	}
	local_irq_restore(flags);
	if (!more)
		return false;
	rec->ns = r.ns;
	rec->number = r.number;
	rec->prio = r.prio;
	rec->len = r.len;
	if (rec->len && rec->text[rec->len - 1] == '\n')
		rec->len--;
	return true;
}

u64 kmsg_end(void)
{
	return last_position();
}

void printk_panic(bool alone)
{
	WRITE_ONCE(patience, alone ? 0 : HOLDER_DEAD);
	WRITE_ONCE(in_panic, true);
	console_set_loglevel(LEVEL_DEBUG);
}
