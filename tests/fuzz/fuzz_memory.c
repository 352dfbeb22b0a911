// SPDX-License-Identifier: MIT
// sources: kernel/monitor/access.c kernel/core/cmdline.c kernel/core/command.c kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * md, mw, cmp, cp and find, by the words that a person types, with memory behind them: RAM, a device that nobody
 * holds, one that is held, one that faults in its middle, and nothing.
 *
 * What a command did is held to a copy of the bytes: it writes all that it was asked to or, unless something faults,
 * none; RAM and what is held stay as they are without iomem=relaxed; each window is closed, each claim given back.
 *
 * The input: which command, its width, iomem=relaxed or not, then the words with blanks between.
 */
#include "mm/highmem.h"
#undef kmap_local_page
#define kmap_local_page(page) map_ram(page)
static void *map_ram(const struct page *page);
#include "kernel/core/cmdline.h"
#include "kernel/monitor/memcmd.c"
#include "kernel/monitor/memory.c"
#include "kernel/monitor/memrange.c"
#include "tests/fuzz/register.h"

#define BYTES	   0x9000UL /* all that does not fault */
#define RAM_FIRST  0x1000UL
#define RAM_END	   0x4000UL
#define HELD	   0x6000UL
#define HELD_END   0x7000UL
#define FAULTS	   0x7800UL
#define FAULTS_END 0x8000UL
#define MAX_ARGS   8

static u8 memory[BYTES], before[BYTES], want[BYTES];
static bool relaxed;

/* ---- memory, as the processor has it ---- */

u64 cache_mode_bits[8];

static unsigned long map_va, map_size; /* what is mapped now */

static unsigned long va_of(phys_addr_t phys)
{
	return (unsigned long)memory + phys;
}

bool pfn_valid(unsigned long pfn)
{
	return pfn >= PFN_DOWN(RAM_FIRST) && pfn < PFN_DOWN(RAM_END);
}

static void *map_ram(const struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

	MUST(!map_size && pfn_valid(pfn));
	map_va = va_of(PFN_PHYS(pfn));
	map_size = PAGE_SIZE;
	return (void *)map_va;
}

void kunmap_local(const void *addr)
{
	MUST((unsigned long)addr - map_va < map_size);
	map_size = 0;
}

void __iomem *ioremap_prot(phys_addr_t phys, unsigned long size, unsigned long prot)
{
	(void)prot;
	MUST(!map_size && size && phys + (size - 1) >= phys);
	for (u64 at = 0; at < size; at += PAGE_SIZE)
		MUST(!pfn_valid(PFN_DOWN(phys + at)));
	if (phys >> 52)
		return NULL;
	map_va = va_of(phys);
	map_size = size;
	return (void __iomem *)map_va;
}

void iounmap(volatile void __iomem *addr)
{
	MUST((unsigned long)addr == map_va && map_size);
	map_size = 0;
}

bool memtype_lookup(phys_addr_t phys, enum page_cache_mode *type, unsigned long *holder)
{
	(void)type, (void)holder;
	return phys == ~0ULL;
}

int virt_to_phys_walk(unsigned long va, phys_addr_t *pa)
{
	*pa = va - PAGE_OFFSET;
	return va >= PAGE_OFFSET && *pa < BYTES ? 0 : -EFAULT;
}

/* The byte that an access is for; NULL: it faults. */
static u8 *reach(unsigned long addr, unsigned int size, struct fault_info *fault)
{
	unsigned long phys = addr - (unsigned long)memory;

	MUST(map_size >= size && addr - map_va <= map_size - size);
	*fault = (struct fault_info){ .vector = 14 };
	return phys >= BYTES || (phys >= FAULTS && phys < FAULTS_END) ? NULL : memory + phys;
}

int nofault_read(unsigned long addr, unsigned int size, u64 *value, struct fault_info *fault)
{
	u8 *at = reach(addr, size, fault);

	*value = 0;
	if (at)
		memcpy(value, at, size);
	return at ? 0 : -EFAULT;
}

int nofault_write(unsigned long addr, unsigned int size, u64 value, struct fault_info *fault)
{
	u8 *at = reach(addr, size, fault);

	if (at)
		memcpy(at, &value, size);
	return at ? 0 : -EFAULT;
}

void whatis_page_use(phys_addr_t phys, char *buf, size_t size)
{
	MUST(pfn_valid(PFN_DOWN(phys)));
	strscpy(buf, "in use", size);
}

int monitor_ask(struct sink *out, const char *prompt, char *line)
{
	(void)out, (void)prompt, (void)line;
	return -ENODATA;
}

/* ---- what was said ---- */

static char said[512]; /* the end of it */
static size_t nr_said;

static void keep_end(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	for (; n; n--, s++) {
		MUST(*s == '\n' || (*s >= ' ' && *s <= '~'));
		said[nr_said++ % sizeof(said)] = *s;
	}
}

/* The number behind the last line's start or `word`; what was said is short enough where it is asked. */
static bool said_number(u64 n, const char *format)
{
	char line[64], end[64];
	size_t size = (size_t)snprintf(line, sizeof(line), format, n);

	for (size_t i = 0; i < size && i <= nr_said; i++)
		end[i] = said[(nr_said - size + i) % sizeof(said)];
	return size <= nr_said && !memcmp(line, end, size);
}

