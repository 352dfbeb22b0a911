// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * The register, case by case: operations, then the tree as text against a
 * literal.  What is expected is what Linux 6.1 gives for the same calls.
 */
#include "kernel/core/resource.h"
#include "tests/host/test.h"

#define MEM		      IORESOURCE_MEM
#define BUSY		      IORESOURCE_BUSY
#define NR(start, last, name) DEFINE_RES_NAMED(start, (last) - (start) + 1, name, MEM)

static char dump_text[16384];

static const char *dump(const struct resource *root)
{
	struct buffer_sink text;

	buffer_sink_init(&text, dump_text, sizeof(dump_text));
	resource_dump(&text.sink, root);
	return dump_text;
}

/* A root of 64 KiB and more, so that lines have eight digits. */
#define ROOT(name) struct resource name = NR(0, 0xffffffff, "root")

TEST(request_orders_and_refuses)
{
	struct resource a = NR(0x1000, 0x1fff, "a"), b = NR(0x3000, 0x3fff, "b");
	struct resource c = NR(0x2000, 0x2fff, "c"), cross = NR(0x1800, 0x37ff, "cross");
	ROOT(root);

	EXPECT_EQ(request_resource(&root, &b), 0);
	EXPECT_EQ(request_resource(&root, &a), 0);
	EXPECT_EQ(request_resource(&root, &c), 0);
	EXPECT_EQ(a.parent, &root);
	EXPECT_EQ(request_resource(&root, &cross), -EBUSY);
	EXPECT_EQ(request_resource_conflict(&root, &cross), &a); /* the lowest of three */
	EXPECT_EQ(cross.parent, 0);
	EXPECT_STR(dump(&root), "00001000-00001fff : a\n"
				"00002000-00002fff : c\n"
				"00003000-00003fff : b\n");
	EXPECT_EQ(release_resource(&c), 0);
	EXPECT_EQ(release_resource(&c), -EINVAL);
	EXPECT_STR(dump(&root), "00001000-00001fff : a\n"
				"00003000-00003fff : b\n");
}

TEST(request_edges)
{
	struct resource empty = NR(5, 4, "empty"), below = NR(0xff, 0x100, "below");
	struct resource above = NR(0x1ff, 0x200, "above"), all = NR(0x100, 0x1ff, "all");
	struct resource root = NR(0x100, 0x1ff, "root");

	EXPECT_EQ(request_resource(&root, &empty), -EINVAL);
	EXPECT_EQ(request_resource_conflict(&root, &empty), &root);
	EXPECT_EQ(request_resource(&root, &below), -EBUSY);
	EXPECT_EQ(request_resource_conflict(&root, &above), &root);
	EXPECT_EQ(request_resource(&root, &all), 0);
	EXPECT_EQ(request_resource(&root, &all), -EINVAL); /* twice */
	EXPECT_EQ(request_resource_conflict(&root, &all), &all);
	EXPECT_EQ(insert_resource(&root, &all), -EINVAL);
}

/* Who gave a place is kept, through what is put around and taken away above it. */
TEST(origin_is_who_asked)
{
	struct resource a = NR(0x1000, 0x1fff, "a"), around = NR(0, 0xffff, "around"), *claim;
	unsigned long who;
	u64 when;
	ROOT(root);

	EXPECT_EQ(request_resource(&root, &a), 0);
	who = a.caller;
	when = a.since;
	EXPECT(who - (unsigned long)test_origin_is_who_asked < 4096 && when);
	EXPECT_EQ(insert_resource(&root, &around), 0);
	EXPECT(around.caller > who && around.since >= when);
	claim = __request_region(&root, 0x1000, 0x1000, "claim", 0);
	EXPECT(claim && claim->caller > around.caller);
	EXPECT_EQ(remove_resource(&around), 0);
	EXPECT_EQ(a.parent, &root);
	EXPECT_EQ(a.caller, who);
	EXPECT_EQ(a.since, when);
	__release_region(&root, 0x1000, 0x1000);
}

TEST(whole_address_space)
{
	struct resource last = NR(~0ULL, ~0ULL, "last"), all = NR(0, ~0ULL, "all");

	EXPECT_EQ(iomem_resource.end, ~0ULL);
	EXPECT_EQ(request_resource(&iomem_resource, &last), 0);
	EXPECT_EQ(insert_resource(&iomem_resource, &all), 0);
	EXPECT_EQ(last.parent, &all);
	EXPECT_STR(dump(&iomem_resource), "00000000-ffffffffffffffff : all\n"
					  "  ffffffffffffffff-ffffffffffffffff : last\n");
	EXPECT_EQ(release_resource(&all), 0);
	EXPECT_EQ(release_resource(&last), 0);
}

