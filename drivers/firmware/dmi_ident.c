// SPDX-License-Identifier: MIT
/*
 * Which board this is: the few strings of SMBIOS by which lists of boards tell it
 * (DSP0134 3.6, 7.1 to 7.3), and the year of its BIOS.
 *
 * They are kept when the table is found, since the lists are asked all over the boot.
 */
#include "drivers/firmware/dmi.h"

#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

#define IDENT_SIZE 65 /* bytes: SMBIOS 2 allows strings of 64 (6.1.3) */

/* Which structure has it, and the byte in there with the string's number. */
static const struct {
	u8 type, offset;
} where_is[DMI_NR_FIELDS] = {
	[DMI_BIOS_VENDOR] = { 0, 0x04 },  [DMI_BIOS_VERSION] = { 0, 0x05 },
	[DMI_BIOS_DATE] = { 0, 0x08 },	  [DMI_SYS_VENDOR] = { 1, 0x04 },
	[DMI_PRODUCT_NAME] = { 1, 0x05 }, [DMI_PRODUCT_VERSION] = { 1, 0x06 },
	[DMI_BOARD_VENDOR] = { 2, 0x04 }, [DMI_BOARD_NAME] = { 2, 0x05 },
};

static char ident[DMI_NR_FIELDS][IDENT_SIZE]; /* "": it does not tell */

/* 6.1.3: numbered from 1, behind the formatted part; the table's end is known to be there. */
static const char *string_of(const struct dmi_header *dm, u8 number)
{
	const char *s = (const char *)dm + dm->length;

	if (!number)
		return "";
	while (--number && *s)
		s += strlen(s) + 1;
	return s;
}

void __init dmi_keep_ident(const struct dmi_header *dm)
{
	for (unsigned int i = 0; i < DMI_NR_FIELDS; i++)
		if (where_is[i].type == dm->type && where_is[i].offset < dm->length && !ident[i][0])
			strscpy(ident[i], string_of(dm, ((const u8 *)dm)[where_is[i].offset]),
				IDENT_SIZE);
}

bool dmi_is_board(const struct dmi_board *board)
{
	const struct dmi_match *match = board->match;

	for (; match < board->match + DMI_MAX_MATCHES && match->text; match++)
		if (!strstr(ident[match->field], match->text))
			return false;
	return true;
}

/* 7.1: "mm/dd/yyyy", or with two digits before 2000. */
int dmi_bios_year(void)
{
	const char *date = ident[DMI_BIOS_DATE], *p = date;
	u64 year = 0;
	char *end;

	for (; *p; p++)
		if (*p == '/')
			year = simple_strtoull(p + 1, &end, 10);
	if (year && year < 100)
		year += year < 96 ? 2000 : 1900;
	return !date[0] ? -ENOENT : year && year <= 9999 ? (int)year : -ERANGE;
}
