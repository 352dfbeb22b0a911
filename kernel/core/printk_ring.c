// SPDX-License-Identifier: MIT
/*
 * The ring of messages.
 *
 * Positions count bytes since boot and only grow; a position modulo the size is
 * a place in the ring.  A record lies in one piece: where it would wrap, a filler
 * record takes the rest of the ring in front of it.  What is needed for a new one
 * is taken from the oldest.  All sizes are multiples of a record's header, so a
 * filler always fits.
 *
 * No lock here: printk's ring_lock is held around all of it.
 */
#include "kernel/core/printk_ring.h"

#include "kernel/lib/string.h"

_Static_assert(sizeof(struct record) == RECORD_ALIGN, "a filler always fits");
_Static_assert(sizeof(struct record) + RECORD_MAX_TEXT < RING_SIZE / 4, "the ring holds some");
_Static_assert((RING_SIZE & (RING_SIZE - 1)) == 0, "a position's place needs no division");

static u8 ring[RING_SIZE] __aligned(RECORD_ALIGN);
static u64 tail, head, last; /* oldest record, end, newest record */
static u32 next_number;
static u32 last_caller; /* who began the newest record */

static struct record *record_at(u64 pos)
{
	return (struct record *)(ring + pos % RING_SIZE);
}

static char *record_text(struct record *rec)
{
	return (char *)(rec + 1);
}

static u64 record_size(size_t len)
{
	return ALIGN(sizeof(struct record) + len, RECORD_ALIGN);
}

static u64 ring_next(u64 pos)
{
	return pos + record_size(record_at(pos)->len);
}

/* Let the oldest go until the ring can end at `end`. */
static void make_room(u64 end)
{
	while (end - tail > RING_SIZE)
		tail = ring_next(tail);
}

/*
 * False: the newest is closed or another's, would become too long or wrap, or is shown
 * by others than this piece.
 */
static bool append_to_last(u32 caller, u8 flags, const char *text, size_t len)
{
	struct record *rec = record_at(last);
	u64 end = last + record_size(rec->len + len);

	if (head == 0 || !(rec->flags & RECORD_OPEN) || caller != last_caller ||
	    rec->len + len > RECORD_MAX_TEXT || last / RING_SIZE != (end - 1) / RING_SIZE ||
	    ((rec->flags ^ flags) & RECORD_SHOWN))
		return false;
	make_room(end);
	memcpy(record_text(rec) + rec->len, text, len);
	rec->len += (u16)len;
	if (text[len - 1] == '\n')
		rec->flags &= ~RECORD_OPEN;
	head = end;
	return true;
}

static void append_record(int prio, u64 ns, u8 flags, const char *text, size_t len)
{
	u64 size = record_size(len), left = RING_SIZE - head % RING_SIZE;
	struct record *rec;

	if (left < size) {
		make_room(head + left);
		*record_at(head) = (struct record){ .len = (u16)(left - sizeof(*rec)),
						    .flags = RECORD_FILLER };
		head += left;
	}
	make_room(head + size);
	rec = record_at(head);
	*rec = (struct record){ ns, next_number++, (u16)len, (u16)prio, flags };
	memcpy(record_text(rec), text, len);
	last = head;
	head += size;
}

void ring_close_last(void)
{
	if (head)
		record_at(last)->flags &= ~RECORD_OPEN;
}

void ring_store(int prio, u64 ns, u32 caller, u8 flags, const char *text, size_t len)
{
	if (prio < 0 && append_to_last(caller, flags, text, len))
		return;
	ring_close_last();
	if (text[len - 1] != '\n')
		flags |= RECORD_OPEN;
	last_caller = caller;
	append_record(prio < 0 ? RECORD_LEVEL_DEFAULT : prio, ns, flags, text, len);
}

bool ring_read(struct reader *at, u64 end, struct record *rec, char *text)
{
	if (at->pos < tail)
		*at = (struct reader){ tail, 0 };
	while (at->pos < end && at->pos < head) {
		struct record *r = record_at(at->pos);

		if (!(r->flags & RECORD_FILLER) && at->done < r->len) {
			*rec = *r;
			rec->len = r->len - at->done;
			memcpy(text, record_text(r) + at->done, rec->len);
			at->done = r->len;
			return true;
		}
		if (r->flags & RECORD_OPEN)
			return false;
		at->pos = ring_next(at->pos);
		at->done = 0;
	}
	return false;
}

bool ring_read_whole(u64 *pos, struct record *rec, char *text)
{
	for (*pos = max(*pos, tail); *pos < head; *pos = ring_next(*pos)) {
		struct record *r = record_at(*pos);

		if (r->flags & RECORD_FILLER)
			continue;
		if (r->flags & RECORD_OPEN)
			return false;
		*rec = *r;
		memcpy(text, record_text(r), r->len);
		*pos = ring_next(*pos);
		return true;
	}
	return false;
}

u64 ring_end(void)
{
	return head;
}
