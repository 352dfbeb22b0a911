// SPDX-License-Identifier: MIT
/* Numbers that nobody outside can guess. */
#include "kernel/cpu/random.h"
#include "kernel/core/spinlock.h"
#include "kernel/core/stack_protector.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/string.h"
#include "kernel/time/time.h"

#define KEY_WORDS    8
#define BLOCK_WORDS  16
#define BATCH	     16 /* of get_random_u64() */
#define RDRAND_TRIES 10 /* the processor may have none for a moment (SDM 1, 7.3.17.1) */

static DEFINE_SPINLOCK(random_lock); /* what follows */
static u32 seed[KEY_WORDS];
static u64 batch[BATCH]; /* drawn at once, and 0 again when given out */
static unsigned int batch_left;

static inline u32 rotate(u32 x, unsigned int bits)
{
	return x << bits | x >> (32 - bits);
}

static __always_inline void quarter(u32 *s, unsigned int a, unsigned int b, unsigned int c,
				    unsigned int d)
{
	s[a] += s[b];
	s[d] = rotate(s[d] ^ s[a], 16);
	s[c] += s[d];
	s[b] = rotate(s[b] ^ s[c], 12);
	s[a] += s[b];
	s[d] = rotate(s[d] ^ s[a], 8);
	s[c] += s[d];
	s[b] = rotate(s[b] ^ s[c], 7);
}

void chacha20_block(const u32 key[KEY_WORDS], const u32 counter[4], u32 out[BLOCK_WORDS])
{
	u32 start[BLOCK_WORDS] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };
	u32 s[BLOCK_WORDS];

	memcpy(start + 4, key, 4 * KEY_WORDS);
	memcpy(start + 12, counter, 16);
	memcpy(s, start, sizeof(s));
	for (unsigned int round = 0; round < 10; round++) {
		quarter(s, 0, 4, 8, 12); /* columns */
		quarter(s, 1, 5, 9, 13);
		quarter(s, 2, 6, 10, 14);
		quarter(s, 3, 7, 11, 15);
		quarter(s, 0, 5, 10, 15); /* diagonals */
		quarter(s, 1, 6, 11, 12);
		quarter(s, 2, 7, 8, 13);
		quarter(s, 3, 4, 9, 14);
	}
	for (unsigned int i = 0; i < BLOCK_WORDS; i++)
		out[i] = s[i] + start[i];
}

static u64 rdrand(void)
{
	bool ok = false;
	u64 value = 0;

	for (unsigned int i = 0; boot_cpu.rdrand && !ok && i < RDRAND_TRIES; i++)
		__asm__ __volatile__("rdrand %0" : "=r"(value), "=@ccc"(ok));
	return value;
}

/* A block of nobody's: the seed is what it was and 128 bits more. */
static void stir(const u32 with[4])
{
	u32 block[BLOCK_WORDS];

	chacha20_block(seed, with, block);
	memcpy(seed, block, sizeof(seed));
}

void add_device_randomness(const void *buf, size_t n)
{
	unsigned long flags;
	u32 with[4];

	spin_lock_irqsave(&random_lock, flags);
	for (const u8 *p = buf; n; p += min(n, sizeof(with)), n -= min(n, sizeof(with))) {
		memset(with, 0, sizeof(with));
		memcpy(with, p, min(n, sizeof(with)));
		stir(with);
	}
	spin_unlock_irqrestore(&random_lock, flags);
}

/* The key of one draw.  The seed is another one afterwards. */
static void take_key(u32 key[KEY_WORDS])
{
	u64 fresh[2] = { rdrand(), rdtsc_ordered() };
	u32 with[4], block[BLOCK_WORDS];
	unsigned long flags;

	memcpy(with, fresh, sizeof(with));
	spin_lock_irqsave(&random_lock, flags);
	chacha20_block(seed, with, block);
	memcpy(seed, block, sizeof(seed));
	spin_unlock_irqrestore(&random_lock, flags);
	memcpy(key, block + KEY_WORDS, 4 * KEY_WORDS);
}

void get_random_bytes(void *buf, size_t n)
{
	u32 key[KEY_WORDS], block[BLOCK_WORDS], counter[4] = { 0 };

	take_key(key);
	for (u8 *p = buf; n; p += min(n, sizeof(block)), n -= min(n, sizeof(block))) {
		chacha20_block(key, counter, block);
		memcpy(p, block, min(n, sizeof(block)));
		counter[0]++;
	}
}

u64 get_random_u64(void)
{
	u64 fresh[BATCH], value;
	unsigned long flags;

	spin_lock_irqsave(&random_lock, flags);
	if (!batch_left) {
		spin_unlock_irqrestore(&random_lock, flags);
		get_random_bytes(fresh, sizeof(fresh));
		spin_lock_irqsave(&random_lock, flags);
		memcpy(batch, fresh, sizeof(batch));
		batch_left = BATCH;
	}
	value = batch[--batch_left];
	batch[batch_left] = 0;
	spin_unlock_irqrestore(&random_lock, flags);
	return value;
}

u64 get_random_canary(void)
{
	return get_random_u64() & CANARY_MASK;
}
