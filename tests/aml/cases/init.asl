// SPDX-License-Identifier: MIT
// What is run before anybody asks: _INI and _STA, of whom and in which order.  (acpiexec calls no _REG.)
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (ORDR, "")
	Method (NOTE, 1) { ORDR = Concatenate (ORDR, Arg0) }
	Method (_INI) { NOTE ("root ") }
	Scope (\_SB)
	{
		Method (_INI) { NOTE ("SB ") }
		Processor (CPU0, 1, 0, 0) { Method (_INI) { NOTE ("cpu ") } Device (DUNP) { Method (_INI) { NOTE ("in-cpu ") } } }
		ThermalZone (TZ00) { Method (_INI) { NOTE ("zone ") } }
		PowerResource (PWR0, 0, 0) { Method (_INI) { NOTE ("power ") } Device (DUNQ) { Method (_INI) { NOTE ("in-power ") } } }
		Processor (CPU1, 1, 0, 0) { Method (_STA) { Return (0) } Method (_INI) { NOTE ("absent-cpu ") } Device (DUNP) { Method (_INI) { NOTE ("in-absent-cpu ") } } }
		Device (DEV1) { Method (_STA) { Return (0xA) } Method (_INI) { NOTE ("functioning ") } Device (DUNP) { Method (_INI) { NOTE ("in-functioning ") } } }
		Device (DEV2) { Name (_STA, 1) Method (_INI) { NOTE ("present ") } }
		Device (DEV3) { Method (_STA) { Return (Package () { }) } Method (_INI) { NOTE ("package ") } Device (DUNP) { Method (_INI) { NOTE ("in-package ") } } }
		Device (DEV4) { Name (_STA, "F") Method (_INI) { NOTE ("string ") } Device (DUNP) { Method (_INI) { NOTE ("in-string ") } } }
		Device (DEV5) { Method (_STA) { Local0 = 0 Return (5 / Local0) } Method (_INI) { NOTE ("failed ") } Device (DUNP) { Method (_INI) { NOTE ("in-failed ") } } }
		Device (DEV7) { Method (_STA) { Return (NONE) } Method (_INI) { NOTE ("missing ") } Device (DUNP) { Method (_INI) { NOTE ("in-missing ") } } }
		Device (DEV8) { Method (_STA) { Return (CALL ()) } Method (CALL) { Local0 = "\\NONE" Return (DerefOf (Local0)) } Method (_INI) { NOTE ("called ") } }
		Device (DEV6) { Method (_STA) { Return (0xF) } Method (_INI) { NOTE ("six ") Local0 = 0 Return (5 / Local0) } Device (DUNP) { Method (_INI) { NOTE ("in-six ") } } }
		Scope (\_SB.DEV6) { Method (LATE) { Return (1) } }
		Device (PCI0)
		{
			Name (_HID, EisaId ("PNP0A03"))
			Name (_SEG, 0)
			Method (_INI) { NOTE ("pci ") }
			Device (ISA0)
			{
				Name (_ADR, 0x10000)
				Method (_INI) { NOTE ("isa ") }
			}
		}
	}
	Scope (\_TZ) { Method (_INI) { NOTE ("TZ ") } }
	Scope (\_GPE) { Method (_INI) { NOTE ("GPE ") } }

	Method (T000) { Return (ORDR) }
}
