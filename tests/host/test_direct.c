// SPDX-License-Identifier: MIT
// sources: drivers/block/direct.c kernel/fs/iov_iter.c
/*
 * Direct I/O against a disk that ends its transfers when the test says so, in any order, well or not: what
 * the program is told, that it is told once, and that each page that was pinned is let go, once.
 */
#include "drivers/block/direct.h"
#include "kernel/sched/completion.h"
#include "kernel/sched/task.h"
#include "mm/highmem.h"
#include "mm/pgtable.h"
#include "mm/slab.h"
#include "mm/user/gup.h"
#include "tests/host/test.h"

#define BLOCK	 512UL
#define MAX_BIOS 32
#define NR_PAGES 4096UL
#define PIECE	 (256 * PAGE_SIZE) /* what one bio holds of a program's memory */
#define PROGRAM	 0x10000000UL	   /* its pages are the frames from 0 on */

static struct block_device disk = { .name = "vda", .capacity = 1 << 20, .block_size = BLOCK };
static struct bio *under_way[MAX_BIOS];
static unsigned int nr_under_way, nr_begun;
static u64 next_sector; /* each begins where the one before ended */
static int pins[NR_PAGES];
static unsigned long bad_page; /* of the program's: nothing is there */
static unsigned int dirtied;

static struct task_struct task;
DEFINE_PER_CPU(struct task_struct *, current_task) = &task;

/* ---------------------------------------------------------------- memory */

static struct page *page_of(unsigned long n)
{
	return pfn_to_page(n);
}

int pin_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags,
			struct page **pages)
{
	int n = 0;

	EXPECT_EQ(start % PAGE_SIZE, 0);
	EXPECT(!gup_flags || gup_flags == FOLL_WRITE);
	for (unsigned long page = (start - PROGRAM) / PAGE_SIZE; n < nr_pages && page != bad_page;
	     page++, n++) {
		pins[page % NR_PAGES]++;
		pages[n] = page_of(page);
	}
	return n ? n : -EFAULT;
}

void unpin_user_pages_dirty_lock(struct page **pages, unsigned long npages, bool make_dirty)
{
	for (unsigned long i = 0; i < npages; i++) {
		unsigned long page = page_to_pfn(pages[i]);

		EXPECT(pins[page] > 0);
		pins[page]--;
		dirtied += make_dirty;
	}
}

int virt_to_phys_walk(unsigned long va, phys_addr_t *pa)
{
	*pa = va;
	return 0;
}

/* Of what iov_iter.c does besides: nothing is copied here. */
unsigned long direct_map_end;

void *__kmap_local_pfn_prot(unsigned long pfn, pgprot_t prot)
{
	(void)pfn;
	(void)prot;
	panic("a page is mapped");
}

void kunmap_local(const void *addr)
{
	(void)addr;
}

void *kmalloc_array(size_t n, size_t size, gfp_t flags)
{
	return kcalloc(n, size, flags);
}

static bool none_is_pinned(void)
{
	for (unsigned long i = 0; i < NR_PAGES; i++)
		if (pins[i])
			return false;
	return true;
}

/* ---------------------------------------------------------------- the disk */

void submit_bio(struct bio *bio)
{
	u64 bytes = 0;

	for (unsigned int i = 0; i < bio->nr_segments; i++)
		bytes += bio->segments[i].len;
	EXPECT(bytes && bytes % BLOCK == 0);
	EXPECT_EQ(bio->sector, next_sector);
	next_sector += bytes / SECTOR_SIZE;
	nr_begun++;
	if (nr_under_way < MAX_BIOS)
		under_way[nr_under_way++] = bio;
}

/* The nth of those under way is over. */
static void end_bio(unsigned int n, int status)
{
	struct bio *bio = under_way[n];

	under_way[n] = under_way[--nr_under_way];
	bio->status = status;
	bio->end_io(bio);
}

static unsigned int
	fails; /* the bio that does, of those that a waiter waits for: from 1 on; 0: none */

