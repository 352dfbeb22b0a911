/* SPDX-License-Identifier: MIT */
/*
 * Numbers that nobody outside can guess: for addresses, /dev/random and getrandom().
 *
 *   seed   256 bits, mixed from whatever is told (add_device_randomness) and, with each request, the
 *          processor's own generator, where it has one, and its TSC
 *   draw   ChaCha20 (RFC 8439) keyed by the seed; the first block of each draw becomes the seed, so
 *          that who learns it later cannot tell what was drawn before
 *
 * Any context but NMI.
 */
#ifndef KERNEL_CPU_RANDOM_H
#define KERNEL_CPU_RANDOM_H

#include "kernel/lib/compiler.h"

void get_random_bytes(void *buf, size_t n);
u64 get_random_u64(void);
u64 get_random_canary(void); /* kernel/core/stack_protector.h */

/* Something that is not the same on each machine and in each boot; it cannot do harm. */
void add_device_randomness(const void *buf, size_t n);

/* RFC 8439, 2.3: a block of the key, counter[0] the block's number.  For the test as well. */
void chacha20_block(const u32 key[8], const u32 counter[4], u32 out[16]);

#endif
