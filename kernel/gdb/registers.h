/* SPDX-License-Identifier: MIT */
/*
 * The registers as gdb counts them: the order of this list is that of the target description, of
 * the g packet and of the numbers in p and P (gdb manual, G.5.3, "i386 features").
 *
 * Pure: names and sizes.  What they hold is kernel/gdb/context.h's.
 */
#ifndef KERNEL_GDB_REGISTERS_H
#define KERNEL_GDB_REGISTERS_H

#include "kernel/core/sink.h"

enum gdb_register {
	GDB_RAX,
	GDB_RBX,
	GDB_RCX,
	GDB_RDX,
	GDB_RSI,
	GDB_RDI,
	GDB_RBP,
	GDB_RSP,
	GDB_R8,
	GDB_R9,
	GDB_R10,
	GDB_R11,
	GDB_R12,
	GDB_R13,
	GDB_R14,
	GDB_R15,
	GDB_RIP,
	GDB_EFLAGS,
	GDB_CS,
	GDB_SS,
	GDB_DS,
	GDB_ES,
	GDB_FS,
	GDB_GS,
	GDB_ST0,
	GDB_FCTRL = GDB_ST0 + 8,
	GDB_FSTAT,
	GDB_FTAG,
	GDB_FISEG,
	GDB_FIOFF,
	GDB_FOSEG,
	GDB_FOOFF,
	GDB_FOP,
	GDB_XMM0,
	GDB_MXCSR = GDB_XMM0 + 16,
	GDB_FS_BASE,
	GDB_GS_BASE,
	GDB_K_GS_BASE,
	GDB_CR0,
	GDB_CR2,
	GDB_CR3,
	GDB_CR4,
	GDB_CR8,
	GDB_EFER,
	GDB_NR_REGISTERS,
};

#define GDB_REGISTER_BYTES 16 /* the largest */

/* Bytes of one; 0 beyond the last. */
unsigned int gdb_register_size(unsigned int reg);

/* target.xml. */
void gdb_write_features(struct sink *out);

#endif
