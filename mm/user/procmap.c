// SPDX-License-Identifier: MIT
/* /proc/PID/maps: a line for each VMA. */
#include "mm/user/procmap.h"
#include "kernel/core/sink.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "mm/slab.h"

#define NAME_COLUMN 72 /* names begin behind it, or behind what is longer */

/* A new line in a name would end the line: it is written as C does in octal. */
static void show_name(struct sink *out, const char *name)
{
	for (const char *end; (end = strchr(name, '\n')); name = end + 1) {
		sink_write(out, name, (size_t)(end - name));
		sink_printf(out, "\\012");
	}
	sink_printf(out, "%s", name);
}

static void show_file_name(struct sink *out, struct file *file, char *path)
{
	const char *name = file_path(file, path, PATH_MAX);

	show_name(out, IS_ERR(name) ? "?" : name);
}

/* What an anonymous one is for, or NULL. */
static const char *purpose(const struct vm_area_struct *vma)
{
	const struct mm_struct *mm = vma->vm_mm;

	if (vma->vm_start <= mm->brk && vma->vm_end >= mm->start_brk)
		return "[heap]";
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return "[stack]";
	return NULL;
}

/* `name` or a file: the row of what has one is filled up with blanks. */
static void show_prefix(struct sink *out, unsigned long start, unsigned long end,
			unsigned long flags, const struct vm_area_struct *vma, bool named)
{
	const struct inode *inode = vma && vma->vm_file ? vma->vm_file->f_inode : NULL;
	dev_t dev = inode ? inode->i_sb->s_dev : 0;
	int n = sink_printf(out, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", start, end,
			    flags & VM_READ ? 'r' : '-', flags & VM_WRITE ? 'w' : '-',
			    flags & VM_EXEC ? 'x' : '-', flags & VM_MAYSHARE ? 's' : 'p',
			    inode ? vma->vm_pgoff << PAGE_SHIFT : 0, MAJOR(dev), MINOR(dev),
			    inode ? inode->i_ino : 0);

	for (; named && n < NAME_COLUMN; n++)
		sink_write(out, " ", 1);
	if (named)
		sink_write(out, " ", 1);
}

void show_map_range(struct sink *out, unsigned long start, unsigned long end, const char *name)
{
	show_prefix(out, start, end, 0, NULL, true);
	sink_printf(out, "%s\n", name);
}

void show_map_vma(struct sink *out, struct vm_area_struct *vma, char *path)
{
	const char *name = NULL;

	if (!vma->vm_file && vma->vm_ops && vma->vm_ops->name)
		name = vma->vm_ops->name(vma);
	if (!vma->vm_file && !name)
		name = purpose(vma);
	show_prefix(out, vma->vm_start, vma->vm_end, vma->vm_flags, vma, vma->vm_file || name);
	if (vma->vm_file)
		show_file_name(out, vma->vm_file, path);
	else if (name)
		show_name(out, name);
	sink_write(out, "\n", 1);
}

int show_each_vma(struct sink *out, struct mm_struct *mm, show_vma_fn show)
{
	char *path = kmalloc(PATH_MAX, GFP_KERNEL);
	struct vm_area_struct *vma;

	if (!path)
		return -ENOMEM;
	mmap_read_lock(mm);
	for_each_vma(mm, vma)
		show(out, vma, path);
	mmap_read_unlock(mm);
	kfree(path);
	return 0;
}

int show_maps(struct sink *out, struct mm_struct *mm)
{
	return show_each_vma(out, mm, show_map_vma);
}
