// SPDX-License-Identifier: MIT
/*
 * Threads from their making to their end, and the list of all.
 *
 * To make a thread is mostly to take one that is over, stack and all, out of the spare ones of
 * the CPU: neither vmalloc() nor a flush of the TLB is in the way.  put_task_struct() puts it
 * there, from any context, and cannot free a stack; so who exits or has waited for a child, a thread that may
 * sleep, frees what there is beyond KEEP_SPARE.
 */
#include "kernel/sched/task.h"

#include "kernel/core/panic.h"
#include "kernel/cpu/fpu.h"
#include "kernel/cpu/random.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/pid.h"
#include "kernel/sched/rq.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/stat.h"
#include "kernel/trap/backtrace.h"
#include "kernel/trap/nofault.h"
#include "mm/kasan.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

#define KEEP_SPARE 4

struct spare_threads {
	spinlock_t lock;       /* a leaf, with interrupts off */
	struct list_head list; /* the warmest first */
	unsigned int n;
};
static DEFINE_PER_CPU(struct spare_threads, spare_threads);

static DEFINE_SPINLOCK(tasks_lock); /* the list; a leaf, with interrupts off */
static LIST_HEAD(all_tasks);	    /* the oldest first */

static struct kmem_cache *task_cache, *fpu_cache;

/* ---------------------------------------------------------------- spare ones */

static struct task_struct *take_spare(struct spare_threads *s, unsigned int keep)
{
	struct task_struct *t = NULL;
	unsigned long flags;

	spin_lock_irqsave(&s->lock, flags);
	if (s->n > keep) {
		t = list_first_entry(&s->list, struct task_struct, tasks);
		list_del(&t->tasks);
		s->n--;
	}
	spin_unlock_irqrestore(&s->lock, flags);
	return t;
}

static struct spare_threads *my_spare(void)
{
	return &per_cpu(spare_threads, raw_smp_processor_id());
}

static void give_spare(struct task_struct *t)
{
	struct spare_threads *s = my_spare();
	unsigned long flags;

	spin_lock_irqsave(&s->lock, flags);
	list_add(&t->tasks, &s->list);
	s->n++;
	spin_unlock_irqrestore(&s->lock, flags);
}

static void free_spare(struct spare_threads *s, unsigned int keep)
{
	struct task_struct *t;

	while ((t = take_spare(s, keep)) != NULL) {
		vfree((void *)t->stack.bottom);
		kmem_cache_free(fpu_cache, t->fpu);
		kmem_cache_free(task_cache, t);
	}
}

void trim_spare_threads(void)
{
	might_sleep();
	free_spare(my_spare(), KEEP_SPARE);
}

void free_spare_threads(void)
{
	unsigned int cpu;

	might_sleep();
	for_each_online_cpu(cpu) free_spare(&per_cpu(spare_threads, cpu), 0);
}

static void *new_stack(void)
{
	void *stack = vmalloc(THREAD_SIZE);

	if (!stack || kasan_watch(stack, THREAD_SIZE) == 0)
		return stack;
	vfree(stack);
	return NULL;
}

/* One with a stack, of which nothing else is set. */
static struct task_struct *get_thread(void)
{
	struct task_struct *t = take_spare(my_spare(), 0);
	void *stack;

	if (likely(t))
		return t;
	t = kmem_cache_alloc(task_cache, GFP_KERNEL);
	if (!t)
		return NULL;
	t->fpu = kmem_cache_zalloc(fpu_cache, GFP_KERNEL); /* XSAVE leaves part of it alone */
	stack = t->fpu ? new_stack() : NULL;
	if (!stack) {
		kmem_cache_free(fpu_cache, t->fpu);
		kmem_cache_free(task_cache, t);
		return NULL;
	}
	t->stack.bottom = (unsigned long)stack;
	t->stack.guard = t->stack.bottom - PAGE_SIZE;
	t->stack.top = t->stack.bottom + THREAD_SIZE;
	return t;
}

