// SPDX-License-Identifier: MIT
// sources: drivers/pci/options.c kernel/core/cmdline.c
/* What PCI is told: by the board, by the year of its BIOS, and by words, which go before both. */
#include "drivers/pci/options.h"

#include "drivers/firmware/dmi_ident.c" /* with its static strings: a test forgets them */
#include "kernel/core/cmdline.h"
#include "tests/host/test.h"

/* A structure of SMBIOS with three strings: the numbers of the first two are in bytes 4 and 5. */
static void add_structure(u8 type, u8 third, const char *one, const char *two, const char *three)
{
	const char *strings[] = { one, two, three };
	u8 bytes[256] = { type, 0x12, 0, 0, 1, 2 }, *p = bytes + 0x12;

	bytes[third] = 3;
	for (unsigned int i = 0; i < ARRAY_SIZE(strings); i++) {
		memcpy(p, strings[i], strlen(strings[i]));
		p += strlen(strings[i]) + 1;
	}
	dmi_keep_ident((const struct dmi_header *)bytes);
}

/* DSP0134 3.6, 7.1 to 7.3. */
static void add_bios(const char *version, const char *date)
{
	add_structure(0, 8, "a vendor", version, date);
}

static void add_system(const char *vendor, const char *product, const char *version)
{
	add_structure(1, 6, vendor, product, version);
}

static void add_board(const char *vendor, const char *product)
{
	add_structure(2, 6, vendor, product, "");
}

static void decide(const char *words)
{
	strscpy(boot_command_line, words, COMMAND_LINE_SIZE);
	pci_options_init();
}

static void forget_board(void)
{
	memset(ident, 0, sizeof(ident));
}

TEST(year_of_the_bios)
{
	static const struct {
		const char *date;
		int year;
	} dates[] = {
		{ "04/01/2014", 2014 }, { "12/31/98", 1998 },  { "01/02/07", 2007 },
		{ "2019", -ERANGE },	{ "01/02/", -ERANGE }, { "1/1/10000", -ERANGE },
	};

	forget_board();
	EXPECT_EQ(dmi_bios_year(), -ENOENT);
	for (unsigned int i = 0; i < ARRAY_SIZE(dates); i++) {
		forget_board();
		add_bios("1.16", dates[i].date);
		EXPECT_EQ(dmi_bios_year(), dates[i].year);
	}
	add_bios("one", "01/01/2020"); /* the first counts */
	EXPECT_EQ(dmi_bios_year(), -ERANGE);
	forget_board();
}

/* A BIOS of 2023 names windows Reserved with reason; a person knows better. */
TEST(e820_by_year_and_word)
{
	forget_board();
	decide("");
	EXPECT(pci_options.use_e820);
	add_bios("1", "12/31/2022");
	decide("");
	EXPECT(pci_options.use_e820);
	EXPECT(!test_log_has("Ignoring E820"));
	decide("pci=no_e820");
	EXPECT(!pci_options.use_e820);
	/* As Linux says it. */
	EXPECT(test_log_has("PCI: Ignoring E820 reservations for host bridge windows"));
	forget_board();
	add_bios("1", "01/01/2023");
	decide("");
	EXPECT(!pci_options.use_e820);
	decide("pci=nommconf,use_e820");
	EXPECT(pci_options.use_e820);
	EXPECT(!pci_options.use_mmconfig);
	forget_board();
}

/* Each text of a board is looked for, as a part, in its own field. */
TEST(boards)
{
	forget_board();
	add_system("LENOVO", "82C6", "Lenovo V14-IIL");
	decide("");
	EXPECT(!pci_options.use_e820 && pci_options.use_crs && pci_options.use_segments);
	EXPECT(test_log_has("Lenovo *IIL* detected: not keeping e820 off windows"));
	decide("pci=use_e820");
	EXPECT(pci_options.use_e820);
	forget_board();
	add_system("LENOVO", "82C6IIL", "V14");
	decide("");
	EXPECT(pci_options.use_e820);
	forget_board();
	add_system("Supermicro", "X8DTH-i/6/iF/6F", "1");
	add_bios("2.0", "01/01/2011");
	decide("");
	EXPECT(pci_options.use_crs);
	forget_board();
	add_system("Supermicro", "X8DTH-i/6/iF/6F", "1");
	add_bios("2.0a", "01/01/2011");
	decide("");
	EXPECT(!pci_options.use_crs);
	decide("pci=use_crs");
	EXPECT(pci_options.use_crs);
	forget_board();
	add_system("Hewlett-Packard", "HP xw9300 Workstation", "");
	decide("");
	EXPECT(!pci_options.use_segments);
	forget_board();
}

/* The rest of Linux's list (arch/x86/pci/acpi.c), each by the strings that its firmware has. */
TEST(other_boards)
{
	forget_board();
	add_bios("A09", "01/01/2010");
	add_system("Dell", "Studio 1557", "");
	add_board("Dell Inc.", "0M3KD");
	decide("");
	EXPECT(!pci_options.use_crs);
	forget_board();
	add_bios("6JET85WW (1.43 )", "01/01/2010");
	add_board("LENOVO", "2847DFG");
	decide("");
	EXPECT(!pci_options.use_crs);
	forget_board();
	add_system("Acer", "Spin SP513-54N", "");
	decide("");
	EXPECT(!pci_options.use_e820 && pci_options.use_crs);
	forget_board();
	add_board("Notebook", "X170KM-G");
	decide("");
	EXPECT(!pci_options.use_e820 && pci_options.use_crs);
	forget_board();
}

TEST(sizes)
{
	decide("pci=hpiosize=4K,hpmmiosize=16M quiet pci=hpmmioprefsize=1G,hpbussize=0x20");
	EXPECT_EQ(pci_options.hotplug_io, 0x1000);
	EXPECT_EQ(pci_options.hotplug_mem, 0x1000000);
	EXPECT_EQ(pci_options.hotplug_pref, 0x40000000);
	EXPECT_EQ(pci_options.hotplug_buses, 0x20);
	decide("pci=hpmemsize=8M,cbiosize=512,cbmemsize=1M,hpbussize=256,assign-busses");
	EXPECT_EQ(pci_options.hotplug_mem, 0x800000);
	EXPECT_EQ(pci_options.hotplug_pref, 0x800000);
	EXPECT_EQ(pci_options.cardbus_io, 512);
	EXPECT_EQ(pci_options.cardbus_mem, 0x100000);
	EXPECT_EQ(pci_options.hotplug_buses, 1); /* more than there are: none is asked for */
	EXPECT(pci_options.assign_busses);
	decide("pci=realloc");
	EXPECT_EQ(pci_options.realloc, PCI_REALLOC_ON);
	decide("pci=realloc=off,,resource_alignment=20@00:03.0;pci:1234:11e8,");
	EXPECT_EQ(pci_options.realloc, PCI_REALLOC_OFF);
	EXPECT_STR(pci_options.resource_alignment, "20@00:03.0;pci:1234:11e8");
	EXPECT(!test_log_has("unknown"));
	decide("pci=hpmemory=1");
	EXPECT(test_log_has("unknown option `hpmemory=1'"));
}
