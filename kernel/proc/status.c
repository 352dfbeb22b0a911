// SPDX-License-Identifier: MIT
/* /proc/PID/stat, io, syscall, status, statm and limits: a process in numbers. */
#include "kernel/core/cpulist.h"
#include "kernel/core/sink.h"
#include "kernel/fs/file.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/proc/task.h"
#include "kernel/signal/job.h"
#include "kernel/signal/pending.h"
#include "kernel/signal/signal.h"
#include "kernel/signal/usage.h"
#include "kernel/user/process.h"
#include "mm/user/mm_struct.h"

#define USER_TICK_NS (NSEC_PER_SEC / 100) /* of the ABI's clock */
#define ALL_CAPS     0x1ffffffffffULL	  /* CAP_LAST_CAP is 40 */
#define LIST_LEN     1024
#define NICE_0_PRIO  20

/* What a thread, or its process, says of itself at one moment.  Of a kernel thread most is 0. */
struct task_numbers {
	pid_t ppid, pgrp, session;
	unsigned int threads;
	u64 pending, shared_pending, blocked, ignored, caught;
	int exit_code;
	struct task_usage usage, child;
	unsigned long rss_limit, sigpending_limit;
	u64 nvcsw, nivcsw;
	dev_t tty; /* 0: none */
	pid_t tpgid;
};

const char *task_state_word(const struct task_struct *t)
{
	u32 state = READ_ONCE(t->state);

	if (READ_ONCE(t->exit_state) & EXIT_ZOMBIE)
		return "Z (zombie)";
	if (READ_ONCE(t->exit_state) & EXIT_DEAD || state & TASK_DEAD)
		return "X (dead)";
	if (state == TASK_RUNNING)
		return "R (running)";
	if (state & TASK_STOPPED)
		return "T (stopped)";
	if (state & TASK_NOLOAD)
		return "I (idle)";
	return state & TASK_INTERRUPTIBLE ? "S (sleeping)" : "D (disk sleep)";
}

/* siglock is held. */
static void look_at_actions(const struct task_struct *t, struct task_numbers *n)
{
	for (int sig = 1; sig <= _NSIG; sig++) {
		__sighandler_t handler = t->sighand->action[sig - 1].sa.sa_handler;

		if (handler == SIG_IGN)
			n->ignored |= sigmask(sig);
		else if (handler != SIG_DFL)
			n->caught |= sigmask(sig);
	}
}

/* What stands under the locks of signals. */
static void look_at_signals(struct task_struct *t, struct task_numbers *n)
{
	unsigned long flags;

	if (!lock_task_sighand(t, &flags))
		return;
	n->pending = t->pending.signal;
	n->shared_pending = t->signal->shared_pending.signal;
	n->blocked = t->blocked;
	n->threads = t->signal->nr_threads;
	n->child = t->signal->child;
	n->rss_limit = t->signal->rlim[RLIMIT_RSS].rlim_cur;
	n->sigpending_limit = t->signal->rlim[RLIMIT_SIGPENDING].rlim_cur;
	if (t->signal->flags & (SIGNAL_GROUP_EXIT | SIGNAL_STOP_STOPPED))
		n->exit_code = t->signal->group_exit_code;
	if (t->signal->tty)
		describe_tty(t->signal->tty, &n->tty, &n->tpgid);
	look_at_actions(t, n);
	unlock_task_sighand(t, &flags);
}

static void get_numbers(struct task_struct *t, bool whole, struct task_numbers *n)
{
	unsigned long flags;

	*n = (struct task_numbers){
		.exit_code = t->exit_code, .threads = 1, .rss_limit = ~0UL, .tpgid = -1
	};
	n->nivcsw = t->nivcsw;
	n->nvcsw = t->nr_switches > t->nivcsw ? t->nr_switches - t->nivcsw : 0;
	if (!t->signal) {
		n->ignored = ~0ULL;
		return;
	}
	n->pgrp = task_pgrp_nr(t);
	n->session = task_session_nr(t);
	spin_lock_irqsave(&tasklist_lock, flags);
	if (t->signal && t->real_parent && t->real_parent->tgid != t->tgid) /* the first has none */
		n->ppid = (pid_t)t->real_parent->tgid;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	look_at_signals(t, n);
	if (whole)
		process_usage(t, &n->usage);
	else
		thread_usage(t, &n->usage);
}

static u64 ticks(u64 ns)
{
	return ns / USER_TICK_NS;
}

