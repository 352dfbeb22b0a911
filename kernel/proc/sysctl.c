// SPDX-License-Identifier: MIT
/*
 * /proc/sys: numbers that programs ask for, and a few that they may change.
 *
 * What is fixed here is what this kernel does; where Linux lets it be chosen, the value is the choice that was made.
 */
#include "kernel/core/printk.h"
#include "kernel/core/sink.h"
#include "kernel/cpu/random.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/proc/proc.h"
#include "kernel/sched/pid.h"
#include "kernel/sched/task.h"
#include "kernel/user/utsname.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/user/tables.h"
#include "mm/vmalloc.h"

#define PATH_LEN 64
#define UUID_LEN 16

/* ---------------------------------------------------------------- words that never change */

static const struct {
	const char *path, *word;
} words[] = {
	{ "fs/aio-max-nr", "65536" },
	{ "fs/nr_open", "1048576" },
	{ "fs/pipe-max-size", "1048576" },
	{ "kernel/cap_last_cap", "40" },
	{ "kernel/core_pattern", "core" },
	{ "kernel/core_uses_pid", "0" },
	{ "kernel/domainname", "(none)" },
	{ "kernel/ngroups_max", "65536" },
	{ "kernel/osrelease", NULL },
	{ "kernel/ostype", NULL },
	{ "kernel/overflowgid", "65534" },
	{ "kernel/overflowuid", "65534" },
	{ "kernel/panic", "0" },
	{ "kernel/pid_max", "32768" },
	{ "kernel/tainted", "0" },
	{ "kernel/version", NULL },
	{ "kernel/random/poolsize", "256" },
	{ "kernel/random/entropy_avail", "256" },
	{ "vm/legacy_va_layout", "0" },
	{ "vm/max_map_count", "65530" },
	{ "vm/mmap_min_addr", "65536" },
	{ "vm/nr_hugepages", "0" },
	{ "vm/overcommit_memory", "0" },
	{ "vm/overcommit_ratio", "50" },
	{ "vm/swappiness", "60" },
};

_Static_assert(PID_MAX == 32768, "kernel/pid_max says so");

static int show_word(struct sink *out, void *word)
{
	sink_printf(out, "%s\n", (const char *)word);
	return 0;
}

static const struct knode_ops word_ops = { .show = show_word };

/* ---------------------------------------------------------------- names */

static int show_hostname(struct sink *out, void *unused)
{
	(void)unused;
	sink_printf(out, "%s\n", utsname()->nodename);
	return 0;
}

static ssize_t store_hostname(void *unused, const char *text, size_t n)
{
	char name[__NEW_UTS_LEN + 1];

	(void)unused;
	strscpy(name, text, min(n + 1, sizeof(name)));
	if (strchr(name, '\n'))
		*strchr(name, '\n') = '\0';
	set_nodename(name);
	return (ssize_t)n;
}

/* ---------------------------------------------------------------- which messages consoles show */

static int show_printk(struct sink *out, void *unused)
{
	(void)unused;
	sink_printf(out, "%d\t4\t1\t7\n", console_loglevel() + 1);
	return 0;
}

/* The first of four numbers: what is below it is shown. */
static ssize_t store_printk(void *unused, const char *text, size_t n)
{
	(void)unused;
	if (*text < '0' || *text > '9')
		return -EINVAL;
	console_set_loglevel(*text - '0' - 1);
	return (ssize_t)n;
}

/* ---------------------------------------------------------------- memory kept to be used again */

/*
 * Linux's bit 2, objects: and here also threads and tables that are over.  The page cache, bit 1, stays:
 * most of its pages are ramfs's, which are nowhere else.
 */
static ssize_t store_drop_caches(void *unused, const char *text, size_t n)
{
	(void)unused;
	if (*text < '1' || *text > '4')
		return -EINVAL;
	if (!((*text - '0') & 2))
		return (ssize_t)n;
	flush_delayed_fput();
	free_spare_threads();
	free_spare_tables();
	vm_unmap_aliases();
	kmem_cache_shrink_all();
	return (ssize_t)n;
}

/* ---------------------------------------------------------------- chance */

static void show_uuid(struct sink *out, const u8 b[UUID_LEN])
{
	for (unsigned int i = 0; i < UUID_LEN; i++)
		sink_printf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
	sink_printf(out, "\n");
}

/* RFC 4122, 4.4: random, but for version and variant. */
static void make_uuid(u8 b[UUID_LEN])
{
	get_random_bytes(b, UUID_LEN);
	b[6] = (b[6] & 0x0f) | 0x40;
	b[8] = (b[8] & 0x3f) | 0x80;
}

static int show_new_uuid(struct sink *out, void *unused)
{
	u8 uuid[UUID_LEN];

	(void)unused;
	make_uuid(uuid);
	show_uuid(out, uuid);
	return 0;
}

static int show_boot_id(struct sink *out, void *boot_id)
{
	show_uuid(out, boot_id);
	return 0;
}

static int show_file_max(struct sink *out, void *unused)
{
	(void)unused;
	sink_printf(out, "%lu\n", nr_ram_pages() * (PAGE_SIZE / 1024) / 10);
	return 0;
}

/* ---------------------------------------------------------------- all of them */

static void create(const char *path, umode_t mode, const struct knode_ops *ops, void *private)
{
	struct dentry *folder = proc_root;
	const char *name = path;
	char text[PATH_LEN];

	for (const char *s = path; *s; s++)
		if (*s == '/')
			name = s + 1;
	scnprintf(text, sizeof(text), "sys/%.*s", (int)(name - path - 1), path);
	folder = ktree_mkdir_path(proc_root, text, 0555);
	if (!IS_ERR(folder))
		ktree_create(folder, name, mode, 0, ops, private);
}

static const char *name_of(const char *path)
{
	const struct new_utsname *uts = utsname();

	if (!strcmp(path, "kernel/osrelease"))
		return uts->release;
	return strcmp(path, "kernel/ostype") ? uts->version : uts->sysname;
}

void __init sysctl_init(void)
{
	static const struct knode_ops hostname_ops = { .show = show_hostname,
						       .store = store_hostname };
	static const struct knode_ops printk_ops = { .show = show_printk, .store = store_printk };
	static const struct knode_ops drop_caches_ops = { .store = store_drop_caches };
	static const struct knode_ops uuid_ops = { .show = show_new_uuid };
	static const struct knode_ops boot_id_ops = { .show = show_boot_id };
	static const struct knode_ops file_max_ops = { .show = show_file_max };
	static u8 boot_id[UUID_LEN];

	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++)
		create(words[i].path, 0444, &word_ops,
		       (void *)(words[i].word ? words[i].word : name_of(words[i].path)));
	make_uuid(boot_id);
	create("kernel/hostname", 0644, &hostname_ops, NULL);
	create("kernel/printk", 0644, &printk_ops, NULL);
	create("vm/drop_caches", 0200, &drop_caches_ops, NULL);
	create("kernel/random/uuid", 0444, &uuid_ops, NULL);
	create("kernel/random/boot_id", 0444, &boot_id_ops, boot_id);
	create("fs/file-max", 0444, &file_max_ops, NULL);
}
