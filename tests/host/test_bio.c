// SPDX-License-Identifier: MIT
// sources: drivers/block/bio.c
/*
 * Bios on their way to two disks that the test plays: what is refused, in which order they come and what the device
 * is told of those behind, when one is over, and what is counted.
 */
#include "drivers/block/bio.h"
#include "kernel/sched/completion.h"
#include "kernel/sched/task.h"
#include "tests/host/note.h"
#include "tests/host/test.h"

static struct task_struct task;
DEFINE_PER_CPU(struct task_struct *, current_task) = &task;

static struct block_device disks[2];
static struct bio *under_way[8];
static unsigned int nr_under_way, parts; /* of each bio, in the disk */
static bool at_once;			 /* a disk that is done before submit() returns */
static struct bio bios[8];
static struct bio_segment segments[] = { { 0x1000, 4096 }, { 0x9000, 512 } };

static void submit(struct block_device *bdev, struct bio *bio, bool more)
{
	EXPECT(bio->bdev == bdev);
	note("%s%lu%s ", bdev->name, bio->sector, more ? "+" : "");
	for (unsigned int i = 0; i < parts; i++)
		bio_add_part(bio);
	for (unsigned int i = 0; i < parts && at_once; i++)
		bio_part_done(bio, 0);
	if (!at_once)
		under_way[nr_under_way++] = bio;
}

static void note_end(struct bio *bio)
{
	note("%lu=%d ", bio->sector, bio->status);
}

static void released(struct block_device *bdev)
{
	note("-%s ", bdev->name);
}

void iput(struct inode *inode)
{
	EXPECT(inode == (struct inode *)disks);
	note("inode ");
}

static void begin(void)
{
	memset(bios, 0xee, sizeof(bios));
	for (unsigned int i = 0; i < 2; i++)
		disks[i] = (struct block_device){ .capacity = 1000,
						  .block_size = 512,
						  .submit = submit,
						  .release = released,
						  .users = 1 };
	strscpy(disks[0].name, "a", 2);
	strscpy(disks[1].name, "b", 2);
	task = (struct task_struct){ .plug = NULL };
	nr_under_way = 0;
	test_clock_ns = 1;
	parts = 1;
	at_once = false;
	noted[0] = '\0';
}

/* One of 9 sectors. */
static struct bio *make(unsigned int n, unsigned int disk, enum bio_op op, u64 sector)
{
	struct bio *bio = &bios[n];

	bio->bdev = &disks[disk];
	bio->op = op;
	bio->sector = sector;
	bio->segments = segments;
	bio->nr_segments = 2;
	bio->end_io = note_end;
	return bio;
}

static int status_of(enum bio_op op, u64 sector, unsigned int nr_segments)
{
	struct bio *bio = make(0, 0, op, sector);

	at_once = true;
	bio->nr_segments = nr_segments;
	bio->status = 1;
	submit_bio(bio);
	return bio->status;
}

TEST(what_cannot_be_done_ends_at_once)
{
	begin();
	EXPECT_EQ(status_of(BIO_READ, 0, 0), -EINVAL);
	EXPECT_EQ(status_of(BIO_READ, 991, 2), 0);
	EXPECT_EQ(status_of(BIO_READ, 992, 2), -EIO);
	EXPECT_EQ(status_of(BIO_READ, 1000, 1), -EIO);
	EXPECT_EQ(status_of(BIO_READ, ~0UL, 1), -EIO);
	disks[0].capacity = 8; /* smaller than it is long */
	EXPECT_EQ(status_of(BIO_READ, 0, 2), -EIO);
	begin();
	disks[0].block_size = 4096;
	EXPECT_EQ(status_of(BIO_READ, 0, 2), -EINVAL);
	EXPECT_EQ(status_of(BIO_READ, 7, 1), -EINVAL);
	EXPECT_EQ(status_of(BIO_READ, 8, 1), 0);
	disks[0].read_only = true;
	EXPECT_EQ(status_of(BIO_WRITE, 8, 1), -EPERM);
	EXPECT_EQ(status_of(BIO_READ, 8, 1), 0);
	EXPECT_STR(noted, "0=-22 7=-22 a8 8=0 8=-1 a8 8=0 ");
	EXPECT_EQ(disks[0].in_flight, 0);
	EXPECT_EQ(disks[0].stats[BIO_WRITE].ios, 0);
}

