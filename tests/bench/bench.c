// SPDX-License-Identifier: MIT
/*
 * bench: what each operation on memory and mappings costs, in TSC ticks.
 *
 * Under QEMU's -icount shift=0 a tick is one instruction, the same in each run.
 * Names, addresses, sizes and counts are those of tests/bench/linux/iobench.c,
 * the same loops as a Linux module, so that the figures can stand side by side
 * (`make bench`).  Addresses above 64 GiB belong to nobody on the machine that
 * the benchmark is meant for; where one of these cannot be mapped or claimed, the
 * line says FAILED instead of a figure.
 */
#include "tests/bench/bench.h"
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/monitor.h"
#include "mm/io.h"
#include "mm/ioremap.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"

#define FREE_WINDOW 0x1000000000ULL /* 64 GiB: nobody's, for mappings */
#define FREE_CLAIMS 0x2000000000ULL /* 128 GiB: nobody's, for the register */
#define HPET_REGS   0xfed00000ULL
#define FRAMEBUFFER 0xfd000000ULL

#define NR_LIVE	  10000
#define NR_CLAIMS 1000

u64 bench_start;

static const char *filter; /* what the names that are wanted begin with */
static struct sink *report;

bool bench_wants(const char *name)
{
	if (strncmp(name, filter, strlen(filter)) != 0 || command_interrupted())
		return false;
	monitor_progress("bench: %s", name);
	return true;
}

void bench_report(const char *name, u64 ticks, unsigned int n)
{
	if (bench_wants(name))
		sink_printf(report, "bench %s %lu\n", name, ticks / n);
}

void bench_failed(const char *name)
{
	sink_printf(report, "bench %s FAILED\n", name);
}

/* Ordinary memory that a compiler must believe to be used. */
static __always_inline void use(void *p)
{
	__asm__ __volatile__("" ::"r"(p) : "memory");
}

static void bench_ioremap(const char *name, phys_addr_t phys, unsigned long size, unsigned int n)
{
	if (!bench_wants(name))
		return;
	begin();
	for (unsigned int i = 0; i < n; i++) {
		void __iomem *p = ioremap(phys, size);

		if (!p) {
			bench_failed(name);
			return;
		}
		iounmap(p);
	}
	end(name, n);
}

static void bench_ioremap_sizes(void)
{
	bench_ioremap("ioremap_4K", HPET_REGS, 0x1000, 1000);
	bench_ioremap("ioremap_64K", FREE_WINDOW, 0x10000, 1000);
	bench_ioremap("ioremap_2M", FREE_WINDOW, 0x200000, 1000);
	bench_ioremap("ioremap_256M", FREE_WINDOW, 0x10000000, 20);
	bench_ioremap("ioremap_1G", FREE_WINDOW, 0x40000000, 20);
	bench_ioremap("ioremap_16G", FREE_WINDOW, 0x400000000ULL, 5);
}

/* Many mappings at a time. */
static void bench_live(void)
{
	static const char *const map = "ioremap_live_10000", *const unmap = "iounmap_live_10000";
	void __iomem **p;
	unsigned int i;

	if (!bench_wants(map) && !bench_wants(unmap))
		return;
	p = vzalloc(NR_LIVE * sizeof(*p));
	if (!p) {
		bench_failed(map);
		return;
	}
	begin();
	for (i = 0; i < NR_LIVE; i++)
		p[i] = ioremap(FREE_WINDOW + (u64)i * 0x1000, 0x1000);
	end(map, NR_LIVE);
	begin();
	for (i = 0; i < NR_LIVE; i++)
		iounmap(p[i]);
	end(unmap, NR_LIVE);
	vfree(p);
}

/* The i-th of n places in an order that visits each once, but not one after the other. */
static __always_inline resource_size_t place(unsigned int i, unsigned int n)
{
	return FREE_CLAIMS + (u64)i * 2654435761u % n * 0x2000;
}

static void fill_window(struct resource *window, struct resource *r, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		r[i].name = "x";
		r[i].flags = IORESOURCE_MEM;
		r[i].start = place(i, n);
		r[i].end = r[i].start + 0xfff;
		request_resource(window, &r[i]);
	}
}

