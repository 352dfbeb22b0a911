// SPDX-License-Identifier: MIT
// sources: kernel/gdb/packet.c kernel/gdb/registers.c kernel/gdb/server.c kernel/gdb/query.c kernel/gdb/resume.c tests/fuzz/gdb_target.c
/* The debugger's packets, served on a machine that is none (gdb_target.h), each answer received as gdb does it. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/gdb_target.h"

void fuzz(const u8 *data, size_t size)
{
	fake_fuzz(data, size);
}
