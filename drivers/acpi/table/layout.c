// SPDX-License-Identifier: MIT
/* The layouts themselves; see layout.h.  Sections are ACPI 6.5's where nothing else is said. */
#include "drivers/acpi/table/layout.h"

#include "kernel/lib/string.h"

/* 5.2.6 */
const char acpi_header_layout[] =
	"Signature:s4 Length:4 Revision:1 Checksum:1 OEMID:s6 OEM_Table_ID:s8 OEM_Revision:4 "
	"Creator_ID:s4 Creator_Revision:4";

/* VT-d 4.0, 8.3.1 */
const char acpi_device_scopes[] =
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
	  "ACPI_Processor_UID:1 APIC_ID:1 Flags:4{enabled,online_capable}", NULL },
	{ 1, "I/O APIC", "IO_APIC_ID:1 -:1 IO_APIC_Address:4 GSI_Base:4", NULL },
	{ 2, "Interrupt Source Override", "Bus:1[ISA] Source:1 GSI:4 Flags:2", NULL },
	{ 3, "NMI Source", "Flags:2 GSI:4", NULL },
	{ 4, "Local APIC NMI", "ACPI_Processor_UID:1 Flags:2 LINT:1", NULL },
	{ 5, "Local APIC Address Override", "-:2 Local_APIC_Address:8", NULL },
	{ 9, "Processor Local x2APIC",
	  "-:2 X2APIC_ID:4 Flags:4{enabled,online_capable} ACPI_Processor_UID:4", NULL },
	{ 10, "Local x2APIC NMI", "Flags:2 ACPI_Processor_UID:4 LINT:1 -:3", NULL },
	{ 16, "Multiprocessor Wakeup", "Mailbox_Version:2 -:4 Mailbox_Address:8", NULL },
	{ 0, NULL, NULL, NULL },
};

/* 5.2.16 */
static const struct acpi_record srat[] = {
	{ 0, "Processor Local APIC Affinity",
	  "Proximity_Domain_Low:1 APIC_ID:1 Flags:4{enabled} Local_SAPIC_EID:1 "
	  "Proximity_Domain_High:3 Clock_Domain:4",
	  NULL },
	{ 1, "Memory Affinity",
	  "Proximity_Domain:4 -:2 Base_Address:8 Length:8 -:4 "
	  "Flags:4{enabled,hot_pluggable,non_volatile} -:8",
	  NULL },
	{ 2, "Processor Local x2APIC Affinity",
	  "-:2 Proximity_Domain:4 X2APIC_ID:4 Flags:4{enabled} Clock_Domain:4 -:4", NULL },
	{ 5, "Generic Initiator Affinity",
	  "-:1 Device_Handle_Type:1[ACPI,PCI] Proximity_Domain:4 Device_Handle:8 -:8 "
	  "Flags:4{enabled,architectural_transactions} -:4",
	  NULL },
	{ 0, NULL, NULL, NULL },
};

/* VT-d 4.0, 8.3 to 8.8 */
static const struct acpi_record dmar[] = {
	{ 0, "DMA Remapping Hardware Unit",
	  "Flags:1{INCLUDE_PCI_ALL} Size:1 Segment:2 Register_Base:8", acpi_device_scopes },
	{ 1, "Reserved Memory Region", "-:2 Segment:2 Base:8 Limit:8", acpi_device_scopes },
	{ 2, "Root Port ATS Capability", "Flags:1{ALL_PORTS} -:1 Segment:2", acpi_device_scopes },
	{ 3, "Remapping Hardware Static Affinity", "-:4 Register_Base:8 Proximity_Domain:4", NULL },
	{ 4, "ACPI Name-space Device Declaration", "-:3 ACPI_Device_Number:1", NULL },
	{ 5, "SoC Integrated Address Translation Cache", "Flags:1{ATC_REQUIRED} -:1 Segment:2",
	  acpi_device_scopes },
	{ 0, NULL, NULL, NULL },
};