/* Claims in the gaps between those n. */
static void claim_and_release(struct resource *window, unsigned int n)
{
	for (unsigned int i = 0; i < NR_CLAIMS; i++) {
		resource_size_t start = place(i, n) + 0x1000;

		if (__request_region(window, start, 0x1000, "y", 0))
			__release_region(window, start, 0x1000);
	}
}

static void bench_register(const char *insert, const char *claim, unsigned int n)
{
	static struct resource window;
	struct resource *r;

	if (!bench_wants(insert) && !bench_wants(claim))
		return;
	window = (struct resource)DEFINE_RES_NAMED(FREE_CLAIMS, 0x1000000000ULL, "bench",
						   IORESOURCE_MEM);
	r = vzalloc(n * sizeof(*r));
	if (!r || insert_resource(&iomem_resource, &window)) {
		bench_failed(insert);
		vfree(r);
		return;
	}
	begin();
	fill_window(&window, r, n);
	end(insert, n);
	begin();
	claim_and_release(&window, n);
	end(claim, NR_CLAIMS);
	for (unsigned int i = 0; i < n; i++)
		if (r[i].parent)
			release_resource(&r[i]);
	release_resource(&window);
	vfree(r);
}

static void bench_pages(const char *name, unsigned int order)
{
	if (!bench_wants(name))
		return;
	begin();
	for (unsigned int i = 0; i < 10000; i++) {
		struct page *page = alloc_pages(GFP_KERNEL, order);

		if (!page) {
			bench_failed(name);
			return;
		}
		__free_pages(page, order);
	}
	end(name, 10000);
}

static void bench_kmalloc(const char *name, size_t size)
{
	if (!bench_wants(name))
		return;
	begin();
	for (unsigned int i = 0; i < 10000; i++) {
		void *p = kmalloc(size, GFP_KERNEL);

		use(p);
		kfree(p);
	}
	end(name, 10000);
}

static void bench_vmalloc(const char *name, unsigned long size, unsigned int n)
{
	if (!bench_wants(name))
		return;
	begin();
	for (unsigned int i = 0; i < n; i++)
		vfree(vmalloc(size));
	end(name, n);
}

static void bench_readl(const char *name)
{
	void __iomem *p;

	if (!bench_wants(name))
		return;
	p = ioremap(HPET_REGS, 0x1000);
	if (!p) {
		bench_failed(name);
		return;
	}
	begin();
	for (unsigned int i = 0; i < 10000; i++)
		(void)readl(p + 0xf0);
	end(name, 10000);
	iounmap(p);
}

static void bench_blocks(void)
{
	static const char *const copy = "memcpy_fromio_4K", *const set = "memset_io_4K";
	void __iomem *p;
	void *buffer;
	unsigned int i;

	if (!bench_wants(copy) && !bench_wants(set))
		return;
	p = ioremap_wc(FRAMEBUFFER, 0x1000000);
	buffer = kmalloc(4096, GFP_KERNEL);
	if (p && buffer) {
		begin();
		for (i = 0; i < 100; i++)
			memcpy_fromio(buffer, p, 4096);
		end(copy, 100);
		begin();
		for (i = 0; i < 100; i++)
			memset_io(p, 0, 4096);
		end(set, 100);
	} else {
		bench_failed(copy);
	}
	kfree(buffer);
	iounmap(p);
}

static int cmd_bench(struct sink *out, int argc, char **argv)
{
	if (argc > 2)
		return -EINVAL;
	if (argc == 2 && strcmp(argv[1], "latency") == 0) {
		bench_latency(out);
		return 0;
	}
	report = out;
	filter = argc == 2 ? argv[1] : "";
	bench_ioremap_sizes();
	bench_live();
	bench_register("insert_100", "request_release_among_100", 100);
	bench_register("insert_1000", "request_release_among_1000", 1000);
	bench_register("insert_10000", "request_release_among_10000", 10000);
	bench_pages("alloc_page", 0);
	bench_pages("alloc_pages_order9", 9);
	bench_kmalloc("kmalloc_64", 64);
	bench_vmalloc("vmalloc_4K", 4096, 1000);
	bench_vmalloc("vmalloc_1M", 1 << 20, 100);
	bench_readl("readl_hpet");
	bench_blocks();
	bench_tasks();
	bench_timers();
	return 0;
}
MONITOR_COMMAND(bench, "[NAME]",
		"what operations cost, in TSC ticks, of names that begin so; \"latency\": how late",
		cmd_bench);
