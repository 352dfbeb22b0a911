// SPDX-License-Identifier: MIT
/*
 * The runner of the guest's test suites: KTAP version 1 on the console
 * (Linux's Documentation/dev-tools/ktap.rst).
 *
 * Tests run in the monitor's thread, one after the other, in the order of their
 * names.  A failed expectation is a diagnostic line in front of the result; the
 * runner itself only counts.  Messages that tests provoke go to the ring alone,
 * so that the console has nothing but KTAP; how many of them were WARNs is said,
 * and is a failure where none was meant.
 */
#include "drivers/apic/apic.h"
#include "kernel/core/command.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/monitor.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/timeout.h"
#include "kernel/sched/workqueue.h"
#include "kernel/time/clockevents.h"
#include "mm/page_alloc.h"
#include "mm/user/tables.h"
#include "tests/guest/guest_test.h"

#define LEVEL_QUIET  0 /* only what a panic says */
#define LEVEL_NORMAL 6 /* KERN_INFO and what is more urgent */
#define NAPS	     4 /* at a time in one pool: more than it keeps idle workers */

extern const struct guest_test __guest_tests_start[], __guest_tests_end[];

/* Of the test that runs now: there is one at a time. */
static struct sink *report;
static unsigned int failures;
static char skip_reason[128];
static char **arguments; /* behind the suite's name */
static unsigned int nr_arguments;

const char *guest_argument(unsigned int n)
{
	return n < nr_arguments ? arguments[n] : NULL;
}

