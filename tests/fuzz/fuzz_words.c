// SPDX-License-Identifier: MIT
// sources: kernel/core/cmdline.c kernel/core/cpulist.c kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c drivers/firmware/dmi_ident.c drivers/pci/options.c
/*
 * What words of the command line and of the monitor are read as: numbers, sets of CPUs, reserve=, pci=.  The
 * input's first byte says which; the rest is the text.
 */
#include "drivers/pci/options.h"
#include "kernel/core/cpulist.h"
#include "kernel/core/reserve.c" /* with its memory: each input starts from nothing */
#include "tests/fuzz/register.h"

static char text[COMMAND_LINE_SIZE];

/* A number as C has it, read in 128 bits: false where there is none at `s`, or it does not fit. */
static bool read_number(const char *s, unsigned int base, u64 *value, size_t *length)
{
	const char *begin = s, *digits;
	unsigned __int128 v = 0;
	bool fits = true;

	if ((base == 0 || base == 16) && s[0] == '0' && (s[1] | 0x20) == 'x') {
		u64 unused;
		size_t n;

		if (read_number(s + 2, 17, &unused, &n) || n)
			s += 2, base = 16;
	}
	if (base == 0)
		base = s[0] == '0' ? 8 : 10;
	base = base == 17 ? 16 : base;
	for (digits = s;; s++) {
		unsigned int d = *s >= '0' && *s <= '9' ? (unsigned int)*s - '0' :
				 (*s | 0x20) >= 'a' && (*s | 0x20) <= 'f' ?
							  (*s | 0x20) - 'a' + 10U :
							  99;

		if (d >= base)
			break;
		v = fits ? v * base + d : v;
		fits &= !(v >> 64);
	}
	*value = (u64)v;
	*length = s == digits ? 0 : (size_t)(s - begin);
	return fits && *length;
}

static void numbers(void)
{
	static const unsigned int bases[] = { 0, 8, 10, 16 };
	size_t length;
	u64 want, got;
	char *end;

	for (unsigned int i = 0; i < ARRAY_SIZE(bases); i++) {
		bool fits = read_number(text, bases[i], &want, &length);
		int ret = kstrtoull(text, bases[i], &got);

		got = simple_strtoull(text, &end, bases[i]);
		MUST((size_t)(end - text) == length);
		MUST(got == (fits || !length ? want : ~0ULL));
		MUST(ret == (!length || text[length] ? -EINVAL : fits ? 0 : -ERANGE));
	}
}

/* A number with K, M, G, T, P or E behind it. */
static void sizes(void)
{
	static const char units[] = "KMGTPE";
	unsigned int shift = 0;
	u64 want, got;
	size_t length;
	char *end;
	bool fits = read_number(text, 0, &want, &length);

	for (unsigned int i = 0; length && text[length] && units[i]; i++)
		if (units[i] == (text[length] & ~0x20))
			shift = 10 * (i + 1);
	got = memparse(text, &end);
	MUST((size_t)(end - text) == length + (shift > 0));
	if (length)
		MUST(got == (fits && want << shift >> shift == want ? want << shift : ~0ULL));
}

static void cpus(void)
{
	struct cpumask mask = { 0 }, again = { 0 };
	char list[4096];

	if (cpulist_parse(text, &mask))
		return;
	MUST(cpulist_print(list, sizeof(list), &mask, NR_CPUS) == strlen(list));
	if (list[0])
		MUST(!cpulist_parse(list, &again) && !memcmp(&mask, &again, sizeof(mask)));
	MUST(cpumap_print(list, sizeof(list), &mask, NR_CPUS) == strlen(list));
}

static void reserve(void)
{
	nr_reserved = 0;
	memset(reserved, 0, sizeof(reserved));
	snprintf(boot_command_line, COMMAND_LINE_SIZE, "reserve=\"%s\"", text);
	iomem_resource.end = (1ULL << 46) - 1;
	reserve_setup();
	register_look(&iomem_resource);
	register_look(&ioport_resource);
	MUST(nr_reserved <= MAX_RESERVE);
	for (unsigned int i = 0; i < nr_reserved; i++)
		MUST(reserved[i].parent && !release_resource(&reserved[i]));
	MUST(!resource_first_child(&iomem_resource) && !resource_first_child(&ioport_resource));
}

static void pci_words(void)
{
	static struct pci_options defaults;
	static bool begun;

	if (!begun)
		defaults = pci_options;
	begun = true;
	pci_options = defaults;
	snprintf(boot_command_line, COMMAND_LINE_SIZE, "pci=\"%s\"", text);
	pci_options_init();
	MUST(pci_options.hotplug_buses <= 0xff);
	MUST(pci_options.realloc <= PCI_REALLOC_ON);
	MUST(strnlen(pci_options.resource_alignment, PCI_ALIGNMENTS_MAX) < PCI_ALIGNMENTS_MAX);
}

void fuzz(const u8 *data, size_t size)
{
	static void (*const kinds[])(void) = { numbers, cpus, reserve, pci_words, sizes };
	struct choices c = { data, size };
	u8 kind = choose8(&c);

	choose_string(&c, text, sizeof(text) - 16);
	kinds[kind % ARRAY_SIZE(kinds)]();
}
