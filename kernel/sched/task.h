/* SPDX-License-Identifier: MIT */
/*
 * Threads.
 *
 *   task_struct   a thread: its stack, what it saves while it does not run, and all that the
 *                 scheduler knows of it
 *   current       the one that runs here
 *   state         TASK_RUNNING: it runs or is ready.  Else how it waits, which makes a difference
 *                 to those who look, not to who wakes it
 *   idle thread   of each CPU, which runs while no other one is ready: "swapper/CPU".  The boot
 *                 CPU's is the context in which the boot began
 *
 * A thread's stack lies in the vmalloc area, where an unmapped page precedes it: that of the area
 * before.  A thread that is over is kept with its stack, a few for each CPU, for the next that is
 * made there; who exits frees what is beyond that.
 *
 * Who owns what: `usage` counts references, of which one is the thread's own until it is over.
 * The scheduler's part is changed under the lock of the run queue of `cpu`; see kernel/sched/rq.h.
 */
#ifndef KERNEL_SCHED_TASK_H
#define KERNEL_SCHED_TASK_H

#include "kernel/core/cpumask.h"
#include "kernel/core/lockdep.h"
#include "kernel/cpu/ptrace.h"
#include "kernel/lib/list.h"
#include "kernel/sched/completion.h"
#include "kernel/sched/fair.h"
#include "kernel/trap/desc.h"
#include "mm/highmem.h"

#define TASK_COMM_LEN 16
#define THREAD_SIZE   (4 * PAGE_SIZE * STACK_FACTOR)

/* Linux's numbers. */
#define TASK_RUNNING	     0x0000
#define TASK_INTERRUPTIBLE   0x0001
#define TASK_UNINTERRUPTIBLE 0x0002
#define TASK_STOPPED	     0x0004 /* by a signal, until SIGCONT or SIGKILL */
#define TASK_DEAD	     0x0080
#define TASK_WAKEKILL	     0x0100 /* a signal that kills wakes it */
#define TASK_NOLOAD	     0x0400 /* it may wait for ever: nobody hangs */
#define TASK_IDLE	     (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)
#define TASK_KILLABLE	     (TASK_UNINTERRUPTIBLE | TASK_WAKEKILL)
#define TASK_NORMAL	     (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

/* exit_state: 0, or of a thread of a process that is over.  Linux's numbers. */
#define EXIT_DEAD   0x10 /* somebody is at work to release it */
#define EXIT_ZOMBIE 0x20 /* it waits for its parent to ask */

/* flags: set by the thread itself alone.  Linux's numbers. */
#define PF_EXITING	  0x00000004
#define PF_FORKNOEXEC	  0x00000040 /* since it was forked it has not called execve() */
#define PF_SIGNALED	  0x00000400 /* a signal ended it */
#define PF_NPROC_EXCEEDED 0x00001000 /* setuid() made it one of too many, which execve() tells */
#define PF_KTHREAD	  0x00200000

/* What a thread has to do before it goes back to user mode: bits of thread_flags, Linux's numbers. */
#define TIF_NOTIFY_RESUME 1
#define TIF_SIGPENDING	  2
#define TIF_SINGLESTEP	  4

/* What lies on the stack of a thread that does not run, from `sp` on: switch.asm. */
struct switch_frame {
	u64 canary; /* kernel/core/stack_protector.h */
	unsigned long r15, r14, r13, r12, bx, bp, ip;
};

/* Signals sent and not taken: kernel/signal/signal.h. */
struct sigpending {
	struct list_head list; /* of struct sigqueue: what is known of them, the first sent first */
	u64 signal;	       /* bit sig - 1 */
};

/*
 * Who a thread is to those that ask, and what it may do.  It is kept and reported; only resource
 * limits ask for it.
 */
struct cred {
	u32 uid, gid, suid, sgid, euid, egid, fsuid, fsgid;
	struct group_info
		*group_info; /* supplementary groups, counted: kernel/user/cred.h; NULL: none */
	struct user_struct *user; /* whose threads it is counted among: kernel/user/user.h */
	u64 cap_inheritable, cap_permitted, cap_effective, cap_bset, cap_ambient;
	u32 securebits;
	bool no_new_privs;
};

/* Reads and writes of files: how many, and of how many bytes. */
struct task_io {
	u64 rchar, wchar;
	u64 syscr, syscw;
};

