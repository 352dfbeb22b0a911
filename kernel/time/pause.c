// SPDX-License-Identifier: MIT
/* Pauses are counted as by a seqlock's writer: odd while one lasts.  No lock, for NMIs begin and end them. */
#include "kernel/time/pause.h"

#include "kernel/time/time.h"

static u32 pauses;	/* atomic */
static u64 resumed_tsc; /* atomic */

void time_pause_begin(void)
{
	__atomic_store_n(&pauses, pauses | 1, __ATOMIC_RELEASE);
}

void time_pause_end(void)
{
	if (!(pauses & 1))
		return;
	WRITE_ONCE(resumed_tsc, rdtsc_ordered());
	__atomic_store_n(&pauses, pauses + 1, __ATOMIC_RELEASE);
}

bool time_was_paused(u32 *seen)
{
	u32 now = __atomic_load_n(&pauses, __ATOMIC_ACQUIRE);
	bool paused = now != *seen || now & 1;

	*seen = now;
	return paused;
}

u64 time_resumed_tsc(void)
{
	return READ_ONCE(resumed_tsc);
}
