// SPDX-License-Identifier: MIT
/*
 * /proc/PID/mem, what stands in a process's memory at known places (cmdline, environ, auxv), and how it is
 * mapped.
 */
#include "kernel/lib/string.h"
#include "kernel/proc/task.h"
#include "mm/slab.h"
#include "mm/user/gup.h"
#include "mm/user/mm_struct.h"
#include "mm/user/procmap.h"

/* Bytes of another's memory, a page at a time: how many, or -EIO where the first is not there. */
static ssize_t access_memory(struct mm_struct *mm, char *buf, unsigned long addr, size_t n,
			     unsigned int flags)
{
	size_t done = 0;

	while (done < n) {
		int chunk = (int)min(n - done, (size_t)PAGE_SIZE);
		int got = access_remote_vm(mm, addr + done, buf + done, chunk, flags);

		done += (size_t)max(got, 0);
		if (got < chunk)
			break;
	}
	return done || !n ? (ssize_t)done : -EIO;
}

static ssize_t mem_access(struct task_struct *task, char *buf, loff_t pos, size_t n,
			  unsigned int flags)
{
	struct mm_struct *mm = get_task_mm(task);
	ssize_t ret;

	if (!mm)
		return 0;
	ret = access_memory(mm, buf, (unsigned long)pos, n, flags | FOLL_FORCE);
	mmput(mm);
	return ret;
}

static ssize_t mem_read(void *task, char *buf, loff_t pos, size_t n)
{
	return mem_access(task, buf, pos, n, 0);
}

static ssize_t mem_write(void *task, const char *buf, loff_t pos, size_t n)
{
	return mem_access(task, (char *)buf, pos, n, FOLL_WRITE);
}

const struct knode_ops proc_mem_ops = {
	.read = mem_read,
	.write = mem_write,
	.release = proc_put_task,
};

/* Of the range [start, end) of mm, from `pos` on. */
static ssize_t read_range(struct mm_struct *mm, unsigned long start, unsigned long end, char *buf,
			  loff_t pos, size_t n)
{
	if (start >= end || (u64)pos >= end - start)
		return 0;
	n = min(n, end - start - (size_t)pos);
	n = (size_t)max(access_memory(mm, buf, start + (unsigned long)pos, n, 0), (ssize_t)0);
	return (ssize_t)n;
}

/*
 * A program that writes over its last argument's 0 has made that and its environment, which follows, one
 * text: up to the 0 that ends it, wherever one reads on, and a page at the most.
 */
static ssize_t read_title(struct mm_struct *mm, char *buf, loff_t pos, size_t n)
{
	char *title = kmalloc(PAGE_SIZE, GFP_KERNEL);
	size_t got, len;

	if (!title)
		return -ENOMEM;
	got = (size_t)read_range(mm, mm->arg_start, max(mm->env_end, mm->arg_end), title, 0,
				 PAGE_SIZE);
	len = strnlen(title, got);
	len += len < got;
	n = (u64)pos < len ? min(n, len - (size_t)pos) : 0;
	memcpy(buf, title + pos, n);
	kfree(title);
	return (ssize_t)n;
}

static ssize_t read_cmdline(struct mm_struct *mm, char *buf, loff_t pos, size_t n)
{
	char last = 0;

	if (mm->arg_start >= mm->arg_end)
		return 0;
	if (access_remote_vm(mm, mm->arg_end - 1, &last, 1, 0) == 1 && last)
		return read_title(mm, buf, pos, n);
	return read_range(mm, mm->arg_start, mm->arg_end, buf, pos, n);
}

static ssize_t cmdline_read(void *task, char *buf, loff_t pos, size_t n)
{
	struct mm_struct *mm = get_task_mm(task);
	ssize_t ret;

	if (!mm) /* a kernel thread */
		return 0;
	ret = read_cmdline(mm, buf, pos, n);
	mmput(mm);
	return ret;
}

static ssize_t environ_read(void *task, char *buf, loff_t pos, size_t n)
{
	struct mm_struct *mm = get_task_mm(task);
	ssize_t ret;

	if (!mm)
		return 0;
	ret = read_range(mm, mm->env_start, mm->env_end, buf, pos, n);
	mmput(mm);
	return ret;
}

/* Up to the pair that ends it, which is AT_NULL. */
static ssize_t auxv_read(void *task, char *buf, loff_t pos, size_t n)
{
	struct mm_struct *mm = get_task_mm(task);
	size_t size = 0;

	if (!mm)
		return 0;
	while (size + 2 <= AT_VECTOR_SIZE && mm->saved_auxv[size])
		size += 2;
	size = min(size + 2, (size_t)AT_VECTOR_SIZE) * sizeof(unsigned long);
	n = (u64)pos >= size ? 0 : min(n, size - (size_t)pos);
	memcpy(buf, (const char *)mm->saved_auxv + pos, n);
	mmput(mm);
	return (ssize_t)n;
}

const struct knode_ops proc_cmdline_ops = { .read = cmdline_read, .release = proc_put_task };
const struct knode_ops proc_environ_ops = { .read = environ_read, .release = proc_put_task };
const struct knode_ops proc_auxv_ops = { .read = auxv_read, .release = proc_put_task };

/* ---------------------------------------------------------------- how it is mapped */

/* show() of the memory of the thread's process; a kernel thread has none. */
static int show_of_mm(struct sink *out, void *task, int (*show)(struct sink *, struct mm_struct *))
{
	struct mm_struct *mm = get_task_mm(task);
	int ret;

	if (!mm)
		return 0;
	ret = show(out, mm);
	mmput(mm);
	return ret;
}

int show_task_maps(struct sink *out, void *task)
{
	return show_of_mm(out, task, show_maps);
}

int show_task_smaps(struct sink *out, void *task)
{
	return show_of_mm(out, task, show_smaps);
}

int show_task_smaps_rollup(struct sink *out, void *task)
{
	return show_of_mm(out, task, show_smaps_rollup);
}

static ssize_t read_pagemap(void *task, char *buf, loff_t pos, size_t n)
{
	struct mm_struct *mm = get_task_mm(task);
	ssize_t ret;

	if (!mm)
		return 0;
	ret = pagemap_read(mm, buf, pos, n);
	mmput(mm);
	return ret;
}

const struct knode_ops proc_pagemap_ops = { .read = read_pagemap, .release = proc_put_task };

ssize_t store_clear_refs(void *task, const char *text, size_t n)
{
	struct mm_struct *mm;
	int type, err = proc_parse_int(text, 10, &type);

	if (err)
		return err;
	mm = get_task_mm(task);
	err = clear_refs(mm, type);
	if (mm)
		mmput(mm);
	return err ?: (ssize_t)n;
}
