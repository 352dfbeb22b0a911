// SPDX-License-Identifier: MIT
// sources: kernel/fs/iov_iter.c tests/host/fake_ram.c mm/page_alloc.c mm/page_ref.c mm/page_single.c mm/page_init.c mm/page_poison.c mm/highmem.c mm/fixmap.c kernel/core/fault_inject.c mm/vmstat.c mm/vmemmap.c mm/memblock.c mm/mm.c mm/pcid.c mm/pgtable.c mm/pgmap.c mm/pgunmap.c mm/tlb.c mm/pgattr.c mm/pgwalk.c mm/slab.c mm/kmalloc.c mm/kmem_cache.c mm/slab_util.c mm/vm_area.c mm/vm_place.c kernel/lib/tree.c kernel/core/cmdline.c
/*
 * Random walks with an iov_iter of each kind over segments of a flat piece of memory, beside an index into
 * that memory; and segments that a program has no right to.
 */
#include "kernel/fs/iov_iter.h"

#include "kernel/fs/fs.h"
#include "mm/highmem.h"
#include "tests/host/fake_ram.h"
#include "tests/host/test.h"

#define NR_PAGES 8UL
#define BYTES	 (NR_PAGES * PAGE_SIZE)
#define NR_SEGS	 40

static const struct fake_range ram[] = { { 0, 16UL << 20 } };
static char *memory; /* BYTES in a row, which are pages of RAM */
static struct page *pages;
static char model[BYTES];
static char *side; /* BYTES of a program's */

/* libc's: the host's program memory lies where the kernel's half is here, but for what is asked for. */
void *mmap(void *addr, size_t size, int prot, int flags, int fd, long offset);
#define PROGRAM_AT ((void *)0x10000000UL)

static u32 seed = 11;

static size_t rnd(size_t n)
{
	seed = seed * 1664525 + 1013904223;
	return n ? (size_t)(((u64)seed * n) >> 32) : 0;
}

static void set_up(void)
{
	if (memory)
		return;
	side = mmap(PROGRAM_AT, BYTES, 3, 0x32, -1, 0); /* read, write; private, fixed, anonymous */
	fake_ram_init(ram, ARRAY_SIZE(ram));
	pages = alloc_pages(GFP_KERNEL, 3);
	memory = page_address(pages);
}

/* Segments that lie in a row in memory, some empty, in the form of each kind. */
static struct {
	struct kvec kvec[NR_SEGS];
	struct bio_vec bvec[NR_SEGS];
	size_t total;
} segs;

static void cut(void)
{
	size_t at = 0;

	for (unsigned int n = 0; n < NR_SEGS; n++) {
		size_t len = rnd(4) ? rnd(2 * BYTES / NR_SEGS) : 0;

		len = min(len, BYTES - at);
		segs.kvec[n] = (struct kvec){ memory + at, len };
		segs.bvec[n] = (struct bio_vec){ pages + at / PAGE_SIZE, len, at % PAGE_SIZE };
		at += len;
	}
	segs.total = at;
}

static void begin(struct iov_iter *i, enum iter_type type)
{
	if (type == ITER_KVEC)
		iov_iter_kvec(i, ITER_DEST, segs.kvec, NR_SEGS, segs.total);
	else
		iov_iter_bvec(i, ITER_DEST, segs.bvec, NR_SEGS, segs.total);
}

static void check_copy(struct iov_iter *i, size_t *at)
{
	size_t n = rnd(3000), want = min(n, segs.total - *at), offset = rnd(BYTES - 3000);

	switch (rnd(4)) {
	case 0:
		for (size_t k = 0; k < n; k++)
			side[offset + k] = rnd(256);
		memcpy(model + *at, side + offset, want);
		EXPECT_EQ(copy_to_iter(side + offset, n, i), want);
		break;
	case 1:
		EXPECT_EQ(copy_from_iter(side + offset, n, i), want);
		EXPECT(!memcmp(side + offset, model + *at, want));
		break;
	case 2:
		memset(model + *at, 0, want);
		EXPECT_EQ(iov_iter_zero(n, i), want);
		break;
	default:
		iov_iter_advance(i, n);
	}
	*at += want;
}

static void random_walk(enum iter_type type)
{
	struct iov_iter i;
	size_t at = 0;

	cut();
	memcpy(model, memory, BYTES);
	begin(&i, type);
	for (unsigned int step = 0; step < 200; step++) {
		if (rnd(5)) {
			check_copy(&i, &at);
		} else {
			size_t back = rnd(at + 1);

			iov_iter_revert(&i, back);
			at -= back;
		}
		EXPECT_EQ(iov_iter_count(&i), segs.total - at);
		EXPECT(iov_iter_single_seg_count(&i) <= segs.total - at);
	}
	EXPECT(!memcmp(memory, model, BYTES));
}

