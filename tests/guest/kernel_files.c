// SPDX-License-Identifier: MIT
/* /proc and /sys, read as files: they have the words of whoever knows, and come and go with what they tell of. */
#include "drivers/pci/pci.h"
#include "drivers/pci/pcie.h"
#include "kernel/core/resource.h"
#include "kernel/core/sink.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/timeout.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"

#define TEXT_BYTES 65536
#define PATH_LEN   96

/* Both are there, wherever this suite runs: twice is once. */
static bool mounted(void)
{
	static bool done;

	if (done)
		return true;
	done = !kern_mkdir("/k.proc", 0755) && !kern_mkdir("/k.sys", 0755) &&
	       !kern_mount_at("proc", "/k.proc", "proc", 0, NULL) &&
	       !kern_mount_at("sysfs", "/k.sys", "sysfs", 0, NULL);
	return done;
}

/* The file's bytes, at most `size`, from `pos` on: how many, or -errno. */
static ssize_t read_at(const char *path, char *buf, size_t size, loff_t pos)
{
	struct file *file = filp_open(path, O_RDONLY, 0);
	ssize_t n, sum = 0;

	if (IS_ERR(file))
		return PTR_ERR(file);
	do {
		n = kernel_read(file, buf + sum, size - (size_t)sum, &pos);
		sum += max(n, (ssize_t)0);
	} while (n > 0 && (size_t)sum < size);
	filp_close(file, NULL);
	return n < 0 ? n : sum;
}

static ssize_t write_to(const char *path, const char *text)
{
	struct file *file = filp_open(path, O_WRONLY, 0);
	loff_t pos = 0;
	ssize_t n;

	if (IS_ERR(file))
		return PTR_ERR(file);
	n = kernel_write(file, text, strlen(text), &pos);
	filp_close(file, NULL);
	return n;
}

/* The whole text, terminated; "" where it cannot be read, which is a failure. */
static const char *text_of(const char *path)
{
	static char text[4096];
	ssize_t n = read_at(path, text, sizeof(text) - 1, 0);

	if (n < 0)
		guest_fail(__FILE__, __LINE__, "%s: %s", path, error_name((int)n));
	text[max(n, (ssize_t)0)] = '\0';
	return text;
}

#define EXPECT_TEXT(path, want)                                                                \
	do {                                                                                   \
		const char *_got = text_of(path);                                              \
		if (strcmp(_got, want))                                                        \
			guest_fail(__FILE__, __LINE__, "%s is \"%s\", not \"%s\"", path, _got, \
				   want);                                                      \
	} while (0)

GUEST_TEST(kernel_files, iomem_is_the_registers_text)
{
	char *file = vzalloc(TEXT_BYTES), *text = vzalloc(TEXT_BYTES);
	struct buffer_sink b;

	ASSERT(file && text && mounted());
	buffer_sink_init(&b, text, TEXT_BYTES);
	resource_dump(&b.sink, &iomem_resource);
	EXPECT_EQ(read_at("/k.proc/iomem", file, TEXT_BYTES, 0), (ssize_t)b.len);
	EXPECT(!memcmp(file, text, b.len));
	/* In the middle of it, and behind its end. */
	EXPECT_EQ(read_at("/k.proc/iomem", file, 10, 100), 10);
	EXPECT(!memcmp(file, text + 100, 10));
	EXPECT_EQ(read_at("/k.proc/iomem", file, 10, (loff_t)b.len), 0);
	EXPECT_EQ(write_to("/k.proc/iomem", "x"), -EIO);
	vfree(file);
	vfree(text);
}

GUEST_TEST(kernel_files, threads_are_found_by_number)
{
	char path[PATH_LEN], want[64];
	const char *stat;

	ASSERT(mounted());
	scnprintf(path, sizeof(path), "/k.proc/%u/comm", current->pid);
	scnprintf(want, sizeof(want), "%s\n", current->comm);
	EXPECT_TEXT(path, want);
	scnprintf(path, sizeof(path), "/k.proc/self/task/%u/comm", current->pid);
	EXPECT_TEXT(path, want);
	EXPECT_TEXT("/k.proc/self/cmdline", "");
	scnprintf(path, sizeof(path), "/k.proc/%u/stat", current->pid);
	stat = text_of(path);
	scnprintf(want, sizeof(want), "%u (%s) R 0 0 0 0 -1 ", current->pid, current->comm);
	EXPECT(!strncmp(stat, want, strlen(want)));
	EXPECT_EQ(read_at("/k.proc/0/stat", want, 1, 0), -ENOENT);
	EXPECT_EQ(read_at("/k.proc/01/stat", want, 1, 0), -ENOENT);
	EXPECT_EQ(read_at("/k.proc/32768/stat", want, 1, 0), -ENOENT);
	EXPECT_EQ(read_at("/k.proc/self/exe", want, 1, 0), -ENOENT);
}

