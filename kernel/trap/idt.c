// SPDX-License-Identifier: MIT
/*
 * The IDT: 256 gates to the stubs of kernel/trap/trap_entry.asm.
 *
 * All are interrupt gates, so each handler starts with interrupts off.  The two
 * steps are Linux's idt_setup_early_traps() and idt_setup_traps(); Linux has a
 * third between them for #PF and calls the reporting of all other exceptions
 * its early handler, while here one table serves from the start.
 */
#include "kernel/trap/idt.h"

#include "kernel/core/panic.h"
#include "kernel/time/time.h"
#include "kernel/trap/backtrace.h"
#include "kernel/trap/debugger.h"
#include "kernel/trap/desc.h"
#include "kernel/trap/mce.h"
#include "kernel/trap/nmi.h"
#include "kernel/trap/reboot.h"
#include "kernel/trap/traps.h"
#include "mm/layout.h"

/* SDM 3A, figure 6-8. */
struct gate {
	u16 offset_low;
	u16 selector;
	u8 ist;
	u8 type;
	u16 offset_middle;
	u32 offset_high;
	u32 reserved;
} __packed;

_Static_assert(sizeof(struct gate) == 16, "SDM 3A, 6.14.1");

#define GATE_INTERRUPT 0x8e /* present, ring 0, 64-bit interrupt gate */
#define GATE_DPL3      0x60 /* also reached by an instruction in user mode */

#define NR_VECTORS     256
#define TRAP_STUB_SIZE 16

extern const char trap_stubs[], ist_stubs[];

static struct gate idt[NR_VECTORS] __aligned(16);

unsigned long ist_stub(enum ist ist)
{
	return (unsigned long)ist_stubs + (unsigned long)(ist - 1) * TRAP_STUB_SIZE;
}

static void set_gate(unsigned int vector, enum ist ist)
{
	u64 addr = ist == IST_NONE ? (u64)trap_stubs + (u64)vector * TRAP_STUB_SIZE : ist_stub(ist);
	u8 dpl = vector == X86_TRAP_BP || vector == X86_TRAP_OF ? GATE_DPL3 : 0;

	idt[vector] = (struct gate){
		.offset_low = (u16)addr,
		.selector = KERNEL_CS,
		.ist = ist,
		.type = GATE_INTERRUPT | dpl,
		.offset_middle = (u16)(addr >> 16),
		.offset_high = (u32)(addr >> 32),
	};
}

static const struct panic_ops panic_ops = {
	.show_regs = show_regs,
	.show_backtrace = show_backtrace,
	.stop_others = nmi_stop_others,
	.show_others = nmi_show_stopped,
	.delay = udelay,
	.restart = emergency_restart,
	.power_off = emergency_power_off,
	.debug = debugger_panic,
	.poll_debugger = debugger_poll,
};

void idt_setup_this_cpu(void)
{
	const struct {
		u16 limit;
		u64 base;
	} __packed pointer = { sizeof(idt) - 1, (u64)idt };

	__asm__ __volatile__("lidt %0" ::"m"(pointer));
	if (debugger)
		debug_registers_load();
}

void __init idt_setup_early_traps(void)
{
	panic_set_ops(&panic_ops);
	set_gate(X86_TRAP_DB, IST_NONE);
	set_gate(X86_TRAP_BP, IST_NONE);
	for (unsigned int v = 0; v < NR_EXCEPTIONS; v++)
		if (v != X86_TRAP_DB && v != X86_TRAP_BP)
			set_gate(v, v == X86_TRAP_DF ? IST_DF : IST_NONE);
	idt_setup_this_cpu();
}

void __init idt_setup_traps(void)
{
	set_gate(X86_TRAP_NMI, IST_NMI);
	set_gate(X86_TRAP_DB, IST_DB);
	set_gate(X86_TRAP_MC, IST_MCE);
	for (unsigned int v = NR_EXCEPTIONS; v < NR_VECTORS; v++)
		set_gate(v, IST_NONE);
	unmap_stack_guards();
	mce_setup_this_cpu();
}
