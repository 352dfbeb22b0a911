/* SPDX-License-Identifier: MIT */
/* Registers of the HPET (IA-PC HPET 1.0a, 2.3), shared by the driver's files. */
#ifndef DRIVERS_HPET_REGS_H
#define DRIVERS_HPET_REGS_H

#include "kernel/irq/irq.h"
#include "mm/io.h"

#define HPET_SIZE 0x400 /* bytes; 2.3.1: up to 32 timers */

#define HPET_ID		    0x000
#define HPET_PERIOD	    0x004
#define HPET_CFG	    0x010
#define HPET_STATUS	    0x020
#define HPET_COUNTER	    0x0f0
#define HPET_Tn_CFG(n)	    (0x100 + 0x20 * (n))
#define HPET_Tn_ROUTE(n)    (0x104 + 0x20 * (n))
#define HPET_Tn_CMP(n)	    (0x108 + 0x20 * (n))
#define HPET_Tn_FSB_DATA(n) (0x110 + 0x20 * (n)) /* 2.3.10: what is written, */
#define HPET_Tn_FSB_ADDR(n) (0x114 + 0x20 * (n)) /* and where */

#define HPET_ID_REV_MASK   0xff
#define HPET_ID_LAST_SHIFT 8 /* the last timer's number, not how many */
#define HPET_ID_LAST_MASK  0x1f
#define HPET_ID_64BIT	   BIT(13)
#define HPET_ID_LEGACY	   BIT(15)
#define HPET_MAX_PERIOD_FS 100000000 /* 2.3.4: 05f5e100h, 10 MHz at the least */

#define HPET_CFG_ENABLE BIT(0)
#define HPET_CFG_LEGACY BIT(1)

/* 2.3.8 */
#define HPET_TN_LEVEL	     BIT(1)
#define HPET_TN_ENABLE	     BIT(2)
#define HPET_TN_PERIODIC     BIT(3)
#define HPET_TN_PERIODIC_CAP BIT(4)
#define HPET_TN_64BIT_CAP    BIT(5)
#define HPET_TN_SETVAL	     BIT(6)
#define HPET_TN_32BIT	     BIT(8)
#define HPET_TN_ROUTE_SHIFT  9
#define HPET_TN_ROUTE_MASK   (0x1fU << HPET_TN_ROUTE_SHIFT)
#define HPET_TN_FSB	     BIT(14)
#define HPET_TN_FSB_CAP	     BIT(15)

/* NULL until hpet_init() has found one. */
extern void __iomem *hpet_regs;
extern phys_addr_t hpet_address;
extern unsigned int hpet_nr_timers;
extern u64 hpet_hz;
extern u32
	hpet_used; /* comparators that the kernel has, by bit; after hpet_fsb_init() no more get there */

struct clock_event_device;

/* Comparator `n`, by FSB delivery, as a clock event device of this CPU's. */
void hpet_register_clockevent(struct clock_event_device *dev, unsigned int n, const char *name);
/* Its interrupt's handler, dev_id being the device. */
irqreturn_t hpet_event_interrupt(int irq, void *dev_id);
/* In comparator n's configuration, bits off and on. */
void hpet_configure(unsigned int n, u32 clear, u32 set);

/* Comparator 0 becomes the boot CPU's clock event device. */
void hpet_clockevent_init(void);

/* Each access is 32 bits: the only width that every implementation takes. */
static inline u32 hpet_readl(u32 reg)
{
	return readl(hpet_regs + reg);
}

static inline void hpet_writel(u32 value, u32 reg)
{
	writel(value, hpet_regs + reg);
}

#endif
