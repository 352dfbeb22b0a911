// SPDX-License-Identifier: MIT
// sources: kernel/monitor/whatis_register.c kernel/core/cmdline.c kernel/core/command.c kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * whatis, by the word that a person types: which of its meanings is taken, and what is asked about which address; and
 * of the register, whose each place is.  Held to a reading of the word that is written down again here.
 *
 * The input: whether a process is there, how the page tables are cut; then the words with blanks between.
 */
#include "kernel/monitor/whatis_word.c"
#include "tests/fuzz/register.h"
#include "tests/fuzz/said.h"

#define DEEP  20 /* nested, more than are shown */
#define SHOWN 16
#define SAME  40		   /* of one name, likewise */
#define UPPER 0xffff800000000000UL /* between KERNEL_HALF here and this nothing can be mapped */

struct cpu_info boot_cpu = { .phys_bits = 40 };
struct mm init_mm;

/* ---- who is asked ---- */

enum kind { NOTHING, ADDRESS, PHYSICAL_RANGE, USER_ADDRESS };

static struct {
	enum kind kind;
	u64 start, last;
	pid_t pid;
} asked;
static bool process_is_there;
static u8 cut; /* log2 of the pages that a range of the page tables has: 128 ranges at the most */

static void ask(enum kind kind, u64 start, u64 last)
{
	MUST(asked.kind == NOTHING);
	asked.kind = kind;
	asked.start = start;
	asked.last = last;
}

void whatis(struct sink *out, u64 addr)
{
	(void)out;
	ask(ADDRESS, addr, addr);
}

void whatis_physical_range(struct sink *out, phys_addr_t start, phys_addr_t last)
{
	(void)out;
	MUST(start <= last && !(last >> boot_cpu.phys_bits));
	ask(PHYSICAL_RANGE, start, last);
}

static int tell_process(struct sink *out, pid_t pid, unsigned long addr)
{
	(void)out;
	MUST(pid >= 0);
	ask(USER_ADDRESS, addr, addr);
	asked.pid = pid;
	return process_is_there ? 0 : -ESRCH;
}

void whatis_line(struct sink *out, const char *label, const char *fmt, ...)
{
	va_list args;

	sink_printf(out, "  %s%c ", label, *label ? ':' : ' ');
	va_start(args, fmt);
	sink_vprintf(out, fmt, args);
	va_end(args);
	sink_printf(out, "\n");
}

void whatis_owner(unsigned long va, char *buf, size_t size)
{
	snprintf(buf, size, "owner of %lx", va);
}

/* Every second of them is mapped. */
void pt_next_range(struct mm *mm, unsigned long va, struct pt_range *r)
{
	unsigned long size = PAGE_SIZE << cut;

	MUST(mm == &init_mm && va >= KERNEL_HALF);
	if (va < UPPER) {
		*r = (struct pt_range){ .start = KERNEL_HALF, .last = UPPER - 1 };
		return;
	}
	*r = (struct pt_range){ .start = ALIGN_DOWN(va, size), .writable = true };
	r->last = r->start + (size - 1);
	r->flags = r->start & size ? 1 : 0;
}

unsigned long ksym_address(const char *name)
{
	return !strcmp(name, "panic") ? 0xffffffff81000000 : !strcmp(name, "ab") ? 0x1000 : 0;
}

/* ---- what the word means, once more ---- */

/* The first n characters, or all of them, as a number. */
static bool number(const char *s, size_t n, unsigned int base, u64 *value)
{
	char text[256];

	strscpy(text, s, min(sizeof(text), n + 1));
	return !kstrtoull(text, base, value);
}

static unsigned int count(const char *text)
{
	unsigned int n = 0;

	for (const char *s = said; (s = strstr(s, text)); s++)
		n++;
	return n;
}

/* Of a range in the page tables: each that is mapped, up to a number, and how many more. */
static void check_virtual_range(u64 start, u64 last)
{
	u64 size = PAGE_SIZE << cut, mapped = 0;
	char more[64];

	if (last >= UPPER)
		mapped = (last / size + 1) / 2 - max(start, UPPER) / size / 2;
	MUST(asked.kind == NOTHING && count("owner of") == min(mapped, 16UL));
	MUST(!mapped == !!strstr(said, "nowhere"));
	snprintf(more, sizeof(more), "and %lu ranges more\n", mapped - 16);
	MUST(mapped > 16 ? !!strstr(said, more) : !strstr(said, "ranges more"));
}

static bool check_range(const char *word, int ret)
{
	const char *dash = strchr(word, '-');
	u64 start, last;

	if (!dash || !number(word, (size_t)(dash - word), 16, &start) ||
	    !number(dash + 1, strlen(dash), 16, &last))
		return false;
	if (start > last || (start < KERNEL_HALF && last >= 1UL << boot_cpu.phys_bits)) {
		MUST(ret == -ERANGE && asked.kind == NOTHING && strstr(said, "no range"));
		return true;
	}
	MUST(!ret);
	if (start >= KERNEL_HALF)
		check_virtual_range(start, last);
	else
		MUST(asked.kind == PHYSICAL_RANGE && asked.start == start && asked.last == last);
	return true;
}