/* Its maker's memory is the device's as long as one part is: it ends once, with an error of any. */
TEST(a_bio_is_over_with_its_last_part)
{
	begin();
	parts = 3;
	submit_bio(make(0, 0, BIO_READ, 5));
	bio_part_done(&bios[0], 0);
	bio_part_done(&bios[0], -EIO);
	EXPECT_STR(noted, "a5 ");
	bio_part_done(&bios[0], 0);
	EXPECT_STR(noted, "a5 5=-5 ");
	begin();
	parts = 2;
	at_once = true;
	submit_bio(make(0, 0, BIO_READ, 5)); /* not before submit() is done with it */
	EXPECT_STR(noted, "a5 5=0 ");
}

/* The last for each device has it told. */
TEST(a_plug_holds_them_back)
{
	struct blk_plug plug;

	begin();
	blk_start_plug(&plug);
	for (unsigned int i = 0; i < 5; i++)
		submit_bio(make(i, i == 1 || i == 2, BIO_READ, i));
	submit_bio(make(5, 0, BIO_READ, 5000)); /* what is refused is not held */
	EXPECT_STR(noted, "5000=-5 ");
	blk_finish_plug(&plug);
	EXPECT_STR(noted, "5000=-5 a0+ b1+ b2 a3+ a4 ");
	EXPECT(!task.plug);
	submit_bio(make(6, 0, BIO_READ, 6));
	EXPECT_STR(noted, "5000=-5 a0+ b1+ b2 a3+ a4 a6 ");
}

void init_completion(struct completion *c)
{
	*c = (struct completion){ 0 };
}

void complete(struct completion *c)
{
	c->done++;
}

/* The disk has been told of all: they end now, the first one badly. */
void wait_for_completion(struct completion *c)
{
	note("wait ");
	for (; nr_under_way; nr_under_way--)
		bio_part_done(under_way[nr_under_way - 1], nr_under_way == 1 ? -EIO : 0);
	EXPECT_EQ(c->done, 1);
}

TEST(who_waits_has_begun_what_he_held_back)
{
	struct blk_plug plug;

	begin();
	EXPECT_EQ(submit_bio_wait(make(0, 0, BIO_READ, 1)), -EIO);
	EXPECT_STR(noted, "a1 wait ");
	begin();
	blk_start_plug(&plug);
	submit_bio(make(0, 0, BIO_READ, 1));
	EXPECT_EQ(submit_bio_wait(make(1, 0, BIO_READ, 2)), 0);
	EXPECT_STR(noted, "a1+ a2 wait 1=-5 ");
	submit_bio(make(2, 0, BIO_READ, 3)); /* and the plug goes on */
	EXPECT_STR(noted, "a1+ a2 wait 1=-5 ");
	blk_finish_plug(&plug);
	EXPECT_STR(noted, "a1+ a2 wait 1=-5 a3 ");
}

/* Documentation/admin-guide/iostats.rst of Linux: sectors of 512 bytes, and time that is counted once. */
TEST(what_is_done_is_counted)
{
	const struct block_stats *stats = disks[0].stats;

	begin();
	test_clock_ns = 1000;
	submit_bio(make(0, 0, BIO_READ, 0));
	test_clock_ns = 1500;
	submit_bio(make(1, 0, BIO_WRITE, 9));
	EXPECT_EQ(disks[0].in_flight, 2);
	test_clock_ns = 1700;
	bio_part_done(&bios[0], 0);
	EXPECT_EQ(disks[0].busy_ns, 0);
	test_clock_ns = 2000;
	bio_part_done(&bios[1], -EIO);
	EXPECT_EQ(disks[0].in_flight, 0);
	EXPECT_EQ(disks[0].busy_ns, 1000);
	EXPECT_EQ(stats[BIO_READ].ios, 1);
	EXPECT_EQ(stats[BIO_READ].sectors, 9);
	EXPECT_EQ(stats[BIO_READ].ns, 700);
	EXPECT_EQ(stats[BIO_WRITE].ios, 1);
	EXPECT_EQ(stats[BIO_WRITE].ns, 500);
	EXPECT_EQ(task.inblock, 9);
	test_clock_ns = 5000;
	submit_bio(make(2, 0, BIO_READ, 0));
	test_clock_ns = 5100;
	bio_part_done(&bios[2], 0);
	EXPECT_EQ(disks[0].busy_ns, 1100);
}

TEST(the_last_reference_releases_it)
{
	begin();
	disks[0].inode = (struct inode *)disks;
	hold_block_device(&disks[0]);
	put_block_device(&disks[0]);
	EXPECT_STR(noted, "");
	put_block_device(&disks[0]);
	EXPECT_STR(noted, "inode -a ");
}
