// SPDX-License-Identifier: MIT
/* /sys/devices/system: CPUs and the clock; and /sys/kernel/mm. */
#include "drivers/sysfs/sysfs.h"
#include "kernel/core/cpulist.h"
#include "kernel/core/sink.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/time/clocksource.h"

#define LIST_LEN 1024
#define PATH_LEN 80
#define WORD_LEN 32

/* ---------------------------------------------------------------- CPUs */

static int show_online(struct sink *out, void *unused)
{
	char text[LIST_LEN];

	(void)unused;
	cpulist_print(text, sizeof(text), &cpu_online_mask, nr_cpu_ids);
	sink_printf(out, "%s\n", text);
	return 0;
}

/* Those that have a number, whether they run or not. */
static int show_possible(struct sink *out, void *unused)
{
	(void)unused;
	if (nr_cpu_ids > 1)
		sink_printf(out, "0-%u\n", nr_cpu_ids - 1);
	else
		sink_printf(out, "0\n");
	return 0;
}

static int show_offline(struct sink *out, void *unused)
{
	struct cpumask offline = { { 0 } };
	char text[LIST_LEN];
	unsigned int cpu;

	(void)unused;
	for_each_possible_cpu(cpu)
	{
		if (!cpumask_test_cpu(cpu, &cpu_online_mask))
			cpumask_set_cpu(cpu, &offline);
	}
	cpulist_print(text, sizeof(text), &offline, nr_cpu_ids);
	sink_printf(out, "%s\n", text);
	return 0;
}

static const struct knode_ops online_ops = { .show = show_online };
static const struct knode_ops possible_ops = { .show = show_possible };
static const struct knode_ops offline_ops = { .show = show_offline };

static int show_cpu_online(struct sink *out, void *private)
{
	sink_printf(out, "%d\n", cpumask_test_cpu((unsigned int)(u64) private, &cpu_online_mask));
	return 0;
}

static const struct knode_ops cpu_online_ops = { .show = show_cpu_online };

static void __init create_cpus(void)
{
	static char kernel_max[WORD_LEN];
	char path[PATH_LEN];
	unsigned int cpu;

	scnprintf(kernel_max, sizeof(kernel_max), "%u", NR_CPUS - 1);
	sysfs_create("devices/system/cpu/online", 0444, SYSFS_FILE_SIZE, &online_ops, NULL);
	sysfs_create("devices/system/cpu/possible", 0444, SYSFS_FILE_SIZE, &possible_ops, NULL);
	sysfs_create("devices/system/cpu/present", 0444, SYSFS_FILE_SIZE, &possible_ops, NULL);
	sysfs_create("devices/system/cpu/offline", 0444, SYSFS_FILE_SIZE, &offline_ops, NULL);
	sysfs_create_word("devices/system/cpu/isolated", "");
	sysfs_create_word("devices/system/cpu/kernel_max", kernel_max);
	for_each_possible_cpu(cpu)
	{
		scnprintf(path, sizeof(path), "devices/system/cpu/cpu%u%s", cpu,
			  cpu ? "/online" : "");
		if (cpu) /* the first can never be taken away, and has no such file */
			sysfs_create(path, 0444, SYSFS_FILE_SIZE, &cpu_online_ops,
				     (void *)(u64)cpu);
		else
			ktree_mkdir_path(sysfs_root, path, 0755);
	}
}

/* ---------------------------------------------------------------- the clock */

static int show_current_clock(struct sink *out, void *unused)
{
	const struct clocksource *cs = clocksource_current();

	(void)unused;
	sink_printf(out, "%s\n", cs ? cs->name : "");
	return 0;
}

static ssize_t store_current_clock(void *unused, const char *text, size_t n)
{
	char name[WORD_LEN];
	size_t len = n;

	(void)unused;
	if (len && text[len - 1] == '\n')
		len--;
	if (!len || len >= sizeof(name))
		return -EINVAL;
	memcpy(name, text, len);
	name[len] = '\0';
	clocksource_select(name); /* Linux, too, says nothing where there is none such */
	return (ssize_t)n;
}

static int show_available_clocks(struct sink *out, void *unused)
{
	(void)unused;
	for (const struct clocksource *cs = clocksource_first(); cs; cs = cs->next)
		sink_printf(out, "%s ", cs->name);
	sink_printf(out, "\n");
	return 0;
}

static const struct knode_ops current_ops = {
	.show = show_current_clock,
	.store = store_current_clock,
};
static const struct knode_ops available_ops = { .show = show_available_clocks };

void __init sysfs_system_init(void)
{
	create_cpus();
	sysfs_create("devices/system/clocksource/clocksource0/current_clocksource", 0644,
		     SYSFS_FILE_SIZE, &current_ops, NULL);
	sysfs_create("devices/system/clocksource/clocksource0/available_clocksource", 0444,
		     SYSFS_FILE_SIZE, &available_ops, NULL);
	/* Large pages come where madvise() asks for them (mm/user/fault.h). */
	sysfs_create_word("kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
	sysfs_create_word("kernel/mm/transparent_hugepage/hpage_pmd_size", "2097152");
}