/* The fields are numbered as in proc(5). */
static int show_stat_of(struct sink *out, struct task_struct *t, bool whole)
{
	struct mm_struct *mm = get_task_mm(t);
	const char *state = task_state_word(t);
	struct task_numbers n;

	get_numbers(t, whole, &n);
	sink_printf(out, "%u (%s) %c %d %d %d %u %d %u", t->pid, t->comm, *state, n.ppid, n.pgrp,
		    n.session, (unsigned int)new_encode_dev(n.tty), n.tpgid, t->flags); /* 1 to 9 */
	sink_printf(out, " %llu %llu %llu %llu %llu %llu %llu %llu",
		    (unsigned long long)n.usage.min_flt, (unsigned long long)n.child.min_flt,
		    (unsigned long long)n.usage.maj_flt, (unsigned long long)n.child.maj_flt,
		    (unsigned long long)ticks(n.usage.utime),
		    (unsigned long long)ticks(n.usage.stime),
		    (unsigned long long)ticks(n.child.utime),
		    (unsigned long long)ticks(n.child.stime)); /* 10 to 17 */
	sink_printf(out, " %d %d %u 0 %llu %lu %lu %lu", NICE_0_PRIO + t->nice, t->nice, n.threads,
		    (unsigned long long)ticks(t->start_time), mm ? mm->total_vm << PAGE_SHIFT : 0,
		    mm ? get_mm_rss(mm) : 0, n.rss_limit); /* 18 to 25 */
	sink_printf(out, " %lu %lu %lu 0 0", mm ? mm->start_code : 0, mm ? mm->end_code : 0,
		    mm ? mm->start_stack : 0); /* 26 to 30 */
	sink_printf(out, " %llu %llu %llu %llu %d 0 0 %d %u 0 0 0 0 0",
		    (unsigned long long)(n.pending & 0x7fffffff),
		    (unsigned long long)(n.blocked & 0x7fffffff),
		    (unsigned long long)(n.ignored & 0x7fffffff),
		    (unsigned long long)(n.caught & 0x7fffffff),
		    (!whole || n.threads < 2) && *state != 'R', t->exit_signal,
		    READ_ONCE(t->cpu)); /* 31 to 44 */
	if (mm)
		sink_printf(out, " %lu %lu %lu %lu %lu %lu %lu", mm->start_data, mm->end_data,
			    mm->start_brk, mm->arg_start, mm->arg_end, mm->env_start, mm->env_end);
	else
		sink_printf(out, " 0 0 0 0 0 0 0");
	sink_printf(out, " %d\n", n.exit_code);
	if (mm)
		mmput(mm);
	return 0;
}

int show_tgid_stat(struct sink *out, void *task)
{
	return show_stat_of(out, task, true);
}

int show_tid_stat(struct sink *out, void *task)
{
	return show_stat_of(out, task, false);
}

/* ---------------------------------------------------------------- io, syscall */

static int show_io_of(struct sink *out, struct task_struct *t, bool whole)
{
	struct task_numbers n;

	get_numbers(t, whole, &n);
	if (whole) /* and its children that it has waited for */
		add_usage(&n.usage, &n.child);
	sink_printf(out, "rchar: %llu\nwchar: %llu\nsyscr: %llu\nsyscw: %llu\n",
		    (unsigned long long)n.usage.io.rchar, (unsigned long long)n.usage.io.wchar,
		    (unsigned long long)n.usage.io.syscr, (unsigned long long)n.usage.io.syscw);
	sink_printf(out, "read_bytes: %llu\nwrite_bytes: %llu\ncancelled_write_bytes: 0\n",
		    (unsigned long long)n.usage.inblock << 9,
		    (unsigned long long)n.usage.oublock << 9);
	return 0;
}

int show_tgid_io(struct sink *out, void *task)
{
	return show_io_of(out, task, true);
}

int show_tid_io(struct sink *out, void *task)
{
	return show_io_of(out, task, false);
}

/* What it waits in, by the registers that it came with. */
int show_syscall(struct sink *out, void *task)
{
	const struct task_struct *t = task;
	const struct pt_regs none = { 0 }, *r = t->mm ? task_pt_regs(t) : &none;

	if (t != current && READ_ONCE(t->state) == TASK_RUNNING)
		sink_printf(out, "running\n");
	else if ((long)r->orig_ax < 0)
		sink_printf(out, "-1 0x%lx 0x%lx\n", r->sp, r->ip);
	else
		sink_printf(out, "%ld 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx\n",
			    r->orig_ax, r->di, r->si, r->dx, r->r10, r->r8, r->r9, r->sp, r->ip);
	return 0;
}

/* ---------------------------------------------------------------- statm */

static unsigned long text_bytes(const struct mm_struct *mm)
{
	return ALIGN(mm->end_code, PAGE_SIZE) - (mm->start_code & PAGE_MASK);
}