TEST(walks_end_where_they_should)
{
	set_up();
	for (unsigned int round = 0; round < 300; round++) {
		random_walk(ITER_KVEC);
		random_walk(ITER_BVEC);
	}
}

TEST(pages_are_copied_across_their_ends)
{
	struct iov_iter i;

	set_up();
	for (size_t k = 0; k < BYTES; k++)
		memory[k] = k % 251;
	iov_iter_ubuf(&i, ITER_DEST, (void __user *)side, 6000);
	EXPECT_EQ(copy_page_to_iter(pages, PAGE_SIZE - 10, 8000, &i), 6000);
	EXPECT(!memcmp(side, memory + PAGE_SIZE - 10, 6000));
	EXPECT_EQ(iov_iter_count(&i), 0);
	iov_iter_revert(&i, 100);
	EXPECT_EQ(iov_iter_count(&i), 100);
	memset(side, 7, 6000);
	iov_iter_ubuf(&i, ITER_SOURCE, (void __user *)side, 6000);
	EXPECT_EQ(copy_page_from_iter(pages, 5000, 6000, &i), 6000);
	EXPECT(memory[4999] == (char)(4999 % 251) && memory[5000] == 7 && memory[10999] == 7);
}

/* What is no program's ends a copy there; what came before is done. */
TEST(bad_memory_ends_a_copy)
{
	struct iovec iov[3];
	struct iov_iter i;
	char buf[64];

	set_up();
	iov[0] = (struct iovec){ side, 10 };
	iov[1] = (struct iovec){ memory, 10 }; /* the kernel's half */
	iov[2] = (struct iovec){ side + 20, 10 };
	iov_iter_init(&i, ITER_SOURCE, iov, 3, 30);
	EXPECT_EQ(copy_from_iter(buf, 30, &i), 10);
	EXPECT_EQ(iov_iter_count(&i), 20);
	iov_iter_revert(&i, 10);
	EXPECT(!copy_from_iter_full(buf, 11, &i));
	EXPECT_EQ(iov_iter_count(&i), 30);
	EXPECT(copy_from_iter_full(buf, 10, &i));
}

TEST(alignment_and_pages_are_of_what_is_left)
{
	struct bio_vec bvec[2];
	struct iov_iter i;
	size_t len;

	set_up();
	bvec[0] = (struct bio_vec){ pages, 512, 0 };
	bvec[1] = (struct bio_vec){ pages + 1, 4096, 1024 };
	iov_iter_bvec(&i, ITER_DEST, bvec, 2, 4608);
	EXPECT_EQ(iov_iter_npages(&i, 10), 3);
	EXPECT_EQ(iov_iter_npages(&i, 2), 2);
	EXPECT_EQ(iov_iter_alignment(&i) & 511, 0);
	iov_iter_advance(&i, 512);
	EXPECT_EQ(iov_iter_npages(&i, 10), 2);
	iov_iter_advance(&i, 1);
	EXPECT_EQ(iov_iter_alignment(&i) & 511, 511 & (1025 | 4095));
	iov_iter_ubuf(&i, ITER_DEST, (void __user *)side, 100);
	iov_iter_advance(&i, 40);
	EXPECT(iov_iter_user_range(&i, &len) == (void __user *)(side + 40));
	EXPECT_EQ(len, 60);
}

TEST(vectors_of_programs_are_looked_at)
{
	struct iovec fast[3], *iov = fast, *vec;
	struct iov_iter i;

	set_up();
	vec = (struct iovec *)(side + PAGE_SIZE);
	vec[0] = (struct iovec){ side, 100 };
	vec[1] = (struct iovec){ side, 0 };
	vec[2] = (struct iovec){ side, 50 };
	EXPECT_EQ(import_iovec(ITER_SOURCE, vec, 3, 3, &iov, &i), 150);
	EXPECT(!iov);
	iov = fast;
	EXPECT_EQ(import_iovec(ITER_SOURCE, vec, 3, 2, &iov, &i), 150);
	EXPECT(iov && iov != fast);
	kfree(iov);
	EXPECT_EQ(import_iovec(ITER_SOURCE, vec, 1025, 2, &iov, &i), -EINVAL);
	vec[1].iov_len = (size_t)-1;
	iov = fast;
	EXPECT_EQ(import_iovec(ITER_SOURCE, vec, 2, 2, &iov, &i), -EINVAL);
	vec[1] = (struct iovec){ memory, 1 };
	iov = fast;
	EXPECT_EQ(import_iovec(ITER_SOURCE, vec, 2, 2, &iov, &i), -EFAULT);
	EXPECT_EQ(import_ubuf(ITER_SOURCE, (void __user *)memory, 1, &i), -EFAULT);
	vec[1] = (struct iovec){ side, 0x7ffff000UL }; /* what is too much is cut off */
	iov = fast;
	EXPECT_EQ(import_iovec(ITER_SOURCE, vec, 2, 2, &iov, &i), 0x7ffff000UL);
}
