// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * Drivers' claims: request_mem_region and its kin, their release, the pool that
 * serves before kmalloc.
 */
#include "kernel/core/resource.h"
#include "tests/host/test.h"

#define MEM  IORESOURCE_MEM
#define BUSY IORESOURCE_BUSY

#define NR(start, last, name, flags) DEFINE_RES_NAMED(start, (last) - (start) + 1, name, flags)

TEST(goes_down_through_what_is_not_busy)
{
	struct resource window = NR(0xfe000000, 0xfebfffff, "PCI Bus 0000:00", MEM);
	struct resource bar = NR(0xfe000000, 0xfe003fff, "0000:00:03.0",
				 MEM | IORESOURCE_PREFETCH | IORESOURCE_MEM_64);
	struct resource *claim;

	request_resource(&iomem_resource, &window);
	request_resource(&window, &bar);
	claim = request_mem_region(0xfe000000, 0x4000, "virtio-pci-modern");
	ASSERT(claim);
	EXPECT_EQ(claim->parent, &bar);
	EXPECT_EQ(claim->flags, MEM | BUSY | IORESOURCE_AUTO);
	EXPECT(!request_mem_region(0xfe001000, 0x1000, "second"));
	EXPECT_STR(test_log(), "resource: second: [mem 0xfe001000-0xfe001fff] is taken: "
			       "[mem 0xfe000000-0xfe003fff] (virtio-pci-modern)\n");
	release_mem_region(0xfe000000, 0x4000);
	EXPECT_EQ(bar.children.node, 0);
	release_resource(&window);
}

TEST(cannot_cut_across)
{
	struct resource bar = NR(0x1000, 0x1fff, "bar", MEM);

	request_resource(&iomem_resource, &bar);
	EXPECT(!request_mem_region(0x1800, 0x1000, "half"));
	EXPECT_STR(test_log(), "resource: half: [mem 0x00001800-0x000027ff] reaches out of "
			       "[mem 0x00001000-0x00001fff] (bar)\n");
	test_log_clear();
	EXPECT(!request_mem_region(0, 0, "nil")); /* not all there is: its end would be -1 */
	EXPECT(!request_mem_region(0x1000, 0, "none"));
	EXPECT(!request_mem_region(~0ULL - 5, 10, "wraps"));
	EXPECT(!request_region(0xffff, 2, "ports"));
	EXPECT_STR(test_log(), "resource: nil: 0x0 bytes at 0x0 are no range\n"
			       "resource: none: 0x0 bytes at 0x1000 are no range\n"
			       "resource: wraps: 0xa bytes at 0xfffffffffffffffa are no range\n"
			       "resource: ports: [io  0xffff-0x10000] reaches out of "
			       "[io  0x0000-0xffff] (PCI IO)\n");
	release_resource(&bar);
}

/* Names in the order of the visit; stops at the one that is asked for. */
struct visit {
	char names[64];
	const char *stop;
};

static bool visit_one(const struct resource *res, void *arg)
{
	struct visit *v = arg;

	size_t n = strlen(v->names);

	snprintf(v->names + n, sizeof(v->names) - n, "%s", res->name);
	return v->stop && strcmp(res->name, v->stop) == 0;
}

TEST(walk_goes_in_depth_and_stops)
{
	struct resource a = NR(0x1000, 0x4fff, "a", MEM), b = NR(0x1000, 0x1fff, "b", MEM);
	struct resource c = NR(0x3000, 0x3fff, "c", MEM), d = NR(0x6000, 0x6fff, "d", MEM);
	struct visit v = { "", NULL };

	request_resource(&iomem_resource, &a);
	request_resource(&a, &b);
	request_resource(&a, &c);
	request_resource(&iomem_resource, &d);
	EXPECT(!resource_walk(&iomem_resource, 0, ~0ULL, visit_one, &v));
	EXPECT_STR(v.names, "abcd");
	v = (struct visit){ "", NULL };
	EXPECT(!resource_walk(&iomem_resource, 0x2000, 0x5fff, visit_one, &v));
	EXPECT_STR(v.names, "ac");
	v = (struct visit){ "", "c" };
	EXPECT(resource_walk(&iomem_resource, 0, ~0ULL, visit_one, &v));
	EXPECT_STR(v.names, "abc");
	v = (struct visit){ "", NULL };
	EXPECT(!resource_walk(&iomem_resource, 0x5000, 0x5fff, visit_one, &v));
	EXPECT_STR(v.names, "");
	release_resource(&a);
	release_resource(&d);
}

TEST(type_and_flags)
{
	struct resource ram = NR(0x100000, 0x1fffff, "System RAM", IORESOURCE_SYSTEM_RAM);
	struct resource *io = request_region(0x3f8, 8, "serial");
	struct resource *in_ram, *exclusive;

	request_resource(&iomem_resource, &ram);
	in_ram = request_mem_region(0x100000, 0x1000, "code");
	exclusive = request_mem_region_exclusive(0x200000, 0x1000, "mine");
	ASSERT(io && in_ram && exclusive);
	EXPECT_EQ(io->flags & ~IORESOURCE_AUTO, IORESOURCE_IO | BUSY);
	EXPECT_EQ(in_ram->flags & ~IORESOURCE_AUTO, IORESOURCE_SYSTEM_RAM | BUSY);
	EXPECT_EQ(exclusive->flags & ~IORESOURCE_AUTO, MEM | BUSY | IORESOURCE_EXCLUSIVE);
	EXPECT_STR(exclusive->name, "mine");
	release_region(0x3f8, 8);
	release_mem_region(0x100000, 0x1000);
	release_mem_region(0x200000, 0x1000);
	release_resource(&ram);
}

