// SPDX-License-Identifier: MIT
/* /proc/meminfo: where the memory is.  What this kernel has not (swap, write-back) is 0, as programs look for it. */
#include "kernel/core/cpumask.h"
#include "kernel/core/sink.h"
#include "kernel/fs/pagemap.h"
#include "kernel/proc/proc.h"
#include "kernel/sched/task.h"
#include "mm/commit.h"
#include "mm/page_alloc.h"
#include "mm/vmstat.h"

#define KB_OF_PAGE (PAGE_SIZE / 1024)

static void line(struct sink *out, const char *name, unsigned long pages)
{
	sink_printf(out, "%-16s%8lu kB\n", name, pages * KB_OF_PAGE);
}

static bool count_thread(struct task_struct *t, void *arg)
{
	(void)t;
	++*(unsigned long *)arg;
	return true;
}

static unsigned long stack_pages(void)
{
	unsigned long threads = 0;

	for_each_task(count_thread, &threads);
	return threads * (THREAD_SIZE / PAGE_SIZE);
}

void show_meminfo(struct sink *out)
{
	unsigned long slab = global_page_state(NR_SLAB_UNRECLAIMABLE);
	unsigned long cached = nr_file_pages(), total;
	struct page_counts c;

	get_page_counts(&c);
	total = c.ram - c.reserved;
	line(out, "MemTotal:", total);
	line(out, "MemFree:", c.free);
	line(out, "MemAvailable:", c.free); /* files of memory are not given back */
	line(out, "Buffers:", 0);
	line(out, "Cached:", cached);
	line(out, "SwapCached:", 0);
	line(out, "SwapTotal:", 0);
	line(out, "SwapFree:", 0);
	line(out, "Dirty:", 0);
	line(out, "Writeback:", 0);
	line(out, "Shmem:", cached);
	line(out, "KReclaimable:", 0);
	line(out, "Slab:", slab);
	line(out, "SReclaimable:", 0);
	line(out, "SUnreclaim:", slab);
	line(out, "KernelStack:", stack_pages());
	line(out, "PageTables:", global_page_state(NR_PAGETABLE));
	line(out, "CommitLimit:", total / 2); /* overcommit_ratio is 50 */
	line(out, "Committed_AS:", nr_committed());
	sink_printf(out, "VmallocTotal:   %8lu kB\n", VMALLOC_SIZE / 1024);
	line(out, "VmallocUsed:", global_page_state(NR_VMALLOC));
	sink_printf(
		out,
		"VmallocChunk:          0 kB\nHugePages_Total:       0\nHugePages_Free:        0\n"
		"HugePages_Rsvd:        0\nHugePages_Surp:        0\nHugepagesize:       2048 kB\n");
}
