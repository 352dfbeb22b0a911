// SPDX-License-Identifier: MIT
/* The debugger, where there is one.  See the header. */
#include "kernel/trap/debugger.h"

const struct debugger_ops *debugger;

void set_debugger(const struct debugger_ops *ops)
{
	WRITE_ONCE(debugger, ops);
}

void debugger_panic(struct pt_regs *regs, const char *message)
{
	if (debugger)
		debugger->panic(regs, message);
}

void debugger_poll(void)
{
	if (debugger)
		debugger->poll();
}

struct debug_registers debug_registers = { .control = DR7_OFF };

void debug_registers_off(void)
{
	__asm__ __volatile__("mov %0, %%dr7" ::"r"(DR7_OFF));
}

void debug_registers_load(void)
{
	const struct debug_registers *d = &debug_registers;

	__asm__ __volatile__("mov %0, %%dr0\n\t"
			     "mov %1, %%dr1\n\t"
			     "mov %2, %%dr2\n\t"
			     "mov %3, %%dr3\n\t"
			     "mov %4, %%dr7" ::"r"(d->addr[0]),
			     "r"(d->addr[1]), "r"(d->addr[2]), "r"(d->addr[3]), "r"(d->control));
}
