// SPDX-License-Identifier: MIT
/*
 * /proc/PID, and /proc/PID/task/TID: the files of a process and of each thread.
 *
 * All of them are looked up when somebody looks.  What was looked up holds the thread's struct, and a thread that is
 * over by then answers ESRCH.
 */
#include "kernel/proc/task.h"

#include <linux/fs.h>

#include "kernel/core/sink.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/mount.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/pid.h"
#include "kernel/signal/signal.h"
#include "mm/user/mm_struct.h"

#define NAME_LEN    16
#define OOM_ADJ_MAX 1000
#define DT_DIR	    4 /* getdents(2)'s */

void proc_put_task(void *task)
{
	put_task_struct(task);
}

/*
 * It has not been released: a process's thread, which may be so before it has left its CPU
 * for good, and a kernel thread, which then is.
 */
static bool is_alive(const struct task_struct *t)
{
	if (t->flags & PF_KTHREAD)
		return t->tgid && !(READ_ONCE(t->state) & TASK_DEAD);
	return t->signal;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int proc_parse_int(const char *text, unsigned int base, int *value)
{
	char digits[16];
	bool negative;
	size_t len;
	u64 n;

	while (is_blank(*text))
		text++;
	negative = *text == '-';
	strscpy(digits, text + (negative || *text == '+'), sizeof(digits));
	for (len = strlen(digits); len && is_blank(digits[len - 1]); len--)
		digits[len - 1] = '\0';
	if (kstrtoull(digits, base, &n) || n >> 31)
		return -EINVAL;
	*value = negative ? -(int)n : (int)n;
	return 0;
}

/* ---------------------------------------------------------------- texts */

static int show_comm(struct sink *out, void *task)
{
	const struct task_struct *t = task;

	sink_printf(out, "%s\n", t->comm);
	return 0;
}

static ssize_t store_comm(void *task, const char *text, size_t n)
{
	struct task_struct *t = task;

	if (t->group_leader != current->group_leader)
		return -EINVAL;
	strscpy(t->comm, text, min(n + 1, sizeof(t->comm)));
	return (ssize_t)n;
}

static int show_wchan(struct sink *out, void *task)
{
	unsigned long wchan = task_wchan(task);

	if (wchan)
		sink_printf(out, "%ps", (void *)wchan);
	else
		sink_printf(out, "0");
	return 0;
}

static int show_personality(struct sink *out, void *task)
{
	const struct task_struct *t = task;

	sink_printf(out, "%08x\n", t->personality);
	return 0;
}

static int show_oom_score_adj(struct sink *out, void *task)
{
	struct task_struct *t = task;
	unsigned long flags;
	int adj = 0;

	if (lock_task_sighand(t, &flags)) {
		adj = t->signal->oom_score_adj;
		unlock_task_sighand(t, &flags);
	}
	sink_printf(out, "%d\n", adj);
	return 0;
}

static ssize_t store_oom_score_adj(void *task, const char *text, size_t n)
{
	struct task_struct *t = task;
	unsigned long flags;
	int adj;

	if (proc_parse_int(text, 0, &adj) || adj < -OOM_ADJ_MAX || adj > OOM_ADJ_MAX)
		return -EINVAL;
	if (!lock_task_sighand(t, &flags))
		return -ESRCH;
	t->signal->oom_score_adj = (short)adj;
	unlock_task_sighand(t, &flags);
	return (ssize_t)n;
}

/* Nothing chooses a process here: who asks for memory that is not there dies (mm/user/fault.h). */
static int show_oom_score(struct sink *out, void *task)
{
	(void)task;
	sink_printf(out, "0\n");
	return 0;
}

static int show_empty(struct sink *out, void *task)
{
	(void)out;
	(void)task;
	return 0;
}

static int show_task_mounts(struct sink *out, void *task)
{
	(void)task;
	show_mounts(out);
	return 0;
}

static int show_task_mountinfo(struct sink *out, void *task)
{
	(void)task;
	show_mountinfo(out);
	return 0;
}

/* ---------------------------------------------------------------- places */

static int cwd_path(struct path *path, void *task)
{
	return get_task_pwd(task, path);
}

static int root_path(struct path *path, void *task)
{
	return get_task_root(task, path);
}

static int exe_path(struct path *path, void *task)
{
	return get_task_exe_path(task, path);
}

/* ---------------------------------------------------------------- the directory */

/* A thread that was released since the file was opened has nothing to say any more. */
#define TEXT(id, fn)                                            \
	static int id##_text(struct sink *out, void *task)      \
	{                                                       \
		return is_alive(task) ? fn(out, task) : -ESRCH; \
	}                                                       \
	static const struct knode_ops id##_ops = { .show = id##_text, .release = proc_put_task }
#define STORED(id, fn, st)                                                 \
	static int id##_text(struct sink *out, void *task)                 \
	{                                                                  \
		return is_alive(task) ? fn(out, task) : -ESRCH;            \
	}                                                                  \
	static ssize_t id##_store(void *task, const char *text, size_t n)  \
	{                                                                  \
		return is_alive(task) ? st(task, text, n) : -ESRCH;        \
	}                                                                  \
	static const struct knode_ops id##_ops = { .show = id##_text,      \
						   .store = id##_store,    \
						   .stores_nothing = true, \
						   .release = proc_put_task }