TEST(insert_goes_down_and_adopts)
{
	struct resource ram = NR(0x0, 0xfffff, "ram"), a = NR(0x1000, 0x1fff, "a");
	struct resource b = NR(0x3000, 0x3fff, "b"), ab = NR(0x1000, 0x3fff, "ab");
	struct resource c = NR(0x5000, 0x5fff, "c"), cut = NR(0x1800, 0x4fff, "cut");
	ROOT(root);

	EXPECT_EQ(insert_resource(&root, &a), 0);
	EXPECT_EQ(insert_resource(&root, &b), 0);
	EXPECT_EQ(insert_resource(&root, &c), 0);
	EXPECT_EQ(insert_resource(&root, &ram), 0); /* over all three */
	EXPECT_EQ(insert_resource(&root, &ab), 0);  /* beneath ram, over two */
	EXPECT_STR(dump(&root), "00000000-000fffff : ram\n"
				"  00001000-00003fff : ab\n"
				"    00001000-00001fff : a\n"
				"    00003000-00003fff : b\n"
				"  00005000-00005fff : c\n");
	EXPECT_EQ(insert_resource_conflict(&root, &cut), &ab);
	EXPECT_EQ(insert_resource(&root, &cut), -EBUSY);
	EXPECT_EQ(remove_resource(&ab), 0);
	EXPECT_EQ(ab.children.node, 0);
	EXPECT_EQ(insert_resource_conflict(&root, &cut), &a);
	EXPECT_EQ(remove_resource(&ram), 0);
	EXPECT_EQ(remove_resource(&ram), -EINVAL);
	EXPECT_STR(dump(&root), "00001000-00001fff : a\n"
				"00003000-00003fff : b\n"
				"00005000-00005fff : c\n");
}

/* The later one of the same range goes above, as often as it comes. */
TEST(insert_same_range)
{
	struct resource a = NR(0x1000, 0x1fff, "first"), b = NR(0x1000, 0x1fff, "second");
	struct resource c = NR(0x1000, 0x1fff, "third");
	ROOT(root);

	EXPECT_EQ(insert_resource(&root, &a), 0);
	EXPECT_EQ(insert_resource(&root, &b), 0);
	EXPECT_EQ(insert_resource(&root, &c), 0);
	EXPECT_STR(dump(&root), "00001000-00001fff : third\n"
				"  00001000-00001fff : second\n"
				"    00001000-00001fff : first\n");
}

/* A conflict in the last of those to adopt must leave the tree as it was. */
TEST(insert_refused_changes_nothing)
{
	struct resource a = NR(0x1000, 0x1fff, "a"), b = NR(0x2000, 0x4fff, "b");
	struct resource cut = NR(0x800, 0x3fff, "cut"), full = NR(0x0, 0x1fff, "full");
	struct resource child = NR(0x10, 0x1f, "child");
	ROOT(root);

	insert_resource(&root, &a);
	insert_resource(&root, &b);
	EXPECT_EQ(insert_resource_conflict(&root, &cut), &b);
	EXPECT_EQ(cut.parent, 0);
	EXPECT_EQ(cut.children.node, 0);
	EXPECT_EQ(a.parent, &root);
	EXPECT_EQ(request_resource(&full, &child), 0); /* brings one of its own */
	EXPECT_EQ(insert_resource(&root, &full), -EBUSY);
	EXPECT_STR(dump(&root), "00001000-00001fff : a\n"
				"00002000-00004fff : b\n");
}

TEST(expand_to_fit)
{
	struct resource a = NR(0x1000, 0x2fff, "a"), b = NR(0x5000, 0x6fff, "b");
	struct resource c = NR(0x7000, 0x7fff, "c"), wide = NR(0x2000, 0x5fff, "wide");
	struct resource out = NR(0xfffff000, 0x100000fff, "out");
	ROOT(root);

	insert_resource(&root, &a);
	insert_resource(&root, &b);
	insert_resource(&root, &c);
	insert_resource_expand_to_fit(&root, &wide);
	EXPECT_STR(dump(&root), "00001000-00006fff : wide\n"
				"  00001000-00002fff : a\n"
				"  00005000-00006fff : b\n"
				"00007000-00007fff : c\n");
	EXPECT_STR(test_log(), "resource: Expanded resource wide due to conflict with a\n"
			       "resource: Expanded resource wide due to conflict with b\n");
	test_log_clear();
	insert_resource_expand_to_fit(&root, &wide); /* in place: nothing to do */
	EXPECT_STR(test_log(), "");
	insert_resource_expand_to_fit(&root, &out);
	EXPECT_EQ(out.parent, 0);
	EXPECT(test_log_has("resource: out [mem 0xfffff000-0x100000fff] cannot be placed: root "));
}