void guest_say(const char *fmt, ...)
{
	char message[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	sink_printf(report, "# %s\n", message);
}

void guest_fail(const char *file, int line, const char *fmt, ...)
{
	char message[200];
	va_list args;

	failures++;
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	sink_printf(report, "# %s:%d: %s\n", file, line, message);
}

void guest_skip(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(skip_reason, sizeof(skip_reason), fmt, args);
	va_end(args);
}

bool guest_lacks_memory(size_t bytes)
{
	if (nr_free_pages() * PAGE_SIZE >= bytes)
		return false;
	guest_skip("needs %zu KiB of free memory", bytes >> 10);
	return true;
}

bool guest_lacks_block(unsigned int order)
{
	struct page *block = alloc_pages(GFP_KERNEL, order);

	if (!block) {
		guest_skip("needs a free block of %lu KiB", PAGE_SIZE << order >> 10);
		return true;
	}
	__free_pages(block, order);
	return false;
}

bool guest_lacks_cpus(unsigned int n)
{
	if (num_online_cpus() >= n)
		return false;
	guest_skip("needs %u CPUs", n);
	return true;
}

bool guest_lacks_lapic(void)
{
	if (lapic_available())
		return false;
	guest_skip("no local APIC");
	return true;
}

bool guest_lacks_pat(void)
{
	if (boot_cpu.pat)
		return false;
	guest_skip("this CPU has no PAT");
	return true;
}

bool guest_lacks_timers(void)
{
	if (clockevents_device(raw_smp_processor_id()))
		return false;
	guest_skip("no clock event device");
	return true;
}

bool guest_has_kcsan(void)
{
#ifdef CONFIG_KCSAN
	guest_skip("KCSAN holds the CPU back");
	return true;
#else
	return false;
#endif
}

int guest_sleeper(void *unused)
{
	(void)unused;
	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		if (!kthread_should_stop())
			schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

unsigned int other_cpu(void)
{
	unsigned int cpu = cpumask_first(&cpu_online_mask);

	return cpu == raw_smp_processor_id() ? cpumask_next(cpu, &cpu_online_mask) : cpu;
}

/* The `n` bytes at `wanted` are "suite" or "suite.name". */
static bool is_named(const struct guest_test *test, const char *wanted, size_t n)
{
	size_t len = strlen(test->suite);

	if (n < len || strncmp(wanted, test->suite, len) != 0)
		return false;
	if (n == len)
		return true;
	wanted += len + 1;
	n -= len + 1;
	return wanted[-1] == '.' && n == strlen(test->name) && !strncmp(wanted, test->name, n);
}

/* `wanted` is NULL, or names of suites or tests with commas between them. */
static bool is_wanted(const struct guest_test *test, const char *wanted)
{
	const char *end;

	for (; wanted; wanted = end ? end + 1 : NULL) {
		end = strchr(wanted, ',');
		if (is_named(test, wanted, end ? (size_t)(end - wanted) : strlen(wanted)))
			return true;
		if (!end)
			return false;
	}
	return true;
}

/* RAM = free + used + reserved, whatever the test did. */
static void check_account(void)
{
	struct page_counts c;

	if (!page_census(&c))
		guest_fail(__FILE__, __LINE__, "the account of pages is wrong: see vmstat");
}

struct totals {
	unsigned int run, pass, fail, skip, all;
};

static void check_warnings(const struct guest_test *test, unsigned int before)
{
	unsigned int n = warn_count() - before;

	if (!n)
		return;
	sink_printf(report, "# %s.%s: %u WARN, see dmesg\n", test->suite, test->name, n);
	if (!test->warns)
		guest_fail(__FILE__, __LINE__, "none was meant");
}

static void run_test(const struct guest_test *test, struct totals *totals)
{
	unsigned int warnings = warn_count();

	failures = 0;
	skip_reason[0] = '\0';
	monitor_progress("%u/%u %s.%s", totals->run + 1, totals->all, test->suite, test->name);
	test->func();
	check_account();
	check_warnings(test, warnings);
	totals->run++;
	if (failures) {
		totals->fail++;
		sink_printf(report, "not ok %u %s.%s\n", totals->run, test->suite, test->name);
	} else if (skip_reason[0]) {
		totals->skip++;
		sink_printf(report, "ok %u %s.%s # SKIP %s\n", totals->run, test->suite, test->name,
			    skip_reason);
	} else {
		totals->pass++;
		sink_printf(report, "ok %u %s.%s\n", totals->run, test->suite, test->name);
	}
}

static void nap(struct work_struct *work)
{
	(void)work;
	msleep(1);
}

/*
 * A pool of workers makes one more while all sleep in their work, and keeps some that are idle:
 * now each has as many as it keeps, and what a test counts is not changed by theirs.
 */
static void fill_worker_pools(void)
{
	struct work_struct naps[NAPS];
	unsigned int cpu, i;

	for (i = 0; i < NAPS; i++) {
		INIT_WORK(&naps[i], nap);
		queue_work(&system_unbound_wq, &naps[i]);
	}
	for (i = 0; i < NAPS; i++)
		flush_work(&naps[i]);
	for_each_online_cpu(cpu)
	{
		for (i = 0; i < NAPS; i++)
			schedule_work_on(cpu, &naps[i]);
		for (i = 0; i < NAPS; i++)
			flush_work(&naps[i]);
	}
}

static void nothing(struct work_struct *work)
{
	(void)work;
}

/*
 * What the tests before have left to be done: workers that are too many end when they have run
 * something, files that are over are closed by one, and threads that are over keep their stacks.
 */
void guest_settle(void)
{
	struct work_struct work;
	unsigned int cpu;

	INIT_WORK(&work, nothing);
	for (unsigned int i = 0; i < NAPS; i++) {
		for_each_online_cpu(cpu)
		{
			schedule_work_on(cpu, &work);
			flush_work(&work);
		}
		queue_work(&system_unbound_wq, &work);
		flush_work(&work);
	}
	flush_delayed_fput();
	msleep(1);
	free_spare_threads();
	free_spare_tables();
}

static void run_tests(const char *wanted, struct totals *totals)
{
	for (const struct guest_test *t = __guest_tests_start;
	     t < __guest_tests_end && !command_interrupted(); t++)
		if (is_wanted(t, wanted)) {
			guest_settle();
			run_test(t, totals);
		}
}

/*
 * Many a test counts what its CPU has at hand, free objects and pages: it stays on one.  That is
 * the boot CPU, whose stacks and interrupts others look at.
 */
static void run_tests_on_one_cpu(const char *wanted, struct totals *totals)
{
	struct cpumask before = current->cpus_mask, here = cpumask_of_cpu(0);

	fill_worker_pools();
	if (set_cpus_allowed(current, &here))
		guest_fail(__FILE__, __LINE__, "the boot CPU is not online");
	run_tests(wanted, totals);
	set_cpus_allowed(current, &before);
}

static int cmd_selftest(struct sink *out, int argc, char **argv)
{
	const char *wanted = argc > 1 ? argv[1] : NULL;
	struct totals totals = { 0 };

	arguments = argv + 2;
	nr_arguments = argc > 2 ? (unsigned int)argc - 2 : 0;
	for (const struct guest_test *t = __guest_tests_start; t < __guest_tests_end; t++)
		totals.all += is_wanted(t, wanted);
	if (!totals.all) {
		sink_printf(out, "selftest: there is no suite %s\n", wanted ? wanted : "at all");
		return -ENOENT;
	}
	report = out;
	sink_printf(out, "KTAP version 1\n1..%u\n", totals.all);
	console_set_loglevel(LEVEL_QUIET);
	run_tests_on_one_cpu(wanted, &totals);
	console_set_loglevel(LEVEL_NORMAL);
	sink_printf(out, "# pass:%u fail:%u skip:%u\n", totals.pass, totals.fail, totals.skip);
	return totals.fail ? -EIO : 0;
}
MONITOR_COMMAND(selftest, "[SUITE|SUITE.TEST [ARGUMENT...]]",
		"run the tests inside the kernel (KTAP)", cmd_selftest);