#define WRITTEN(id, st)                                                    \
	static ssize_t id##_store(void *task, const char *text, size_t n)  \
	{                                                                  \
		return is_alive(task) ? st(task, text, n) : -ESRCH;        \
	}                                                                  \
	static const struct knode_ops id##_ops = { .store = id##_store,    \
						   .stores_nothing = true, \
						   .release = proc_put_task }
#define PLACE(id, fn) \
	static const struct knode_ops id##_ops = { .link_path = fn, .release = proc_put_task }

TEXT(stat, show_tgid_stat);
TEXT(tid_stat, show_tid_stat);
TEXT(status, show_status);
TEXT(statm, show_statm);
TEXT(limits, show_limits);
TEXT(wchan, show_wchan);
TEXT(maps, show_task_maps);
TEXT(smaps, show_task_smaps);
TEXT(rollup, show_task_smaps_rollup);
TEXT(tgid_io, show_tgid_io);
TEXT(tid_io, show_tid_io);
TEXT(syscall, show_syscall);
TEXT(personality, show_personality);
TEXT(oom_score, show_oom_score);
TEXT(empty, show_empty);
TEXT(mounts, show_task_mounts);
TEXT(mountinfo, show_task_mountinfo);
STORED(comm, show_comm, store_comm);
STORED(oom_adj, show_oom_score_adj, store_oom_score_adj);
WRITTEN(clear_refs, store_clear_refs);
PLACE(cwd, cwd_path);
PLACE(root, root_path);
PLACE(exe, exe_path);
static const struct knode_ops dir_ops = { .release = proc_put_task };

static const struct ktree_dir_ops threads_dir;

