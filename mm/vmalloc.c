// SPDX-License-Identifier: MIT
/*
 * vmalloc: memory that is contiguous in virtual addresses only, and the list of
 * all areas of that region.
 *
 * An area is filled with the largest blocks of pages that can be had: each is
 * one entry into the page tables' walk, and one call to give back.  `pages` has
 * one pointer per page all the same, as in Linux; a block's first page knows the
 * block's order.  Where the addresses come from is in mm/vm_area.c.
 */
#include "mm/vmalloc.h"
#include "kernel/core/command.h"
#include "kernel/core/json.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/kasan.h"
#include "mm/set_memory.h"

/* Give back the first n pages of the area. */
static void free_area_pages(struct vm_struct *vm, unsigned int n)
{
	unsigned int i = 0;

	while (i < n) {
		struct page *page = vm->pages[i];

		i += 1U << page->order;
		__free_pages(page, page->order);
	}
}

static void *vmalloc_caller(unsigned long size, gfp_t flags, unsigned long caller);

/* An array of n page pointers; a long one lies in an area of its own. */
static struct page **alloc_page_array(unsigned int n, unsigned long caller)
{
	unsigned long bytes = n * sizeof(struct page *);

	return bytes > PAGE_SIZE ? vmalloc_caller(bytes, GFP_KERNEL, caller) :
				   kmalloc(bytes, GFP_KERNEL);
}

/*
 * A block of at most n pages, the largest that there is up to *order, which is its order then: what
 * was not there is not asked for again, as each time all CPUs give back what they have at hand.
 * NULL when memory is out.
 */
static struct page *alloc_largest(gfp_t flags, unsigned int *order, unsigned int n,
				  unsigned long caller)
{
	struct page *page;

	*order = min(*order, ilog2(n));
	while (!(page = alloc_pages_caller(flags, *order, caller)) && *order > 0)
		--*order;
	return page;
}

/* Fill the area with memory, of which `size` bytes are used: 0 or -ENOMEM, with nothing left behind. */
static int populate(struct vm_struct *vm, unsigned long size, gfp_t flags)
{
	unsigned long va = (unsigned long)vm->addr;
	unsigned int n = (vm->size >> PAGE_SHIFT) - 1, i, done = 0, order = MAX_ORDER - 1;

	while (done < n) {
		struct page *page =
			alloc_largest(flags | __GFP_HIGHMEM, &order, n - done, vm->caller);
		unsigned long bytes;

		if (!page)
			goto undo;
		for (i = 0; i < 1U << page->order; i++)
			vm->pages[done + i] = page + i;
		bytes = PAGE_SIZE << page->order;
		done += 1U << page->order;
		if (map_page_range(&init_mm, va, page_to_phys(page), bytes, PAGE_KERNEL_AREA,
				   PG_LEVEL_4K))
			goto undo;
		va += bytes;
	}
	if (kasan_vmalloc(vm->addr, size))
		goto undo;
	vm->nr_pages = n;
	return 0;
undo:
	if (va != (unsigned long)vm->addr)
		unmap_page_range(&init_mm, (unsigned long)vm->addr, va - (unsigned long)vm->addr);
	free_area_pages(vm, done);
	return -ENOMEM;
}

static void *vmalloc_caller(unsigned long size, gfp_t flags, unsigned long caller)
{
	unsigned long n = PFN_UP(size);
	struct vm_struct *vm;

	if (n == 0 || n > nr_ram_pages())
		return NULL;
	vm = get_vm_area_caller(size, PAGE_SIZE, VM_ALLOC, caller);
	if (!vm)
		return NULL;
	vm->pages = alloc_page_array((unsigned int)n, caller);
	if (vm->pages && populate(vm, size, flags) == 0)
		return vm->addr;
	kvfree(vm->pages);
	kfree(remove_vm_area(vm->addr));
	return NULL;
}

/* A page at the most is in one piece anyhow. */
static void *kvmalloc_caller(size_t size, gfp_t flags, unsigned long caller)
{
	void *p = size <= KMALLOC_MAX_SIZE ? kmalloc_caller(size, flags, caller) : NULL;

	return p || size <= PAGE_SIZE ? p : vmalloc_caller(size, flags, caller);
}

void *kvmalloc(size_t size, gfp_t flags)
{
	return kvmalloc_caller(size, flags, _RET_IP_);
}

void *kvzalloc(size_t size, gfp_t flags)
{
	return kvmalloc_caller(size, flags | __GFP_ZERO, _RET_IP_);
}

void kvfree(const void *p)
{
	if (is_vmalloc_addr(p))
		vfree(p);
	else
		kfree(p);
}

void *vmalloc(unsigned long size)
{
	return vmalloc_caller(size, GFP_KERNEL, _RET_IP_);
}

