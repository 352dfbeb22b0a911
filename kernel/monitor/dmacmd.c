// SPDX-License-Identifier: MIT
/*
 * dma: memory for a device that is driven from the prompt: contiguous, below 4 GiB, zeroed, and kept until
 * it is given back.  A PC's caches see what devices write: nothing is to be mapped for it.  md reads it; as all
 * RAM, mw and its kin write it with iomem=relaxed.
 */
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"

#define MAX_BUFFERS 16
#define MAX_SIZE    (PAGE_SIZE << (MAX_ORDER - 1)) /* bytes that the page allocator has in one piece */

/* For the thread that runs commands, one at a time. */
static struct buffer {
	struct page *page; /* NULL: free */
	unsigned int order;
} buffers[MAX_BUFFERS];

static void print_buffer(struct sink *out, const struct buffer *b)
{
	phys_addr_t start = page_to_phys(b->page);

	sink_printf(out, "%08lx-%08lx\n", start, start + (PAGE_SIZE << b->order) - 1);
}

static int list(struct sink *out)
{
	for (unsigned int i = 0; i < MAX_BUFFERS; i++)
		if (buffers[i].page)
			print_buffer(out, &buffers[i]);
	return 0;
}

static int alloc(struct sink *out, u64 size)
{
	struct buffer *b = buffers;

	if (!size || size > MAX_SIZE) {
		sink_printf(out, "dma: a buffer has 1 to 0x%lx bytes\n", MAX_SIZE);
		return -ERANGE;
	}
	while (b < buffers + MAX_BUFFERS && b->page)
		b++;
	if (b == buffers + MAX_BUFFERS) {
		sink_printf(out, "dma: there are %d buffers already\n", MAX_BUFFERS);
		return -ENOSPC;
	}
	for (b->order = 0; PAGE_SIZE << b->order < size; b->order++)
		;
	b->page = alloc_pages(GFP_KERNEL | GFP_DMA32 | __GFP_ZERO, b->order);
	if (!b->page)
		return -ENOMEM;
	print_buffer(out, b);
	return 0;
}

static int free_buffer(struct sink *out, u64 addr)
{
	for (struct buffer *b = buffers; b < buffers + MAX_BUFFERS; b++) {
		if (!b->page || page_to_phys(b->page) != addr)
			continue;
		__free_pages(b->page, b->order);
		b->page = NULL;
		return 0;
	}
	sink_printf(out, "dma: no buffer begins at 0x%lx\n", addr);
	return -ENOENT;
}

static int cmd_dma(struct sink *out, int argc, char **argv)
{
	u64 value;

	if (argc == 1)
		return list(out);
	if (argc != 3 || kstrtoull(argv[2], COMMAND_BASE, &value))
		return -EINVAL;
	if (strcmp(argv[1], "alloc") == 0)
		return alloc(out, value);
	return strcmp(argv[1], "free") == 0 ? free_buffer(out, value) : -EINVAL;
}
MONITOR_COMMAND(dma, "[alloc SIZE|free ADDR] (hex)", "memory for a device that is driven from here",
		cmd_dma);
