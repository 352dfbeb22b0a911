/* SPDX-License-Identifier: MIT */
/* A time in seconds and nanoseconds, as the ABI and the files' stamps have it. */
#ifndef KERNEL_TIME_TIMESPEC_H
#define KERNEL_TIME_TIMESPEC_H

#include "kernel/lib/compiler.h"

struct timespec64 {
	s64 tv_sec;
	long tv_nsec; /* 0 .. 999999999 */
};

#endif