/* The deepest that is shown, of whose a port is. */
static const struct resource *shown_deepest(u64 port)
{
	const struct resource *r = lookup_resource_deepest(&ioport_resource, port, port), *up;
	unsigned int depth = 0;

	for (up = r; up->parent; up = up->parent)
		depth++;
	for (; depth > SHOWN; depth--)
		r = r->parent;
	return r;
}

static bool check_port(const char *word, int ret)
{
	const struct resource *r;
	char line[64];
	u64 port;

	if (strncmp(word, "port:", 5) || !number(word + 5, strlen(word), 16, &port))
		return false;
	MUST(ret == (port > 0xffff ? -ERANGE : 0) && asked.kind == NOTHING);
	if (ret)
		return true;
	r = shown_deepest(port);
	snprintf(line, sizeof(line), "%s %pR", r->name, r);
	MUST(strstr(said, r == &ioport_resource ? "register: nobody" : line));
	return true;
}

static bool check_process(const char *word, int ret)
{
	const char *colon = strchr(word, ':');
	u64 pid, addr;

	if (!colon || !number(word, (size_t)(colon - word), 10, &pid) ||
	    !number(colon + 1, strlen(colon), 16, &addr))
		return false;
	if (pid <= 0x7fffffff)
		MUST(asked.kind == USER_ADDRESS && asked.pid == (pid_t)pid && asked.start == addr);
	else
		MUST(asked.kind == NOTHING);
	MUST(ret == (pid <= 0x7fffffff && process_is_there ? 0 : -ESRCH));
	MUST(!ret == !strstr(said, "no process of number"));
	return true;
}

static bool check_symbol(const char *word, int ret)
{
	size_t n = strlen(word), name;
	u64 offset = 0;
	char text[256];

	for (size_t i = 0; i < n; i++)
		if (word[i] == '/')
			n = i;
	for (name = 0; name < n && word[name] != '+';)
		name++;
	if (name < n && !number(word + name + 1, n - name - 1, 16, &offset))
		return false;
	strscpy(text, word, name + 1);
	if (!ksym_address(text))
		return false;
	MUST(!ret && asked.kind == ADDRESS && asked.start == ksym_address(text) + offset);
	return true;
}

/* Each range of that name in the register, up to a number of each. */
static void check_name(const char *word, int ret)
{
	static struct resource *const roots[] = { &iomem_resource, &ioport_resource };
	unsigned int all = 0;

	for (unsigned int i = 0; i < 2; i++) {
		unsigned int n = 0;
		char line[64];

		register_look(roots[i]);
		for (unsigned int k = 0; k < nr_registered; k++) {
			const struct resource *r = registered[k];

			if (strcmp(r->name, word) &&
			    (strncmp(r->name, "0000:", 5) || strcmp(r->name + 5, word)))
				continue;
			snprintf(line, sizeof(line), "%s 0x%lx-0x%lx\n", i ? "ports" : "memory",
				 r->start, r->end);
			MUST(n++ >= 32 || strstr(said, line));
		}
		all += n;
	}
	MUST(asked.kind == NOTHING && ret == (all ? 0 : -ENOENT));
	MUST(!ret == !strstr(said, "is neither a hexadecimal number"));
}

static void check_word(const char *word, int ret)
{
	u64 addr;

	if (strlen(word) >= 80) {
		MUST(ret == -ENOENT && asked.kind == NOTHING);
		return;
	}
	if (number(word, strlen(word), 16, &addr)) {
		MUST(!ret && asked.kind == ADDRESS && asked.start == addr);
		return;
	}
	if (!check_range(word, ret) && !check_port(word, ret) && !check_process(word, ret) &&
	    !check_symbol(word, ret))
		check_name(word, ret);
}

/* ---- an input ---- */

static struct resource parts[2 * DEEP + SAME];
static unsigned int nr_parts;

static void add(struct resource *root, resource_size_t start, resource_size_t end, const char *name)
{
	struct resource *res = &parts[nr_parts++];

	*res = (struct resource){ .start = start, .end = end, .name = name, .flags = root->flags };
	MUST(!insert_resource(root, res));
}

static void fill(void)
{
	for (unsigned int i = 0; i < DEEP; i++)
		add(&ioport_resource, 0x1000 + i, 0x2000 - i, i % 2 ? "deep" : "0000:00:1f.2");
	for (unsigned int i = 0; i < SAME; i++)
		add(&iomem_resource, 0x10000 * i, 0x10000 * i + 0xfff, "HPET");
	add(&ioport_resource, 0x3f8, 0x3ff, "serial");
	add(&iomem_resource, 0xfed00000, 0xfed003ff, "0000:00:1f.2");
}

void fuzz(const u8 *data, size_t size)
{
	struct sink sink = { keep };
	struct choices c = { data, size };
	char text[256], *argv[4] = { "whatis" };
	int argc, ret;
	u8 how = choose8(&c);

	if (!nr_parts)
		fill();
	process_is_there = how & 1;
	whatis_set_user(how & 2 ? NULL : tell_process);
	cut = (u8)(28 + choose8(&c) % 20);
	argc = choose_words(&c, text, sizeof(text), argv, 3);
	nr_said = 0;
	said[0] = '\0';
	memset(&asked, 0, sizeof(asked));
	ret = cmd_whatis(&sink, argc, argv);
	if (argc != 2)
		MUST(ret == -EINVAL && !nr_said);
	else if (!(how & 2))
		check_word(argv[1], ret);
}
