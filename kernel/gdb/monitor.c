// SPDX-License-Identifier: MIT
/* Commands of the monitor that gdb asks for. */
#include "kernel/gdb/stub.h"

void gdb_monitor(struct sink *out, char *line)
{
	(void)line;
	sink_printf(out, "not yet\n");
}

void gdb_monitor_failed(const char *why)
{
	(void)why;
}
