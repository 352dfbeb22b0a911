/* SPDX-License-Identifier: MIT */
/* What a bank's status means, in words.  Pure. */
#ifndef KERNEL_TRAP_MCE_WORDS_H
#define KERNEL_TRAP_MCE_WORDS_H

#include "kernel/core/sink.h"

/* IA32_MCi_STATUS (SDM 3B, figure 15-6). */
#define MCi_STATUS_VAL	BIT_ULL(63)
#define MCi_STATUS_OVER BIT_ULL(62) /* another error was lost */
#define MCi_STATUS_UC	BIT_ULL(61)
#define MCi_STATUS_EN	BIT_ULL(60) /* it may raise a #MC */
#define MCi_STATUS_ADDR BIT_ULL(58)
#define MCi_STATUS_PCC	BIT_ULL(57) /* what the processor holds may be wrong */

/* "uncorrected error, code 0x0135: cache level 1, data: data read", without an end of line. */
void mce_describe(struct sink *out, u64 status);

#endif
