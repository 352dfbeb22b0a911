/* SPDX-License-Identifier: MIT */
/*
 * The vectors that a CPU's local APIC raises itself or that other CPUs send, with Linux's
 * numbers.  A higher one comes first where several wait (SDM 3A, 11.8.3.1).
 */
#ifndef KERNEL_CPU_VECTORS_H
#define KERNEL_CPU_VECTORS_H

#define LOCAL_TIMER_VECTOR    0xec
#define FIRST_SYSTEM_VECTOR   LOCAL_TIMER_VECTOR
#define CALL_FUNCTION_VECTOR  0xfc
#define RESCHEDULE_VECTOR     0xfd
#define ERROR_APIC_VECTOR     0xfe
#define LAPIC_SPURIOUS_VECTOR 0xff /* SDM 3A, 11.9: low four bits set */

#endif
