/* SPDX-License-Identifier: MIT */
/*
 * The instructions that mm/io.h and mm/io.c access device memory by: MOV between a register and memory, and
 * MOVS and STOS, with REP or without.  Of any other instruction nothing is known here.
 */
#ifndef KERNEL_IOTRACE_INSN_H
#define KERNEL_IOTRACE_INSN_H

#include "kernel/lib/types.h"

#define INSN_BYTES 15 /* the longest there is: SDM 2, 2.3.11 */

enum insn_kind {
	INSN_LOAD,  /* MOV from memory */
	INSN_STORE, /* MOV to memory */
	INSN_MOVS,  /* memory at RSI to memory at RDI */
	INSN_STOS,  /* RAX to memory at RDI */
};

struct insn {
	enum insn_kind kind;
	u8 len;	  /* bytes of it */
	u8 width; /* bytes of one access: 1, 2, 4, 8 */
	u8 reg;	  /* of MOV: the register's number, 0 to 15 */
	bool rep;
};

/* The instruction at `code`, of which INSN_BYTES can be read: false where it is none of these. */
bool insn_decode(const u8 *code, struct insn *insn);

#endif
