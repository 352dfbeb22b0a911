// SPDX-License-Identifier: MIT
/*
 * The two 8259 interrupt controllers: moved out of the way and masked.
 *
 * After reset they strike at vectors 8 and up, among the exceptions, and even
 * masked a spurious irq 7 or 15 may come.  So they are given vectors 0x20-0x2f,
 * where the interrupt core knows a stray one, before every line is masked.
 * Ports 0x20-0x21 and 0xa0-0xa1 stand in the register as "pic1" and "pic2".
 */
#include "drivers/apic/apic.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/port.h"
#include "kernel/irq/routing.h"

#define PIC1_COMMAND 0x20
#define PIC1_DATA    0x21
#define PIC2_COMMAND 0xa0
#define PIC2_DATA    0xa1

/* 8259A datasheet, initialization command words. */
#define ICW1_INIT_ICW4 0x11
#define ICW3_MASTER    0x04 /* the second one hangs on line 2 */
#define ICW3_SLAVE     0x02
#define ICW4_8086      0x01

#define PIC_VECTOR_BASE 0x20

/* MP 1.4, 3.6.2.1: takes the 8259s off the CPU's INTR pin, where a board has it. */
#define IMCR_SELECT   0x22
#define IMCR_DATA     0x23
#define IMCR_REGISTER 0x70
#define IMCR_APIC     0x01

static void __init setup_one(u16 command, u8 vector, u8 icw3)
{
	u16 data = command + 1;

	outb(ICW1_INIT_ICW4, command);
	outb(vector, data);
	outb(icw3, data);
	outb(ICW4_8086, data);
	outb(0xff, data);
}

void __init i8259_init(void)
{
	/* The mask registers hold what is written, where there are 8259s at all. */
	outb(0xff, PIC2_DATA);
	outb(0xfb, PIC1_DATA);
	if (inb(PIC1_DATA) != 0xfb) {
		pr_info("8259: none here\n");
		return;
	}
	setup_one(PIC1_COMMAND, PIC_VECTOR_BASE, ICW3_MASTER);
	setup_one(PIC2_COMMAND, PIC_VECTOR_BASE + 8, ICW3_SLAVE);
	if (irq_routing.imcr) {
		outb(IMCR_REGISTER, IMCR_SELECT);
		outb(IMCR_APIC, IMCR_DATA);
	}
	pr_info("8259: at vectors 0x%02x-0x%02x, all masked\n", PIC_VECTOR_BASE,
		PIC_VECTOR_BASE + 15);
}
