// SPDX-License-Identifier: MIT
/* See audit.h. */
#include "kernel/core/audit.h"

#include "kernel/core/sink.h"

void audit_fault(struct audit *audit, const char *fmt, ...)
{
	va_list args;

	audit->faults++;
	sink_printf(audit->out, "audit: %s: ", audit->check);
	va_start(args, fmt);
	sink_vprintf(audit->out, fmt, args);
	va_end(args);
	sink_write(audit->out, "\n", 1);
}
