/* SPDX-License-Identifier: MIT */
/* A machine for gdb's packets that is none: for the unit test and the fuzzer. */
#ifndef TESTS_FUZZ_GDB_TARGET_H
#define TESTS_FUZZ_GDB_TARGET_H

#include "kernel/gdb/server.h"

#define FAKE_MEMORY 0x1000UL /* where its 256 bytes begin; all else faults */

extern u8 fake_memory[256];
extern u64 fake_registers[GDB_NR_REGISTERS][2]; /* of thread 1, which stopped, on CPU 0 */
extern struct gdb_stop fake_stop;
extern char fake_monitor_line[256];
extern int fake_inserted[GDB_NR_BREAKPOINT_TYPES];
extern const struct gdb_target fake_target;
extern u32
	fake_asked; /* the thread whose memory was asked for last, or that a breakpoint was set for */
extern u32 fake_threads; /* so many from FAKE_THREAD + 1 on, instead of the three; 0: the three */
#define FAKE_THREAD 0x10000U

/* All that was sent since it was emptied: the first bytes, terminated; `fake_sent` counts on. */
extern char fake_line[16384];
extern size_t fake_sent;
void fake_put(u8 byte);

/* Of one input: what comes behind is not looked at, so that none takes long. */
#define FAKE_PACKETS 16

/*
 * Bytes as they come over the line: packets are served, so many.  How many were.  Aborts where an answer is
 * not as it has to be.
 */
unsigned int fake_feed(struct gdb_receiver *r, struct gdb_server *s, const u8 *bytes, size_t n);

/* One input of a fuzzer's: its first byte says whether the rest is a line, or packets by lines. */
void fake_fuzz(const u8 *data, size_t size);

#endif
