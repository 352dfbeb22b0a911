// SPDX-License-Identifier: GPL-2.0
// Linux side of the side-by-side benchmark for threads, waking, other CPUs and
// page attributes: what each operation costs, in TSC ticks.  Under qemu
// -icount shift=0 one tick is one guest instruction.
#include <asm/set_memory.h>
#include <asm/tsc.h>
#include <linux/completion.h>
#include <linux/highmem.h>
#include <linux/hrtimer.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

static unsigned long long t0;
#define START() (t0 = rdtsc_ordered())
#define STOP(name, n)                                               \
	do {                                                        \
		unsigned long long t1 = rdtsc_ordered();            \
		pr_alert("bench %s %llu\n", name, (t1 - t0) / (n)); \
	} while (0)
#define N 1000

static struct completion ping, pong;
static int echo(void *unused)
{
	int i;

	for (i = 0; i < N; i++) {
		wait_for_completion(&ping);
		complete(&pong);
	}
	return 0;
}

static int nothing_thread(void *done)
{
	complete(done);
	return 0;
}

static void nothing_work(struct work_struct *w)
{
}
static DECLARE_WORK(work, nothing_work);
static void nothing_ipi(void *unused)
{
}

static struct completion fired;
static enum hrtimer_restart on_timer(struct hrtimer *t)
{
	complete(&fired);
	return HRTIMER_NORESTART;
}

static void bench_threads(void)
{
	struct completion done;
	struct mutex m;
	int i;

	init_completion(&ping);
	init_completion(&pong);
	kthread_run(echo, NULL, "echo");
	START();
	for (i = 0; i < N; i++) {
		complete(&ping);
		wait_for_completion(&pong);
	}
	STOP("wake_switch_pair", N); /* two wake-ups, two switches */

	START();
	for (i = 0; i < 100; i++) {
		init_completion(&done);
		kthread_run(nothing_thread, &done, "nothing");
		wait_for_completion(&done);
	}
	STOP("thread_create_run", 100);

	START();
	for (i = 0; i < N; i++) {
		schedule_work(&work);
		flush_work(&work);
	}
	STOP("work_queue_flush", N);

	mutex_init(&m);
	START();
	for (i = 0; i < N; i++) {
		mutex_lock(&m);
		mutex_unlock(&m);
	}
	STOP("mutex_uncontended", N);
}

static void bench_timer(void)
{
	struct hrtimer t;
	int i;

	hrtimer_init(&t, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	t.function = on_timer;
	START();
	for (i = 0; i < N; i++) {
		hrtimer_start(&t, ms_to_ktime(10000), HRTIMER_MODE_REL);
		hrtimer_cancel(&t);
	}
	STOP("timer_start_cancel", N);
}

static void bench_pages(void)
{
	unsigned long va = __get_free_pages(GFP_KERNEL, 0);
	struct page *pg = virt_to_page(va), *pages[16];
	void *p;
	int i;

	START();
	for (i = 0; i < N; i++) {
		p = kmap_local_page(pg);
		kunmap_local(p);
	}
	STOP("kmap_local", N);
	set_memory_uc(va, 1);
	set_memory_wb(va, 1);
	START();
	for (i = 0; i < 100; i++) {
		set_memory_uc(va, 1);
		set_memory_wb(va, 1);
	}
	STOP("set_memory_uc_wb", 100);
	for (i = 0; i < 16; i++)
		pages[i] = alloc_page(GFP_KERNEL);
	START();
	for (i = 0; i < N; i++) {
		p = vmap(pages, 16, VM_MAP, PAGE_KERNEL);
		vunmap(p);
	}
	STOP("vmap_16", N);
	START();
	for (i = 0; i < N; i++) {
		p = memremap(0xfd000000, 0x1000, MEMREMAP_WC);
		if (p)
			memunmap(p);
	}
	STOP("memremap_wc_4K", N);
}

static void bench_cpus(void)
{
	int i, other = cpumask_next(smp_processor_id(), cpu_online_mask);

	if (other >= nr_cpu_ids)
		other = cpumask_first(cpu_online_mask);
	if (num_online_cpus() < 2)
		return;
	START();
	for (i = 0; i < N; i++)
		smp_call_function_single(other, nothing_ipi, NULL, 1);
	STOP("call_other_cpu", N);
	START();
	for (i = 0; i < 100; i++)
		on_each_cpu(nothing_ipi, NULL, 1);
	STOP("call_each_cpu", 100);
	START();
	for (i = 0; i < 100; i++) {
		void __iomem *p = ioremap(0xfed00000, 0x1000);
		(void)readl(p);
		iounmap(p);
	}
	STOP("ioremap_4K_smp", 100);
}

static int __init taskbench(void)
{
	bench_threads();
	bench_timer();
	bench_pages();
	bench_cpus();
	return 0;
}
module_init(taskbench);
MODULE_LICENSE("GPL");
