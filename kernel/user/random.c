// SPDX-License-Identifier: MIT
/* getrandom(): kernel/cpu/random.h's numbers.  The generator is ready from the first thread on. */
#include <linux/random.h>

#include "kernel/core/syscall.h"
#include "kernel/cpu/random.h"
#include "kernel/lib/string.h"
#include "kernel/sched/sched.h"
#include "mm/uaccess.h"

#define ALL_FLAGS  (GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE)
#define MOST_BYTES 0x7ffff000UL /* a call's, as of read() */
#define STEP	   256UL

/* How many could not be copied. */
static size_t copy_random(u8 __user *to, size_t n)
{
	u8 bytes[STEP];
	size_t left;

	get_random_bytes(bytes, n);
	left = copy_to_user(to, bytes, n);
	memset(bytes, 0, n); /* what was given out is not left on the stack */
	return left;
}

SYSCALL_DEFINE3(getrandom, u8 __user *, buf, size_t, n, unsigned int, flags)
{
	size_t done = 0, step, left = 0;

	if (flags & ~ALL_FLAGS ||
	    (flags & (GRND_INSECURE | GRND_RANDOM)) == (GRND_INSECURE | GRND_RANDOM))
		return -EINVAL;
	n = min(n, MOST_BYTES);
	while (done < n && !left) {
		step = min(n - done, STEP);
		left = copy_random(buf + done, step);
		done += step - left;
		/* As in Linux a page of it comes in any case. */
		if (IS_ALIGNED(done, PAGE_SIZE) && signal_pending(current))
			break;
		cond_resched();
	}
	return done || !left ? (long)done : -EFAULT;
}