TEST(release_keeps_children)
{
	struct resource a = NR(0x1000, 0x1fff, "a"), b = NR(0x1100, 0x11ff, "b");
	ROOT(root);

	insert_resource(&root, &a);
	insert_resource(&root, &b);
	EXPECT_EQ(release_resource(&a), 0);
	EXPECT_STR(dump(&root), "");
	EXPECT_EQ(b.parent, &a);
	EXPECT_EQ(request_resource(&root, &a), 0);
	EXPECT_STR(dump(&root), "00001000-00001fff : a\n"
				"  00001100-000011ff : b\n");
}

TEST(split_around_what_is_taken)
{
	struct resource a = NR(0x2000, 0x2fff, "a"), b = NR(0x5000, 0x5fff, "b");
	struct resource in_a = NR(0x2000, 0x2fff, "in a");
	ROOT(root);

	insert_resource(&root, &in_a);
	insert_resource(&root, &a);
	insert_resource(&root, &b);
	reserve_region_with_split(&root, 0x1000, 0x6fff, "buffer");
	EXPECT_STR(dump(&root), "00001000-00001fff : buffer\n"
				"00002000-00002fff : a\n"
				"  00002000-00002fff : in a\n"
				"00003000-00004fff : buffer\n"
				"00005000-00005fff : b\n"
				"00006000-00006fff : buffer\n");
	reserve_region_with_split(&root, 0x2100, 0x21ff, "inside"); /* covered: not even beneath */
	reserve_region_with_split(&root, 0x6800, 0x77ff, "tail");
	EXPECT_EQ(lookup_resource_deepest(&root, 0x2100, 0x21ff), &in_a);
	EXPECT_EQ(lookup_resource_deepest(&root, 0x7000, 0x77ff)->start, 0x7000);
	EXPECT_EQ(lookup_resource_deepest(&root, 0x1000, 0x1000)->flags & ~IORESOURCE_AUTO,
		  MEM | BUSY);
	__release_region(&root, 0x1000, 0x1000);
	__release_region(&root, 0x3000, 0x2000);
	__release_region(&root, 0x6000, 0x1000);
	__release_region(&root, 0x7000, 0x800);
	EXPECT_STR(test_log(), "");
}

TEST(split_clips_to_root)
{
	struct resource root = NR(0x1000, 0x1fff, "root");
	struct resource to_the_end = NR(0, ~0ULL, "all");

	reserve_region_with_split(&root, 0x800, 0x17ff, "low");
	EXPECT(test_log_has("low [0x800-0x17ff] is not in root [mem 0x00001000-0x00001fff]"));
	reserve_region_with_split(&root, 0x2000, 0x2fff, "outside");
	EXPECT_STR(dump(&root), "1000-17ff : low\n"); /* four digits: root ends below 0x10000 */
	__release_region(&root, 0x1000, 0x800);
	reserve_region_with_split(&to_the_end, 0x1000, ~0ULL, "most"); /* not [0-0xfff] as well */
	EXPECT_STR(dump(&to_the_end), "00001000-ffffffffffffffff : most\n");
	__release_region(&to_the_end, 0x1000, ~0ULL - 0xfff);
	reserve_region_with_split(&to_the_end, 0, ~0ULL, "everything");
	EXPECT_STR(dump(&to_the_end), "00000000-ffffffffffffffff : everything\n");
	__release_region(&to_the_end, 0, 0); /* 2^64 bytes, as resource_size() has them */
	EXPECT_STR(dump(&to_the_end), "");
}

/* What lies below stays free: the address behind the last one is not the first. */
TEST(split_ends_at_the_last_address)
{
	struct resource low = NR(0x1000, 0x1fff, "low");

	reserve_region_with_split(&iomem_resource, ~0ULL - 0xfff, ~0ULL, "top");
	EXPECT_EQ(request_resource(&iomem_resource, &low), 0);
	release_resource(&low);
	__release_region(&iomem_resource, ~0ULL - 0xfff, 0x1000);
	EXPECT_EQ(iomem_resource.children.node, 0);
}

