// SPDX-License-Identifier: MIT
/*
 * The embedded symbol table.
 *
 * kernel/core/ksyms.py writes it behind __ksyms_start after the link; its head says
 * how it is laid out.  Offsets from KERNEL_MAP ascend, so an address is found by
 * bisection; names are only ever looked for by people, one by one.  A symbol
 * reaches to the next one's address, as in Linux, since what an assembler source
 * defines has no size of its own.  The last symbol, the image's end, covers
 * nothing.
 */
#include "kernel/core/ksyms.h"
#include "kernel/core/printk.h"
#include "kernel/lib/string.h"
#include "mm/layout.h"

struct ksym_table {
	u32 count;
	u32 names_size;
	u32 words[]; /* offset[count], name[count], then the names */
};

extern const struct ksym_table __ksyms_start;

static u32 ksym_offset(u32 i)
{
	return __ksyms_start.words[i];
}

static const char *ksym_name(u32 i)
{
	const struct ksym_table *t = &__ksyms_start;

	return (const char *)&t->words[2 * t->count] + t->words[t->count + i];
}

/* How many symbols lie at or below `offset`. */
static u32 ksyms_up_to(u32 offset)
{
	u32 low = 0, high = __ksyms_start.count;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (ksym_offset(mid) <= offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const char *ksym_lookup(unsigned long addr, unsigned long *offset, unsigned long *size)
{
	u32 target, next, i;

	if (addr < KERNEL_MAP || addr - KERNEL_MAP > UINT32_MAX)
		return NULL;
	target = addr - KERNEL_MAP;
	next = ksyms_up_to(target);
	if (next == 0 || next == __ksyms_start.count)
		return NULL;

	/* Of several at one address the first is the one to show. */
	i = next - 1;
	while (i > 0 && ksym_offset(i - 1) == ksym_offset(i))
		i--;
	if (offset)
		*offset = target - ksym_offset(i);
	if (size)
		*size = ksym_offset(next) - ksym_offset(i);
	return ksym_name(i);
}

unsigned long ksym_address(const char *name)
{
	u32 i;

	for (i = 0; i < __ksyms_start.count; i++)
		if (strcmp(ksym_name(i), name) == 0)
			return KERNEL_MAP + ksym_offset(i);
	return 0;
}

const char *ksym_nth(unsigned int n)
{
	return n < __ksyms_start.count ? ksym_name(n) : NULL;
}

int ksym_format(char *buf, size_t size, unsigned long addr, bool with_offset)
{
	unsigned long offset, length;
	const char *name = ksym_lookup(addr, &offset, &length);

	if (!name)
		return scnprintf(buf, size, "0x%lx", addr);
	if (!with_offset)
		return scnprintf(buf, size, "%s", name);
	return scnprintf(buf, size, "%s+0x%lx/0x%lx", name, offset, length);
}

void __init ksyms_init(void)
{
	vsprintf_set_symbols(ksym_format);
}