/* What no claim made, or not just so, is left alone with a WARN. */
TEST(release_takes_only_what_was_claimed)
{
	struct resource fixed = NR(0x1000, 0x1fff, "declared", MEM | BUSY);
	struct resource beneath = NR(0x5000, 0x50ff, "beneath", MEM);
	struct resource *claim = request_mem_region(0x5000, 0x1000, "claim");

	request_resource(&iomem_resource, &fixed);
	expect_warns(6);
	release_mem_region(0x3000, 0x1000); /* nothing there */
	EXPECT_STR(test_log(), "Trying to free nonexistent resource "
			       "<0x0000000000003000-0x0000000000003fff>\n");
	release_mem_region(0x5000, 0xfff);  /* too short */
	release_mem_region(0x4000, 0x2000); /* too long */
	release_mem_region(0x5800, 0x10);   /* inside */
	release_mem_region(0x1000, 0x1000); /* busy, but its owner's */
	request_resource(claim, &beneath);
	release_mem_region(0x5000, 0x1000); /* somebody lives there */
	EXPECT_EQ(claim->parent, &iomem_resource);
	EXPECT_EQ(fixed.parent, &iomem_resource);
	release_resource(&beneath);
	release_mem_region(0x5000, 0x1000);
	release_resource(&fixed);
	EXPECT_EQ(iomem_resource.children.node, 0);
}

TEST(pool_before_kmalloc)
{
	struct resource *first = NULL;
	u64 i;

	test_supply_allocator(false);
	for (i = 0; i < 64; i++) {
		struct resource *res = request_mem_region(i * 0x1000, 0x1000, "early");

		ASSERT(res);
		first = first ? first : res;
	}
	EXPECT(!request_mem_region(64 * 0x1000, 0x1000, "too many"));
	EXPECT_STR(test_log(), "resource: no room for too many [0x40000-0x40fff]: "
			       "raise POOL_SIZE (64)\n");
	release_mem_region(0x7000, 0x1000); /* one gone, one to be had */
	EXPECT(request_mem_region(0x40000, 0x1000, "again"));
	EXPECT(!request_mem_region(0x7000, 0x1000, "none left"));
	test_supply_allocator(true);
	EXPECT(request_mem_region(0x7000, 0x1000, "from kmalloc"));
	for (i = 0; i < 65; i++) /* both kinds go back where they came from */
		release_mem_region(i * 0x1000, 0x1000);
	test_supply_allocator(false);
	EXPECT_EQ(request_mem_region(0, 1, "pool again"), first);
	release_mem_region(0, 1);
	EXPECT_EQ(iomem_resource.children.node, 0);
}

TEST(no_memory)
{
	test_fail_kmalloc_after(0);
	EXPECT(!request_mem_region(0x1000, 0x1000, "starved"));
	EXPECT_STR(test_log(), "resource: no memory for starved [0x1000-0x1fff]\n");
	reserve_region_with_split(&iomem_resource, 0, 0xfff, "starved too");
	EXPECT_EQ(iomem_resource.children.node, 0);
	test_fail_kmalloc_after(1);
	EXPECT(request_mem_region(0x1000, 0x1000, "fed"));
	EXPECT(!request_mem_region(0x1000, 0x1000, "refused")); /* and nothing leaks */
	release_mem_region(0x1000, 0x1000);
}

TEST(lookup_deepest)
{
	struct resource a = NR(0x1000, 0x1fff, "a", MEM), b = NR(0x1000, 0x1fff, "b", MEM);
	struct resource c = NR(0x1800, 0x1bff, "c", MEM);

	insert_resource(&iomem_resource, &b);
	insert_resource(&iomem_resource, &a);
	insert_resource(&iomem_resource, &c);
	EXPECT_EQ(lookup_resource_deepest(&iomem_resource, 0x1800, 0x1bff), &c);
	EXPECT_EQ(lookup_resource_deepest(&iomem_resource, 0x1800, 0x1c00), &b);
	EXPECT_EQ(lookup_resource_deepest(&iomem_resource, 0xfff, 0x1000), &iomem_resource);
	EXPECT_EQ(lookup_resource_deepest(&iomem_resource, 0x9000, 0x9000), &iomem_resource);
	release_resource(&a);
}

static resource_size_t revoked_start, revoked_size;

static void note_revoked(resource_size_t start, resource_size_t size, bool claimed)
{
	EXPECT_EQ(claimed, size != 0x123);
	revoked_start = start;
	revoked_size = size;
}

/* What a program has mapped goes with each claim of memory that was made, and with no other. */
TEST(claims_of_memory_revoke)
{
	resource_set_revoke(note_revoked);
	EXPECT(request_region(0x60, 1, "keyboard"));
	EXPECT_EQ(revoked_size, 0);
	EXPECT(request_mem_region(0x1000, 0x800, "claim"));
	EXPECT_EQ(revoked_start, 0x1000);
	EXPECT_EQ(revoked_size, 0x800);
	EXPECT(!request_mem_region(0x1400, 0x1000, "refused"));
	EXPECT_EQ(revoked_start, 0x1000);
	resource_revoke(0x3000, 0x123); /* a device that goes */
	EXPECT_EQ(revoked_start, 0x3000);
	revoked_start = 0x1000;
	resource_set_revoke(NULL);
	resource_revoke(0x4000, 0x123);
	release_mem_region(0x1000, 0x800);
	EXPECT(request_mem_region(0x2000, 0x1000, "nobody has any"));
	EXPECT_EQ(revoked_start, 0x1000);
	release_mem_region(0x2000, 0x1000);
	release_region(0x60, 1);
}
