/* SPDX-License-Identifier: MIT */
/*
 * Test suites inside the kernel: `selftest [SUITE]` in the monitor runs them
 * and speaks KTAP.  A test is one function; the linker collects them, in the
 * order of suite and test names, so a new test is one new function.
 */
#ifndef TESTS_GUEST_GUEST_TEST_H
#define TESTS_GUEST_GUEST_TEST_H

#include "kernel/lib/compiler.h"

struct guest_test {
	const char *suite, *name;
	void (*func)(void);
	bool warns;
};

#define GUEST_TEST(suite, name)	      GUEST_TEST_OF(suite, name, false)
/* One that has the kernel warn, on purpose; any other in whose time a WARN comes has failed. */
#define GUEST_TEST_WARNS(suite, name) GUEST_TEST_OF(suite, name, true)

#define GUEST_TEST_OF(suite_, name_, warns_)                                                      \
	static void suite_##_##name_(void);                                                       \
	static const struct guest_test __used __section(".guest_tests." #suite_ "." #name_)       \
		__aligned(8) guest_test_##suite_##_##name_ = { #suite_, #name_, suite_##_##name_, \
							       (warns_) };                        \
	static void suite_##_##name_(void)

/* Record a failure (printed as a KTAP diagnostic with file and line) and go on. */
void guest_fail(const char *file, int line, const char *fmt, ...) __printf(3, 4);
/* A KTAP diagnostic that is no failure. */
void guest_say(const char *fmt, ...) __printf(1, 2);
/* The nth word, from 0, behind the suite's name on the command's line; NULL: there are not so many. */
const char *guest_argument(unsigned int n);
/* The rest of this test cannot run here, and why: the caller returns afterwards. */
void guest_skip(const char *fmt, ...) __printf(1, 2);

/* True, and the test is marked as skipped, where less memory is free, no such block, there are fewer CPUs, or no local APIC. */
bool guest_lacks_memory(size_t bytes);
bool guest_lacks_block(unsigned int order);
bool guest_lacks_cpus(unsigned int n);
bool guest_lacks_lapic(void);
bool guest_lacks_pat(void);
/* Whatever is to strike, or to be preempted, waits for ever without a clock event device. */
bool guest_lacks_timers(void);
/* The same in a build that holds the CPU back at any access, whatever hurries. */
bool guest_has_kcsan(void);

/* Leave a test that takes more than a small machine has, before it takes anything. */
#define LEAVE_IF(lacks)         \
	do {                    \
		if (lacks)      \
			return; \
	} while (0)
#define NEED_MEMORY(bytes) LEAVE_IF(guest_lacks_memory(bytes))
#define NEED_BLOCK(order)  LEAVE_IF(guest_lacks_block(order))
#define NEED_CPUS(n)	   LEAVE_IF(guest_lacks_cpus(n))
#define NEED_LAPIC()	   LEAVE_IF(guest_lacks_lapic())
#define NEED_PAT()	   LEAVE_IF(guest_lacks_pat())
#define NEED_TIMERS()	   LEAVE_IF(guest_lacks_timers())
#define NEED_NO_KCSAN()	   LEAVE_IF(guest_has_kcsan())

/* A thread that has nothing to do until it is stopped, as those of the kernel that nobody waits for. */
int guest_sleeper(void *unused);

/* A CPU that is not the one of the tests; NR_CPUS: there is none. */
unsigned int other_cpu(void);

/* As long may it take until what must come has come: the host has other things to do. */
#define PATIENCE_USEC 20000000

#define EXPECT(cond)                                                          \
	do {                                                                  \
		if (!(cond))                                                  \
			guest_fail(__FILE__, __LINE__, "expected %s", #cond); \
	} while (0)
/* Integers, compared as u64 and printed in hexadecimal. */
#define EXPECT_EQ(a, b)                                                                          \
	do {                                                                                     \
		u64 _va = (u64)(a), _vb = (u64)(b);                                              \
		if (_va != _vb)                                                                  \
			guest_fail(__FILE__, __LINE__, "%s is 0x%llx, expected %s = 0x%llx", #a, \
				   (unsigned long long)_va, #b, (unsigned long long)_vb);        \
	} while (0)
/* As EXPECT, and leave the test where it does not hold. */
#define ASSERT(cond)                                                        \
	do {                                                                \
		if (!(cond)) {                                              \
			guest_fail(__FILE__, __LINE__, "needed %s", #cond); \
			return;                                             \
		}                                                           \
	} while (0)

/* What was left to workers is done, and threads that are over are gone: for who counts.  May sleep. */
void guest_settle(void);

#endif
