// SPDX-License-Identifier: MIT
// sources: kernel/fs/cpio.c
/*
 * The parser of archives, on one as cpio writes it, on each part of that, and on
 * what chance makes of it.  Each lies in a block of just its size, so that a read beyond it is caught.
 */
#include "kernel/fs/cpio.h"
#include "kernel/lib/vsprintf.h"
#include "mm/slab.h"
#include "tests/host/test.h"

static char archive[4096];
static size_t size;

static void pad(void)
{
	while (size % 4)
		archive[size++] = '\0';
}

static void add(const char *name, u32 mode, const char *body)
{
	size += snprintf(archive + size, sizeof(archive) - size,
			 "070701%08X%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", 0xAB, mode,
			 1, 2, 3, 0x12345678, (u32)strlen(body), 8, 1, 4, 64, (u32)strlen(name) + 1,
			 0);
	memcpy(archive + size, name, strlen(name) + 1);
	size += strlen(name) + 1;
	pad();
	memcpy(archive + size, body, strlen(body));
	size += strlen(body);
	pad();
}

static void build(void)
{
	size = 0;
	add("bin", 040755, "");
	add("bin/sh", 0100755, "hello");
	add("TRAILER!!!", 0, "");
	size += 512 - size % 512;
	add("second", 0120777, "bin/sh");
	add("TRAILER!!!", 0, "");
}

/* The first n bytes as an archive: entries, or -EINVAL. */
static int count(const char *data, size_t n)
{
	char *copy = kmalloc(n ? n : 1, GFP_KERNEL);
	struct cpio cpio = { .data = copy, .size = n };
	struct cpio_entry e;
	int ret, entries = 0;
	volatile char sum = 0;

	memcpy(copy, data, n);
	while ((ret = cpio_next(&cpio, &e)) > 0) {
		entries++;
		sum += *e.name + e.name[strlen(e.name)];
		for (u32 i = 0; i < e.size; i++)
			sum += e.body[i];
	}
	EXPECT(ret == 0 || (ret == -EINVAL && cpio.wrong));
	EXPECT(cpio.offset <= n);
	kfree(copy);
	return ret ? ret : entries;
}

TEST(entries_are_as_they_were_written)
{
	struct cpio cpio = { .data = archive };
	struct cpio_entry e;

	build();
	cpio.size = size;
	EXPECT_EQ(cpio_next(&cpio, &e), 1);
	EXPECT_STR(e.name, "bin");
	EXPECT_EQ(e.mode, 040755);
	EXPECT_EQ(e.size, 0);
	EXPECT_EQ(cpio_next(&cpio, &e), 1);
	EXPECT_STR(e.name, "bin/sh");
	EXPECT_EQ(e.ino, 0xab);
	EXPECT_EQ(e.uid, 1);
	EXPECT_EQ(e.gid, 2);
	EXPECT_EQ(e.nlink, 3);
	EXPECT_EQ(e.mtime, 0x12345678);
	EXPECT_EQ(e.major, 8);
	EXPECT_EQ(e.minor, 1);
	EXPECT_EQ(e.rmajor, 4);
	EXPECT_EQ(e.rminor, 64);
	EXPECT_EQ(e.size, 5);
	EXPECT(!memcmp(e.body, "hello", 5));
	EXPECT_EQ(e.archive, 0);
	EXPECT_EQ(cpio_next(&cpio, &e), 1);
	EXPECT_STR(e.name, "second");
	EXPECT_EQ(e.archive, 1);
	EXPECT_EQ(cpio_next(&cpio, &e), 0);
	EXPECT_EQ(cpio_next(&cpio, &e), 0);
}

TEST(what_is_cut_off_is_said)
{
	build();
	EXPECT_EQ(count(archive, size), 3);
	EXPECT_EQ(count(archive, 0), 0);
	for (size_t n = 1; n < size; n++) {
		int ret = count(archive, n);

		EXPECT(ret == -EINVAL || (ret >= 0 && ret <= 3));
	}
	EXPECT_EQ(count(archive, 109), -EINVAL);
	EXPECT_EQ(count(archive, 112), -EINVAL); /* within a name */
	EXPECT_EQ(count(archive, 239), -EINVAL); /* within a content */
}

TEST(what_lies_is_bounded)
{
	build();
	memcpy(archive, "070707", 6); /* the older format */
	EXPECT_EQ(count(archive, size), -EINVAL);
	build();
	memcpy(archive + 6 + 6 * 8, "ffffffff", 8); /* c_filesize */
	EXPECT_EQ(count(archive, size), -EINVAL);
	build();
	memcpy(archive + 6 + 11 * 8, "ffffffff", 8); /* c_namesize */
	EXPECT_EQ(count(archive, size), -EINVAL);
	build();
	memcpy(archive + 6 + 11 * 8, "00000001", 8);
	EXPECT_EQ(count(archive, size), -EINVAL);
	build();
	memcpy(archive + 6 + 11 * 8, "00000005", 8); /* its 0 is not its last */
	EXPECT_EQ(count(archive, size), -EINVAL);
	build();
	archive[6 + 3] = 'g';
	EXPECT_EQ(count(archive, size), -EINVAL);
}

TEST(chance_harms_nothing)
{
	u32 seed = 7;

	for (unsigned int round = 0; round < 20000; round++) {
		build();
		for (unsigned int i = 0; i < 1 + round % 4; i++) {
			seed = seed * 1664525 + 1013904223;
			archive[(seed >> 8) % size] =
				seed & 1 ? "0123456789abcdefF"[seed % 17] : (char)(seed >> 20);
		}
		count(archive, size - seed % 7);
	}
}

TEST(compressed_ones_are_named)
{
	EXPECT_STR(compression_name("\x1f\x8b\x08", 3), "gzip");
	EXPECT_STR(compression_name("\x28\xb5\x2f\xfd\x00", 5), "zstd");
	EXPECT(!compression_name("\x1f", 1));
	EXPECT(!compression_name("070701", 6));
}