/* ---------------------------------------------------------------- making one */

static void enlist(struct task_struct *t)
{
	unsigned long flags;

	spin_lock_irqsave(&tasks_lock, flags);
	list_add_tail(&t->tasks, &all_tasks);
	spin_unlock_irqrestore(&tasks_lock, flags);
}

/* All but its stack, the room for its registers, its name and the scheduler's part. */
static void init_task_struct(struct task_struct *t)
{
	*t = (struct task_struct){ .stack = t->stack, .fpu = t->fpu, .usage = 1 };
	t->stack.name = t->comm;
	t->group_leader = t;
	for (unsigned int i = 0; i < CPUMASK_WORDS; i++)
		t->cpus_mask.bits[i] = ~0ULL;
	init_completion(&t->exited);
}

/*
 * Its first switch goes to ret_from_fork, with three words of zero above, where a backtrace ends
 * and which keep the stack aligned; above them is room for the registers of a program.
 */
static void set_first_frame(struct task_struct *t, void (*fn)(void *arg), void *arg)
{
	struct switch_frame *frame;
	unsigned long *top = (unsigned long *)task_pt_regs(t);

	top[-1] = top[-2] = top[-3] = 0;
	frame = (struct switch_frame *)(top - 3) - 1;
	*frame = (struct switch_frame){
		.canary = get_random_canary(),
		.bx = (unsigned long)fn,
		.r12 = (unsigned long)arg,
		.ip = (unsigned long)ret_from_fork,
	};
	t->sp = (unsigned long)frame;
}

struct task_struct *create_thread(void (*fn)(void *arg), void *arg, const char *name)
{
	struct task_struct *t;

	might_sleep();
	t = get_thread();
	if (!t)
		return NULL;
	init_task_struct(t);
	strscpy(t->comm, name, sizeof(t->comm));
	if (alloc_pid(t)) {
		give_spare(t);
		return NULL;
	}
	t->tgid = t->pid;
	t->flags = PF_KTHREAD; /* who makes it a program's changes that */
	set_first_frame(t, fn, arg);
	sched_fork(t);
	enlist(t);
	return t;
}

struct task_struct *kernel_thread(void (*fn)(void *arg), void *arg, const char *name)
{
	struct task_struct *t = create_thread(fn, arg, name);

	if (!t)
		panic("no memory for thread %s", name);
	attach_pid(t);
	wake_up_process(t);
	return t;
}

void init_idle_task(struct task_struct *t, unsigned int cpu)
{
	init_task_struct(t);
	snprintf(t->comm, sizeof(t->comm), "swapper/%u", cpu);
	t->cpu = cpu;
	t->on_rq = t->on_cpu = true;
	t->se.weight = WEIGHT_NICE0;
	enlist(t);
}

struct task_struct *create_idle_task(unsigned int cpu)
{
	struct task_struct *t = get_thread();

	if (t)
		init_idle_task(t, cpu);
	return t;
}

void thread_cache_init(unsigned int cpu)
{
	struct spare_threads *s = &per_cpu(spare_threads, cpu);

	spin_lock_init(&s->lock);
	INIT_LIST_HEAD(&s->list);
}

void __init tasks_init(void)
{
	thread_cache_init(0);
	task_cache = kmem_cache_create("task_struct", sizeof(struct task_struct), 0,
				       SLAB_HWCACHE_ALIGN | SLAB_PANIC, NULL);
	fpu_cache = kmem_cache_create("fpu", fpu_config.size, FPU_ALIGN, SLAB_PANIC, NULL);
}

/* ---------------------------------------------------------------- its end */

void get_task_struct(struct task_struct *t)
{
	__atomic_add_fetch(&t->usage, 1, __ATOMIC_RELAXED);
}

