// SPDX-License-Identifier: MIT
/* "0-3,7".  See cpulist.h. */
#include "kernel/core/cpulist.h"

#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"

/* A decimal number, which moves *text on; NR_CPUS where there is none or it is too great. */
static unsigned int parse_cpu(const char **text)
{
	unsigned int n = 0;
	const char *p = *text;

	for (; *p >= '0' && *p <= '9' && n < NR_CPUS; p++)
		n = n * 10 + (unsigned int)(*p - '0');
	if (p == *text || n >= NR_CPUS)
		return NR_CPUS;
	*text = p;
	return n;
}

int cpulist_parse(const char *text, struct cpumask *mask)
{
	struct cpumask m = { { 0 } };

	for (;; text++) {
		unsigned int first = parse_cpu(&text), last = first;

		if (*text == '-') {
			text++;
			last = parse_cpu(&text);
		}
		if (first == NR_CPUS || last == NR_CPUS || last < first)
			return -EINVAL;
		for (unsigned int cpu = first; cpu <= last; cpu++)
			cpumask_set_cpu(cpu, &m);
		if (!*text)
			break;
		if (*text != ',')
			return -EINVAL;
	}
	*mask = m;
	return 0;
}

size_t cpulist_print(char *text, size_t size, const struct cpumask *mask, unsigned int limit)
{
	unsigned int first, last;
	size_t n = 0;

	text[0] = '\0';
	for (first = cpumask_first(mask); first < limit; first = cpumask_next(last, mask)) {
		for (last = first; last + 1 < limit && cpumask_test_cpu(last + 1, mask); last++)
			;
		n += (size_t)scnprintf(text + n, size - n, "%s%u", n ? "," : "", first);
		if (last > first)
			n += (size_t)scnprintf(text + n, size - n, "-%u", last);
	}
	return n;
}

size_t cpumap_print(char *text, size_t size, const struct cpumask *mask, unsigned int limit)
{
	size_t n = 0;

	text[0] = '\0';
	for (unsigned int group = (limit + 31) / 32; group--;) {
		unsigned int bits = min(limit - group * 32, 32U);
		u32 word = (u32)(READ_ONCE(mask->bits[group / 2]) >> group % 2 * 32);

		word &= (u32)(BIT_ULL(bits) - 1);
		n += (size_t)scnprintf(text + n, size - n, "%s%0*x", n ? "," : "",
				       (int)(bits + 3) / 4, word);
	}
	return n;
}
