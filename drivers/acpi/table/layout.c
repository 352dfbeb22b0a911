// SPDX-License-Identifier: MIT
/* The layouts themselves; see layout.h.  Sections are ACPI 6.5's where nothing else is said. */
#include "drivers/acpi/table/layout.h"

#include "kernel/lib/string.h"

/* 5.2.6 */
const char acpi_header_layout[] =
	"Signature:s4 Length:4 Revision:1 Checksum:1 OEMID:s6 OEM_Table_ID:s8 OEM_Revision:4 "
	"Creator_ID:s4 Creator_Revision:4";

/* VT-d 4.0, 8.3.1 */
const char acpi_scope_layout[] =
	"Type:1[,endpoint,bridge,IOAPIC,HPET,namespace_device] Length:1 -:2 Enumeration_ID:1 "
	"Start_Bus:1";

/* 5.2.9 */
static const char fadt[] =
	"FIRMWARE_CTRL:4 DSDT:4 INT_MODEL:1 "
	"Preferred_PM_Profile:1[unspecified,desktop,mobile,workstation,enterprise_server,SOHO_server,"
	"appliance_PC,performance_server,tablet] "
	"SCI_INT:2 SMI_CMD:4 ACPI_ENABLE:1 ACPI_DISABLE:1 S4BIOS_REQ:1 PSTATE_CNT:1 PM1a_EVT_BLK:4 "
	"PM1b_EVT_BLK:4 PM1a_CNT_BLK:4 PM1b_CNT_BLK:4 PM2_CNT_BLK:4 PM_TMR_BLK:4 GPE0_BLK:4 "
	"GPE1_BLK:4 PM1_EVT_LEN:1 PM1_CNT_LEN:1 PM2_CNT_LEN:1 PM_TMR_LEN:1 GPE0_BLK_LEN:1 "
	"GPE1_BLK_LEN:1 GPE1_BASE:1 CST_CNT:1 P_LVL2_LAT:2 P_LVL3_LAT:2 FLUSH_SIZE:2 FLUSH_STRIDE:2 "
	"DUTY_OFFSET:1 DUTY_WIDTH:1 DAY_ALRM:1 MON_ALRM:1 CENTURY:1 "
	"IAPC_BOOT_ARCH:2{LEGACY_DEVICES,8042,VGA_Not_Present,MSI_Not_Supported,PCIe_ASPM_Controls,"
	"CMOS_RTC_Not_Present} -:1 "
	"Flags:4{WBINVD,WBINVD_FLUSH,PROC_C1,P_LVL2_UP,PWR_BUTTON,SLP_BUTTON,FIX_RTC,RTC_S4,"
	"TMR_VAL_EXT,DCK_CAP,RESET_REG_SUP,SEALED_CASE,HEADLESS,CPU_SW_SLP,PCI_EXP_WAK,"
	"USE_PLATFORM_CLOCK,S4_RTC_STS_VALID,REMOTE_POWER_ON_CAPABLE,FORCE_APIC_CLUSTER_MODEL,"
	"FORCE_APIC_PHYSICAL_DESTINATION_MODE,HW_REDUCED_ACPI,LOW_POWER_S0_IDLE_CAPABLE} "
	"RESET_REG:g RESET_VALUE:1 ARM_BOOT_ARCH:2 FADT_Minor_Version:1 X_FIRMWARE_CTRL:8 X_DSDT:8 "
	"X_PM1a_EVT_BLK:g X_PM1b_EVT_BLK:g X_PM1a_CNT_BLK:g X_PM1b_CNT_BLK:g X_PM2_CNT_BLK:g "
	"X_PM_TMR_BLK:g X_GPE0_BLK:g X_GPE1_BLK:g SLEEP_CONTROL_REG:g SLEEP_STATUS_REG:g "
	"Hypervisor_Vendor_Identity:8";

/* 5.2.12.2 and those behind it */
static const struct acpi_record madt[] = {
	{ 0, "Processor Local APIC",
	  "ACPI_Processor_UID:1 APIC_ID:1 Flags:4{enabled,online_capable}", false },
	{ 1, "I/O APIC", "IO_APIC_ID:1 -:1 IO_APIC_Address:4 GSI_Base:4", false },
	{ 2, "Interrupt Source Override", "Bus:1[ISA] Source:1 GSI:4 Flags:2", false },
	{ 3, "NMI Source", "Flags:2 GSI:4", false },
	{ 4, "Local APIC NMI", "ACPI_Processor_UID:1 Flags:2 LINT:1", false },
	{ 5, "Local APIC Address Override", "-:2 Local_APIC_Address:8", false },
	{ 9, "Processor Local x2APIC",
	  "-:2 X2APIC_ID:4 Flags:4{enabled,online_capable} ACPI_Processor_UID:4", false },
	{ 10, "Local x2APIC NMI", "Flags:2 ACPI_Processor_UID:4 LINT:1 -:3", false },
	{ 16, "Multiprocessor Wakeup", "Mailbox_Version:2 -:4 Mailbox_Address:8", false },
	{ 0, NULL, NULL, false },
};

