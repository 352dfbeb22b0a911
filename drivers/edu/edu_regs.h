/* SPDX-License-Identifier: MIT */
/* The device's registers: QEMU's docs/specs/edu.txt, "MMIO area spec". */
#ifndef DRIVERS_EDU_EDU_REGS_H
#define DRIVERS_EDU_EDU_REGS_H

#define EDU_BAR 0

#define EDU_ID		  0x00 /* 0xRRrr00ed */
#define EDU_FACTORIAL	  0x08
#define EDU_STATUS	  0x20
#define EDU_COMPUTING	  0x01
#define EDU_TELL	  0x80 /* raise an interrupt with the factorial */
#define EDU_IRQ_STATUS	  0x24
#define EDU_IRQ_ACK	  0x64
#define EDU_DMA_SOURCE	  0x80 /* these of 64 bits */
#define EDU_DMA_TARGET	  0x88
#define EDU_DMA_COUNT	  0x90
#define EDU_DMA_COMMAND	  0x98
#define EDU_DMA_START	  0x01
#define EDU_DMA_TO_MEMORY 0x02
#define EDU_DMA_TELL	  0x04
#define EDU_BUFFER_AT	  0x40000     /* the device's own address of its buffer */
#define EDU_DMA_LIMIT	  (1UL << 28) /* first address that it cannot put on the bus */

#endif
