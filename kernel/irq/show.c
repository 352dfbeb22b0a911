// SPDX-License-Identifier: MIT
/*
 * The text of /proc/interrupts, to the letter as Linux has it: a column for each CPU that is
 * online, irqs by number, and then what CPUs tell each other and themselves, in Linux's order.
 * Of the latter those are left out that no CPU here can have.
 */
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/irq/desc.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/trap/traps.h"
#include "mm/slab.h"
#include "mm/vmstat.h"

#define MAX_OWNERS_TEXT 128

/* The names of those that handle it, into `text`; how long that is.  The irq's lock is held. */
static size_t list_owners(const struct irq_desc *desc, char *text, size_t size)
{
	size_t n = 0;

	text[0] = '\0';
	for (const struct irqaction *a = desc->actions; a; a = a->next)
		n += (size_t)scnprintf(text + n, size - n, "%s%s", n ? ", " : "", a->name);
	return n;
}

void irq_show_owners(struct sink *out, int irq, const char *before)
{
	char owners[MAX_OWNERS_TEXT] = "";
	unsigned long flags;
	struct irq_desc *desc = irq_lock(irq, &flags);

	if (!desc)
		return;
	list_owners(desc, owners, sizeof(owners));
	irq_unlock(desc, flags);
	if (owners[0])
		sink_printf(out, "%s%s", before, owners);
}

/* How wide the numbers are. */
static int digits(void)
{
	int n = 3;

	for (unsigned int limit = 1000; limit <= nr_irqs; limit *= 10)
		n++;
	return n;
}

/* Each line is made under the irq's lock, and shown without it. */
#define COLUMN	  11
#define LINE_SIZE (64 + NR_CPUS * COLUMN + MAX_OWNERS_TEXT)

static size_t format_irq(const struct irq_desc *desc, char *line)
{
	const struct irq_data *d = &desc->data;
	size_t n = (size_t)scnprintf(line, LINE_SIZE, "%*d: ", digits(), d->irq);
	bool struck = false;
	unsigned int cpu;

	for_each_online_cpu(cpu)
	{
		u32 count = READ_ONCE(desc->counts[cpu]);

		struck |= count != 0;
		n += (size_t)scnprintf(line + n, LINE_SIZE - n, "%10u ", count);
	}
	if (!desc->actions && !struck)
		return 0;
	n += (size_t)scnprintf(line + n, LINE_SIZE - n, " %8s %*u-%-8s%s", d->chip->name, digits(),
			       d->hwirq, d->level ? "fasteoi" : "edge", desc->actions ? "  " : "");
	return n + list_owners(desc, line + n, LINE_SIZE - n);
}

static void show_irqs(struct sink *out, char *line)
{
	for (unsigned int irq = 0; irq < nr_irqs; irq++) {
		unsigned long flags;
		struct irq_desc *desc = irq_lock((int)irq, &flags);
		size_t n;

		if (!desc)
			continue;
		n = format_irq(desc, line);
		irq_unlock(desc, flags);
		if (n)
			sink_printf(out, "%s\n", line);
	}
}

/* ---- what is no irq ---- */

static u64 nmi_count(unsigned int cpu)
{
	return trap_count_cpu(X86_TRAP_NMI, cpu);
}

static u64 mce_count(unsigned int cpu)
{
	return trap_count_cpu(X86_TRAP_MC, cpu);
}

/* Calls that told this CPU to forget translations; they are among CAL, as in Linux. */
static u64 tlb_count(unsigned int cpu)
{
	return READ_ONCE(per_cpu(vm_counters, cpu).item[NR_TLB_REMOTE_FLUSH_RECEIVED]);
}

static void show_counts(struct sink *out, const char *label, u64 (*count)(unsigned int cpu),
			const char *text)
{
	unsigned int cpu;

	sink_printf(out, "%*s: ", digits(), label);
	for_each_online_cpu(cpu) sink_printf(out, "%10u ", (u32)count(cpu));
	sink_printf(out, "  %s\n", text);
}

static void show_local(struct sink *out, u8 vector)
{
	const char *label, *text;
	unsigned int cpu;

	if (!vector_describe_local(vector, &label, &text))
		return;
	sink_printf(out, "%*s: ", digits(), label);
	for_each_online_cpu(cpu) sink_printf(out, "%10u ", (u32)irq_local_count(vector, cpu));
	sink_printf(out, "  %s\n", text);
}

static u64 mismatches; /* atomic */

void irq_note_mismatch(void)
{
	__atomic_add_fetch(&mismatches, 1, __ATOMIC_RELAXED);
}

/* What went wrong has one number for all CPUs: errors that local APICs told, with what nobody wanted. */
static void show_errors(struct sink *out)
{
	unsigned int cpu;
	u64 n = 0;

	for_each_possible_cpu(cpu) n +=
		irq_local_count(ERROR_APIC_VECTOR, cpu) + vector_stray_count(cpu);
	sink_printf(out, "%*s: %10u\n", digits(), "ERR", (u32)n);
	sink_printf(out, "%*s: %10u\n", digits(), "MIS", (u32)READ_ONCE(mismatches));
}

void show_interrupts(struct sink *out)
{
	char *line = kmalloc(LINE_SIZE, GFP_KERNEL);
	unsigned int cpu;

	if (!line)
		return;
	sink_printf(out, "%*s", digits() + 8, "");
	for_each_online_cpu(cpu) sink_printf(out, "CPU%-8u", cpu);
	sink_printf(out, "\n");
	show_irqs(out, line);
	kfree(line);

	show_counts(out, "NMI", nmi_count, "Non-maskable interrupts");
	show_local(out, LOCAL_TIMER_VECTOR);
	show_counts(out, "SPU", vector_spurious_count, "Spurious interrupts");
	/* Reschedule, then calls: the higher vector first. */
	for (unsigned int v = ERROR_APIC_VECTOR - 1; v > LOCAL_TIMER_VECTOR; v--)
		show_local(out, (u8)v);
	show_counts(out, "TLB", tlb_count, "TLB shootdowns");
	show_counts(out, "MCE", mce_count, "Machine check exceptions");
	show_errors(out);
}

static int cmd_interrupts(struct sink *out, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "-j") == 0)
		return show_interrupts_json(out);
	if (argc != 1)
		return -EINVAL;
	show_interrupts(out);
	return 0;
}
MONITOR_COMMAND(interrupts, "[-j]", "the interrupts and how often each struck; -j: as JSON",
		cmd_interrupts);
