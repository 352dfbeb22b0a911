/* SPDX-License-Identifier: MIT */
/*
 * A redirection table entry of an IOAPIC (82093AA datasheet, 3.2.4), as a value:
 * made, and told in words.  Pure: also runs on the host, where the tests hold
 * polarity and trigger to the datasheet, because no emulator minds them.
 */
#ifndef DRIVERS_APIC_RTE_H
#define DRIVERS_APIC_RTE_H

#include "kernel/lib/compiler.h"

#define RTE_VECTOR_MASK	    0xffULL
#define RTE_DELIVERY_SHIFT  8
#define RTE_DELIVERY_MASK   (7ULL << RTE_DELIVERY_SHIFT)
#define RTE_DELIVERY_SMI    (2ULL << RTE_DELIVERY_SHIFT)
#define RTE_DELIVERY_NMI    (4ULL << RTE_DELIVERY_SHIFT)
#define RTE_LOGICAL	    BIT_ULL(11)
#define RTE_PENDING	    BIT_ULL(12)
#define RTE_ACTIVE_LOW	    BIT_ULL(13)
#define RTE_REMOTE_IRR	    BIT_ULL(14)
#define RTE_LEVEL	    BIT_ULL(15)
#define RTE_MASKED	    BIT_ULL(16)
#define RTE_DEST_SHIFT	    56
#define RTE_DEST_HIGH	    0x7f /* KVM's extended destination: bits 8 to 14 of an id */
#define RTE_DEST_HIGH_SHIFT 49

/* The destination's bits: the local APIC of that id, in physical mode. */
u64 rte_dest(u32 apic_id);

/* Fixed delivery to that local APIC, masked. */
u64 rte_make(u8 vector, bool level, bool active_low, u32 apic_id);

/* In words: "vector 30 fixed dest 0 edge high masked". */
void rte_describe(char *buf, size_t size, u64 rte);

#endif
