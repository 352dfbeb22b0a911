// SPDX-License-Identifier: MIT
/*
 * An mm from its making to its end, and its copy by fork.
 */
#include "kernel/fs/fs.h"
#include "kernel/fs/mount.h"
#include "mm/slab.h"
#include "mm/user/account.h"
#include "mm/user/mmap.h"
#include "mm/user/tables.h"
#include "mm/user/vma.h"

struct mm_struct *mm_create(void)
{
	struct mm_struct *mm = kzalloc(sizeof(*mm), GFP_KERNEL);

	if (!mm)
		return NULL;
	if (mm_root_init(&mm->root)) {
		kfree(mm);
		return NULL;
	}
	init_rwsem(&mm->mmap_lock);
	spin_lock_init(&mm->page_table_lock);
	mm->mm_users = 1;
	mm->mmap_base = TASK_SIZE;
	mm->mmap_legacy_base = TASK_UNMAPPED_BASE;
	return mm;
}

bool mmget_not_zero(struct mm_struct *mm)
{
	u32 users = READ_ONCE(mm->mm_users);

	while (users)
		if (__atomic_compare_exchange_n(&mm->mm_users, &users, users + 1, false,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return true;
	return false;
}

/*
 * A thread that leaves its mm clears t->mm first and lets go of the mm then.  Who reads t->mm and takes
 * a user, or looks at its exe_file, does so under this lock, and the mm's memory is not given back meanwhile.
 */
static DEFINE_SPINLOCK(task_mm_lock);

struct mm_struct *get_task_mm(struct task_struct *t)
{
	struct mm_struct *mm;

	spin_lock(&task_mm_lock);
	mm = READ_ONCE(t->mm);
	if (mm && !mmget_not_zero(mm))
		mm = NULL;
	spin_unlock(&task_mm_lock);
	return mm;
}

static void (*exit_aio)(struct mm_struct *mm);

void __init mm_set_exit_aio(void (*fn)(struct mm_struct *mm))
{
	exit_aio = fn;
}

static const struct mm_watcher *watcher;

void __init mm_set_watcher(const struct mm_watcher *w)
{
	watcher = w;
}

/* Nobody else knows the mm any more. */
static void exit_mmap(struct mm_struct *mm)
{
	struct vm_area_struct *vma = mm->mmap, *next;
	struct user_gather gather;

	if (!vma)
		return;
	mmap_write_lock(mm);
	user_gather_begin(&gather, mm);
	unmap_vmas(&gather, vma, 0, TASK_SIZE);
	free_pgtables(&gather, vma, 0, 0);
	user_gather_flush(&gather);
	for (; vma; vma = next) {
		next = vma->vm_next;
		if (vma->vm_flags & VM_ACCOUNT)
			vm_unacct_memory(vma_pages(vma));
		unlink_file_vma(vma);
		remove_vma(vma);
	}
	mmap_write_unlock(mm);
}

void mmput(struct mm_struct *mm)
{
	might_sleep();
	if (__atomic_sub_fetch(&mm->mm_users, 1, __ATOMIC_ACQ_REL))
		return;
	if (mm->ioctx_table)
		exit_aio(mm);
	if (unlikely(watcher))
		watcher->ended(mm);
	leave_mm(&mm->root);
	exit_mmap(mm);
	set_mm_exe_file(mm, NULL);
	mm_root_free(&mm->root);
	spin_lock(&task_mm_lock); /* whoever has just found it there has seen that it is over */
	spin_unlock(&task_mm_lock);
	kfree(mm);
}

/* Nobody may write to it already, and nobody may as long as this one holds it. */
static struct file *hold_exe_file(struct file *file)
{
	if (!file)
		return NULL;
	WARN(deny_write_access(file), "a program that somebody writes is run\n");
	return get_file(file);
}

void set_mm_exe_file(struct mm_struct *mm, struct file *file)
{
	struct file *old;

	file = hold_exe_file(file);
	spin_lock(&task_mm_lock);
	old = mm->exe_file;
	mm->exe_file = file;
	spin_unlock(&task_mm_lock);
	if (!old)
		return;
	allow_write_access(old);
	fput(old);
}

int get_task_exe_path(const struct task_struct *t, struct path *path)
{
	const struct mm_struct *mm;
	const struct file *file;

	spin_lock(&task_mm_lock);
	mm = READ_ONCE(t->mm);
	file = mm ? mm->exe_file : NULL;
	if (file) {
		*path = file->f_path;
		path_get(path);
	}
	spin_unlock(&task_mm_lock);
	return file ? 0 : -ENOENT;
}

/* ---------------------------------------------------------------- fork */

static void copy_places(struct mm_struct *mm, const struct mm_struct *old)
{
	mm->mmap_base = old->mmap_base;
	mm->mmap_legacy_base = old->mmap_legacy_base;
	mm->mmap_bottom_up = old->mmap_bottom_up;
	mm->start_code = old->start_code;
	mm->end_code = old->end_code;
	mm->start_data = old->start_data;
	mm->end_data = old->end_data;
	mm->start_brk = old->start_brk;
	mm->brk = old->brk;
	mm->start_stack = old->start_stack;
	mm->arg_start = old->arg_start;
	mm->arg_end = old->arg_end;
	mm->env_start = old->env_start;
	mm->env_end = old->env_end;
	memcpy(mm->saved_auxv, old->saved_auxv, sizeof(mm->saved_auxv));
	mm->not_dumpable = old->not_dumpable;
	mm->membarrier_state = READ_ONCE(old->membarrier_state);
	mm->def_flags = old->def_flags & VM_NOHUGEPAGE; /* mlockall() is not inherited */
	mm->total_vm = old->total_vm;
	mm->data_vm = old->data_vm;
	mm->exec_vm = old->exec_vm;
	mm->stack_vm = old->stack_vm;
}

/* A VMA as `src`, in mm, with what it maps.  On failure what is there is mm's, for exit_mmap(). */
static int dup_vma(struct mm_struct *mm, struct vm_area_struct *src)
{
	struct vm_area_struct *vma;

	if (src->vm_flags & VM_ACCOUNT && vm_enough_memory(vma_pages(src)))
		return -ENOMEM;
	vma = vm_area_dup(src);
	if (!vma) {
		if (src->vm_flags & VM_ACCOUNT)
			vm_unacct_memory(vma_pages(src));
		return -ENOMEM;
	}
	vma->vm_mm = mm;
	vma->vm_flags &= ~VM_LOCKED_MASK;
	inherit_anon_vma(vma);
	vma_link(mm, vma, mm->highest);
	if (vma->vm_ops && vma->vm_ops->open)
		vma->vm_ops->open(vma);
	return vma->vm_flags & VM_WIPEONFORK ? 0 : copy_page_range(vma, src);
}

static int dup_mmap(struct mm_struct *mm, struct mm_struct *old)
{
	struct vm_area_struct *src;
	int error;

	for_each_vma(old, src) {
		if (src->vm_flags & VM_DONTCOPY) {
			vm_stat_account(mm, src->vm_flags, -(long)vma_pages(src));
			continue;
		}
		error = dup_vma(mm, src);
		if (error)
			return error;
	}
	return 0;
}

struct mm_struct *dup_mm(struct task_struct *t, struct mm_struct *old)
{
	struct mm_struct *mm = mm_create();
	int error;

	(void)t;
	if (!mm)
		return NULL;
	mmap_write_lock(old);
	old->fork_stack = current_pt_regs()->sp & PAGE_MASK;
	copy_places(mm, old);
	set_mm_exe_file(mm, old->exe_file); /* which stays, as long as the program does */
	error = dup_mmap(mm, old);
	mmap_write_unlock(old);
	if (error) {
		mmput(mm);
		return NULL;
	}
	if (unlikely(watcher))
		watcher->forked(mm, old);
	mm->hiwater_rss = get_mm_rss(mm);
	mm->hiwater_vm = mm->total_vm;
	return mm;
}