int show_statm(struct sink *out, void *task)
{
	struct mm_struct *mm = get_task_mm(task);

	if (!mm) {
		sink_printf(out, "0 0 0 0 0 0 0\n");
		return 0;
	}
	sink_printf(out, "%lu %lu %lu %lu 0 %lu 0\n", mm->total_vm, get_mm_rss(mm),
		    get_mm_counter(mm, MM_FILEPAGES) + get_mm_counter(mm, MM_SHMEMPAGES),
		    text_bytes(mm) >> PAGE_SHIFT, mm->data_vm + mm->stack_vm);
	mmput(mm);
	return 0;
}

/* ---------------------------------------------------------------- status */

static void show_kb(struct sink *out, const char *name, unsigned long pages)
{
	sink_printf(out, "%s:\t%8lu kB\n", name, pages << (PAGE_SHIFT - 10));
}

static void show_memory(struct sink *out, const struct mm_struct *mm)
{
	unsigned long text = min(text_bytes(mm), mm->exec_vm << PAGE_SHIFT) >> 10;
	unsigned long rss = get_mm_rss(mm);

	show_kb(out, "VmPeak", max(mm->hiwater_vm, mm->total_vm));
	show_kb(out, "VmSize", mm->total_vm);
	show_kb(out, "VmLck", mm->locked_vm);
	show_kb(out, "VmPin", READ_ONCE(mm->pinned_vm));
	show_kb(out, "VmHWM", max(mm->hiwater_rss, rss));
	show_kb(out, "VmRSS", rss);
	show_kb(out, "RssAnon", get_mm_counter(mm, MM_ANONPAGES));
	show_kb(out, "RssFile", get_mm_counter(mm, MM_FILEPAGES));
	show_kb(out, "RssShmem", get_mm_counter(mm, MM_SHMEMPAGES));
	show_kb(out, "VmData", mm->data_vm);
	show_kb(out, "VmStk", mm->stack_vm);
	sink_printf(out, "VmExe:\t%8lu kB\nVmLib:\t%8lu kB\n", text,
		    (mm->exec_vm << (PAGE_SHIFT - 10)) - text);
	sink_printf(out, "VmPTE:\t%8lu kB\nVmSwap:\t%8d kB\nHugetlbPages:\t%8d kB\n",
		    mm->pgtables_bytes >> 10, 0, 0);
	sink_printf(out, "CoreDumping:\t0\nTHP_enabled:\t1\n");
}

static void show_groups(struct sink *out, struct task_struct *t)
{
	gid_t gids[16];
	int from = 0, n;

	do {
		n = get_groups(t, from, gids, ARRAY_SIZE(gids));
		for (int i = 0; i < n; i++)
			sink_printf(out, "%s%u", from + i ? " " : "", gids[i]);
		from += n;
	} while (n == ARRAY_SIZE(gids));
}

static void show_identity(struct sink *out, struct task_struct *t, const struct task_numbers *n)
{
	const struct cred *c = &t->cred;
	unsigned int max_fds = task_max_fds(t);

	sink_printf(out, "Name:\t%s\n", t->comm);
	if (t == current && t->fs) /* others' is theirs */
		sink_printf(out, "Umask:\t%04o\n", (unsigned int)current_umask());
	sink_printf(out, "State:\t%s\nTgid:\t%u\nNgid:\t0\nPid:\t%u\nPPid:\t%d\nTracerPid:\t0\n",
		    task_state_word(t), t->tgid, t->pid, n->ppid);
	sink_printf(out, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", c->uid, c->euid, c->suid,
		    c->fsuid, c->gid, c->egid, c->sgid, c->fsgid);
	sink_printf(out, "FDSize:\t%u\nGroups:\t", max_fds ?: 64);
	show_groups(out, t);
	sink_printf(out, " \nNStgid:\t%u\nNSpid:\t%u\nNSpgid:\t%d\nNSsid:\t%d\n", t->tgid, t->pid,
		    n->pgrp, n->session);
}

static void show_signals(struct sink *out, const struct task_numbers *n)
{
	sink_printf(out, "Threads:\t%u\nSigQ:\t%u/%lu\n", n->threads, sigqueue_count(),
		    n->sigpending_limit);
	sink_printf(out,
		    "SigPnd:\t%016llx\nShdPnd:\t%016llx\nSigBlk:\t%016llx\nSigIgn:\t%016llx\n"
		    "SigCgt:\t%016llx\n",
		    (unsigned long long)n->pending, (unsigned long long)n->shared_pending,
		    (unsigned long long)n->blocked, (unsigned long long)n->ignored,
		    (unsigned long long)n->caught);
}

