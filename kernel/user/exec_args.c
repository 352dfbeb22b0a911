// SPDX-License-Identifier: MIT
/* Arguments and environment, from one program's memory onto the stack of the next. */
#include "kernel/user/exec.h"

#include <linux/binfmts.h>
#include <linux/limits.h>

#include "kernel/sched/sched.h"
#include "kernel/signal/signal.h"
#include "mm/highmem.h"
#include "mm/page_alloc.h"
#include "mm/uaccess.h"
#include "mm/user/gup.h"
#include "mm/user/mmap.h"

#define STK_LIM (8UL << 20) /* what a stack is at first: all strings together have 3/4 of it */

/* ---------------------------------------------------------------- counting */

/* The i-th: 1 and *s, of either kind; 0: it is the end; -EFAULT. */
static int get_string(const struct exec_strings *strings, int i, const char __user **s)
{
	if (strings->kernel)
		*s = (const char __user *)strings->kernel[i];
	else if (!strings->user)
		return 0;
	else if (get_user(*s, &strings->user[i]))
		return -EFAULT;
	return *s ? 1 : 0;
}

int count_strings(const struct exec_strings *strings)
{
	const char __user *s;
	int n = 0, more;

	while ((more = get_string(strings, n, &s)) > 0) {
		if (n >= MAX_ARG_STRINGS)
			return -E2BIG;
		n++;
		if (fatal_signal_pending(current))
			return -ERESTARTNOHAND;
		cond_resched();
	}
	return more ?: n;
}

int bprm_stack_limits(struct linux_binprm *bprm)
{
	unsigned long limit = min(STK_LIM / 4 * 3, bprm->rlim_stack.rlim_cur / 4);
	unsigned long pointers =
		((unsigned long)max(bprm->argc, 1) + (unsigned long)bprm->envc) * sizeof(void *);

	limit = max(limit, (unsigned long)ARG_MAX);
	if (limit <= pointers)
		return -E2BIG;
	bprm->argmin = bprm->p - (limit - pointers);
	return 0;
}

/* ---------------------------------------------------------------- onto the stack */

void put_arg_page(struct linux_binprm *bprm)
{
	if (!bprm->page)
		return;
	kunmap_local(bprm->kaddr);
	put_page(bprm->page);
	bprm->page = NULL;
}

/* The page of addr is at kaddr. */
static int get_arg_page(struct linux_binprm *bprm, unsigned long addr)
{
	struct mm_struct *mm = bprm->mm;
	int err = 0;

	if (bprm->page && bprm->page_addr == (addr & PAGE_MASK))
		return 0;
	put_arg_page(bprm);
	mmap_write_lock(mm);
	if (addr < bprm->vma->vm_start)
		err = expand_stack_locked(bprm->vma, addr);
	mmap_write_downgrade(mm);
	if (!err &&
	    get_user_pages_remote(mm, addr, 1, FOLL_GET | FOLL_WRITE, &bprm->page, NULL) != 1)
		err = -ENOMEM;
	mmap_read_unlock(mm);
	if (err) {
		bprm->page = NULL;
		return -E2BIG;
	}
	bprm->page_addr = addr & PAGE_MASK;
	bprm->kaddr = kmap_local_page(bprm->page);
	return 0;
}

/* `len` bytes below bprm->p; the last ones first, since so the stack grows. */
static int push(struct linux_binprm *bprm, const void *from, const void __user *user, size_t len)
{
	unsigned long end = bprm->p;

	bprm->p -= len;
	if (bprm->p < bprm->argmin)
		return -E2BIG;
	while (len) {
		size_t n = min((end - 1) % PAGE_SIZE + 1, len);
		int err;

		end -= n;
		len -= n;
		if (fatal_signal_pending(current))
			return -ERESTARTNOHAND;
		cond_resched();
		err = get_arg_page(bprm, end);
		if (err)
			return err;
		if (from)
			memcpy(bprm->kaddr + end % PAGE_SIZE, (const char *)from + len, n);
		else if (copy_from_user(bprm->kaddr + end % PAGE_SIZE,
					(const char __user *)user + len, n))
			return -EFAULT;
	}
	return 0;
}

int copy_string_kernel(struct linux_binprm *bprm, const char *s)
{
	size_t len = strlen(s) + 1;

	if (len > MAX_ARG_STRLEN)
		return -E2BIG;
	return push(bprm, s, NULL, len);
}

static int copy_string_user(struct linux_binprm *bprm, const char __user *s)
{
	long len = strnlen_user(s, MAX_ARG_STRLEN);

	if (!len)
		return -EFAULT;
	if (len > (long)MAX_ARG_STRLEN)
		return -E2BIG;
	return push(bprm, NULL, s, (size_t)len);
}

int copy_strings(struct linux_binprm *bprm, const struct exec_strings *strings, int n)
{
	while (n-- > 0) {
		const char __user *s;
		int err;

		if (get_string(strings, n, &s) <= 0) /* it was there when they were counted */
			return -EFAULT;
		err = strings->kernel ? copy_string_kernel(bprm, strings->kernel[n]) :
					copy_string_user(bprm, s);
		if (err)
			return err;
	}
	return 0;
}

int remove_arg_zero(struct linux_binprm *bprm)
{
	char c;

	if (!bprm->argc)
		return 0;
	do {
		int err = get_arg_page(bprm, bprm->p);

		if (err)
			return -EFAULT;
		c = bprm->kaddr[bprm->p % PAGE_SIZE];
		bprm->p++;
	} while (c);
	bprm->argc--;
	return 0;
}
