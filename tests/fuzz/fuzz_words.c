// SPDX-License-Identifier: MIT
// sources: kernel/core/cmdline.c kernel/core/cpulist.c kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c drivers/firmware/dmi_ident.c drivers/pci/options.c drivers/virtio/virtio_mmio_find.c
/*
 * What words of the command line and of the monitor are read as: numbers, sets of CPUs, reserve=, pci=,
 * virtio_mmio.device=.  The input's first byte says which; the rest is the text.
 */
#include "drivers/acpi/device.h"
#include "drivers/pci/options.h"
#include "drivers/virtio/virtio_mmio.h"
#include "kernel/core/cpulist.h"
#include "kernel/core/reserve.c" /* with its memory: each input starts from nothing */
#include "kernel/irq/irq.h"
#include "kernel/irq/routing.h"
#include "mm/slab.h"
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

/* With K, M, G, T, P or E behind it, which is part of its length; what does not fit is all ones. */
static void read_size(const char *s, u64 *value, size_t *length)
{
	static const char units[] = "KMGTPE";
	unsigned int shift = 0;
	bool fits = read_number(s, 0, value, length);

	for (unsigned int i = 0; *length && s[*length] && units[i]; i++)
		if (units[i] == (s[*length] & ~0x20))
			shift = 10 * (i + 1);
	fits &= *value << shift >> shift == *value;
	*value = fits ? *value << shift : ~0ULL;
	*length += shift > 0;
}

static void sizes(void)
{
	u64 want, got;
	size_t length;
	char *end;

	read_size(text, &want, &length);
	got = memparse(text, &end);
	MUST((size_t)(end - text) == length);
	if (length)
		MUST(got == want);
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

/* ---- virtio_mmio.device=SIZE@BASE:IRQ[:ID] ---- */

struct list_head acpi_devices = { &acpi_devices, &acpi_devices };
struct irq_routing irq_routing;

static unsigned int nr_probed;
static struct resource probed;
static u64 probed_irq;

bool acpi_node_matches(struct aml_node *node, const char *const *ids)
{
	return node && ids && false;
}

int acpi_device_interrupt(const struct acpi_device *dev, u32 *gsi, bool *level, bool *active_low)
{
	(void)dev, (void)gsi, (void)level, (void)active_low;
	return -ENOENT;
}

/* ISA's irqs are none here, by irq_routing. */
int gsi_to_irq(u32 gsi, bool level, bool active_low)
{
	MUST(gsi >= NR_ISA_IRQS && gsi < NR_IRQS && level && !active_low);
	return (int)gsi;
}

int virtio_mmio_probe(const struct resource *range, int irq)
{
	MUST(range->parent == &iomem_resource && !strcmp(range->name, "virtio-mmio.0"));
	probed = *range;
	probed_irq = (u64)irq;
	nr_probed++;
	remove_resource((struct resource *)range);
	kfree(range); /* with its name */
	return 0;
}

/* Read again by the numbers' model: false where it is not of that form. */
static bool read_device(const char *s, struct resource *range, u64 *irq)
{
	u64 size, base;
	size_t n;

	read_size(s, &size, &n);
	if (!n || s[n] != '@')
		return false;
	s += n + 1;
	if (!read_number(s, 0, &base, &n) || s[n] != ':')
		return false;
	s += n + 1;
	if (!read_number(s, 0, irq, &n) || (s[n] && s[n] != ':') || *irq >= NR_IRQS)
		return false;
	*range = (struct resource){ .start = base, .end = base + (size - 1) };
	return size && range->end >= base;
}

static void virtio_mmio(void)
{
	struct resource want;
	u64 irq;
	bool good;

	for (char *s = text; *s; s++) /* they would end the word, or not be in it */
		if (*s == '"')
			*s = '_';
	good = read_device(text, &want, &irq) && want.end <= iomem_resource.end;
	for (unsigned int i = 0; i < NR_ISA_IRQS; i++)
		irq_routing.isa[i].absent = true;
	snprintf(boot_command_line, COMMAND_LINE_SIZE, "virtio_mmio.device=\"%s\"", text);
	nr_probed = 0;
	virtio_mmio_init();
	MUST(nr_probed == good || strlen(text) > 63);
	MUST(nr_probed || strlen(test_log()));
	if (nr_probed)
		MUST(probed.start == want.start && probed.end == want.end &&
		     probed_irq == (irq < NR_ISA_IRQS ? (u64)-ENODEV : irq));
}

void fuzz(const u8 *data, size_t size)
{
	static void (*const kinds[])(
		void) = { numbers, cpus, reserve, pci_words, sizes, virtio_mmio };
	struct choices c = { data, size };
	u8 kind = choose8(&c);

	choose_string(&c, text, sizeof(text) - 16);
	kinds[kind % ARRAY_SIZE(kinds)]();
}
