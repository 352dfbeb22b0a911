// SPDX-License-Identifier: MIT
/*
 * bench: what a timer costs that never comes.
 */
#include "kernel/time/hrtimer.h"
#include "tests/bench/bench.h"

#define N	   1000
#define TIMEOUT_NS (10 * NSEC_PER_SEC)

static enum hrtimer_restart on_timer(struct hrtimer *timer)
{
	(void)timer;
	return HRTIMER_NORESTART;
}

static void bench_start_cancel(const char *name)
{
	struct hrtimer timer;

	if (!bench_wants(name))
		return;
	hrtimer_init(&timer, on_timer);
	begin();
	for (unsigned int i = 0; i < N; i++) {
		hrtimer_start(&timer, TIMEOUT_NS, HRTIMER_MODE_REL);
		hrtimer_cancel(&timer);
	}
	end(name, N);
}

void bench_timers(void)
{
	bench_start_cancel("timer_start_cancel");
}