static int sleep_until_told(void *unused)
{
	(void)unused;
	while (!kthread_should_stop())
		msleep(1);
	return 0;
}

GUEST_TEST(kernel_files, a_thread_that_is_over_says_nothing)
{
	struct task_struct *t = kthread_run(sleep_until_told, NULL, "k.files");
	struct file *file;
	char path[PATH_LEN], text[32];
	loff_t pos = 0;

	ASSERT(mounted() && !IS_ERR(t));
	scnprintf(path, sizeof(path), "/k.proc/%u/comm", t->pid);
	EXPECT_TEXT(path, "k.files\n");
	file = filp_open(path, O_RDONLY, 0);
	ASSERT(!IS_ERR(file));
	kthread_stop(t);
	EXPECT_EQ(kernel_read(file, text, sizeof(text), &pos), -ESRCH);
	filp_close(file, NULL);
	EXPECT_EQ(read_at(path, text, 1, 0), -ENOENT);
}

/* A line of meminfo's, in kB. */
static unsigned long kb_in(const char *meminfo, const char *key)
{
	const char *line = strstr(meminfo, key);

	if (!line)
		return 0;
	for (line += strlen(key); *line == ' ';)
		line++;
	return simple_strtoull(line, NULL, 10);
}

static unsigned long kb_of(const char *key)
{
	return kb_in(text_of("/k.proc/meminfo"), key);
}

static bool count_one(struct task_struct *t, void *count)
{
	(void)t;
	++*(unsigned long *)count;
	return true;
}

static unsigned long nr_threads(void)
{
	unsigned long count = 0;

	for_each_task(count_one, &count);
	return count;
}

#define SOME_PAGES 350UL

/* What is taken of one kind is told of that kind. */
GUEST_TEST(kernel_files, meminfo_tells_what_memory_is_for)
{
	unsigned long total, cached, shmem, used, stacks, free, threads;
	const char *meminfo;
	struct page_counts c;
	struct file *file;
	void *p;

	ASSERT(mounted());
	get_page_counts(&c);
	total = kb_of("MemTotal:");
	EXPECT_EQ(total, (c.ram - c.reserved) * (PAGE_SIZE / 1024));
	EXPECT_EQ(kb_of("CommitLimit:"), total / 2 / 4 * 4);
	cached = kb_of("\nCached:");
	shmem = kb_of("Shmem:");
	free = kb_of("MemFree:");
	file = filp_open("/k.some", O_CREAT | O_RDWR, 0600);
	ASSERT(!IS_ERR(file));
	EXPECT_EQ(file->f_op->fallocate(file, 0, 0, SOME_PAGES * PAGE_SIZE), 0);
	EXPECT_EQ(kb_of("\nCached:") - cached, SOME_PAGES * 4);
	EXPECT_EQ(kb_of("Shmem:") - shmem, SOME_PAGES * 4);
	EXPECT(free - kb_of("MemFree:") >= SOME_PAGES * 4 - 256); /* others give back meanwhile */
	filp_close(file, NULL);
	EXPECT_EQ(kern_unlink("/k.some"), 0);
	EXPECT_EQ(kb_of("\nCached:"), cached);
	used = kb_of("VmallocUsed:");
	p = vmalloc(SOME_PAGES * PAGE_SIZE);
	ASSERT(p);
	EXPECT_EQ((kb_of("VmallocUsed:") - used) / 400,
		  SOME_PAGES * 4 / 400); /* others' stacks go */
	vfree(p);
	do {
		threads = nr_threads();
		stacks = kb_of("KernelStack:");
	} while (threads != nr_threads());
	EXPECT_EQ(stacks, threads * THREAD_SIZE / 1024);
	meminfo = text_of("/k.proc/meminfo");
	EXPECT(kb_in(meminfo, "Slab:") > 0);
	EXPECT_EQ(kb_in(meminfo, "Slab:"), kb_in(meminfo, "SUnreclaim:"));
	EXPECT_EQ(kb_of("VmallocTotal:"), VMALLOC_SIZE / 1024);
}

