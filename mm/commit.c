// SPDX-License-Identifier: MIT
/* Memory that was promised to programs. */
#include "mm/commit.h"

#include "kernel/core/percpu.h"
#include "kernel/lib/errno.h"
#include "mm/page_alloc.h"

/* Each CPU counts for itself what threads on it promised and took back. */
static DEFINE_PER_CPU(long, committed);

int vm_enough_memory(unsigned long pages)
{
	if (pages > nr_ram_pages())
		return -ENOMEM;
	vm_acct_memory(pages);
	return 0;
}

void vm_acct_memory(unsigned long pages)
{
	this_cpu_add(committed, (long)pages);
}

void vm_unacct_memory(unsigned long pages)
{
	this_cpu_add(committed, -(long)pages);
}

unsigned long nr_committed(void)
{
	unsigned int cpu;
	long sum = 0;

	for_each_possible_cpu(cpu) sum += READ_ONCE(per_cpu(committed, cpu));
	return sum > 0 ? (unsigned long)sum : 0;
}
