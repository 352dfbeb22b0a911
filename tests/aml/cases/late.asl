// SPDX-License-Identifier: MIT
// _REG of PCI regions, once, in tables that are loaded late; the bytes of tables/NAME.asl stand
// where the name does.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	External (\_SB.PCI0.FIRS.REGS) External (\_SB.PCI0.EARL.REGS)
	External (\_SB.PCI0.LATE.REGS) External (\_SB.PCI0.FAIL.REGS)
	Name (FRST, Buffer () { /* tables/first.asl */ })
	Name (ERLY, Buffer () { /* tables/early.asl */ })
	Name (LTER, Buffer () { /* tables/late.asl */ })
	Name (HNDL, 0)
	Scope (\_SB) { Method (_INI) { Load (FRST, HNDL) } }
	Device (\_SB.PCI0)
	{
		Name (_HID, EisaId ("PNP0A03"))
		Method (_INI) { Load (ERLY, HNDL) }
	}
	Method (T000) { Return (\_SB.PCI0.FIRS.REGS) }
	Method (T001) { Return (\_SB.PCI0.EARL.REGS) }
	Method (T002) { Load (LTER, HNDL) Return (\_SB.PCI0.LATE.REGS) }
	Method (T003) { Return (\_SB.PCI0.FAIL.REGS) }
	Method (T004) { Return (\_SB.PCI0.FIRS.REGS + \_SB.PCI0.EARL.REGS) }
	Method (T005) { Load (LTER, HNDL) Local0 = 0 Return (5 / Local0) }
}
