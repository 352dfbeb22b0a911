// SPDX-License-Identifier: MIT
/*
 * What PCI is told to do.
 *
 * Defaults are Linux's 6.1.  A few boards are known whose firmware is wrong in a way that
 * only their name tells: the list holds the same facts as Linux's.  A word of pci= goes
 * before both; words are separated by commas, and named as in Linux.
 *
 * Whether the memory map keeps BARs away: where a host bridge's _CRS names what it does not
 * forward, e820 does better; but on newer machines e820's Reserved covers whole windows, so
 * that nothing could be placed.  The BIOS's year decides, as in Linux.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/options.h"

#include "drivers/firmware/dmi.h"
#include "drivers/pci/pci.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

#define E820_LAST_YEAR 2022 /* a newer BIOS's Reserved is no defect */
#define WORDS_MAX      512

struct pci_options pci_options = {
	.use_crs = true,
	.use_e820 = true,
	.use_segments = true,
	.use_mmconfig = true,
	.hotplug_io = 0x100,
	.hotplug_mem = 0x200000,
	.hotplug_pref = 0x200000,
	.hotplug_buses = 1,
	.cardbus_io = 0x100,
	.cardbus_mem = 0x4000000,
};

/* Boards whose host bridges' _CRS is wrong. */
static const struct dmi_board wrong_crs[] __initconst = {
	{ "Dell Studio 1557",
	  { { DMI_BOARD_VENDOR, "Dell Inc." },
	    { DMI_PRODUCT_NAME, "Studio 1557" },
	    { DMI_BIOS_VERSION, "A09" } } },
	{ "Thinkpad SL510",
	  { { DMI_BOARD_VENDOR, "LENOVO" },
	    { DMI_BOARD_NAME, "2847DFG" },
	    { DMI_BIOS_VERSION, "6JET85WW (1.43 )" } } },
	{ "Supermicro X8DTH",
	  { { DMI_SYS_VENDOR, "Supermicro" },
	    { DMI_PRODUCT_NAME, "X8DTH-i/6/iF/6F" },
	    { DMI_BIOS_VERSION, "2.0a" } } },
};

/* ... whose _SEG is. */
static const struct dmi_board wrong_segments[] __initconst = {
	{ "HP xw9300",
	  { { DMI_SYS_VENDOR, "Hewlett-Packard" },
	    { DMI_PRODUCT_NAME, "HP xw9300 Workstation" } } },
};

/* ... of before 2023 that have Reserved over whole windows. */
static const struct dmi_board reserved_windows[] __initconst = {
	{ "Lenovo *IIL*", { { DMI_SYS_VENDOR, "LENOVO" }, { DMI_PRODUCT_VERSION, "IIL" } } },
	{ "Acer Spin 5 (SP513-54N)",
	  { { DMI_SYS_VENDOR, "Acer" }, { DMI_PRODUCT_NAME, "Spin SP513-54N" } } },
	{ "Clevo X170KM-G", { { DMI_BOARD_NAME, "X170KM-G" } } },
};

/* Words that switch, and words that take a number of bytes. */
static const struct {
	const char *name;
	bool *option, value;
} switches[] __initconst = {
	{ "nocrs", &pci_options.use_crs, false },
	{ "use_crs", &pci_options.use_crs, true },
	{ "no_e820", &pci_options.use_e820, false },
	{ "use_e820", &pci_options.use_e820, true },
	{ "nommconf", &pci_options.use_mmconfig, false },
	{ "assign-busses", &pci_options.assign_busses, true },
};

static const struct {
	const char *name;
	resource_size_t *option;
} sizes[] __initconst = {
	{ "hpiosize=", &pci_options.hotplug_io },
	{ "hpmmiosize=", &pci_options.hotplug_mem },
	{ "hpmemsize=", &pci_options.hotplug_mem },
	{ "hpmmioprefsize=", &pci_options.hotplug_pref },
	{ "hpmemsize=", &pci_options.hotplug_pref },
	{ "cbiosize=", &pci_options.cardbus_io },
	{ "cbmemsize=", &pci_options.cardbus_mem },
};

/* What follows the name in the word, or NULL. */
static const char *__init value_of(const char *word, const char *name)
{
	size_t n = strlen(name);

	return strncmp(word, name, n) ? NULL : word + n;
}

/* A size, or a number of buses: false where it is another word. */
static bool __init take_number(const char *word)
{
	const char *value = value_of(word, "hpbussize=");
	bool known = value;

	if (value)
		pci_options.hotplug_buses = (unsigned int)simple_strtoull(value, NULL, 0);
	if (pci_options.hotplug_buses > 0xff)
		pci_options.hotplug_buses = 1;
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		value = value_of(word, sizes[i].name);
		if (!value)
			continue;
		*sizes[i].option = memparse(value, NULL);
		known = true;
	}
	return known;
}

static void __init take_word(const char *word)
{
	const char *value;

	for (unsigned int i = 0; i < ARRAY_SIZE(switches); i++) {
		if (strcmp(word, switches[i].name))
			continue;
		*switches[i].option = switches[i].value;
		return;
	}
	value = value_of(word, "realloc");
	if (value) {
		pci_options.realloc = strcmp(value, "=off") ? PCI_REALLOC_ON : PCI_REALLOC_OFF;
		return;
	}
	value = value_of(word, "resource_alignment=");
	if (value) {
		if (strscpy(pci_options.resource_alignment, value, PCI_ALIGNMENTS_MAX) < 0)
			pr_warn("resource_alignment= is longer than %d bytes, the rest is ignored\n",
				PCI_ALIGNMENTS_MAX);
	} else if (!take_number(word)) {
		pr_warn("unknown option `%s'\n", word);
	}
}

static void __init take_words(char *words)
{
	while (words) {
		char *next = strchr(words, ',');

		if (next)
			*next++ = '\0';
		if (words[0])
			take_word(words);
		words = next;
	}
}

static bool __init is_one_of(const struct dmi_board *boards, unsigned int nr, const char *so)
{
	for (unsigned int i = 0; i < nr; i++) {
		if (!dmi_is_board(&boards[i]))
			continue;
		pr_info("%s detected: %s\n", boards[i].name, so);
		return true;
	}
	return false;
}

void __init pci_options_init(void)
{
	char words[WORDS_MAX];

	pci_options.use_crs =
		!is_one_of(wrong_crs, ARRAY_SIZE(wrong_crs), "ignoring windows in _CRS");
	pci_options.use_segments =
		!is_one_of(wrong_segments, ARRAY_SIZE(wrong_segments), "ignoring _SEG");
	pci_options.use_e820 = dmi_bios_year() <= E820_LAST_YEAR &&
			       !is_one_of(reserved_windows, ARRAY_SIZE(reserved_windows),
					  "not keeping e820 off windows");
	for (unsigned int n = 0; cmdline_get("pci", n, words, sizeof(words)) != -ENOENT; n++)
		take_words(words);
	if (!pci_options.use_e820)
		pr_info("Ignoring E820 reservations for host bridge windows\n");
}
