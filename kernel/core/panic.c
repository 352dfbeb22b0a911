// SPDX-License-Identifier: MIT
/*
 * panic and WARN.
 *
 * The first CPU to panic prints; one that panics after it only stops, and a
 * panic inside the panic prints one line, so the report of what went
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

static int panic_cpu = NO_CPU; /* atomic: who panicked first */
static unsigned int warnings;  /* atomic */
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

/*
 * Keys are read for ever: a UART that nobody reads is full, and keeps from QEMU its own
 * (Ctrl-A X), which come behind.  Those typed before are not meant for this.
 */
static void __noreturn wait_for_way_out(void)
{
	if (!ops)
		stop_cpu();
	for (unsigned int i = 0; i < MAX_TYPED && console_getchar() >= 0; i++)
		;
	pr_err("r resets the machine, q takes its power off\n");
	for (;;) {
		int c = console_getchar();

		if (c == 'r')
			ops->restart();
		if (c == 'q')
			ops->power_off();
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
	if (!__atomic_compare_exchange_n(&panic_cpu, &owner, me, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE) &&
	    owner != me)
		stop_cpu();
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

static void headline(const char *fmt, va_list args)
{
	char message[256];

	printk_panic();
	vsnprintf(message, sizeof(message), fmt, args);
	strip_newline(message);
	printk(KERN_EMERG "Kernel panic - not syncing: %s\n", message);
}

void panic(const char *fmt, ...)
{
	struct pt_regs regs;
	va_list args;

	capture_regs(&regs);
	enter_panic();
	va_start(args, fmt);
	headline(fmt, args);
	va_end(args);
	if (ops) {
		ops->show_regs(&regs, read_cr2());
		ops->show_backtrace(NULL);
	}
	printk(KERN_EMERG "---[ end Kernel panic ]---\n");
	leave_panic();
}

void panic_after_report(const char *fmt, ...)
{
	va_list args;

	enter_panic();
	va_start(args, fmt);
	headline(fmt, args);
	va_end(args);
	printk(KERN_EMERG "---[ end Kernel panic ]---\n");
	leave_panic();
}

void warn_slowpath(const char *file, int line, unsigned long ip, const char *fmt, ...)
{
	unsigned long here = _RET_IP_;
	char message[256];
	va_list args;

	__atomic_add_fetch(&warnings, 1, __ATOMIC_RELAXED);
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	strip_newline(message);
	pr_warn("------------[ cut here ]------------\n");
	pr_warn("WARNING: at %s:%d %pS\n", file, line, (void *)here);
	pr_warn("%s\n", message);
	pr_warn("called from %pS\n", (void *)ip);
	if (ops)
		ops->show_backtrace(NULL);
	pr_warn("---[ end trace ]---\n");
}

unsigned int warn_count(void)
{
	return __atomic_load_n(&warnings, __ATOMIC_RELAXED);
}
