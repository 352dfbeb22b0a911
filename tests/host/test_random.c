// SPDX-License-Identifier: MIT
/*
 * ChaCha20 as RFC 8439 has it, that no two draws are the same, and what they come from: here without RDRAND, and in one
 * and the same tick, so that all that differs is the seed.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/time/time.h"
#include "tests/host/test.h"

static u64 one_tick(void)
{
	return 42;
}
#define rdtsc_ordered one_tick
#include "kernel/cpu/random.c"

struct cpu_info boot_cpu;

TEST(a_block_is_that_of_rfc_8439)
{
	/* 2.3.2: key 00 01 .. 1f, counter 1, nonce 00:00:00:09:00:00:00:4a:00:00:00:00. */
	static const u32 counter[4] = { 1, 0x09000000, 0x4a000000, 0 };
	static const u32 want[16] = {
		0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033,
		0x9aaa2204, 0x4e6cd4c3, 0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9,
		0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2,
	};
	u32 key[8], out[16];

	for (unsigned int i = 0; i < sizeof(key); i++)
		((u8 *)key)[i] = (u8)i;
	chacha20_block(key, counter, out);
	for (unsigned int i = 0; i < 16; i++)
		EXPECT_EQ(out[i], want[i]);
}

TEST(no_two_draws_are_the_same)
{
	u64 seen[200];
	u8 bytes[77] = { 0 };

	for (unsigned int i = 0; i < ARRAY_SIZE(seen); i++) {
		seen[i] = get_random_u64();
		for (unsigned int k = 0; k < i; k++)
			EXPECT(seen[k] != seen[i]);
		add_device_randomness(&i, sizeof(i));
	}
	get_random_bytes(bytes, sizeof(bytes) - 1);
	EXPECT_EQ(bytes[76], 0);
	EXPECT(memcmp(bytes, bytes + 32, 32));
}

/* The one from which it came is not there any more: who reads the memory later learns nothing of what was given out. */
TEST(each_draw_leaves_another_seed)
{
	u32 before[KEY_WORDS], key[2][KEY_WORDS];

	for (unsigned int i = 0; i < 2; i++) {
		memcpy(before, seed, sizeof(seed));
		take_key(key[i]);
		EXPECT(memcmp(before, seed, sizeof(seed)));
		EXPECT(memcmp(key[i], seed, sizeof(seed)));
	}
	EXPECT(memcmp(key[0], key[1], sizeof(key[0])));
	memcpy(seed, before, sizeof(seed));
	take_key(key[0]);
	EXPECT(!memcmp(key[0], key[1], sizeof(key[0])));
}

/* Each byte, of whatever length; and the batch holds none that was given out. */
TEST(what_is_added_makes_another_seed)
{
	u8 with[37] = { 0 };
	u32 before[KEY_WORDS], plain[KEY_WORDS];

	memcpy(before, seed, sizeof(seed));
	add_device_randomness(with, sizeof(with));
	memcpy(plain, seed, sizeof(seed));
	EXPECT(memcmp(plain, before, sizeof(seed)));
	for (unsigned int i = 0; i < sizeof(with); i++) {
		memcpy(seed, before, sizeof(seed));
		with[i] = 1;
		add_device_randomness(with, sizeof(with));
		with[i] = 0;
		EXPECT(memcmp(plain, seed, sizeof(seed)));
	}
	get_random_u64();
	EXPECT(batch_left && !batch[batch_left]);
}
