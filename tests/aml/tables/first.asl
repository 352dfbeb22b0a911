// SPDX-License-Identifier: MIT
// For Load by \_SB._INI.
DefinitionBlock ("", "SSDT", 2, "TERR", "FIRST", 1)
{
	External (\_SB.PCI0, DeviceObj)
	Device (\_SB.PCI0.FIRS)
	{
		Name (_ADR, 0x00040000)
		Name (REGS, 0)
		Method (_REG, 2) { REGS = (REGS << 8) + Arg0 + 0x10 + Arg1 }
		OperationRegion (CONF, PCI_Config, 0, 0x10)
	}
}
