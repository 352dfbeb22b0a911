/* SPDX-License-Identifier: MIT */
/*
 * A machine that is a record: what the kernel's files find when they look for hardware.
 *
 * Memory is what the record's `mem` lines hold, and 0 elsewhere; the functions of PCI are
 * bytes of which some bits can be written, reached by the ports 0cf8-0cff and, where the
 * record has an `ecam` line, by memory.  Everything else is absent: ports read all ones, MSRs
 * that the record does not name read 0.
 */
#ifndef TESTS_REPLAY_MACHINE_H
#define TESTS_REPLAY_MACHINE_H

#include "kernel/lib/compiler.h"

/* One access to a port, `size` bytes of 1, 2 or 4. */
u32 machine_in(u16 port, unsigned int size);
void machine_out(u16 port, unsigned int size, u32 value);

/* One access to memory by an address that memremap() or ioremap() gave, or their kin. */
u64 machine_read(const volatile void *addr, unsigned int size);
void machine_write(volatile void *addr, unsigned int size, u64 value);

/*
 * Take a record apart: `text` is the whole of it, and is cut into lines.  What the loader would have said is in
 * boot_info then, words of the command line in boot_command_line.  False after a line where it cannot be read.
 */
bool machine_load(char *text);

/* A window of a host bridge by the log's word, in the order of the record. */
struct machine_window {
	u16 segment;
	u8 bus;
	bool io, prefetch;
	u64 start, end, offset;
};

/* The n-th of all root buses, or NULL. */
const struct machine_window *machine_window(unsigned int n);

/* Memory that AML read and no line of the record holds: how many pages, and the n-th one's address. */
unsigned int machine_unknown_pages(void);
u64 machine_unknown_page(unsigned int n);
unsigned int machine_unknown_ports(void);
u16 machine_unknown_port(unsigned int n);

#endif
