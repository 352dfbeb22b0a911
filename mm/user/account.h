/* SPDX-License-Identifier: MIT */
/* What an mm may have: mm/user's own. */
#ifndef MM_USER_ACCOUNT_H
#define MM_USER_ACCOUNT_H

#include "mm/commit.h"
#include "mm/user/mm_struct.h"

/* By which of the counters of an mm a VMA is counted, besides total_vm. */
static inline bool is_exec_mapping(unsigned long flags)
{
	return (flags & (VM_EXEC | VM_WRITE | VM_GROWSDOWN)) == VM_EXEC;
}

static inline bool is_stack_mapping(unsigned long flags)
{
	return flags & VM_GROWSDOWN;
}

static inline bool is_data_mapping(unsigned long flags)
{
	return (flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;
}

/* Memory of its own that is to be promised: private, and to be written. */
static inline bool accountable_mapping(unsigned long flags)
{
	return (flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE;
}

/* RLIMIT_AS and RLIMIT_DATA of current allow so many pages more; the latter's refusal is said once. */
bool may_expand_vm(const struct mm_struct *mm, unsigned long flags, unsigned long pages);
/* RLIMIT_MEMLOCK of current allows `pages` locked ones more, where these flags lock / any at all. */
bool may_lock(const struct mm_struct *mm, unsigned long flags, unsigned long pages);
bool can_do_mlock(void);
/* `pages` more, or fewer, are counted.  mmap_lock held as writer. */
void vm_stat_account(struct mm_struct *mm, unsigned long flags, long pages);

static inline void update_hiwater_vm(struct mm_struct *mm)
{
	if (mm->hiwater_vm < mm->total_vm)
		mm->hiwater_vm = mm->total_vm;
}

#endif