/* How a system call goes on that a signal interrupted: restart_syscall() calls fn. */
struct restart_block {
	long (*fn)(struct restart_block *restart);
	union {
		struct {
			u32 __user *uaddr;
			u32 val, flags, bitset;
			u64 time;
			u32 __user *uaddr2;
		} futex;
		struct {
			int clockid;
			void __user *rmtp; /* a timespec, or NULL */
			u64 expires;	   /* ns of that clock */
		} nanosleep;
		struct {
			void __user *ufds;
			unsigned int nfds;
			bool has_timeout;
			u64 expires; /* ns of ktime_get() */
		} poll;
	};
};

struct task_struct {
	unsigned long sp; /* first: switch.asm */
	u32 thread_flags; /* TIF_*, atomic; second: kernel/user/entry.asm */

	u32 state;	  /* set by the thread itself, to TASK_RUNNING by who wakes it */
	unsigned int cpu; /* whose queue it is of, also while it sleeps */
	bool on_rq;	  /* it runs or is ready */
	bool on_cpu;	  /* it runs; a look without the lock */
	s8 nice;
	u8 policy, rt_priority; /* SCHED_*: see sched_set_policy() */
	bool sched_reset_on_fork;
	struct sched_entity se;
	u64 nr_switches;  /* times that it came to run */
	u64 slept_at;	  /* the TSC when it went to sleep last */
	u64 hung_said_at; /* the slept_at of which it was said that it takes long */
	u64 exec_at_look; /* top's: se.sum_exec when it began to look */
	struct cpumask cpus_mask;
	struct kmap_ctrl kmap; /* its kmap_local slots, while it does not run */

	struct kernel_stack stack; /* its name is comm */
	struct xregs_state
		*fpu; /* room for a program's: kernel/cpu/fpu.h; an idle thread has none */
	char comm[TASK_COMM_LEN];
	u32 pid;
	u32 usage;		/* atomic */
	struct list_head tasks; /* in the list of all, or of a CPU's spare ones */

	/* kernel/sched/kthread.c's. */
	int (*threadfn)(void *data);
	void *data;
	int result;
	bool should_stop;
	struct completion exited;
	struct worker *worker; /* of a workqueue, while it runs work */
	struct blk_plug *plug; /* drivers/block/bio.h: its bios wait there */

	/* What only a thread of a process has: NULL and 0 in a kernel thread. */
	struct mm_struct *mm; /* its user half (mm/user/mm_struct.h), which begins with its root */
	u32 tgid;	      /* the process: its first thread's pid; a kernel thread's own */
	struct task_struct *group_leader;	/* ... and that thread */
	unsigned long fsbase, gsbase;		/* while it does not run */
	unsigned long trap_nr, error_code, cr2; /* its last exception, for a signal's frame */
	struct signal_struct *signal;		/* kernel/signal/ */
	struct sighand_struct *sighand;
	struct files_struct *files; /* kernel/fs/ */
	struct fs_struct *fs;
	u32 flags;				    /* PF_* */
	u64 timer_slack_ns, default_timer_slack_ns; /* prctl()'s, kept and told */
	u32 personality;			    /* of <linux/personality.h> */
	struct cred cred; /* changed by the thread itself, under tasklist_lock */
	u64 start_time;	  /* ns of ktime_get() */
	u64 user_ticks;	  /* task_user_ticks() */
	u64 nivcsw;	  /* how many of nr_switches it did not ask for */
	u64 min_flt, maj_flt;
	u64 inblock, oublock; /* 512 bytes each, read and written for it */
	struct task_io io;

	/* Signals: kernel/signal/signal.h.  Under siglock, but for what only the thread itself does. */
	struct sigpending pending;
	u64 blocked,
		real_blocked; /* real_blocked: while rt_sigtimedwait() has others in `blocked` */
	u64 saved_sigmask;    /* what `blocked` is again after the call: restore_sigmask */
	bool restore_sigmask;
	u32 jobctl;		 /* what it owes to job control: JOBCTL_* */
	unsigned long sas_ss_sp; /* sigaltstack(): the thread's own */
	size_t sas_ss_size;
	u32 sas_ss_flags;
	struct restart_block restart_block;

	/* Relatives: under tasklist_lock. */
	struct task_struct *real_parent; /* a thread of another process, that one's leader mostly */
	struct list_head children;	 /* leaders, by `sibling` */
	struct list_head sibling;
	struct list_head thread_node;  /* signal->thread_head */
	struct list_head pgrp_node;    /* a leader's: of its group */
	struct list_head process_node; /* a leader's: of all processes */
	u32 exit_state;
	int exit_code;		       /* as wait() tells it */
	int exit_signal;	       /* to the parent at the end; -1: not a leader; 0: none */
	int pdeath_signal;	       /* to it when its parent ends */
	struct completion *vfork_done; /* its parent waits until it has left that one's memory */
	int __user *set_child_tid;
	int __user *clear_child_tid; /* 0 is written there, and a futex woken, when it ends */
	void __user *robust_list;    /* kernel/user/futex.c's */

#ifdef CONFIG_DEBUG
	struct held_locks held; /* those that sleep */
#endif
};