void *vzalloc(unsigned long size)
{
	return vmalloc_caller(size, __GFP_ZERO, _RET_IP_);
}

void vfree(const void *addr)
{
	struct vm_struct *vm;

	if (!addr)
		return;
	vm = detach_vm_area(addr, VM_ALLOC);
	if (WARN(!vm, "vfree of %p, which is no vmalloc area, by %pS\n", addr, (void *)_RET_IP_))
		return;
	/* Nobody may have the pages while a CPU can still write to them here. */
	if (!vm_area_is_flushed(vm))
		flush_tlb_all();
	/* Read-only or uncached memory would be the ruin of who gets it next. */
	if (unlikely(vm->flags & VM_FLUSH_RESET_PERMS) && !reset_vm_area_pages(vm))
		WARN(true, "vfree of %p by %pS: %u pages are lost\n", addr, (void *)_RET_IP_,
		     vm->nr_pages);
	else
		free_area_pages(vm, vm->nr_pages);
	kvfree(vm->pages);
	kasan_unpoison(addr, vm->size);
	release_vm_area(vm);
}

static void show_area(struct sink *out, const struct vm_struct *vm)
{
	unsigned long start = (unsigned long)vm->addr;

	sink_printf(out, "0x%016lx-0x%016lx %7lu", start, start + vm->size, vm->size);
	if (vm->caller)
		sink_printf(out, " %pS", (void *)vm->caller);
	if (vm->nr_pages)
		sink_printf(out, " pages=%u", vm->nr_pages);
	if (vm->phys_addr)
		sink_printf(out, " phys=%pa", &vm->phys_addr);
	if (vm->flags & VM_IOREMAP)
		sink_printf(out, " ioremap");
	if (vm->flags & VM_ALLOC)
		sink_printf(out, " vmalloc");
	if (vm->flags & VM_MAP)
		sink_printf(out, " vmap");
	if (is_vmalloc_addr(vm->pages))
		sink_printf(out, " vpages");
	sink_printf(out, "\n");
}

/*
 * Each area is copied under the lock and printed without it: consoles are slow.  Those
 * that were given back and are kept for the next of their size come last.
 */
void show_vmallocinfo(struct sink *out)
{
	unsigned long addr;
	struct vm_struct vm;

	for (addr = VMALLOC_START; next_vm_area(addr, &vm); addr += vm.size) {
		show_area(out, &vm);
		addr = (unsigned long)vm.addr;
	}
	for (addr = VMALLOC_START; next_idle_area(addr, &vm); addr += vm.size) {
		addr = (unsigned long)vm.addr;
		sink_printf(out, "0x%016lx-0x%016lx %7lu unpurged vm_area\n", addr, addr + vm.size,
			    vm.size);
	}
}

static void put_area(struct json *j, const struct vm_struct *vm, const char *kind)
{
	json_open(j, NULL, '{');
	json_hex(j, "start", (unsigned long)vm->addr);
	json_hex(j, "size", vm->size);
	json_string(j, "kind", kind);
	if (vm->caller)
		json_function(j, "by", vm->caller);
	if (vm->nr_pages)
		json_number(j, "pages", vm->nr_pages);
	if (vm->flags & VM_IOREMAP)
		json_hex(j, "physical", vm->phys_addr);
	json_close(j, '}');
}

static void show_json(struct sink *out)
{
	struct json j = json_to(out);
	struct vm_struct vm;
	unsigned long addr;

	json_open(&j, NULL, '{');
	json_open(&j, "areas", '[');
	for (addr = VMALLOC_START; next_vm_area(addr, &vm); addr = (unsigned long)vm.addr + vm.size)
		put_area(&j, &vm,
			 vm.flags & VM_IOREMAP ? "ioremap" :
			 vm.flags & VM_ALLOC   ? "vmalloc" :
						 "vmap");
	for (addr = VMALLOC_START; next_idle_area(addr, &vm);
	     addr = (unsigned long)vm.addr + vm.size) {
		vm.flags = vm.nr_pages = 0;
		vm.caller = 0;
		put_area(&j, &vm, "idle");
	}
	json_close(&j, ']');
	json_end(&j, '}');
}

static int cmd_vmallocinfo(struct sink *out, int argc, char **argv)
{
	if (argc > 2 || (argc == 2 && strcmp(argv[1], "-j") != 0))
		return -EINVAL;
	if (argc == 2)
		show_json(out);
	else
		show_vmallocinfo(out);
	return 0;
}
MONITOR_COMMAND(vmallocinfo, "[-j]",
		"areas of the vmalloc region, as /proc/vmallocinfo; -j: as JSON", cmd_vmallocinfo);
