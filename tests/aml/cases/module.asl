// SPDX-License-Identifier: MIT
// Code outside of methods, initialization, PCI regions, what is declared late.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (ORDR, 0)
	Name (CNT0, 0)
	Name (FLAG, One)
	External (\_SB.NEVR, DeviceObj)
	Method (NOTE, 1) { ORDR = (ORDR << 4) | Arg0 }

	If (FLAG) { Name (YES0, 1) } Else { Name (NO00, 1) }
	If (!FLAG) { Name (NO01, 1) } ElseIf (FLAG == 1) { Name (YES1, 2) } Else { Name (NO02, 1) }
	If (CondRefOf (\_SB.NEVR)) { Scope (\_SB.NEVR) { Name (NO03, 1) } }
	While (CNT0 < 5) { CNT0++ }
	NOTE (1)
	Name (SIZE, 6)
	Name (BUFD, Buffer (SIZE) { 1, 2 })
	CreateWordField (BUFD, 1, BWRD)
	Name (FWDP, Package () { LATE, \_SB.PCI0.DEV3, NONE })
	Name (LATE, "late")
	OperationRegion (DREG, SystemMemory, 0x1000 + 0x20, SIZE * 2)
	Field (DREG, ByteAcc, NoLock, Preserve) { DRF0, 16 }

	Method (_INI) { NOTE (2) }
	Scope (\_SB)
	{
		Method (_INI) { NOTE (3) }
		Device (PCI0)
		{
			Name (_HID, EisaId ("PNP0A08"))
			Name (_CID, EisaId ("PNP0A03"))
			Name (_BBN, 0)
			Method (_INI) { NOTE (4) }
			OperationRegion (PCI_, PCI_Config, 0x40, 0x10)
			Field (PCI_, DWordAcc, NoLock, Preserve) { PF00, 32, PF04, 7, PF05, 40 }
			Device (DEV3)
			{
				Name (_ADR, 0x00030000)
				OperationRegion (PREG, PCI_Config, 0x80, 8)
				Field (PREG, ByteAcc, NoLock, Preserve) { PF80, 8, PF81, 16 }
				Method (_INI) { NOTE (5) }
			}
			Device (DEV4)
			{
				Name (_ADR, 0x00040000)
				Method (_STA) { Return (0) }
				Method (_INI) { NOTE (0xA) }
				Device (DEV0) { Name (_ADR, 0) Method (_INI) { NOTE (0xB) } }
			}
			Device (DEV5)
			{
				Name (_ADR, 0x00050000)
				Method (_STA) { Return (8) }
				Method (_INI) { NOTE (0xC) }
				Device (DEV0) { Name (_ADR, 0) Method (_INI) { NOTE (6) } }
			}
			Device (DEV6)
			{
				Name (_ADR, 0x00060000)
				Method (_STA) { Return (0xD) }
				Method (_INI) { NOTE (8) }
			}
		}
	}

	Method (T000) { Return (ORDR) }
	Method (T001) { Return (YES0 + YES1) }
	Method (T002) { Return (CondRefOf (NO00)) }
	Method (T003) { Return (CondRefOf (NO01)) }
	Method (T004) { Return (CondRefOf (NO02)) }
	Method (T005) { Return (CNT0) }
	Method (T006) { BWRD = 0xBEEF Return (BUFD) }
	Method (T007) { Return (DerefOf (FWDP [0])) }
	Method (T008) { Return (ObjectType (FWDP [1])) }
	Method (T009) { DRF0 = 0x1234 Return (DRF0) }
	Method (T00A) { \_SB.PCI0.PF00 = 0x12345678 Return (\_SB.PCI0.PF00) }
	Method (T00B) { \_SB.PCI0.PF04 = 0x7F \_SB.PCI0.PF05 = 0x123456789A Return (\_SB.PCI0.PF05) }
	Method (T00C) { \_SB.PCI0.DEV3.PF80 = 0x55 \_SB.PCI0.DEV3.PF81 = 0xAA66 Return (\_SB.PCI0.DEV3.PF80) }
	Method (T00D) { Return (\_SB.PCI0.DEV3.PF81) }
	Method (T00E) { Return (SizeOf (BUFD)) }
	Method (T00F) { LATE = "l8" Return (DerefOf (FWDP [0])) }
}
