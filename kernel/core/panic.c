// SPDX-License-Identifier: MIT
/*
 * panic and WARN.
 *
 * The first CPU to panic stops all others, and prints; one that panics after it only
 * stops, and a panic inside the panic prints one line, so the report of what went
 * wrong first is never lost in that of its consequences.
 */
#include "kernel/core/panic.h"

#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/ptrace.h"
#include "kernel/lib/string.h"

#define NO_CPU	  (-1)
#define MAX_TYPED 65536 /* bytes that wait in a console: more is a broken one */

#define QUIET_MS      50
#define MAX_HEADLINE  256	 /* bytes, the terminating 0 included */
#define REPORTER_SLOW (1U << 24) /* spins: another CPU's report takes too long */

static int panic_cpu = NO_CPU; /* atomic: who panicked first */
static unsigned int warnings;  /* atomic */
static u32 reporter;	       /* atomic: the CPU that reports + 1 */
static unsigned int reports;   /* how deep it is in them; its own */
static const struct panic_ops *ops;

void panic_set_ops(const struct panic_ops *supplied)
{
	ops = supplied;
}

static void __noreturn stop_cpu(void)
{
	for (;;) {
		local_irq_disable();
		halt();
	}
}

/* Until none has come for a while: a line's last keys may still be on their way into the UART. */
static void drop_typed(void)
{
	for (unsigned int typed = 0, quiet = 0; typed < MAX_TYPED && quiet < QUIET_MS;) {
		if (console_getchar() >= 0) {
			typed++;
			quiet = 0;
		} else {
			ops->delay(1000);
			quiet++;
		}
	}
}

/*
 * Keys are read for ever: a UART that nobody reads is full, and keeps from QEMU its own
 * (Ctrl-A X), which come behind.  Those typed before are not meant for this.
 */
static void __noreturn wait_for_way_out(void)
{
	if (!ops)
		stop_cpu();
	drop_typed();
	pr_err("r resets the machine, q takes its power off\n");
	for (;;) {
		int c = console_getchar();

		if (c == 'r')
			ops->restart();
		if (c == 'q')
			ops->power_off();
		ops->poll_debugger();
		cpu_relax();
	}
}

/* The words of panic=: -1 resets at once, N after N seconds; else a person says. */
static void __noreturn leave_panic(void)
{
	char word[8];
	u64 seconds;

	if (ops && cmdline_get("panic", 0, word, sizeof(word)) > 0) {
		if (strcmp(word, "-1") == 0)
			ops->restart();
		if (kstrtoull(word, 10, &seconds) == 0 && seconds > 0) {
			pr_err("Rebooting in %llu seconds..\n", (unsigned long long)seconds);
			while (seconds--)
				ops->delay(1000000);
			ops->restart();
		}
	}
	wait_for_way_out();
}

void panic_claim(void)
{
	int me = (int)raw_smp_processor_id(), owner = NO_CPU;

	local_irq_disable();
	if (__atomic_compare_exchange_n(&panic_cpu, &owner, me, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE)) {
		printk_panic(false);
		printk_panic(!ops || ops->stop_others());
	} else if (owner != me) {
		stop_cpu();
	}
}

bool panic_is_mine(void)
{
	return __atomic_load_n(&panic_cpu, __ATOMIC_RELAXED) == (int)raw_smp_processor_id();
}

/* There is one panic. */
static void enter_panic(void)
{
	static unsigned int entered; /* by the CPU that has the claim */

	panic_claim();
	switch (entered++) {
	case 0:
		return;
	case 1:
		pr_err("panic inside a panic\n");
		leave_panic();
	default:
		stop_cpu();
	}
}

/* A message may or may not end its line; ours does. */
static void strip_newline(char *s)
{
	char *end = strchr(s, '\n');

	if (end)
		*end = '\0';
}

static void format(char message[MAX_HEADLINE], const char *fmt, va_list args)
{
	vsnprintf(message, MAX_HEADLINE, fmt, args);
	strip_newline(message);
}

static void headline(const char *message)
{
	printk(KERN_EMERG "Kernel panic - not syncing: %s\n", message);
}

static void __noreturn end_report(void)
{
	if (ops)
		ops->show_others();
	printk(KERN_EMERG "---[ end Kernel panic ]---\n");
	leave_panic();
}

void panic(const char *fmt, ...)
{
	char message[MAX_HEADLINE];
	struct pt_regs regs;
	va_list args;

	capture_regs(&regs);
	local_irq_disable();
	va_start(args, fmt);
	format(message, fmt, args);
	va_end(args);
	if (ops)
		ops->debug(&regs, message);
	enter_panic();
	headline(message);
	if (ops) {
		ops->show_regs(&regs, read_cr2());
		ops->show_backtrace(NULL);
	}
	end_report();
}

void panic_after_report(const char *fmt, ...)
{
	char message[MAX_HEADLINE];
	va_list args;

	enter_panic();
	va_start(args, fmt);
	format(message, fmt, args);
	va_end(args);
	headline(message);
	end_report();
}

unsigned long report_begin(void)
{
	unsigned long flags = local_irq_save();
	u32 me = raw_smp_processor_id() + 1, owner = 0;

	for (u32 spins = 0; spins < REPORTER_SLOW; spins++, owner = 0) {
		if (__atomic_compare_exchange_n(&reporter, &owner, me, false, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED) ||
		    owner == me) {
			reports++;
			break;
		}
		cpu_relax();
	}
	return flags;
}

void report_end(unsigned long flags)
{
	if (__atomic_load_n(&reporter, __ATOMIC_RELAXED) == raw_smp_processor_id() + 1 &&
	    --reports == 0)
		__atomic_store_n(&reporter, 0, __ATOMIC_RELEASE);
	local_irq_restore(flags);
}

void warn_slowpath(const char *file, int line, unsigned long ip, const char *fmt, ...)
{
	unsigned long here = _RET_IP_, flags;
	char message[256];
	va_list args;

	__atomic_add_fetch(&warnings, 1, __ATOMIC_RELAXED);
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	strip_newline(message);
	flags = report_begin();
	pr_warn("------------[ cut here ]------------\n");
	pr_warn("WARNING: at %s:%d %pS\n", file, line, (void *)here);
	pr_warn("%s\n", message);
	pr_warn("called from %pS\n", (void *)ip);
	if (ops)
		ops->show_backtrace(NULL);
	pr_warn("---[ end trace ]---\n");
	report_end(flags);
}

unsigned int warn_count(void)
{
	return __atomic_load_n(&warnings, __ATOMIC_RELAXED);
}
