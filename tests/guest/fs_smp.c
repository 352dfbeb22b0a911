// SPDX-License-Identifier: MIT
/*
 * Several threads at the same few names and files: each answer is one that some order of the calls gives,
 * and in the end nothing is left, of names nor of memory.
 */
#include <linux/fs.h>

#include "kernel/fs/file.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/task.h"
#include "kernel/sched/timeout.h"
#include "kernel/time/time.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"

#define NR_THREADS 6
#define NR_ROUNDS  500
#define NR_NAMES   4

static u32 next(u32 *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* One of the names, in one of two directories that are renamed meanwhile. */
static void pick(u32 *seed, char *buf, size_t size)
{
	snprintf(buf, size, "/t.smp/%c/%u", 'a' + next(seed) % 2, next(seed) % NR_NAMES);
}

static bool one_of(long got, const int *answers)
{
	while (*answers && *answers != got)
		answers++;
	return got >= 0 || *answers;
}

#define ANSWERS(...)           \
	(const int[])          \
	{                      \
		__VA_ARGS__, 0 \
	}

/* What is read is what somebody wrote, or a hole. */
static void write_and_read(const char *name, u32 *seed)
{
	struct file *file = filp_open(name, O_RDWR | O_CREAT, 0600);
	char buf[64];
	loff_t pos = next(seed) % 10000;

	if (IS_ERR(file)) {
		EXPECT(one_of(PTR_ERR(file), ANSWERS(-ENOENT, -EISDIR, -ELOOP)));
		return;
	}
	memset(buf, 'x', sizeof(buf));
	EXPECT_EQ(kernel_write(file, buf, sizeof(buf), &pos), sizeof(buf));
	pos -= sizeof(buf);
	EXPECT(kernel_read(file, buf, sizeof(buf), &pos) >= 0);
	if (next(seed) % 4 == 0)
		EXPECT_EQ(vfs_truncate(&file->f_path, next(seed) % 10000), 0);
	for (unsigned int i = 0; i < sizeof(buf); i++)
		EXPECT(buf[i] == 'x' || !buf[i]);
	filp_close(file, NULL);
}

static void step(u32 *seed)
{
	char a[32], b[32];
	struct path path;

	pick(seed, a, sizeof(a));
	pick(seed, b, sizeof(b));
	switch (next(seed) % 8) {
	case 0:
		EXPECT(one_of(kern_unlink(a), ANSWERS(-ENOENT, -EISDIR)));
		break;
	case 1:
		EXPECT(one_of(kern_mkdir(a, 0755), ANSWERS(-EEXIST, -ENOENT)));
		break;
	case 2:
		EXPECT(one_of(kern_rmdir(a), ANSWERS(-ENOENT, -ENOTDIR, -ENOTEMPTY)));
		break;
	case 3:
		EXPECT(one_of(kern_rename(a, b, next(seed) % 3),
			      ANSWERS(-ENOENT, -EEXIST, -EISDIR, -ENOTDIR, -ENOTEMPTY, -EINVAL)));
		break;
	case 4:
		EXPECT(one_of(kern_link(a, b), ANSWERS(-ENOENT, -EEXIST, -EPERM)));
		break;
	case 5:
		EXPECT(one_of(kern_rename("/t.smp/a", "/t.smp/b", 2), ANSWERS(-ENOENT)));
		break;
	case 6:
		if (!kern_path(a, LOOKUP_FOLLOW, &path)) {
			char text[64];

			EXPECT(!IS_ERR(d_path(&path, text, sizeof(text))));
			path_put(&path);
		}
		break;
	default:
		write_and_read(a, seed);
	}
}

static int walker(void *arg)
{
	u32 seed = (u32)(unsigned long)arg;

	for (unsigned int i = 0; i < NR_ROUNDS; i++)
		step(&seed);
	return 0;
}

static void remove_all(const char *dir)
{
	char name[32];

	for (unsigned int i = 0; i < NR_NAMES; i++) {
		snprintf(name, sizeof(name), "%s/%u", dir, i);
		if (kern_unlink(name) == -EISDIR)
			EXPECT_EQ(kern_rmdir(name), 0);
	}
	EXPECT_EQ(kern_rmdir(dir), 0);
}

GUEST_TEST(fs_smp, names_and_contents_stand_many_at_once)
{
	struct task_struct *threads[NR_THREADS];
	unsigned long objects, pages;

	NEED_MEMORY(16UL << 20);
	guest_settle();
	vm_unmap_aliases(); /* no area of a stack is kept */
	objects = nr_slab_objects();
	pages = nr_file_pages();
	EXPECT_EQ(kern_mkdir("/t.smp", 0755), 0);
	EXPECT_EQ(kern_mkdir("/t.smp/a", 0755), 0);
	EXPECT_EQ(kern_mkdir("/t.smp/b", 0755), 0);
	for (unsigned long i = 0; i < NR_THREADS; i++) {
		threads[i] = kthread_create(walker, (void *)(i + 1), "t.fs/%lu", i);
		ASSERT(!IS_ERR(threads[i]));
		get_task_struct(threads[i]); /* it ends by itself */
		wake_up_process(threads[i]);
	}
	for (unsigned int i = 0; i < NR_THREADS; i++) {
		kthread_stop(threads[i]);
		put_task_struct(threads[i]);
	}
	remove_all("/t.smp/a");
	remove_all("/t.smp/b");
	EXPECT_EQ(kern_rmdir("/t.smp"), 0);
	guest_settle();
	vm_unmap_aliases();
	EXPECT_EQ(nr_file_pages(), pages);
	/* What other threads of the kernel have begun meanwhile is theirs; what is lost here is lost in each step. */
	EXPECT(nr_slab_objects() < objects + NR_THREADS * 4);
}

/* ---------------------------------------------------------------- another's descriptors */

#define LOOKS_MSEC 500

static struct task_struct *looker;
static u32 closed_by_looker;

static int note_release(struct inode *inode, struct file *file)
{
	(void)inode, (void)file;
	closed_by_looker += current == looker;
	return 0;
}

static const struct file_operations noted_fops = { .release = note_release };

/* Opens and closes its descriptor 0, until it is told. */
static int opener(void *unused)
{
	(void)unused;
	if (init_files())
		return -ENOMEM;
	while (!kthread_should_stop()) {
		struct inode *inode = new_pseudo_inode(S_IFREG | 0600);
		struct file *file = inode ? alloc_file_pseudo(inode, "noted", O_RDWR, &noted_fops) :
					    ERR_PTR(-ENOMEM);
		int fd = get_unused_fd_flags(0);

		if (IS_ERR(file) || fd < 0)
			return -ENOMEM;
		fd_install((unsigned int)fd, file);
		close_fd((unsigned int)fd);
	}
	exit_files(current);
	return 0;
}

static bool any_entry(struct dir_context *ctx, const char *name, int len, loff_t pos, u64 ino,
		      unsigned int type)
{
	(void)ctx, (void)name, (void)len, (void)pos, (void)ino, (void)type;
	return true;
}

/* Looking holds the lock of all names: a file's end, which may take it too, is not for who looks. */
GUEST_TEST(fs_smp, who_looks_at_descriptors_closes_none)
{
	struct dir_context ctx = { .actor = any_entry };
	struct task_struct *t;
	struct path path;
	struct file *dir;
	char name[64];
	u64 end;

	NEED_CPUS(2);
	if (kern_mkdir("/s.proc", 0755) != -EEXIST)
		ASSERT(!kern_mount_at("proc", "/s.proc", "proc", 0, NULL));
	looker = current;
	closed_by_looker = 0;
	t = kthread_run(opener, NULL, "opener");
	ASSERT(!IS_ERR(t));
	scnprintf(name, sizeof(name), "/s.proc/%u/fd", t->pid);
	dir = filp_open(name, O_RDONLY | O_DIRECTORY, 0);
	ASSERT(!IS_ERR(dir));
	strscpy(name + strlen(name), "/0", 3);
	for (end = ktime_get() + LOOKS_MSEC * (u64)NSEC_PER_MSEC; ktime_get() < end;) {
		if (!kern_path(name, LOOKUP_FOLLOW, &path))
			path_put(&path);
		dir->f_pos = 0;
		EXPECT_EQ(iterate_dir(dir, &ctx), 0);
	}
	filp_close(dir, NULL);
	kthread_stop(t);
	EXPECT_EQ(closed_by_looker, 0);
}
