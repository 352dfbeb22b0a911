// SPDX-License-Identifier: MIT
/*
 * interrupts -j: each irq from its chip's pin to the handlers, with its place between the two.
 *
 * An irq is copied under its lock, names too, and told without it: consoles are slow.
 */
#include "kernel/core/json.h"
#include "kernel/irq/desc.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

#define MAX_HANDLERS 16 /* of one irq that are told; more are counted */
#define NAME_BYTES   32

struct irq_copy {
	struct irq_data data;
	bool masked;
	unsigned int nr_handlers;
	struct {
		char name[NAME_BYTES];
		unsigned long function;
		bool threaded;
	} handler[MAX_HANDLERS];
	u32 counts[NR_CPUS];
};

/* False: no such irq. */
static bool take(int irq, struct irq_copy *copy)
{
	unsigned long flags;
	struct irq_desc *desc = irq_lock(irq, &flags);
	unsigned int cpu;

	if (!desc)
		return false;
	copy->data = desc->data;
	copy->masked = desc->masked;
	copy->nr_handlers = 0;
	for (const struct irqaction *a = desc->actions; a; a = a->next) {
		unsigned int n = copy->nr_handlers++;

		if (n >= MAX_HANDLERS)
			continue;
		strscpy(copy->handler[n].name, a->name, NAME_BYTES);
		copy->handler[n].function = (unsigned long)a->handler;
		copy->handler[n].threaded = a->thread != NULL;
	}
	for_each_online_cpu(cpu) copy->counts[cpu] = READ_ONCE(desc->counts[cpu]);
	irq_unlock(desc, flags);
	return true;
}

static void put_handlers(struct json *j, const struct irq_copy *copy)
{
	unsigned int n = min(copy->nr_handlers, (unsigned int)MAX_HANDLERS);

	json_number(j, "nr_handlers", copy->nr_handlers);
	json_open(j, "handlers", '[');
	for (unsigned int i = 0; i < n; i++) {
		json_open(j, NULL, '{');
		json_string(j, "name", copy->handler[i].name);
		json_function(j, "function", copy->handler[i].function);
		json_bool(j, "threaded", copy->handler[i].threaded);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_irq(struct json *j, const struct irq_copy *copy)
{
	const struct irq_data *d = &copy->data;
	unsigned int cpu;

	json_open(j, NULL, '{');
	json_number(j, "irq", (u64)d->irq);
	json_string(j, "chip", d->chip->name);
	json_number(j, "hwirq", d->hwirq);
	json_string(j, "trigger", d->level ? "level" : "edge");
	json_number(j, "cpu", d->cpu);
	json_number(j, "vector", d->vector);
	json_bool(j, "masked", copy->masked);
	json_open(j, "counts", '[');
	for_each_online_cpu(cpu) json_number(j, NULL, copy->counts[cpu]);
	json_close(j, ']');
	put_handlers(j, copy);
	json_close(j, '}');
}

static void put_local(struct json *j, u8 vector)
{
	const char *label, *text;
	unsigned int cpu;

	if (!vector_describe_local(vector, &label, &text))
		return;
	json_open(j, NULL, '{');
	json_number(j, "vector", vector);
	json_string(j, "label", label);
	json_string(j, "text", text);
	json_open(j, "counts", '[');
	for_each_online_cpu(cpu) json_number(j, NULL, irq_local_count(vector, cpu));
	json_close(j, ']');
	json_close(j, '}');
}

int show_interrupts_json(struct sink *out)
{
	struct irq_copy *copy = kmalloc(sizeof(*copy), GFP_KERNEL);
	struct json j = json_to(out);
	unsigned int cpu;

	if (!copy)
		return -ENOMEM;
	json_open(&j, NULL, '{');
	json_open(&j, "cpus", '[');
	for_each_online_cpu(cpu) json_number(&j, NULL, cpu);
	json_close(&j, ']');
	json_open(&j, "irqs", '[');
	for (unsigned int irq = 0; irq < nr_irqs; irq++)
		if (take((int)irq, copy))
			put_irq(&j, copy);
	json_close(&j, ']');
	kfree(copy);
	json_open(&j, "local", '[');
	for (unsigned int v = FIRST_SYSTEM_VECTOR; v < NR_VECTORS; v++)
		put_local(&j, (u8)v);
	json_close(&j, ']');
	json_end(&j, '}');
	return 0;
}