void init_completion(struct completion *c)
{
	*c = (struct completion){ 0 };
}

void complete(struct completion *c)
{
	c->done++;
}

/* From the last to the first. */
void wait_for_completion(struct completion *c)
{
	while (nr_under_way)
		end_bio(nr_under_way - 1, nr_under_way == fails ? -EIO : 0);
	EXPECT_EQ(c->done, 1);
}

/* ---------------------------------------------------------------- transfers */

static ssize_t told; /* to ki_complete() */
static unsigned int times_told;

static void note_end(struct kiocb *iocb, long ret)
{
	(void)iocb;
	told = ret;
	times_told++;
}

static struct kiocb iocb;

static void begin(loff_t pos, bool async)
{
	iocb = (struct kiocb){ .ki_pos = pos, .ki_complete = async ? note_end : NULL };
	next_sector = (u64)pos >> SECTOR_SHIFT;
	nr_under_way = nr_begun = dirtied = times_told = fails = 0;
	told = 0;
	bad_page = ~0UL;
	memset(pins, 0, sizeof(pins));
}

static ssize_t transfer(unsigned int direction, unsigned long start, size_t bytes)
{
	struct iov_iter iter;

	iov_iter_ubuf(&iter, direction, (void __user *)(PROGRAM + start), bytes);
	return blkdev_direct_io(&disk, &iocb, &iter);
}

TEST(in_pieces_one_behind_the_other)
{
	begin(4096, false);
	EXPECT_EQ(transfer(ITER_DEST, 512, 3 * PIECE + 512), 3 * PIECE + 512);
	EXPECT_EQ(nr_begun, 4); /* the first begins within a page */
	EXPECT_EQ(iocb.ki_pos, 4096 + 3 * PIECE + 512);
	EXPECT(none_is_pinned());
	EXPECT(dirtied >= 3 * 256); /* a read has written them */
	begin(0, false);
	EXPECT_EQ(transfer(ITER_SOURCE, 0, PIECE), PIECE);
	EXPECT_EQ(nr_begun, 1);
	EXPECT_EQ(dirtied, 0);
	EXPECT(none_is_pinned());
}

/* Whichever of several fails, the whole has, however many bytes the others moved. */
TEST(an_error_of_any_piece_is_told)
{
	for (unsigned int n = 1; n <= 4; n++) {
		begin(0, false);
		fails = n;
		EXPECT_EQ(transfer(ITER_DEST, 0, 4 * PIECE), -EIO);
		EXPECT_EQ(nr_begun, 4);
		EXPECT_EQ(iocb.ki_pos, 0);
		EXPECT(none_is_pinned());
	}
}

TEST(who_does_not_wait_is_told_once_and_last)
{
	for (unsigned int n = 0; n < 5; n++) {
		begin(512, true);
		EXPECT_EQ(transfer(ITER_DEST, 0, 4 * PIECE), -EIOCBQUEUED);
		EXPECT(!none_is_pinned());
		for (unsigned int i = 0; i < 4; i++) {
			EXPECT_EQ(times_told, 0);
			end_bio(i % nr_under_way, i == n ? -ETIMEDOUT : 0);
		}
		EXPECT_EQ(times_told, 1);
		EXPECT_EQ(told, n < 4 ? -ETIMEDOUT : (ssize_t)(4 * PIECE));
		EXPECT_EQ(iocb.ki_pos, n < 4 ? 512 : 512 + 4 * PIECE);
		EXPECT(none_is_pinned());
	}
}