/* The same files of a process and of a thread, but for `task` and what `stat` and `io` sum up. */
static const struct task_file {
	const char *name;
	umode_t mode;
	const struct knode_ops *ops;
	const struct ktree_dir_ops *dir;
} files[] = {
	{ "auxv", S_IFREG | 0400, &proc_auxv_ops, NULL },
	{ "cgroup", S_IFREG | 0444, &empty_ops, NULL },
	{ "clear_refs", S_IFREG | 0200, &clear_refs_ops, NULL },
	{ "cmdline", S_IFREG | 0444, &proc_cmdline_ops, NULL },
	{ "comm", S_IFREG | 0644, &comm_ops, NULL },
	{ "cwd", S_IFLNK | 0777, &cwd_ops, NULL },
	{ "environ", S_IFREG | 0400, &proc_environ_ops, NULL },
	{ "exe", S_IFLNK | 0777, &exe_ops, NULL },
	{ "fd", S_IFDIR | 0500, &dir_ops, &proc_fd_dir },
	{ "fdinfo", S_IFDIR | 0555, &dir_ops, &proc_fdinfo_dir },
	{ "io", S_IFREG | 0400, &tgid_io_ops, NULL },
	{ "limits", S_IFREG | 0444, &limits_ops, NULL },
	{ "map_files", S_IFDIR | 0500, &dir_ops, &proc_map_files_dir },
	{ "maps", S_IFREG | 0444, &maps_ops, NULL },
	{ "mem", S_IFREG | 0600, &proc_mem_ops, NULL },
	{ "mountinfo", S_IFREG | 0444, &mountinfo_ops, NULL },
	{ "mounts", S_IFREG | 0444, &mounts_ops, NULL },
	{ "oom_score", S_IFREG | 0444, &oom_score_ops, NULL },
	{ "oom_score_adj", S_IFREG | 0644, &oom_adj_ops, NULL },
	{ "pagemap", S_IFREG | 0400, &proc_pagemap_ops, NULL },
	{ "personality", S_IFREG | 0400, &personality_ops, NULL },
	{ "root", S_IFLNK | 0777, &root_ops, NULL },
	{ "smaps", S_IFREG | 0444, &smaps_ops, NULL },
	{ "smaps_rollup", S_IFREG | 0444, &rollup_ops, NULL },
	{ "statm", S_IFREG | 0444, &statm_ops, NULL },
	{ "status", S_IFREG | 0444, &status_ops, NULL },
	{ "syscall", S_IFREG | 0400, &syscall_ops, NULL },
	{ "wchan", S_IFREG | 0444, &wchan_ops, NULL },
	{ "stat", S_IFREG | 0444, &stat_ops, NULL }, /* the last two: of a process */
	{ "task", S_IFDIR | 0555, &dir_ops, &threads_dir },
};
#define NR_THREAD_FILES (ARRAY_SIZE(files) - 1)

static u64 ino_of(const struct task_struct *t, unsigned int n)
{
	return (u64)t->pid << 8 | n | 1ULL << 32;
}

static int find_file(struct task_struct *t, const char *name, unsigned int nr,
		     struct ktree_entry *entry)
{
	if (!is_alive(t))
		return -ENOENT;
	for (unsigned int i = 0; i < nr; i++) {
		if (strcmp(files[i].name, name))
			continue;
		*entry = (struct ktree_entry){ .mode = files[i].mode,
					       .ops = files[i].ops,
					       .dir = files[i].dir,
					       .private = t,
					       .ino = ino_of(t, i + 1),
					       .uid = t->cred.euid,
					       .gid = t->cred.egid };
		if (nr == NR_THREAD_FILES && files[i].ops == &stat_ops)
			entry->ops = &tid_stat_ops;
		if (nr == NR_THREAD_FILES && files[i].ops == &tgid_io_ops)
			entry->ops = &tid_io_ops;
		get_task_struct(t);
		return 0;
	}
	return -ENOENT;
}

static int list_files(struct task_struct *t, unsigned int nr, struct dir_context *ctx)
{
	for (; ctx->pos - KTREE_FIRST < nr; ctx->pos++) {
		unsigned int i = (unsigned int)(ctx->pos - KTREE_FIRST);

		if (!dir_emit(ctx, files[i].name, (int)strlen(files[i].name), ino_of(t, i + 1),
			      files[i].mode >> 12))
			break;
	}
	return 0;
}

static int process_lookup(void *task, const char *name, struct ktree_entry *entry)
{
	return find_file(task, name, ARRAY_SIZE(files), entry);
}

static int process_iterate(void *task, struct dir_context *ctx)
{
	return list_files(task, ARRAY_SIZE(files), ctx);
}

static int thread_lookup(void *task, const char *name, struct ktree_entry *entry)
{
	return find_file(task, name, NR_THREAD_FILES, entry);
}

static int thread_iterate(void *task, struct dir_context *ctx)
{
	return list_files(task, NR_THREAD_FILES, ctx);
}

