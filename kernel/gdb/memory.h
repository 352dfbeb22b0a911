/* SPDX-License-Identifier: MIT */
/*
 * Memory as gdb reads and writes it: any address, whatever is there.
 *
 * Each access may fault and costs no more than an answer.  A device's register is accessed in the width
 * that is asked for: 1, 2, 4 or 8 bytes that lie aligned are one access.  What is read-only is written
 * through a slot of the fixmap, and so is reached what lies in the user half, of any root.
 * The chief alone, and those before there is another CPU.
 */
#ifndef KERNEL_GDB_MEMORY_H
#define KERNEL_GDB_MEMORY_H

#include "mm/mm.h"

/* How many bytes were read / written; an address of the user half is of `user`, or NULL: there is none. */
size_t gdb_read_memory(const struct mm *user, u64 addr, void *to, size_t n);
size_t gdb_write_memory(const struct mm *user, u64 addr, const void *from, size_t n);

/* The object of qXfer:memory-map: all that may be mapped, of RAM what the register knows. */
struct sink;
void gdb_write_memory_map(struct sink *out);

#endif