/* Memory that ends: what was begun counts; where that is nothing, the error does. */
TEST(memory_that_is_not_there)
{
	begin(0, false);
	bad_page = 300;
	EXPECT_EQ(transfer(ITER_DEST, 0, 4 * PIECE), 300 * PAGE_SIZE);
	EXPECT(none_is_pinned());
	begin(0, false);
	bad_page = 256;
	EXPECT_EQ(transfer(ITER_DEST, 0, 4 * PIECE), PIECE);
	EXPECT(none_is_pinned());
	begin(0, false);
	bad_page = 0;
	EXPECT_EQ(transfer(ITER_DEST, 0, 4 * PIECE), -EFAULT);
	EXPECT_EQ(nr_begun, 0);
	EXPECT(none_is_pinned());
	begin(0, false);
	bad_page = 1;
	EXPECT_EQ(transfer(ITER_DEST, PAGE_SIZE - 512, 1024), 512);
	EXPECT(none_is_pinned());
	disk.block_size = 1024; /* half a block is none */
	begin(0, false);
	bad_page = 1;
	EXPECT_EQ(transfer(ITER_DEST, PAGE_SIZE - 512, 1024), -EFAULT);
	EXPECT_EQ(nr_begun, 0);
	EXPECT(none_is_pinned());
	disk.block_size = BLOCK;
	begin(0, true);
	bad_page = 0;
	EXPECT_EQ(transfer(ITER_DEST, 0, PIECE), -EIOCBQUEUED);
	EXPECT_EQ(times_told, 1);
	EXPECT_EQ(told, -EFAULT);
}

TEST(without_memory_of_the_kernel_s)
{
	begin(0, false);
	test_fail_kmalloc_after(0);
	EXPECT_EQ(transfer(ITER_DEST, 0, PIECE), -ENOMEM);
	test_fail_kmalloc_after(1);
	EXPECT_EQ(transfer(ITER_DEST, 0, PIECE), -ENOMEM);
	test_fail_kmalloc_after(3);
	EXPECT_EQ(transfer(ITER_DEST, 0, 3 * PIECE), 2 * PIECE);
	test_fail_kmalloc_after(-1);
	EXPECT(none_is_pinned());
}

TEST(what_the_device_cannot_take_is_refused_whole)
{
	static const struct {
		loff_t pos;
		unsigned long start;
		size_t bytes;
	} cases[] = { { 1, 0, 512 },   { 256, 0, 512 }, { 0, 1, 512 },
		      { 0, 256, 512 }, { 0, 0, 511 },	{ 0, 0, 513 } };

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(cases[i].pos, false);
		EXPECT_EQ(transfer(ITER_DEST, cases[i].start, cases[i].bytes), -EINVAL);
		EXPECT_EQ(nr_begun, 0);
	}
	begin(0, false);
	EXPECT_EQ(transfer(ITER_DEST, 0, 0), 0);
}

/* Several ranges of a program's: each is whole blocks, and a later one that is not refuses all. */
TEST(ranges)
{
	struct iovec iov[] = { { (void __user *)PROGRAM, 1024 },
			       { (void __user *)(PROGRAM + 2 * PAGE_SIZE + 512), 2048 },
			       { (void __user *)(PROGRAM + 9 * PAGE_SIZE), 512 } };
	struct iov_iter iter;

	begin(0, false);
	iov_iter_init(&iter, ITER_DEST, iov, 3, 3584);
	EXPECT_EQ(blkdev_direct_io(&disk, &iocb, &iter), 3584);
	EXPECT_EQ(nr_begun, 1);
	EXPECT(none_is_pinned());
	for (unsigned int i = 0; i < 3; i++) {
		begin(0, false);
		iov[i].iov_len -= 256;
		iov_iter_init(&iter, ITER_DEST, iov, 3, 3584 - 256);
		EXPECT_EQ(blkdev_direct_io(&disk, &iocb, &iter), -EINVAL);
		iov[i].iov_len += 256;
		iov[i].iov_base = (char __user *)iov[i].iov_base + 4;
		iov_iter_init(&iter, ITER_DEST, iov, 3, 3584);
		EXPECT_EQ(blkdev_direct_io(&disk, &iocb, &iter), -EINVAL);
		iov[i].iov_base = (char __user *)iov[i].iov_base - 4;
		EXPECT_EQ(nr_begun, 0);
	}
}
