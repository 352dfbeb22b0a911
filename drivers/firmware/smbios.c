// SPDX-License-Identifier: MIT
/*
 * smbios: what firmware tells of the board, structure by structure (DMTF DSP0134 3.6, chapter 7).
 *
 * A layout is a text, the specification's names in its order behind the four bytes of the header:
 * "NAME:SIZE", or s for the number of one of the structure's strings.  A structure that is shorter, of an
 * older revision, ends the list of fields; what no layout knows is shown as bytes.
 */
#include "drivers/firmware/dmi.h"
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/vmalloc.h"

#define NAME 28 /* columns */

static const struct layout {
	u8 type;
	const char *name, *fields;
} layouts[] = {
	{ 0, "Platform Firmware",
	  "Vendor:s Version:s Starting_Segment:2 Release_Date:s ROM_Size:1 Characteristics:8 "
	  "Extension_Bytes:2 Major_Release:1 Minor_Release:1 EC_Major_Release:1 EC_Minor_Release:1 "
	  "Extended_ROM_Size:2" },
	{ 1, "System",
	  "Manufacturer:s Product_Name:s Version:s Serial_Number:s UUID_low:8 UUID_high:8 "
	  "Wake_up_Type:1 SKU_Number:s Family:s" },
	{ 2, "Baseboard",
	  "Manufacturer:s Product:s Version:s Serial_Number:s Asset_Tag:s Feature_Flags:1 Location:s "
	  "Chassis_Handle:2 Board_Type:1" },
	{ 3, "Chassis",
	  "Manufacturer:s Type:1 Version:s Serial_Number:s Asset_Tag:s Boot_up_State:1 "
	  "Power_Supply_State:1 Thermal_State:1 Security_Status:1 OEM_defined:4 Height:1 "
	  "Number_of_Power_Cords:1" },
	{ 4, "Processor",
	  "Socket:s Type:1 Family:1 Manufacturer:s ID:8 Version:s Voltage:1 External_Clock:2 "
	  "Max_Speed:2 Current_Speed:2 Status:1 Upgrade:1 L1_Handle:2 L2_Handle:2 L3_Handle:2 "
	  "Serial_Number:s Asset_Tag:s Part_Number:s Core_Count:1 Core_Enabled:1 Thread_Count:1 "
	  "Characteristics:2 Family_2:2 Core_Count_2:2 Core_Enabled_2:2 Thread_Count_2:2" },
	{ 16, "Physical Memory Array",
	  "Location:1 Use:1 Error_Correction:1 Maximum_Capacity:4 Error_Handle:2 "
	  "Number_of_Devices:2 Extended_Maximum_Capacity:8" },
	{ 17, "Memory Device",
	  "Array_Handle:2 Error_Handle:2 Total_Width:2 Data_Width:2 Size:2 Form_Factor:1 Set:1 "
	  "Device_Locator:s Bank_Locator:s Type:1 Type_Detail:2 Speed:2 Manufacturer:s "
	  "Serial_Number:s Asset_Tag:s Part_Number:s Attributes:1 Extended_Size:4 Configured_Speed:2" },
	{ 19, "Memory Array Mapped Address",
	  "Start_KiB:4 End_KiB:4 Array_Handle:2 Partition_Width:1 Start:8 End:8" },
	{ 32, "System Boot Information", "-:4 -:2 Boot_Status:1" },
	{ 38, "IPMI Device",
	  "Interface_Type:1 Revision:1 I2C_Address:1 NV_Address:1 Base_Address:8 Modifier:1 IRQ:1" },
	{ 127, "End of Table", "" },
};

static const struct layout *find_layout(u8 type)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(layouts); i++)
		if (layouts[i].type == type)
			return &layouts[i];
	return NULL;
}

/* 6.1.3: the strings follow the formatted part, from 1; none has number 0.  The walk saw their end. */
static const char *string_of(const struct dmi_header *dm, u8 number)
{
	const char *s = (const char *)dm + dm->length;

	if (!number)
		return NULL;
	for (; *s && number > 1; number--)
		s += strlen(s) + 1;
	return *s ? s : NULL;
}

static void show_string(struct sink *out, const struct dmi_header *dm, u8 number)
{
	const char *s = string_of(dm, number);

	if (!s) {
		sink_printf(out, number ? "string %u, which is not there" : "-", number);
		return;
	}
	sink_printf(out, "\"");
	for (unsigned int n = 0; s[n] && n < 48; n++)
		sink_printf(out, "%c", s[n] >= ' ' && s[n] < 0x7f ? s[n] : '.');
	sink_printf(out, "\"");
}

/* One field at `at`; how many bytes it has, 0: it is not in the structure. */
static unsigned int show_field(struct sink *out, const struct dmi_header *dm, unsigned int at,
			       const char *name, int length)
{
	const u8 *bytes = (const u8 *)dm;
	bool string = name[length + 1] == 's';
	unsigned int size = string ? 1 : (unsigned int)(name[length + 1] - '0');
	u64 value = 0;

	if (at + size > dm->length)
		return 0;
	memcpy(&value, bytes + at, size);
	sink_printf(out, "  %02x %u  %-*.*s ", at, size, NAME, length, name);
	if (string)
		show_string(out, dm, bytes[at]);
	else
		sink_printf(out, "%0*lx", 2 * (int)size, value);
	sink_printf(out, "\n");
	return size;
}

static void show_structure(const struct dmi_header *dm, void *arg)
{
	const struct layout *l = find_layout(dm->type);
	const char *name = l ? l->fields : "";
	unsigned int at = sizeof(*dm), size;
	struct sink *out = arg;

	sink_printf(out, "%s, type %u, handle %04x, %u bytes\n",
		    l ? l->name : "Structure that is not known", dm->type, dm->handle, dm->length);
	while (*name) {
		int length = (int)(strchr(name, ':') - name);

		size = show_field(out, dm, at, name, length);
		if (!size)
			break;
		at += size;
		name += length + 2;
		while (*name == ' ')
			name++;
	}
	for (; at < dm->length; at += 16) {
		sink_printf(out, "  %02x    bytes", at);
		for (unsigned int i = at; i < dm->length && i < at + 16; i++)
			sink_printf(out, " %02x", ((const u8 *)dm)[i]);
		sink_printf(out, "\n");
	}
}

static int cmd_smbios(struct sink *out, int argc, char **argv)
{
	struct dmi_table table = { .length = (u32)dmi_table_size() };
	u8 *bytes;

	(void)argv;
	if (argc != 1)
		return -EINVAL;
	if (!table.length) {
		sink_printf(out, "no SMBIOS on this machine\n");
		return 0;
	}
	bytes = vmalloc(table.length);
	if (!bytes)
		return -ENOMEM;
	if (dmi_read_table(bytes, 0, table.length) == (ssize_t)table.length)
		dmi_decode_table(bytes, &table, show_structure, out);
	vfree(bytes);
	return 0;
}
MONITOR_COMMAND(smbios, "", "what SMBIOS tells of the board, structure by structure", cmd_smbios);
