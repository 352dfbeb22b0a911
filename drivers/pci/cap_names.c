// SPDX-License-Identifier: MIT
/* Capabilities by name (PCI-SIG, PCI Code and ID Assignment 1.11, 2 and 3); see cap.h. */
#include "drivers/pci/cap.h"

const char *pci_cap_name(u8 id)
{
	static const char *const names[] = {
		[0x01] = "Power Management",
		[0x02] = "AGP",
		[0x03] = "Vital Product Data",
		[0x04] = "Slot Identification",
		[0x05] = "MSI",
		[0x06] = "CompactPCI Hot Swap",
		[0x07] = "PCI-X",
		[0x08] = "HyperTransport",
		[0x09] = "Vendor Specific",
		[0x0a] = "Debug port",
		[0x0b] = "CompactPCI Central Resource Control",
		[0x0c] = "Hot-Plug",
		[0x0d] = "Bridge Subsystem Vendor ID",
		[0x0e] = "AGP 8x",
		[0x0f] = "Secure Device",
		[0x10] = "PCI Express",
		[0x11] = "MSI-X",
		[0x12] = "SATA Data/Index Configuration",
		[0x13] = "Advanced Features",
		[0x14] = "Enhanced Allocation",
		[0x15] = "Flattening Portal Bridge",
	};

	return id < ARRAY_SIZE(names) ? names[id] : NULL;
}

const char *pci_ext_cap_name(u16 id)
{
	static const char *const names[] = {
		[0x01] = "Advanced Error Reporting",
		[0x02] = "Virtual Channel",
		[0x03] = "Device Serial Number",
		[0x04] = "Power Budgeting",
		[0x05] = "Root Complex Link Declaration",
		[0x06] = "Root Complex Internal Link Control",
		[0x07] = "Root Complex Event Collector",
		[0x08] = "Multi-Function Virtual Channel",
		[0x09] = "Virtual Channel",
		[0x0a] = "Root Complex Register Block",
		[0x0b] = "Vendor Specific",
		[0x0d] = "Access Control Services",
		[0x0e] = "Alternative Routing-ID",
		[0x0f] = "Address Translation Services",
		[0x10] = "Single Root I/O Virtualization",
		[0x11] = "Multi-Root I/O Virtualization",
		[0x12] = "Multicast",
		[0x13] = "Page Request Interface",
		[0x15] = "Resizable BAR",
		[0x16] = "Dynamic Power Allocation",
		[0x17] = "TPH Requester",
		[0x18] = "Latency Tolerance Reporting",
		[0x19] = "Secondary PCI Express",
		[0x1a] = "Protocol Multiplexing",
		[0x1b] = "Process Address Space ID",
		[0x1c] = "LN Requester",
		[0x1d] = "Downstream Port Containment",
		[0x1e] = "L1 PM Substates",
		[0x1f] = "Precision Time Measurement",
		[0x23] = "Designated Vendor-Specific",
		[0x25] = "Data Link Feature",
		[0x26] = "Physical Layer 16.0 GT/s",
		[0x27] = "Receiver Lane Margining",
		[0x2e] = "Data Object Exchange",
	};

	return id < ARRAY_SIZE(names) ? names[id] : NULL;
}