static const struct ktree_dir_ops process_dir = {
	.lookup = process_lookup,
	.iterate = process_iterate,
};
static const struct ktree_dir_ops thread_dir = {
	.lookup = thread_lookup,
	.iterate = thread_iterate,
};

/* ---------------------------------------------------------------- by number */

/* A number without anything in front or behind; 0: it is none. */
static pid_t parse_pid(const char *name)
{
	u64 n;

	if (name[0] == '0' || kstrtoull(name, 10, &n) || n >= PID_MAX)
		return 0;
	return (pid_t)n;
}

/* The directory of the thread of that name, which is held for the entry. */
static int find_task(const char *name, const struct ktree_dir_ops *dir,
		     const struct task_struct *process, struct ktree_entry *entry)
{
	pid_t pid = parse_pid(name);
	struct task_struct *t = pid ? find_get_task_by_vpid(pid) : NULL;

	if (!t)
		return -ENOENT;
	if (!is_alive(t) || (process && t->tgid != process->tgid)) {
		put_task_struct(t);
		return -ENOENT;
	}
	*entry = (struct ktree_entry){ .mode = S_IFDIR | 0555,
				       .ops = &dir_ops,
				       .dir = dir,
				       .private = t,
				       .ino = ino_of(t, 0),
				       .uid = t->cred.euid,
				       .gid = t->cred.egid };
	return 0;
}

/* Of those with numbers, the leaders, or the threads of `process`; positions are the numbers. */
static void list_tasks(const struct task_struct *process, struct dir_context *ctx)
{
	pid_t pid = (pid_t)(ctx->pos - KTREE_FIRST);
	struct task_struct *t;
	char name[NAME_LEN];
	bool room = true;

	while (room && (t = find_get_task_from(&pid)) != NULL) {
		bool ours = process ? t->tgid == process->tgid : t->tgid == t->pid;

		ctx->pos = KTREE_FIRST + pid;
		scnprintf(name, sizeof(name), "%d", pid);
		if (ours && is_alive(t))
			room = dir_emit(ctx, name, (int)strlen(name), ino_of(t, 0), DT_DIR);
		put_task_struct(t);
		ctx->pos += room;
		pid++;
	}
}

static int threads_lookup(void *task, const char *name, struct ktree_entry *entry)
{
	return find_task(name, &thread_dir, task, entry);
}

static int threads_iterate(void *task, struct dir_context *ctx)
{
	list_tasks(task, ctx);
	return 0;
}

static unsigned int threads_nlink(void *task)
{
	struct task_struct *t = task;
	unsigned long flags;
	unsigned int n = 1;

	if (lock_task_sighand(t, &flags)) {
		n = t->signal->nr_threads;
		unlock_task_sighand(t, &flags);
	}
	return n + 2;
}

static const struct ktree_dir_ops threads_dir = {
	.lookup = threads_lookup,
	.iterate = threads_iterate,
	.nlink = threads_nlink,
};

static int root_lookup(void *unused, const char *name, struct ktree_entry *entry)
{
	(void)unused;
	return find_task(name, &process_dir, NULL, entry);
}

static int root_iterate(void *unused, struct dir_context *ctx)
{
	(void)unused;
	list_tasks(NULL, ctx);
	return 0;
}

static const struct ktree_dir_ops root_dir = { .lookup = root_lookup, .iterate = root_iterate };

/* ---------------------------------------------------------------- whoever asks */

static int self_link(struct sink *out, void *unused)
{
	(void)unused;
	sink_printf(out, "%u", current->tgid);
	return 0;
}

static int thread_self_link(struct sink *out, void *unused)
{
	(void)unused;
	sink_printf(out, "%u/task/%u", current->tgid, current->pid);
	return 0;
}

void __init proc_task_init(void)
{
	static const struct knode_ops self_ops = { .link = self_link };
	static const struct knode_ops thread_self_ops = { .link = thread_self_link };

	ktree_set_dynamic(proc_root, &root_dir, NULL);
	ktree_create_link(proc_root, "self", &self_ops, NULL);
	ktree_create_link(proc_root, "thread-self", &thread_self_ops, NULL);
}
