// SPDX-License-Identifier: MIT
/*
 * whatis: whose a virtual address is.  The command's whole answers are read by
 * tests/qemu, where the machine is known.
 */
#include "mm/whatis.h"
#include "kernel/errno.h"
#include "kernel/monitor.h"
#include "kernel/printk.h"
#include "kernel/string.h"
#include "mm/fixmap.h"
#include "mm/ioremap.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/hole.h"

static char owner[160];

static bool owner_has(unsigned long va, const char *text)
{
	whatis_owner(va, owner, sizeof(owner));
	return strstr(owner, text);
}

GUEST_TEST(whatis, owners)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	struct page *page = alloc_page(GFP_KERNEL);
	void __iomem *io;
	void *v;

	ASSERT(page && hole);
	io = ioremap(hole, 3 * PAGE_SIZE);
	v = vmalloc(PAGE_SIZE);
	ASSERT(io && v);
	EXPECT(owner_has((unsigned long)page_address(page) + 9, "direct map"));
	EXPECT(owner_has((unsigned long)_text + 1, "image, "));
	EXPECT(owner_has((unsigned long)owner, "image, owner+0x0"));
	EXPECT(owner_has((unsigned long)page, "struct page of [mem 0x"));
	EXPECT(owner_has((unsigned long)(__force void *)io + 2 * PAGE_SIZE,
			 "ioremap for whatis_owners+"));
	EXPECT(owner_has((unsigned long)v, "vmalloc for whatis_owners+"));
	EXPECT(owner_has(fix_to_virt(FIX_BTMAP_BEGIN), "early_ioremap slot 0"));
	EXPECT(owner_has(fix_to_virt(FIX_PMD), "fixmap slot"));
	iounmap(io);
	vfree(v);
	EXPECT(owner_has((unsigned long)v, "nobody"));
	EXPECT(owner_has(KERNEL_MAP, "nobody"));
	__free_page(page);
}

GUEST_TEST(whatis, slab_objects)
{
	char *p = kmalloc(64, GFP_KERNEL), want[80];

	ASSERT(p);
	snprintf(want, sizeof(want), "kmalloc-64, object at %#lx, 64 bytes, in use",
		 (unsigned long)p);
	describe_slab_object(p + 63, owner, sizeof(owner));
	EXPECT(strcmp(owner, want) == 0);
	kfree(p);
	describe_slab_object(p, owner, sizeof(owner));
	EXPECT(strstr(owner, "free"));
}

/* Any number is an answer, whatever it is; words that are none are refused. */
GUEST_TEST(whatis, arguments)
{
	const struct monitor_command *c;
	char name[] = "whatis", word[] = "no_such_symbol";
	char *args[] = { name, word, NULL };

	for (unsigned int n = 0; (c = monitor_command_at(n)); n++)
		if (strcmp(c->name, name) == 0)
			break;
	ASSERT(c);
	EXPECT_EQ(c->func(1, args), -EINVAL);
	EXPECT_EQ(c->func(3, args), -EINVAL);
	EXPECT_EQ(c->func(2, args), -ENOENT);
}