/* ---- what must have happened ---- */

static bool is_number(const char *word, u64 *value)
{
	return !kstrtoull(word, 16, value);
}

/* The physical one that is meant, in *addr; false: not all of it is memory here that answers. */
static bool answers(u64 *addr, u64 size)
{
	if (*addr >= PAGE_OFFSET)
		*addr -= PAGE_OFFSET;
	return *addr < BYTES && size <= BYTES - *addr &&
	       (*addr >= FAULTS_END || *addr + size <= FAULTS);
}

static void check_find(int argc, char **argv, u64 addr, u64 size, unsigned int width)
{
	u64 value, found = 0;

	if (argc != 4 || !is_number(argv[3], &value))
		return;
	for (u64 i = 0; i + width <= size; i += width)
		found += !memcmp(before + addr + i, &value, width);
	MUST(said_number(found, "found %lu times\n"));
}

/* It said 0, or for cmp that something differs: its bytes by the words. */
static void check_done(int which, int argc, char **argv, unsigned int width, int ret)
{
	u64 addr = 0, other = 0, value = 0, count = 1, size, differ = 0;
	static const int count_at[] = { 2, 3, 3, 3, 2 };

	MUST(is_number(argv[1], &addr) && addr % width == 0);
	if (argc > count_at[which])
		MUST(is_number(argv[count_at[which]], &count) && count);
	else
		count = which ? 1 : MEM_COUNT;
	size = count * width;
	MUST(answers(&addr, size));
	if (which == 1) {
		MUST(is_number(argv[2], &value) && (width == 8 || !(value >> width * 8)));
		for (u64 i = 0; i < size; i += width)
			memcpy(want + addr + i, &value, width);
	} else if (which == 2 || which == 3) {
		MUST(is_number(argv[2], &other) && other % width == 0 && answers(&other, size));
		for (u64 i = 0; i < size; i += width)
			differ += memcmp(before + addr + i, before + other + i, width) != 0;
		if (which == 3)
			memcpy(want + other, before + addr, size);
		else
			MUST((ret != 0) == (differ != 0) &&
			     said_number(count, " of %lu items differ\n"));
	} else if (which == 4) {
		check_find(argc, argv, addr, size, width);
	}
	MUST(!memcmp(memory, want, BYTES));
}

static void check(int which, int argc, char **argv, unsigned int width, int ret)
{
	MUST(!map_size);
	register_look(&iomem_resource);
	MUST(nr_registered == 2);
	if (ret == 0 || (which == 2 && ret == -EIO))
		check_done(which, argc, argv, width, ret);
	else if (ret == -EFAULT && (which == 1 || which == 3))
		; /* up to there it was done */
	else
		MUST(!memcmp(memory, before, BYTES));
	if (relaxed)
		return;
	MUST(!memcmp(memory + RAM_FIRST, before + RAM_FIRST, RAM_END - RAM_FIRST));
	MUST(!memcmp(memory + HELD, before + HELD, HELD_END - HELD));
}

/* ---- an input ---- */

static void fill(void)
{
	static struct resource device = { .start = 0x5000, .end = 0x5fff, .name = "device" },
			       held = { .start = HELD, .end = HELD_END - 1, .name = "held" };

	for (unsigned long i = 0; i < BYTES; i++)
		before[i] = (u8)(i >> 3 ^ (i >> 12) << 6);
	device.flags = IORESOURCE_MEM;
	held.flags = IORESOURCE_MEM | IORESOURCE_BUSY;
	iomem_resource.end = (1ULL << 46) - 1;
	MUST(!insert_resource(&iomem_resource, &device));
	MUST(!insert_resource(&iomem_resource, &held));
}

void fuzz(const u8 *data, size_t size)
{
	static const char *const names[] = { "md", "mw", "cmp", "cp", "find" };
	static int (*const commands[])(struct sink *, int, char **) = { cmd_md, cmd_mw, cmd_cmp,
									cmd_cp, cmd_find };
	static const char *const suffixes[] = { "", ".b", ".w", ".l", ".q" };
	struct sink sink = { keep_end };
	struct choices c = { data, size };
	char text[256], name[16], *argv[MAX_ARGS + 1] = { name };
	int which = choose8(&c) % (int)ARRAY_SIZE(names), argc, ret;

	if (iomem_resource.end >> 46)
		fill();
	snprintf(name, sizeof(name), "%s%s", names[which],
		 suffixes[choose8(&c) % ARRAY_SIZE(suffixes)]);
	relaxed = choose8(&c) & 1;
	strscpy(boot_command_line, relaxed ? "iomem=relaxed" : "", COMMAND_LINE_SIZE);
	argc = choose_words(&c, text, sizeof(text), argv, MAX_ARGS);
	memcpy(memory, before, BYTES);
	memcpy(want, before, BYTES);
	nr_said = 0;
	ret = commands[which](&sink, argc, argv);
	check(which, argc, argv, command_width(name, 4), ret);
}
