/* SPDX-License-Identifier: MIT */
/*
 * Ordering of memory accesses, under Linux's names.
 *
 * Ordinary memory is write-back, and there the processor lets only one thing
 * happen out of order: a load may pass an older store to another address (SDM
 * 3A, 8.2.2).  So against another CPU, or a device that reads memory
 * coherently, all but the full barrier only have to hold the compiler still.
 * Write-combining memory and non-temporal stores keep no order of their own:
 * for them the fences are real.
 *
 *   mb rmb wmb              all accesses: RAM, MMIO and write combining
 *   dma_mb dma_rmb dma_wmb  RAM that a device reads and writes
 *   smp_mb smp_rmb smp_wmb  RAM that other CPUs read and write
 *   virt_mb ...             RAM shared with a hypervisor; the same, but needed
 *                           on one CPU too, since the other side is another one
 *
 * It is the whole set, for drivers to come, too.
 */
#ifndef KERNEL_CPU_BARRIER_H
#define KERNEL_CPU_BARRIER_H

#include "kernel/lib/compiler.h"

#define mb()  __asm__ __volatile__("mfence" ::: "memory")
#define rmb() __asm__ __volatile__("lfence" ::: "memory")
#define wmb() __asm__ __volatile__("sfence" ::: "memory")

/* A locked access to the stack is a full barrier for write-back memory, and cheaper than mfence. */
#define smp_mb()  __asm__ __volatile__("lock; addl $0, (%%rsp)" ::: "memory", "cc")
#define smp_rmb() barrier()
#define smp_wmb() barrier()

#define dma_mb()  smp_mb()
#define dma_rmb() barrier()
#define dma_wmb() barrier()

#define virt_mb()  smp_mb()
#define virt_rmb() barrier()
#define virt_wmb() barrier()

/* What follows in the program happens after the load. */
#define smp_load_acquire(p)                                 \
	({                                                  \
		__typeof__(*(p)) _loaded = READ_ONCE(*(p)); \
		barrier();                                  \
		_loaded;                                    \
	})

/* What stands before in the program has happened before the store. */
#define smp_store_release(p, v)      \
	do {                         \
		barrier();           \
		WRITE_ONCE(*(p), v); \
	} while (0)

#define virt_load_acquire(p)	 smp_load_acquire(p)
#define virt_store_release(p, v) smp_store_release(p, v)

#endif