/* 5.2.25.2 and those behind it */
static const struct acpi_record nfit[] = {
	{ 0, "System Physical Address Range",
	  "SPA_Range_Index:2 Flags:2{hot_add,proximity_domain_valid,cookie_valid} -:4 "
	  "Proximity_Domain:4 Address_Range_Type:u Base:8 Length:8 Mapping_Attribute:8 "
	  "Location_Cookie:8",
	  NULL },
	{ 1, "NVDIMM Region Mapping",
	  "NFIT_Device_Handle:4 Physical_ID:2 Region_ID:2 SPA_Range_Index:2 Control_Region_Index:2 "
	  "Region_Size:8 Region_Offset:8 Physical_Address_Base:8 Interleave_Index:2 "
	  "Interleave_Ways:2 State_Flags:2{save_failed,restore_failed,flush_failed,not_armed,"
	  "health_events,notifications,not_mapped} -:2",
	  NULL },
	{ 2, "Interleave", "Interleave_Index:2 -:2 Lines:4 Line_Size:4", "Line_Offset:4" },
	{ 3, "SMBIOS Management Information", "-:4", NULL },
	{ 4, "NVDIMM Control Region",
	  "Control_Region_Index:2 Vendor_ID:2 Device_ID:2 Revision_ID:2 Subsystem_Vendor_ID:2 "
	  "Subsystem_Device_ID:2 Subsystem_Revision_ID:2 Valid_Fields:1 Manufacturing_Location:1 "
	  "Manufacturing_Date:2 -:2 Serial_Number:4 Region_Format:2 Block_Control_Windows:2 "
	  "Window_Size:8 Command_Offset:8 Command_Size:8 Status_Offset:8 Status_Size:8 "
	  "Flags:2{buffered} -:6",
	  NULL },
	{ 5, "NVDIMM Block Data Window Region",
	  "Control_Region_Index:2 Block_Data_Windows:2 Start_Offset:8 Size:8 Capacity:8 "
	  "First_Block_Offset:8",
	  NULL },
	{ 6, "Flush Hint Address", "NFIT_Device_Handle:4 Hints:2 -:6", "Flush_Hint_Address:8" },
	{ 7, "Platform Capabilities",
	  "Highest_Valid_Bit:1 -:3 "
	  "Capabilities:4{CPU_cache_flush,memory_controller_flush,mirroring} -:4",
	  NULL },
	{ 0, NULL, NULL, NULL },
};

/* 5.2.28.3 and those behind it */
static const struct acpi_record hmat[] = {
	{ 0, "Memory Proximity Domain Attributes",
	  "Flags:2{initiator_valid} -:2 Initiator_Domain:4 Memory_Domain:4 -:4 -:8 -:8", NULL },
	{ 1, "System Locality Latency and Bandwidth",
	  "Flags:1 Data_Type:1[access_latency,read_latency,write_latency,access_bandwidth,"
	  "read_bandwidth,write_bandwidth] Min_Transfer_Size:1 -:1 Initiator_Domains:4 "
	  "Target_Domains:4 -:4 Entry_Base_Unit:8",
	  NULL },
	{ 2, "Memory Side Cache",
	  "Memory_Domain:4 -:4 Cache_Size:8 Cache_Attributes:4 Address_Mode:2 SMBIOS_Handles:2",
	  "SMBIOS_Handle:2" },
	{ 0, NULL, NULL, NULL },
};

/* 5.2.32.3 and those behind it */
static const struct acpi_record viot[] = {
	{ 1, "PCI Range",
	  "Endpoint_Start:4 Segment_Start:2 Segment_End:2 BDF_Start:2 BDF_End:2 Output_Node:2 -:6",
	  NULL },
	{ 2, "MMIO Endpoint", "Endpoint_ID:4 Base_Address:8 Output_Node:2 -:6", NULL },
	{ 3, "virtio-iommu on PCI", "Segment:2 BDF:2 -:8", NULL },
	{ 4, "virtio-iommu on MMIO", "-:4 Base_Address:8", NULL },
	{ 0, NULL, NULL, NULL },
};

/* AMD IOMMU 3.08, 5.2.2 */
#define IVHD "Device_ID:2 Capability_Offset:2 Base_Address:8 Segment:2 IOMMU_Info:2 Features:4"
#define IVMD "Device_ID:2 Auxiliary_Data:2 -:8 Start_Address:8 Length:8"

const char acpi_device_entries[] = "Entry_Type:1 Device_ID:2 DTE_Setting:1";