/* 5.2.16 */
static const struct acpi_record srat[] = {
	{ 0, "Processor Local APIC Affinity",
	  "Proximity_Domain_Low:1 APIC_ID:1 Flags:4{enabled} Local_SAPIC_EID:1 "
	  "Proximity_Domain_High:3 Clock_Domain:4",
	  false },
	{ 1, "Memory Affinity",
	  "Proximity_Domain:4 -:2 Base_Address:8 Length:8 -:4 "
	  "Flags:4{enabled,hot_pluggable,non_volatile} -:8",
	  false },
	{ 2, "Processor Local x2APIC Affinity",
	  "-:2 Proximity_Domain:4 X2APIC_ID:4 Flags:4{enabled} Clock_Domain:4 -:4", false },
	{ 5, "Generic Initiator Affinity",
	  "-:1 Device_Handle_Type:1[ACPI,PCI] Proximity_Domain:4 Device_Handle:8 -:8 "
	  "Flags:4{enabled,architectural_transactions} -:4",
	  false },
	{ 0, NULL, NULL, false },
};

/* VT-d 4.0, 8.3 to 8.8 */
static const struct acpi_record dmar[] = {
	{ 0, "DMA Remapping Hardware Unit",
	  "Flags:1{INCLUDE_PCI_ALL} Size:1 Segment:2 Register_Base:8", true },
	{ 1, "Reserved Memory Region", "-:2 Segment:2 Base:8 Limit:8", true },
	{ 2, "Root Port ATS Capability", "Flags:1{ALL_PORTS} -:1 Segment:2", true },
	{ 3, "Remapping Hardware Static Affinity", "-:4 Register_Base:8 Proximity_Domain:4",
	  false },
	{ 4, "ACPI Name-space Device Declaration", "-:3 ACPI_Device_Number:1", false },
	{ 5, "SoC Integrated Address Translation Cache", "Flags:1{ATC_REQUIRED} -:1 Segment:2",
	  true },
	{ 0, NULL, NULL, false },
};

static const struct acpi_layout layouts[] = {
	{ "APIC", "Local_APIC_Address:4 Flags:4{PCAT_COMPAT}", 1, madt, NULL },
	{ "BGRT", /* 5.2.23 */
	  "Version:2 Status:1{displayed} Image_Type:1[bitmap] Image_Address:8 Image_Offset_X:4 "
	  "Image_Offset_Y:4",
	  0, NULL, NULL },
	{ "DMAR", "Host_Address_Width:1 Flags:1{INTR_REMAP,X2APIC_OPT_OUT,DMA_CTRL_OPT_IN} -:8 -:2",
	  2, dmar, NULL },
	{ "ERST", /* 18.5.1 */
	  "Serialization_Header_Size:4 -:4 Instruction_Entry_Count:4", 0, NULL,
	  "Action:1 Instruction:1 Flags:1 -:1 Register_Region:g Value:8 Mask:8" },
	{ "FACP", fadt, 0, NULL, NULL },
	{ "FACS", /* 5.2.10 */
	  "Signature:s4 Length:4 Hardware_Signature:4 Firmware_Waking_Vector:4 "
	  "Global_Lock:4{pending,owned} Flags:4{S4BIOS_F,64BIT_WAKE_SUPPORTED} "
	  "X_Firmware_Waking_Vector:8 Version:1",
	  0, NULL, NULL },
	{ "HPET", /* IA-PC HPET 1.0a, 3.2.4 */
	  "Event_Timer_Block_ID:4 Base_Address:g HPET_Number:1 Minimum_Tick:2 Page_Protection:1", 0,
	  NULL, NULL },
	{ "MCFG", /* PCI Firmware 3.3, 4.1.2 */
	  "-:8", 0, NULL, "Base_Address:8 Segment:2 Start_Bus:1 End_Bus:1 -:4" },
	{ "SLIT", /* 5.2.17: a row after the other */
	  "Localities:8", 0, NULL, "Distance:1" },
	{ "SPCR", /* Microsoft, Serial Port Console Redirection 1.07 */
	  "Interface_Type:1[16550,16450] -:3 Base_Address:g Interrupt_Type:1{8259,IOAPIC} IRQ:1 GSI:4 "
	  "Baud_Rate:1 Parity:1 Stop_Bits:1 Flow_Control:1 Terminal_Type:1 Language:1 PCI_Device_ID:2 "
	  "PCI_Vendor_ID:2 PCI_Bus:1 PCI_Device:1 PCI_Function:1 PCI_Flags:4 PCI_Segment:1 -:4",
	  0, NULL, NULL },
	{ "SRAT", "-:4 -:8", 1, srat, NULL },
	{ "TPM2", /* TCG ACPI 1.3, 7.3 */
	  "Platform_Class:2[client,server] -:2 Control_Area:8 Start_Method:4", 0, NULL, NULL },
	{ "WAET", /* Microsoft, Windows ACPI Emulated Devices */
	  "Flags:4{RTC_good,ACPI_PM_timer_good}", 0, NULL, NULL },
};

const struct acpi_layout *acpi_find_layout(const char *signature)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(layouts); i++)
		if (memcmp(layouts[i].signature, signature, 4) == 0)
			return &layouts[i];
	return NULL;
}
