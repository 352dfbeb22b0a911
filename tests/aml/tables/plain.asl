// SPDX-License-Identifier: MIT
// For Load: names of every kind, some in scopes that are there.
DefinitionBlock ("", "SSDT", 2, "TERR", "PLAIN", 1)
{
	External (\DEV0, DeviceObj)
	External (\COUN)
	Name (\ROOT, 0x1234)
	Name (RELA, 5)
	Method (\ADDR, 1) { Return (Arg0 + ROOT) }
	Method (MAKE, 1, Serialized) { Name (TEMP, 3) Return (TEMP + Arg0) }
	Name (LIST, Package () { RELA, "text", ROOT })
	Scope (\DEV0) { Name (INSD, 7) }
	Device (\LATE) {
		Name (_HID, "TERR0001")
		Name (INIT, 0)
		Name (REGS, 0)
		Method (_INI) { INIT = 1 }
		OperationRegion (CONF, PCI_Config, 0, 0x10)
		Field (CONF, ByteAcc, NoLock, Preserve) { VEND, 8 }
		Method (_REG, 2) { REGS = Arg0 + 1 }
	}
	ROOT += 1
	COUN += 1
}
