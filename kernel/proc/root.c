// SPDX-License-Identifier: MIT
/* /proc's root, and the files of one text each. */
#include "kernel/proc/proc.h"

#include "kernel/core/cmdline.h"
#include "kernel/core/resource.h"
#include "kernel/core/sink.h"
#include "kernel/fs/devfs.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/whatis.h"
#include "kernel/proc/cpuinfo.h"
#include "kernel/sched/stat.h"
#include "kernel/user/utsname.h"
#include "mm/mtrr.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"

#define PROC_MAGIC 0x9fa0 /* statfs(2)'s */
#define PATH_LEN   64

struct dentry *proc_root;

static void show_iomem(struct sink *out)
{
	resource_dump(out, &iomem_resource);
}

static void show_ioports(struct sink *out)
{
	resource_dump(out, &ioport_resource);
}

static void show_cmdline(struct sink *out)
{
	sink_printf(out, "%s\n", boot_command_line);
}

static void show_version(struct sink *out)
{
	const struct new_utsname *uts = utsname();

	sink_printf(out, "%s version %s (terrier) %s\n", uts->sysname, uts->release, uts->version);
}

/* There are none. */
static void show_nothing(struct sink *out)
{
	(void)out;
}

static void show_swaps(struct sink *out)
{
	sink_printf(out, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
}

static int show_text(struct sink *out, void *show)
{
	((void (*)(struct sink *))show)(out);
	return 0;
}

static const struct knode_ops text_ops = { .show = show_text };

void proc_create_text(const char *path, umode_t mode, void (*show)(struct sink *out))
{
	struct dentry *folder = proc_root;
	const char *name = path;
	char text[PATH_LEN];

	for (const char *s = path; *s; s++)
		if (*s == '/')
			name = s + 1;
	if (name > path) {
		strscpy(text, path, min(sizeof(text), (size_t)(name - path)));
		folder = ktree_mkdir_path(proc_root, text, 0555);
	}
	if (!IS_ERR(folder))
		ktree_create(folder, name, mode, 0, &text_ops, (void *)show);
}

static const struct {
	const char *name;
	umode_t mode;
	void (*show)(struct sink *out);
} texts[] = {
	{ "buddyinfo", 0444, show_buddyinfo },
	{ "cmdline", 0444, show_cmdline },
	{ "cpuinfo", 0444, show_cpuinfo },
	{ "devices", 0444, show_devices },
	{ "filesystems", 0444, show_filesystems },
	{ "interrupts", 0444, show_interrupts },
	{ "iomem", 0444, show_iomem },
	{ "ioports", 0444, show_ioports },
	{ "loadavg", 0444, show_loadavg },
	{ "meminfo", 0444, show_meminfo },
	{ "modules", 0444, show_nothing },
	{ "mtrr", 0444, show_mtrr },
	{ "slabinfo", 0400, show_slabinfo },
	{ "stat", 0444, show_stat },
	{ "swaps", 0444, show_swaps },
	{ "uptime", 0444, show_uptime },
	{ "version", 0444, show_version },
	{ "vmallocinfo", 0400, show_vmallocinfo },
	{ "vmstat", 0444, show_vmstat },
};

void __init proc_init(void)
{
	proc_root = ktree_register("proc", PROC_MAGIC);
	for (unsigned int i = 0; i < ARRAY_SIZE(texts); i++)
		proc_create_text(texts[i].name, texts[i].mode, texts[i].show);
	ktree_symlink(proc_root, "mounts", "self/mounts");
	sysctl_init();
	proc_task_init();
	whatis_set_user(proc_whatis);
	loadavg_init();
}
