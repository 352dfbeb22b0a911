/* SPDX-License-Identifier: MIT */
/*
 * printk's memory: the newest messages, as records.  Every function is called with
 * printk's ring_lock held, with interrupts off.
 */
#ifndef KERNEL_CORE_PRINTK_RING_H
#define KERNEL_CORE_PRINTK_RING_H

#include "kernel/lib/compiler.h"

#define RING_SIZE	     65536 /* bytes; a power of two */
#define RECORD_ALIGN	     16
#define RECORD_MAX_TEXT	     1000 /* bytes */
#define RECORD_LEVEL_DEFAULT 4	  /* of a message that says none: a warning, as in Linux */

struct record {
	u64 ns;	       /* printk's clock */
	u32 number;    /* counts records, fillers aside */
	u16 len;       /* of the text behind this */
	u16 prio : 11; /* of syslog(3): a level below a facility, which is 0 for the kernel's own */
	u16 flags : 5;
};

#define RECORD_LEVEL(prio) ((prio)&7)

#define RECORD_FILLER BIT(0) /* nothing: the rest of the ring */
#define RECORD_OPEN   BIT(1) /* the text has no end yet */
#define RECORD_SHOWN  BIT(2) /* was written to the consoles out of turn */

/* Where a reader stands: a record's position, and how much of its text is done. */
struct reader {
	u64 pos;
	u16 done;
};

/*
 * Keep a text of 1 .. RECORD_MAX_TEXT bytes.  A record is open until its text ends
 * with a newline or another record follows; prio -1 goes on with the newest
 * where that is open and was begun by the same `caller`, and becomes a record of its own
 * else.  `flags` is 0 or RECORD_SHOWN; pieces that differ in it are not put together.
 */
void ring_store(int prio, u64 ns, u32 caller, u8 flags, const char *text, size_t len);

/* Nothing goes on with the newest record any more. */
void ring_close_last(void);

/*
 * Copy what the reader has not had of the next record in front of `end`, header
 * (with the length of this piece) and text, and move the reader on.  It begins
 * at { 0, 0 }, and what was lost meanwhile is passed over.  False: nothing there.
 */
bool ring_read(struct reader *at, u64 end, struct record *rec, char *text);

/*
 * The same for who wants records whole: the next at *pos or behind it, which moves on.  False:
 * there is none, or its text has no end yet.
 */
bool ring_read_whole(u64 *pos, struct record *rec, char *text);

/* The position behind the newest record. */
u64 ring_end(void);

#endif
