// SPDX-License-Identifier: MIT
// For Load at run time: PCI regions behind their _REG, and one that fails.
DefinitionBlock ("", "SSDT", 2, "TERR", "LATE", 1)
{
	External (\_SB.PCI0, DeviceObj)
	Device (\_SB.PCI0.LATE)
	{
		Name (_ADR, 0x00010000)
		Name (REGS, 0)
		Method (_REG, 2) { REGS = (REGS << 8) + Arg0 + 0x10 + Arg1 }
		OperationRegion (CONF, PCI_Config, 0, 0x10)
		OperationRegion (MORE, PCI_Config, 0x10, 0x10)
	}
	Device (\_SB.PCI0.FAIL)
	{
		Name (_ADR, 0x00020000)
		Name (REGS, 0)
		Method (_REG, 2) { REGS = 1 Local0 = 0 REGS = 5 / Local0 }
		OperationRegion (CONF, PCI_Config, 0, 0x10)
	}
}