const char *acpi_device_entry_layout(u8 type)
{
	switch (type) {
	case 0x42: /* alias: select, and start of a range */
	case 0x43:
		return "-:1 Source_Device_ID:2 -:1";
	case 0x48:
		return "Handle:1 Source_Device_ID:2 Variety:1[,IOAPIC,HPET]";
	case 0xf0:
		return "Hardware_ID:s8 Compatible_ID:s8 UID_Format:1 UID_Length:1*";
	default:
		return type >> 6 == 1 ? "Extended_DTE_Setting:4" : NULL;
	}
}

static const struct acpi_record ivrs[] = {
	{ 0x10, "I/O Virtualization Hardware Definition", IVHD, acpi_device_entries },
	{ 0x11, "I/O Virtualization Hardware Definition", IVHD " EFR_Image:8 -:8",
	  acpi_device_entries },
	{ 0x40, "I/O Virtualization Hardware Definition", IVHD " EFR_Image:8 EFR_Image_2:8",
	  acpi_device_entries },
	{ 0x20, "I/O Virtualization Memory Definition, all devices", IVMD, NULL },
	{ 0x21, "I/O Virtualization Memory Definition, one device", IVMD, NULL },
	{ 0x22, "I/O Virtualization Memory Definition, a range", IVMD, NULL },
	{ 0, NULL, NULL, NULL },
};

/* 18.3.2.1 and those behind it */
#define HEST_RECORDS "Records_To_Preallocate:4 Max_Sections_Per_Record:4"
#define HEST_FLAGS   "Flags:1{FIRMWARE_FIRST,GLOBAL} Enabled:1 " HEST_RECORDS
#define HEST_AER                                                                                  \
	"-:2 " HEST_FLAGS " Bus:4 Device:2 Function:2 Device_Control:2 -:2 Uncorrectable_Mask:4 " \
	"Uncorrectable_Severity:4 Correctable_Mask:4 Capabilities_And_Control:4"
#define HEST_NOTIFICATION                                                                         \
	"Notification:1[polled,external_interrupt,local_interrupt,SCI,NMI,CMCI,MCE,GPIO,SEA,SEI," \
	"GSIV,SDEI] Length:1 Write_Enable:2 Poll_Interval:4 Vector:4 Polling_Threshold:4 "        \
	"Polling_Window:4 Error_Threshold:4 Error_Window:4"
#define HEST_CMC "-:2 " HEST_FLAGS " " HEST_NOTIFICATION " Banks:1* -:3"
#define HEST_BANK                                                                         \
	"Bank:1 Clear_On_Init:1 Status_Format:1[IA-32,Intel_64,AMD64] -:1 Control_MSR:4 " \
	"Control_Data:8 Status_MSR:4 Address_MSR:4 Misc_MSR:4"
#define HEST_GHES                                                                       \
	"Related_Source_Id:2 Flags:1 Enabled:1 " HEST_RECORDS " Max_Raw_Data_Length:4 " \
	"Error_Status_Address:g " HEST_NOTIFICATION " Error_Status_Block_Length:4"
static const struct acpi_record hest[] = {
	{ 0, "IA-32 Machine Check Exception",
	  "-:2 " HEST_FLAGS " Global_Capability:8 Global_Control:8 Banks:1* -:7", HEST_BANK },
	{ 1, "IA-32 Corrected Machine Check", HEST_CMC, HEST_BANK },
	{ 2, "IA-32 Non-Maskable Interrupt", "-:4 " HEST_RECORDS " Max_Raw_Data_Length:4", NULL },
	{ 6, "PCI Express Root Port AER", HEST_AER " Root_Error_Command:4", NULL },
	{ 7, "PCI Express Device AER", HEST_AER, NULL },
	{ 8, "PCI Express Bridge AER",
	  HEST_AER " Secondary_Uncorrectable_Mask:4 Secondary_Uncorrectable_Severity:4 "
		   "Secondary_Capabilities:4",
	  NULL },
	{ 9, "Generic Hardware Error Source", HEST_GHES, NULL },
	{ 10, "Generic Hardware Error Source version 2",
	  HEST_GHES " Read_Ack_Register:g Read_Ack_Preserve:8 Read_Ack_Write:8", NULL },
	{ 11, "IA-32 Deferred Machine Check", HEST_CMC, HEST_BANK },
	{ 0, NULL, NULL, NULL },
};

