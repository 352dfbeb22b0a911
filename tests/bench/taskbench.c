// SPDX-License-Identifier: MIT
/*
 * bench, the second half: memory types, page arrays, threads and other CPUs.
 *
 * Names and counts are those of tests/bench/linux/taskbench.c.
 */
#include "kernel/core/smp.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/completion.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/mutex.h"
#include "kernel/sched/workqueue.h"
#include "mm/highmem.h"
#include "mm/io.h"
#include "mm/ioremap.h"
#include "mm/memremap.h"
#include "mm/page_alloc.h"
#include "mm/set_memory.h"
#include "mm/vmalloc.h"
#include "tests/bench/bench.h"

#define N	    1000
#define NR_PAGES    16
#define FRAMEBUFFER 0xfd000000ULL
#define HPET_REGS   0xfed00000ULL

static void bench_kmap(const char *name)
{
	struct page *page;

	if (!bench_wants(name))
		return;
	page = alloc_page(GFP_KERNEL);
	if (!page) {
		bench_failed(name);
		return;
	}
	begin();
	for (unsigned int i = 0; i < N; i++)
		kunmap_local(kmap_local_page(page));
	end(name, N);
	__free_page(page);
}

/* Uncached and back: 0, or what went wrong. */
static int uncached_and_back(unsigned long va)
{
	int err = set_memory_uc(va, 1);

	return err ? err : set_memory_wb(va, 1);
}

static void bench_set_memory(const char *name)
{
	unsigned long va;
	int err;

	if (!bench_wants(name))
		return;
	va = __get_free_pages(GFP_KERNEL, 0);
	err = va ? uncached_and_back(va) : -ENOMEM; /* once before, as on Linux */
	begin();
	for (unsigned int i = 0; i < 100 && !err; i++)
		err = uncached_and_back(va);
	if (err)
		bench_failed(name);
	else
		end(name, 100);
	free_page(va);
}

static void bench_vmap(const char *name)
{
	struct page *pages[NR_PAGES];
	unsigned int i, n;

	if (!bench_wants(name))
		return;
	for (n = 0; n < NR_PAGES; n++) {
		pages[n] = alloc_page(GFP_KERNEL);
		if (!pages[n])
			break;
	}
	if (n == NR_PAGES) {
		begin();
		for (i = 0; i < N; i++)
			vunmap(vmap(pages, NR_PAGES, VM_MAP, PAGE_KERNEL));
		end(name, N);
	} else {
		bench_failed(name);
	}
	while (n)
		__free_page(pages[--n]);
}

static void bench_memremap(const char *name)
{
	if (!bench_wants(name))
		return;
	begin();
	for (unsigned int i = 0; i < N; i++) {
		void *p = memremap(FRAMEBUFFER, 0x1000, MEMREMAP_WC);

		if (!p) {
			bench_failed(name);
			return;
		}
		memunmap(p);
	}
	end(name, N);
}

/* ---- threads ---- */

static struct completion ping, pong;

static int echo(void *unused)
{
	(void)unused;
	for (unsigned int i = 0; i < N; i++) {
		wait_for_completion(&ping);
		complete(&pong);
	}
	return 0;
}

static void bench_wake(const char *name)
{
	if (!bench_wants(name))
		return;
	init_completion(&ping);
	init_completion(&pong);
	if (IS_ERR(kthread_run(echo, NULL, "echo"))) {
		bench_failed(name);
		return;
	}
	begin();
	for (unsigned int i = 0; i < N; i++) {
		complete(&ping);
		wait_for_completion(&pong);
	}
	end(name, N); /* two wake-ups, two switches */
}

static int nothing_thread(void *done)
{
	complete(done);
	return 0;
}

static void bench_create(const char *name)
{
	struct completion done;

	if (!bench_wants(name))
		return;
	begin();
	for (unsigned int i = 0; i < 100; i++) {
		init_completion(&done);
		if (IS_ERR(kthread_run(nothing_thread, &done, "nothing"))) {
			bench_failed(name);
			return;
		}
		wait_for_completion(&done);
	}
	end(name, 100);
}

static void bench_mutex(const char *name)
{
	static DEFINE_MUTEX(mutex);

	if (!bench_wants(name))
		return;
	begin();
	for (unsigned int i = 0; i < N; i++) {
		mutex_lock(&mutex);
		mutex_unlock(&mutex);
	}
	end(name, N);
}

static void nothing_work(struct work_struct *work)
{
	(void)work;
}

static void bench_work(const char *name)
{
	static DECLARE_WORK(work, nothing_work);

	if (!bench_wants(name))
		return;
	begin();
	for (unsigned int i = 0; i < N; i++) {
		schedule_work(&work);
		flush_work(&work);
	}
	end(name, N);
}

/* ---- other CPUs: where there are any ---- */

static void nothing(void *info)
{
	(void)info;
}

static void bench_call_other(const char *name)
{
	unsigned int other;

	if (!bench_wants(name))
		return;
	other = cpumask_next(raw_smp_processor_id(), &cpu_online_mask);
	if (other == NR_CPUS)
		other = cpumask_first(&cpu_online_mask);
	begin();
	for (unsigned int i = 0; i < N; i++)
		smp_call_function_single(other, nothing, NULL, true);
	end(name, N);
}

static void bench_call_each(const char *name)
{
	if (!bench_wants(name))
		return;
	begin();
	for (unsigned int i = 0; i < 100; i++)
		on_each_cpu(nothing, NULL, true);
	end(name, 100);
}

/* The mapping is used, so that all have to forget it. */
static void bench_ioremap_used(const char *name)
{
	if (!bench_wants(name))
		return;
	begin();
	for (unsigned int i = 0; i < 100; i++) {
		void __iomem *p = ioremap(HPET_REGS, 0x1000);

		if (!p) {
			bench_failed(name);
			return;
		}
		readl(p);
		iounmap(p);
	}
	end(name, 100);
}

static void bench_cpus(void)
{
	if (smp_alone())
		return;
	bench_call_other("call_other_cpu");
	bench_call_each("call_each_cpu");
	bench_ioremap_used("ioremap_4K_smp");
}

void bench_tasks(void)
{
	bench_wake("wake_switch_pair");
	bench_create("thread_create_run");
	bench_work("work_queue_flush");
	bench_mutex("mutex_uncontended");
	bench_kmap("kmap_local");
	bench_set_memory("set_memory_uc_wb");
	bench_vmap("vmap_16");
	bench_memremap("memremap_wc_4K");
	bench_cpus();
}
