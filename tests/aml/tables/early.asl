// SPDX-License-Identifier: MIT
// For Load by an _INI.
DefinitionBlock ("", "SSDT", 2, "TERR", "EARLY", 1)
{
	External (\_SB.PCI0, DeviceObj)
	Device (\_SB.PCI0.EARL)
	{
		Name (_ADR, 0x00030000)
		Name (REGS, 0)
		Method (_REG, 2) { REGS = (REGS << 8) + Arg0 + 0x10 + Arg1 }
		OperationRegion (CONF, PCI_Config, 0, 0x10)
	}
}
