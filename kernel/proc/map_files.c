// SPDX-License-Identifier: MIT
/* /proc/PID/map_files: a link for each mapping of a file, named by where it is, to the file. */
#include <linux/fs.h>

#include "kernel/fs/file.h"
#include "kernel/fs/mount.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/proc/task.h"
#include "mm/slab.h"
#include "mm/user/mm_struct.h"

#define NAME_LEN  40 /* two numbers of 16 digits */
#define LINK_SIZE 64 /* what stat(2) says, as of every link in /proc/PID */
#define DT_LNK	  10 /* getdents(2)'s */

/* A link that was looked up. */
struct map_file {
	struct task_struct *task; /* held */
	unsigned long start, end;
};

/* The file that is mapped in just that range, held, or NULL. */
static struct file *get_map_file(struct task_struct *t, unsigned long start, unsigned long end)
{
	struct mm_struct *mm = get_task_mm(t);
	struct vm_area_struct *vma;
	struct file *file = NULL;

	if (!mm)
		return NULL;
	mmap_read_lock(mm);
	vma = find_vma(mm, start);
	if (vma && vma->vm_start == start && vma->vm_end == end && vma->vm_file)
		file = get_file(vma->vm_file);
	mmap_read_unlock(mm);
	mmput(mm);
	return file;
}

static int link_path(struct path *path, void *private)
{
	const struct map_file *m = private;
	struct file *file = get_map_file(m->task, m->start, m->end);

	if (!file)
		return -ENOENT;
	*path = file->f_path;
	path_get(path);
	fput(file);
	return 0;
}

static loff_t link_size(void *private)
{
	(void)private;
	return LINK_SIZE;
}

static void release(void *private)
{
	struct map_file *m = private;

	put_task_struct(m->task);
	kfree(m);
}

static const struct knode_ops link_ops = {
	.link_path = link_path,
	.size = link_size,
	.release = release,
};

static void make_name(char *name, unsigned long start, unsigned long end)
{
	scnprintf(name, NAME_LEN, "%lx-%lx", start, end);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A number without a 0 in front: what follows it, or NULL. */
static const char *parse_hex(const char *s, unsigned long *value)
{
	const char *first = s;

	for (*value = 0; hex_digit(*s) >= 0; s++) {
		if (*value >> 60)
			return NULL;
		*value = *value << 4 | (unsigned long)hex_digit(*s);
	}
	return s == first || (*first == '0' && s > first + 1) ? NULL : s;
}

static int parse_name(const char *name, unsigned long *start, unsigned long *end)
{
	name = parse_hex(name, start);
	if (!name || *name != '-')
		return -ENOENT;
	name = parse_hex(name + 1, end);
	return name && !*name ? 0 : -ENOENT;
}

static int lookup(void *task, const char *name, struct ktree_entry *entry)
{
	struct map_file *m;
	unsigned long start, end;
	struct file *file;

	file = parse_name(name, &start, &end) ? NULL : get_map_file(task, start, end);
	if (!file)
		return -ENOENT;
	*entry = (struct ktree_entry){ .mode = S_IFLNK, .ops = &link_ops };
	if (file->f_mode & FMODE_READ)
		entry->mode |= 0400;
	if (file->f_mode & FMODE_WRITE)
		entry->mode |= 0200;
	fput(file);
	m = kmalloc(sizeof(*m), GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	get_task_struct(task);
	*m = (struct map_file){ task, start, end };
	entry->private = m;
	return 0;
}

/* The first mapping of a file from *start on; that is where it begins then.  False: there is none. */
static bool next_map_file(struct mm_struct *mm, unsigned long *start, unsigned long *end)
{
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = find_vma(mm, *start);
	while (vma && (!vma->vm_file || vma->vm_start < *start))
		vma = vma->vm_next;
	if (vma) {
		*start = vma->vm_start;
		*end = vma->vm_end;
	}
	mmap_read_unlock(mm);
	return vma;
}

/* Positions are pages: what is mapped or gone meanwhile leaves those of others alone. */
static int iterate(void *task, struct dir_context *ctx)
{
	unsigned long start = (unsigned long)(ctx->pos - KTREE_FIRST) << PAGE_SHIFT, end;
	struct mm_struct *mm = get_task_mm(task);
	char name[NAME_LEN];
	bool room = true;

	if (!mm)
		return 0;
	while (room && next_map_file(mm, &start, &end)) {
		ctx->pos = KTREE_FIRST + (loff_t)(start >> PAGE_SHIFT);
		make_name(name, start, end);
		room = dir_emit(ctx, name, (int)strlen(name), 1ULL << 41 | start >> PAGE_SHIFT,
				DT_LNK);
		ctx->pos += room;
		start = end;
	}
	mmput(mm);
	return 0;
}

const struct ktree_dir_ops proc_map_files_dir = { .lookup = lookup, .iterate = iterate };