bool try_get_task_struct(struct task_struct *t)
{
	u32 usage = READ_ONCE(t->usage);

	while (usage && !__atomic_compare_exchange_n(&t->usage, &usage, usage + 1, false,
						     __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
	return usage;
}

void put_task_struct(struct task_struct *t)
{
	unsigned long flags;
	u32 left = __atomic_sub_fetch(&t->usage, 1, __ATOMIC_ACQ_REL);

	BUG_ON((s32)left < 0);
	if (left)
		return;
	detach_pid(t);
	spin_lock_irqsave(&tasks_lock, flags);
	list_del(&t->tasks);
	account_dead_thread(t);
	spin_unlock_irqrestore(&tasks_lock, flags);
	give_spare(t);
}

void thread_exit(int result)
{
	current->result = result;
	trim_spare_threads();
	complete_all(&current->exited);
	schedule_dead();
}

/* ---------------------------------------------------------------- looking at them */

/* The one after t, or the first, held; t is let go. */
static struct task_struct *next_task(struct task_struct *t)
{
	struct list_head *link;
	unsigned long flags;
	struct task_struct *next = NULL;

	spin_lock_irqsave(&tasks_lock, flags);
	/* One whose last reference has just gone waits for the lock, to leave the list. */
	for (link = t ? t->tasks.next : all_tasks.next; link != &all_tasks && !next;
	     link = link->next) {
		next = list_entry(link, struct task_struct, tasks);
		if (!try_get_task_struct(next))
			next = NULL;
	}
	spin_unlock_irqrestore(&tasks_lock, flags);
	if (t)
		put_task_struct(t);
	return next;
}

void for_each_task(bool (*fn)(struct task_struct *t, void *arg), void *arg)
{
	struct task_struct *t = next_task(NULL);

	while (t && fn(t, arg))
		t = next_task(t);
	if (t)
		put_task_struct(t);
}

struct task_struct *next_stopped_task(const struct task_struct *t)
{
	const struct list_head *link = t ? &t->tasks : &all_tasks;
	u64 next;

	if (nofault_read((unsigned long)&link->next, sizeof(next), &next, NULL) ||
	    next == (unsigned long)&all_tasks ||
	    nofault_read(next, sizeof(next), &(u64){ 0 }, NULL))
		return NULL;
	return list_entry((struct list_head *)next, struct task_struct, tasks);
}

bool get_switch_frame(const struct task_struct *t, struct switch_frame *frame)
{
	unsigned long sp = READ_ONCE(t->sp);

	if (READ_ONCE(t->on_cpu) || sp < t->stack.bottom || sp > t->stack.top - sizeof(*frame))
		return false;
	*frame = *(const struct switch_frame *)sp;
	return true;
}

static bool is_sched_text(unsigned long ip)
{
	extern char __sched_text_start[], __sched_text_end[];

	return ip >= (unsigned long)__sched_text_start && ip < (unsigned long)__sched_text_end;
}

unsigned long task_wchan(const struct task_struct *t)
{
	struct switch_frame frame;

	if (!get_switch_frame(t, &frame))
		return 0;
	while (is_sched_text(frame.ip)) {
		const unsigned long *fp = (const unsigned long *)frame.bp;

		/* Each frame lies above the last, or the thread has run meanwhile. */
		if (frame.bp < t->stack.bottom || frame.bp > t->stack.top - 2 * sizeof(*fp) ||
		    !IS_ALIGNED(frame.bp, sizeof(*fp)) || fp[0] <= frame.bp)
			return 0;
		frame.bp = fp[0];
		frame.ip = fp[1];
	}
	return frame.ip;
}

void show_task_backtrace(const struct task_struct *t)
{
	struct pt_regs regs = { 0 };
	struct switch_frame frame;

	if (!get_switch_frame(t, &frame))
		return;
	regs.ip = frame.ip;
	regs.bp = frame.bp;
	regs.sp = t->sp + sizeof(frame);
	show_backtrace(&regs);
}