#define HEAD_1 "Type:1 Length:1"
#define HEAD_2 "Type:2 Length:2"

static const struct acpi_layout layouts[] = {
	{ "APIC", "Local_APIC_Address:4 Flags:4{PCAT_COMPAT}", HEAD_1, madt },
	{ "BGRT", /* 5.2.23 */
	  "Version:2 Status:1{displayed} Image_Type:1[bitmap] Image_Address:8 Image_Offset_X:4 "
	  "Image_Offset_Y:4",
	  NULL, NULL },
	{ "DMAR", "Host_Address_Width:1 Flags:1{INTR_REMAP,X2APIC_OPT_OUT,DMA_CTRL_OPT_IN} -:8 -:2",
	  HEAD_2, dmar },
	{ "ERST", /* 18.5.1 */
	  "Serialization_Header_Size:4 -:4 Instruction_Entry_Count:4",
	  "Action:1 Instruction:1 Flags:1 -:1 Register_Region:g Value:8 Mask:8", NULL },
	{ "FACP", fadt, NULL, NULL },
	{ "FACS", /* 5.2.10 */
	  "Signature:s4 Length:4 Hardware_Signature:4 Firmware_Waking_Vector:4 "
	  "Global_Lock:4{pending,owned} Flags:4{S4BIOS_F,64BIT_WAKE_SUPPORTED} "
	  "X_Firmware_Waking_Vector:8 Version:1",
	  NULL, NULL },
	{ "HEST", /* 18.3.2; a record has no length */
	  "Error_Source_Count:4", "Type:2 Source_Id:2", hest },
	{ "HMAT", /* 5.2.28 */
	  "-:4", "Type:2 -:2 Length:4", hmat },
	{ "HPET", /* IA-PC HPET 1.0a, 3.2.4 */
	  "Event_Timer_Block_ID:4 Base_Address:g HPET_Number:1 Minimum_Tick:2 Page_Protection:1",
	  NULL, NULL },
	{ "IVRS", /* AMD IOMMU 3.08, 5.2.1 */
	  "IVinfo:4{EFRSup,DMA_guest_translation} -:8", "Type:1 Flags:1 Length:2", ivrs },
	{ "MCFG", /* PCI Firmware 3.3, 4.1.2 */
	  "-:8", "Base_Address:8 Segment:2 Start_Bus:1 End_Bus:1 -:4", NULL },
	{ "NFIT", /* 5.2.25 */
	  "-:4", HEAD_2, nfit },
	{ "SLIT", /* 5.2.17: a row after the other */
	  "Localities:8", "Distance:1", NULL },
	{ "SPCR", /* Microsoft, Serial Port Console Redirection 1.07 */
	  "Interface_Type:1[16550,16450] -:3 Base_Address:g Interrupt_Type:1{8259,IOAPIC} IRQ:1 GSI:4 "
	  "Baud_Rate:1 Parity:1 Stop_Bits:1 Flow_Control:1 Terminal_Type:1 Language:1 PCI_Device_ID:2 "
	  "PCI_Vendor_ID:2 PCI_Bus:1 PCI_Device:1 PCI_Function:1 PCI_Flags:4 PCI_Segment:1 -:4",
	  NULL, NULL },
	{ "SRAT", "-:4 -:8", HEAD_1, srat },
	{ "TPM2", /* TCG ACPI 1.3, 7.3 */
	  "Platform_Class:2[client,server] -:2 Control_Area:8 Start_Method:4", NULL, NULL },
	{ "VIOT", /* 5.2.32 */
	  "Node_Count:2 Node_Offset:2 -:8", "Type:1 -:1 Length:2", viot },
	{ "WAET", /* Microsoft, Windows ACPI Emulated Devices */
	  "Flags:4{RTC_good,ACPI_PM_timer_good}", NULL, NULL },
};

const struct acpi_layout *acpi_find_layout(const char *signature)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(layouts); i++)
		if (memcmp(layouts[i].signature, signature, 4) == 0)
			return &layouts[i];
	return NULL;
}