TEST(allocate_lowest_room)
{
	struct resource a = NR(0x1000, 0x1fff, "a"), b = NR(0x2800, 0x2fff, "b");
	struct resource n1 = NR(0, 0, "n1"), n2 = NR(0, 0, "n2"), n3 = NR(0, 0, "n3");
	struct resource root = NR(0x1000, 0x5fff, "root");

	request_resource(&root, &a);
	request_resource(&root, &b);
	EXPECT_EQ(allocate_resource(&root, &n1, 0x801, 0, ~0ULL, 1, NULL), 0);
	EXPECT_EQ(n1.start, 0x3000); /* 0x2000-0x27ff is too small by a byte */
	EXPECT_EQ(release_resource(&n1), 0);
	EXPECT_EQ(allocate_resource(&root, &n1, 0x800, 0, ~0ULL, 1, NULL), 0);
	EXPECT_EQ(n1.start, 0x2000);
	EXPECT_EQ(release_resource(&n1), 0);
	EXPECT_EQ(allocate_resource(&root, &n1, 0x1000, 0, ~0ULL, 0x1000, NULL), 0);
	EXPECT_EQ(n1.start, 0x3000); /* 0x2000-0x27ff is too small */
	EXPECT_EQ(n1.end, 0x3fff);
	EXPECT_EQ(allocate_resource(&root, &n1, 1, 0, ~0ULL, 1, NULL), -EINVAL);
	EXPECT_EQ(allocate_resource(&root, &n2, 0x100, 0, ~0ULL, 0x400, NULL), 0);
	EXPECT_EQ(n2.start, 0x2000);
	EXPECT_EQ(allocate_resource(&root, &n3, 0x2001, 0, ~0ULL, 1, NULL), -EBUSY);
	EXPECT_EQ(allocate_resource(&root, &n3, 0x100, 0x4801, 0x49ff, 0x100, NULL), 0);
	EXPECT_EQ(n3.start, 0x4900);
	release_resource(&n3);
	EXPECT_EQ(allocate_resource(&root, &n3, 0x100, 0x4801, 0x49fe, 0x100, NULL), -EBUSY);
	EXPECT_EQ(allocate_resource(&root, &n3, 0, 0, ~0ULL, 1, NULL), -EINVAL);
	EXPECT_EQ(allocate_resource(&root, &n3, 8, 0, ~0ULL, 3, NULL), -EINVAL);
	EXPECT_EQ(allocate_resource(&root, &n3, ~0ULL, 0, ~0ULL, 1, NULL), -EBUSY);
}

/* Only odd KiB above 0x2000, as a bus's own rule might be. */
static resource_size_t odd_kib(struct resource *gap, resource_size_t align)
{
	gap->start = max(gap->start, (resource_size_t)0x2000);
	return ALIGN(gap->start, align) | 0x400;
}

TEST(allocate_by_a_rule)
{
	struct resource a = NR(0x2400, 0x27ff, "a"), n = NR(0, 0, "n"), m = NR(0, 0, "m");
	struct resource root = NR(0x1000, 0x2fff, "root");

	request_resource(&root, &a);
	EXPECT_EQ(allocate_resource(&root, &n, 0x100, 0, ~0ULL, 0x800, odd_kib), 0);
	EXPECT_EQ(n.start, 0x2c00);
	EXPECT_EQ(allocate_resource(&root, &m, 0x100, 0, ~0ULL, 0x800, odd_kib), -EBUSY);
	EXPECT_EQ(allocate_resource(&root, &m, 0x100, 0, ~0ULL, 0x800, NULL), 0);
	EXPECT_EQ(m.start, 0x1000);
}

TEST(allocate_at_the_top_does_not_wrap)
{
	struct resource low = NR(0, ~0ULL - 0x17ff, "low"), n = NR(0, 0, "n");
	struct resource root = NR(0, ~0ULL, "root");

	request_resource(&root, &low);
	EXPECT_EQ(allocate_resource(&root, &n, 0x1000, 0, ~0ULL, 0x2000, NULL), -EBUSY);
	EXPECT_EQ(allocate_resource(&root, &n, 0x1000, 0, ~0ULL, 0x1000, NULL), 0);
	EXPECT_EQ(n.start, ~0ULL - 0xfff);
	EXPECT_EQ(n.end, ~0ULL);
	release_resource(&low);
	EXPECT_EQ(allocate_resource(&root, &low, 0x1000, n.start, ~0ULL, 1, NULL), -EBUSY);
}

TEST(dump_format)
{
	struct resource r[8] = {
		NR(0x60, 0x6f, "one"),	 NR(0x60, 0x6e, "two"),		NR(0x60, 0x6d, NULL),
		NR(0x60, 0x6c, "four"),	 NR(0x60, 0x6b, "five"),	NR(0x60, 0x6a, "six"),
		NR(0x60, 0x69, "seven"), NR(0xcf8, 0xcff, "PCI conf1"),
	};
	struct resource root = NR(0, 0xffff, "ports");
	int i;

	for (i = 0; i < 8; i++)
		EXPECT_EQ(insert_resource(&root, &r[i]), 0);
	EXPECT_STR(dump(&root), "0060-006f : one\n"
				"  0060-006e : two\n"
				"    0060-006d : <BAD>\n"
				"      0060-006c : four\n"
				"        0060-006b : five\n"
				"          0060-006a : six\n"
				"          0060-0069 : seven\n"
				"0cf8-0cff : PCI conf1\n");
	root.end = 0x10000;
	release_resource(&r[0]);
	EXPECT_STR(dump(&root), "00000cf8-00000cff : PCI conf1\n");
}