static void show_caps(struct sink *out, const struct task_struct *t)
{
	const struct cred kernel = { .cap_permitted = ALL_CAPS,
				     .cap_effective = ALL_CAPS,
				     .cap_bset = ALL_CAPS };
	const struct cred *c = t->signal ? &t->cred : &kernel;

	sink_printf(out,
		    "CapInh:\t%016llx\nCapPrm:\t%016llx\nCapEff:\t%016llx\nCapBnd:\t%016llx\n"
		    "CapAmb:\t%016llx\n",
		    (unsigned long long)c->cap_inheritable, (unsigned long long)c->cap_permitted,
		    (unsigned long long)c->cap_effective, (unsigned long long)c->cap_bset,
		    (unsigned long long)c->cap_ambient);
	sink_printf(out,
		    "NoNewPrivs:\t%d\nSeccomp:\t0\nSeccomp_filters:\t0\n"
		    "Speculation_Store_Bypass:\tunknown\nSpeculationIndirectBranch:\tunsupported\n",
		    c->no_new_privs);
}

int show_status(struct sink *out, void *task)
{
	struct task_struct *t = task;
	struct mm_struct *mm = get_task_mm(t);
	struct task_numbers n;
	char cpus[LIST_LEN];

	get_numbers(t, false, &n);
	show_identity(out, t, &n);
	if (mm) {
		show_memory(out, mm);
		mmput(mm);
	}
	show_signals(out, &n);
	show_caps(out, t);
	cpumap_print(cpus, sizeof(cpus), &t->cpus_mask, nr_cpu_ids);
	sink_printf(out, "Cpus_allowed:\t%s\n", cpus);
	cpulist_print(cpus, sizeof(cpus), &t->cpus_mask, nr_cpu_ids);
	sink_printf(out, "Cpus_allowed_list:\t%s\nMems_allowed:\t1\nMems_allowed_list:\t0\n", cpus);
	sink_printf(out, "voluntary_ctxt_switches:\t%llu\nnonvoluntary_ctxt_switches:\t%llu\n",
		    (unsigned long long)n.nvcsw, (unsigned long long)n.nivcsw);
	return 0;
}

/* ---------------------------------------------------------------- limits */

static const struct {
	const char *name, *unit;
} limits[RLIM_NLIMITS] = {
	[RLIMIT_CPU] = { "Max cpu time", "seconds" },
	[RLIMIT_FSIZE] = { "Max file size", "bytes" },
	[RLIMIT_DATA] = { "Max data size", "bytes" },
	[RLIMIT_STACK] = { "Max stack size", "bytes" },
	[RLIMIT_CORE] = { "Max core file size", "bytes" },
	[RLIMIT_RSS] = { "Max resident set", "bytes" },
	[RLIMIT_NPROC] = { "Max processes", "processes" },
	[RLIMIT_NOFILE] = { "Max open files", "files" },
	[RLIMIT_MEMLOCK] = { "Max locked memory", "bytes" },
	[RLIMIT_AS] = { "Max address space", "bytes" },
	[RLIMIT_LOCKS] = { "Max file locks", "locks" },
	[RLIMIT_SIGPENDING] = { "Max pending signals", "signals" },
	[RLIMIT_MSGQUEUE] = { "Max msgqueue size", "bytes" },
	[RLIMIT_NICE] = { "Max nice priority", NULL },
	[RLIMIT_RTPRIO] = { "Max realtime priority", NULL },
	[RLIMIT_RTTIME] = { "Max realtime timeout", "us" },
};

static void show_limit(struct sink *out, unsigned long value)
{
	if (value == RLIM_INFINITY)
		sink_printf(out, "%-20s ", "unlimited");
	else
		sink_printf(out, "%-20lu ", value);
}

int show_limits(struct sink *out, void *task)
{
	struct rlimit copy[RLIM_NLIMITS];
	struct task_struct *t = task;
	unsigned long flags;

	if (!lock_task_sighand(t, &flags))
		return 0;
	memcpy(copy, t->signal->rlim, sizeof(copy));
	unlock_task_sighand(t, &flags);
	sink_printf(out, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (unsigned int i = 0; i < RLIM_NLIMITS; i++) {
		sink_printf(out, "%-25s ", limits[i].name);
		show_limit(out, copy[i].rlim_cur);
		show_limit(out, copy[i].rlim_max);
		if (limits[i].unit)
			sink_printf(out, "%-10s", limits[i].unit);
		sink_printf(out, "\n");
	}
	return 0;
}
