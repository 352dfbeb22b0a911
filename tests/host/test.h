/* SPDX-License-Identifier: MIT */
/*
 * Host tests: the kernel's pure-logic files as ordinary programs under ASan and
 * UBSan.
 *
 * tests/host/test_NAME.c starts with a line
 *
 *	// sources: mm/e820.c kernel/lib/tree.c
 *
 * that names the kernel files it is linked with (HOST_BASE of the Makefile
 * always is), includes this header, and holds TEST(name)
 * functions, which run in the order of the file.  What those sources call and
 * nobody links comes from tests/host/shims.c, where each function is weak.
 *
 * Kernel names that libc has too (memcpy, snprintf ...) get a prefix from
 * rename.h, in the sources and in the tests alike, so a test calls the kernel's
 * memcpy while the sanitizers keep theirs.  Include no libc header.
 *
 * A test fails by an EXPECT that does not hold, by a WARN that it did not
 * announce with expect_warns(), by a panic outside panics(), and, at the end of
 * the program, by memory from kmalloc() that nothing points to any more.
 */
#ifndef TESTS_HOST_TEST_H
#define TESTS_HOST_TEST_H

#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/lib/compiler.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

struct host_test {
	const char *name;
	void (*func)(void);
	struct host_test *next;
};

void host_test_register(struct host_test *test);

#define TEST(name_)                                                                 \
	static void test_##name_(void);                                             \
	static struct host_test host_test_##name_ = { #name_, test_##name_, NULL }; \
	__attribute__((constructor)) static void register_##name_(void)             \
	{                                                                           \
		host_test_register(&host_test_##name_);                             \
	}                                                                           \
	static void test_##name_(void)

/* Record a failure of the running test and go on. */
void host_fail(const char *file, int line, const char *fmt, ...) __printf(3, 4);
void host_expect_str(const char *file, int line, const char *expr, const char *got,
		     const char *want);

#define EXPECT(cond)                                                         \
	do {                                                                 \
		if (!(cond))                                                 \
			host_fail(__FILE__, __LINE__, "expected %s", #cond); \
	} while (0)
/* Integers and pointers, compared as u64 and printed in hexadecimal. */
#define EXPECT_EQ(a, b)                                                                            \
	do {                                                                                       \
		u64 _va = (u64)(a), _vb = (u64)(b);                                                \
		if (_va != _vb)                                                                    \
			host_fail(__FILE__, __LINE__, "%s is 0x%lx, expected %s = 0x%lx", #a, _va, \
				  #b, _vb);                                                        \
	} while (0)
/* Strings; either may be NULL.  Differing texts are printed whole. */
#define EXPECT_STR(got, want) host_expect_str(__FILE__, __LINE__, #got, got, want)
/* As EXPECT, and leave the test where it does not hold. */
#define ASSERT(cond)                                                       \
	do {                                                               \
		if (!(cond)) {                                             \
			host_fail(__FILE__, __LINE__, "needed %s", #cond); \
			return;                                            \
		}                                                          \
	} while (0)

/* What printk() said in this test so far, levels taken off; test_log_clear() forgets it. */
const char *test_log(void);
void test_log_clear(void);
bool test_log_has(const char *text);

/* This test breaks `n` promises more: it fails unless it comes to just that many WARNs. */
void expect_warns(unsigned int n);

/* Call fn(arg); true when it ended in panic(), whose text is then in test_log(). */
bool panics(void (*fn)(void *arg), void *arg);

/* From TEST_SEED in the environment or a fixed start: the same sequence each time. */
u64 test_random(void);

/* What local_clock() and ktime_get() say; udelay() and ndelay() add to it. */
extern u64 test_clock_ns;

/* kmalloc() gives NULL after `n` more calls that worked; -1: never. */
void test_fail_kmalloc_after(int n);

/* Whether the register has an allocator for claims: it has, until a test says otherwise. */
void test_supply_allocator(bool there);

/* Bytes from libc's allocator for the test's own use, never NULL; the test frees them. */
void *test_alloc(size_t size);
void test_free(void *p);

/* Zeroed memory at that very address, which no other has, for the life of the program. */
void test_map(unsigned long addr, size_t size);

/* libc's snprintf: what ours must agree with. */
int libc_snprintf(char *buf, size_t size, const char *fmt, ...);

#endif
