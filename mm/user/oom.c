// SPDX-License-Identifier: MIT
/*
 * Out of memory: nothing can be given up, so that who asks for what is not there ends.
 *
 * What is kept for the kernel (mm/page_alloc.c) carries it, and everybody else, over that.
 */
#include "kernel/core/printk.h"
#include "kernel/sched/task.h"
#include "kernel/signal/signal.h"
#include "mm/user/fault.h"

#define KIB_OF_PAGES(n) ((n) << (PAGE_SHIFT - 10))

void pagefault_out_of_memory(void)
{
	const struct mm_struct *mm = current->mm;

	if (!mm || fatal_signal_pending(current))
		return;
	pr_err("Out of memory: Killed process %u (%s) total-vm:%lukB, anon-rss:%lukB, "
	       "file-rss:%lukB, shmem-rss:%lukB, UID:0 pgtables:%lukB oom_score_adj:0\n",
	       current->tgid, current->comm, KIB_OF_PAGES(mm->total_vm),
	       KIB_OF_PAGES(get_mm_counter(mm, MM_ANONPAGES)),
	       KIB_OF_PAGES(get_mm_counter(mm, MM_FILEPAGES)),
	       KIB_OF_PAGES(get_mm_counter(mm, MM_SHMEMPAGES)), mm->pgtables_bytes >> 10);
	send_sig(SIGKILL, current, 1);
}
