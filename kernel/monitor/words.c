// SPDX-License-Identifier: MIT
/* Words that stand in arguments and that no other room gives: commands, symbols, names in the register. */
#include "kernel/core/words.h"

#include "kernel/core/command.h"
#include "kernel/core/ksyms.h"
#include "kernel/monitor/monitor.h"
#include "kernel/monitor/resource_list.h"

static void each_symbol(word_fn fn, void *arg)
{
	const char *name;

	for (unsigned int n = 0; (name = ksym_nth(n)); n++)
		fn(name, arg);
}
COMMAND_WORDS(symbols, each_symbol);

/* As it is typed: "PCI\\ Bus\\ 0000:00". */
static void give_typed(const char *name, word_fn fn, void *arg)
{
	char typed[2 * RESOURCE_NAME];
	size_t n = 0;

	for (; *name; name++) {
		if (*name == ' ' || *name == '\\' || *name == '"' || *name == '\'' || *name == ';')
			typed[n++] = '\\';
		typed[n++] = *name;
	}
	typed[n] = '\0';
	fn(typed, arg);
}

static void each_of_register(const struct resource *root, word_fn fn, void *arg)
{
	struct resource_list list;

	if (resource_list_take(&list, root))
		return; /* nothing is completed where there is no memory */
	for (unsigned int i = 1; i < list.nr; i++)
		give_typed(list.row[i].name, fn, arg);
	resource_list_free(&list);
}

static void each_resource(word_fn fn, void *arg)
{
	each_of_register(&iomem_resource, fn, arg);
	each_of_register(&ioport_resource, fn, arg);
}
COMMAND_WORDS(resources, each_resource);