_Static_assert(offsetof(struct task_struct, thread_flags) == 8, "TASK_FLAGS of entry.asm");

/*
 * What a program's thread enters the kernel with lies at the top of its stack; every thread has
 * room for it, since any may become a program.
 */
#define task_pt_regs(t)	  ((struct pt_regs *)(t)->stack.top - 1)
#define current_pt_regs() task_pt_regs(current)

DECLARE_PER_CPU(struct task_struct *, current_task);
#define current this_cpu(current_task)

/* The caller has a capability, CAP_*. */
static inline bool capable(int cap)
{
	return current->cred.cap_effective & BIT_ULL(cap);
}

/* The flag on, off, asked for.  Any context; who sets one of another thread sees to it that it looks. */
static inline void set_tsk_thread_flag(struct task_struct *t, unsigned int flag)
{
	__atomic_or_fetch(&t->thread_flags, BIT(flag), __ATOMIC_SEQ_CST);
}

static inline void clear_tsk_thread_flag(struct task_struct *t, unsigned int flag)
{
	__atomic_and_fetch(&t->thread_flags, ~(u32)BIT(flag), __ATOMIC_SEQ_CST);
}

static inline bool test_tsk_thread_flag(const struct task_struct *t, unsigned int flag)
{
	return READ_ONCE(t->thread_flags) & BIT(flag);
}

/* A signal waits for the thread: what is interruptible ends.  A look. */
static inline bool signal_pending(const struct task_struct *t)
{
	return unlikely(test_tsk_thread_flag(t, TIF_SIGPENDING));
}

/* The same of SIGKILL: what is killable ends. */
static inline bool fatal_signal_pending(const struct task_struct *t)
{
	return signal_pending(t) && (READ_ONCE(t->pending.signal) & BIT_ULL(9 - 1));
}

/* One that ends a wait in that state. */
static inline bool signal_pending_state(u32 state, const struct task_struct *t)
{
	if (likely(!signal_pending(t)))
		return false;
	return state & TASK_INTERRUPTIBLE || (state & TASK_WAKEKILL && fatal_signal_pending(t));
}

/*
 * A thread of that name, cut off at TASK_COMM_LEN - 1, that is to run fn(arg).  It ends by thread_exit(); a fn that returns has become a
 * program, and goes on in user mode with *current_pt_regs().  It sleeps
 * uninterruptibly, with all CPUs allowed, until wake_up_process(); attach_pid() is the caller's,
 * once the thread is whole.  NULL without memory.  In a thread that may sleep.
 */
struct task_struct *create_thread(void (*fn)(void *arg), void *arg, const char *name);

/* The same with what follows: started, for the first threads.  Panics without memory. */
struct task_struct *kernel_thread(void (*fn)(void *arg), void *arg, const char *name);

/* The caller is over: its `exited` is complete, and its own reference goes. */
void __noreturn thread_exit(int result);

/* Hold the struct / let it go: with the last one it is another thread's.  Any context. */
void get_task_struct(struct task_struct *t);
void put_task_struct(struct task_struct *t);
/* The same for who has found it in a list or table, under its lock: false, it is over. */
bool try_get_task_struct(struct task_struct *t);

/*
 * Call fn for each thread, the idle ones too, until it returns false.  Each is held meanwhile;
 * those that begin or end at the time may be left out.  May sleep.
 */
void for_each_task(bool (*fn)(struct task_struct *t, void *arg), void *arg);

/*
 * The one after t, or the first for NULL, for who has the machine stopped: without a lock, and none is
 * held.  NULL behind the last, or where a link leads nowhere.
 */
struct task_struct *next_stopped_task(const struct task_struct *t);

/* Who called what a thread waits in; 0 of one that runs.  A look: it may run meanwhile. */
unsigned long task_wchan(const struct task_struct *t);
/* What the switch left on top of its stack, copied; false where it runs.  Any context. */
bool get_switch_frame(const struct task_struct *t, struct switch_frame *frame);
/* Its backtrace, as messages, where it does not run.  Any context. */
void show_task_backtrace(const struct task_struct *t);

/* Few of this CPU's threads that are over stay, stack and all: for who has let go of some.  May sleep. */
void trim_spare_threads(void);
/* Spare threads of all CPUs are freed: for tests that count what is in use.  May sleep. */
void free_spare_threads(void);

#endif
