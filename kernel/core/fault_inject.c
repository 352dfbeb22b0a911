// SPDX-License-Identifier: MIT
/*
 * Allocations that fail on purpose: the plan, its counting, and how it is told.
 *
 * What fails says so in the log, with its caller, so that a report of what broke
 * afterwards can be read from its beginning.
 */
#include "kernel/core/fault_inject.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/command.h"
#include "kernel/core/ksyms.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

u32 fault_sites;
void (*fault_observer)(unsigned long caller);

/* Written while fault_sites is 0, but for the counters, which are atomic. */
static struct fault_plan plan;
static unsigned long calls, failed;
static const struct fault_inject_ops *ops;

/* As Linux names them on the command line, and ours in their way. */
static const struct cmdline_word site_words[NR_FAULT_SITES] __cmdline_words = {
	[FAULT_PAGE] = { "fail_page_alloc", true },   [FAULT_SLAB] = { "failslab", true },
	[FAULT_TABLE] = { "fail_table", true },	      [FAULT_AREA] = { "fail_vmarea", true },
	[FAULT_RESOURCE] = { "fail_resource", true }, [FAULT_KMAP] = { "fail_kmap", true },
};

static void tell_allocators(u32 sites)
{
	if (ops)
		ops->planned(sites);
	barrier();
}

void fault_inject_arm(const struct fault_plan *asked)
{
	fault_inject_disarm();
	plan = *asked;
	calls = failed = 0;
	tell_allocators(asked->sites);
	WRITE_ONCE(fault_sites, asked->sites);
}

unsigned long fault_inject_disarm(void)
{
	WRITE_ONCE(fault_sites, 0);
	tell_allocators(0);
	return failed;
}

noinline bool __should_fail(enum fault_site site, unsigned long caller)
{
	unsigned long call;

	if (!(fault_sites & BIT(site)) || (plan.end && (caller < plan.start || caller >= plan.end)))
		return false;
	call = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
	if (plan.onwards ? call < plan.nth : call != plan.nth)
		return false;
	__atomic_add_fetch(&failed, 1, __ATOMIC_RELAXED);
	if (ops)
		ops->failed();
	if (fault_observer)
		fault_observer(caller);
	pr_info("FAULT_INJECTION: %s, call %lu, fails for %pS\n", site_words[site].name, call,
		(void *)caller);
	return true;
}

/*
 * FUNCTION, all its calls, or the one that a refusal names, FUNCTION+OFFSET (hexadecimal): 0, or -EINVAL.  Of several
 * functions of a name it is the first; an offset leads to the others.
 */
static int parse_caller(const char *text, struct fault_plan *asked)
{
	const char *plus = strchr(text, '+');
	unsigned long size;
	char name[64];
	u64 offset = 0;

	strscpy(name, text, plus ? min(sizeof(name), (size_t)(plus - text) + 1) : sizeof(name));
	asked->start = ksym_address(name);
	if (!asked->start || !ksym_lookup(asked->start, NULL, &size) ||
	    (plus && kstrtoull(plus + 1, 16, &offset)))
		return -EINVAL;
	asked->start += offset;
	asked->end = asked->start + (plus ? 1 : size);
	return 0;
}

/* "N" or "N+", then perhaps "," and who asks: 0, or -EINVAL. */
static int parse_plan(const char *text, unsigned int number_base, u32 sites,
		      struct fault_plan *asked)
{
	char *end;

	*asked = (struct fault_plan){ .sites = sites,
				      .nth = simple_strtoull(text, &end, number_base) };
	if (end == text || asked->nth == 0)
		return -EINVAL;
	asked->onwards = *end == '+';
	end += asked->onwards;
	if (!*end)
		return 0;
	return *end == ',' ? parse_caller(end + 1, asked) : -EINVAL;
}

void __init fault_inject_init(const struct fault_inject_ops *allocators)
{
	struct fault_plan asked;
	char text[64];

	ops = allocators;
	for (unsigned int i = 0; i < NR_FAULT_SITES; i++) {
		if (__cmdline_get(site_words[i].name, 0, text, sizeof(text)) < 0)
			continue;
		if (parse_plan(text, 0, BIT(i), &asked)) {
			pr_err("%s=%s is not understood: N, N+ or N,FUNCTION[+OFFSET]\n",
			       site_words[i].name, text);
			continue;
		}
		fault_inject_arm(&asked);
		pr_info("FAULT_INJECTION: %s=%s\n", site_words[i].name, text);
	}
}

static void show_plan(struct sink *out)
{
	if (!fault_sites)
		sink_printf(out, "off");
	for (unsigned int i = 0; i < NR_FAULT_SITES; i++)
		if (fault_sites & BIT(i))
			sink_printf(out, "%s ", site_words[i].name);
	if (fault_sites)
		sink_printf(out, "%lu%s", plan.nth, plan.onwards ? "+" : "");
	if (fault_sites && plan.end)
		sink_printf(out, plan.end - plan.start > 1 ? " for %ps" : " for %pS",
			    (void *)plan.start);
	sink_printf(out, ", %lu of %lu calls failed\n", failed, calls);
}

static int cmd_fault(struct sink *out, int argc, char **argv)
{
	struct fault_plan asked;
	u32 sites = 0;

	if (argc == 2 && strcmp(argv[1], "off") == 0)
		fault_inject_disarm();
	if (argc <= 2 && (argc == 1 || strcmp(argv[1], "off") == 0)) {
		show_plan(out);
		return 0;
	}
	for (unsigned int i = 0; i < NR_FAULT_SITES; i++)
		if (strcmp(argv[1], site_words[i].name) == 0)
			sites = BIT(i);
	if (strcmp(argv[1], "all") == 0)
		sites = FAULT_ALL;
	if (argc != 3 || !sites || parse_plan(argv[2], COMMAND_BASE, sites, &asked))
		return -EINVAL;
	fault_inject_arm(&asked);
	return 0;
}
MONITOR_COMMAND(
	fault,
	"[off | all|fail_page_alloc|failslab|fail_table|fail_vmarea|fail_resource|fail_kmap "
	"N[+][,FUNCTION[+OFF]] (hex)]",
	"make the nth allocation fail, or all from there on (+), of one caller", cmd_fault);