/* Every function: its directory, reached by the link, has what the header says. */
GUEST_TEST(kernel_files, pci_functions_have_their_headers)
{
	char path[PATH_LEN], want[64];
	u8 config[256 + 1];
	struct pci_dev *dev;

	ASSERT(mounted());
	for_each_pci_dev(dev) {
		scnprintf(path, sizeof(path), "/k.sys/bus/pci/devices/%s/vendor", dev->name);
		scnprintf(want, sizeof(want), "0x%04x\n", dev->vendor);
		EXPECT_TEXT(path, want);
		scnprintf(path, sizeof(path), "/k.sys/bus/pci/devices/%s/class", dev->name);
		scnprintf(want, sizeof(want), "0x%06x\n", dev->class);
		EXPECT_TEXT(path, want);
		scnprintf(path, sizeof(path), "/k.sys/bus/pci/devices/%s/config", dev->name);
		EXPECT_EQ(read_at(path, (char *)config, 256, 0), 256);
		EXPECT_EQ(config[0] | config[1] << 8, dev->vendor);
		EXPECT_EQ(config[2] | config[3] << 8, dev->device);
		EXPECT_EQ(read_at(path, (char *)config, 3, 1), 3); /* not aligned */
		EXPECT_EQ(config[0], dev->vendor >> 8);
		EXPECT_EQ(config[1] | config[2] << 8, dev->device);
		EXPECT_EQ(read_at(path, (char *)config, 8, pci_cfg_space_size(dev) - 4), 4);
		EXPECT_EQ(read_at(path, (char *)config, 8, pci_cfg_space_size(dev)), 0);
	}
	EXPECT_EQ(read_at("/k.sys/bus/pci/devices/0000:ff:1f.7/vendor", want, 1, 0), -ENOENT);
	EXPECT_EQ(read_at("/k.sys/bus/pci/devices/00:00.0/vendor", want, 1, 0), -ENOENT);
}

/* What is written to config is in the register: the interrupt line, which nobody reads. */
GUEST_TEST(kernel_files, config_is_written)
{
	char path[PATH_LEN];
	struct file *file;
	struct pci_dev *dev;
	loff_t pos = 0x3c;
	u8 line, now;

	ASSERT(mounted());
	if (list_empty(&pci_devices)) {
		guest_skip("no PCI here");
		return;
	}
	dev = list_first_entry(&pci_devices, struct pci_dev, global_list);
	pci_read_config_byte(dev, 0x3c, &line);
	scnprintf(path, sizeof(path), "/k.sys/bus/pci/devices/%s/config", dev->name);
	file = filp_open(path, O_RDWR, 0);
	ASSERT(!IS_ERR(file));
	EXPECT_EQ(kernel_write(file, "\x2a", 1, &pos), 1);
	pci_read_config_byte(dev, 0x3c, &now);
	EXPECT(now == 0x2a || now == line); /* a bridge's may be fixed */
	pci_write_config_byte(dev, 0x3c, line);
	pos = 0x1000;
	EXPECT_EQ(kernel_write(file, "\x2a", 1, &pos), -EFBIG);
	filp_close(file, NULL);
}

GUEST_TEST(kernel_files, numbers_and_words)
{
	ASSERT(mounted());
	EXPECT_TEXT("/k.proc/sys/kernel/ostype", "Linux\n");
	EXPECT_TEXT("/k.proc/sys/vm/max_map_count", "65530\n");
	EXPECT_EQ(write_to("/k.sys/firmware/memmap/0/start", "1"), -EACCES);
	EXPECT_TEXT("/k.sys/firmware/memmap/0/start", "0x0\n");
	EXPECT(strstr(text_of("/k.sys/firmware/memmap/0/type"), "RAM"));
	EXPECT_EQ(write_to("/k.proc/sys/kernel/hostname", "here\n"), 5);
	EXPECT_TEXT("/k.proc/sys/kernel/hostname", "here\n");
	EXPECT_EQ(write_to("/k.proc/sys/kernel/hostname", "(none)\n"), 7);
	EXPECT_EQ(write_to("/k.proc/sys/kernel/ostype", "other\n"), -EIO);
	EXPECT_EQ(write_to("/k.proc/sys/vm/drop_caches", "0"), -EINVAL);
	EXPECT_EQ(write_to("/k.proc/sys/vm/drop_caches", "5"), -EINVAL);
	EXPECT_EQ(write_to("/k.proc/sys/vm/drop_caches", "4\n"), 2);
}
