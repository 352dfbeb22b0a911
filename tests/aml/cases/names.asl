// SPDX-License-Identifier: MIT
// Store, CopyObject, names, scopes and aliases.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (INT, 5)
	Name (STR, "string")
	Name (BUF, Buffer () { 1, 2, 3 })
	Name (PKG, Package () { 1, 2 })
	Name (CPY, 0)
	Name (CP2, 0)
	Scope (\_SB)
	{
		Name (INT, 6)
		Device (PCI0)
		{
			Name (_HID, EisaId ("PNP0A03"))
			Name (INNR, 7)
			Method (GETI) { Return (INT) }
			Method (GETU) { Return (^^INT) }
			Method (GETR) { Return (\INT) }
			Device (DEV1)
			{
				Name (INNR, 8)
				Method (GET1) { Return (INNR) }
				Method (GET2) { Return (^^INNR) }
				Method (GET3) { Return (^^^INT) }
				Method (GET4) { Return (\INT) }
				Method (GET5) { Return (\_SB.PCI0.INNR) }
				Method (GET6) { Return (PCI0.INNR) }
			}
		}
	}
	Scope (\_SB.PCI0.DEV1) { Name (LATE, 9) }
	Name (\_SB.PCI0.FULL, 10)
	Alias (INT, ALI)
	Alias (\_SB.PCI0, DALI)
	Alias (METH, MALI)
	Method (METH, 1) { Return (Arg0 * 2) }
	ThermalZone (TZ00) { Name (INNR, 3) }
	PowerResource (PWR0, 1, 2) { Method (_STA) { Return (1) } Method (_ON) { } Method (_OFF) { } }
	Processor (CPU0, 3, 0x810, 6) { Name (INNR, 4) }
	Event (EVT0)
	Mutex (MTX0, 2)
	Mutex (MTX1, 4)
	External (\_SB.EXTN, MethodObj)
	External (EXTI, IntObj)

	Method (T000) { Return (\_SB.PCI0.GETI ()) }
	Method (T001) { Return (\_SB.PCI0.GETU ()) }
	Method (T002) { Return (\_SB.PCI0.GETR ()) }
	Method (T003) { Return (\_SB.PCI0.DEV1.GET1 ()) }
	Method (T004) { Return (\_SB.PCI0.DEV1.GET2 ()) }
	Method (T005) { Return (\_SB.PCI0.DEV1.GET3 ()) }
	Method (T006) { Return (\_SB.PCI0.DEV1.GET4 ()) }
	Method (T007) { Return (\_SB.PCI0.DEV1.GET5 ()) }
	Method (T009) { Return (\_SB.PCI0.DEV1.LATE) }
	Method (T00A) { Return (\_SB.PCI0.FULL) }
	Method (T00B) { ALI = 0x55 Return (INT) }
	Method (T00C) { Return (DALI.INNR) }
	Method (T00D) { Return (MALI (4)) }
	Method (T00E) { Return (ObjectType (ALI)) }
	Method (T00F) { Return (ObjectType (TZ00)) }
	Method (T010) { Return (ObjectType (PWR0)) }
	Method (T011) { Return (ObjectType (CPU0)) }
	Method (T012) { Return (ObjectType (EVT0)) }
	Method (T013) { Return (ObjectType (MTX0)) }
	Method (T014) { Return (CPU0.INNR + TZ00.INNR) }
	Method (T015) { CopyObject ("now a string", CPY) Return (CPY) }
	Method (T016) { CPY = 0x12 Return (CPY) }
	Method (T017) { CopyObject (PKG, CPY) Return (CPY) }
	Method (T018) { CopyObject (BUF, CPY) CPY [0] = 9 Return (BUF) }
	Method (T019) { CopyObject (5, Local0) Return (Local0) }
	Method (T01A) { Local0 = "x" Local0 = 5 Return (Local0) }
	Method (T01B) { Local0 = STR Local0 = 5 Return (STR) }
	Method (T01C) { Return (Acquire (MTX0, 0xFFFF)) }
	Method (T01D) { Local0 = Acquire (MTX0, 0) Local1 = Acquire (MTX0, 0) Release (MTX0) Release (MTX0) Return (Local0 + Local1) }
	Method (T01E) { Release (MTX0) Return (1) }
	Method (T01F) { Acquire (MTX1, 0) Acquire (MTX0, 0) Return (1) }
	Method (T020) { Acquire (MTX0, 0) Acquire (MTX1, 0) Release (MTX1) Release (MTX0) Return (1) }
	Method (T021) { Acquire (MTX0, 0) Acquire (MTX1, 0) Release (MTX0) Release (MTX1) Return (1) }
	Method (T022) { Signal (EVT0) Return (Wait (EVT0, 0)) }
	Method (T023) { Return (Wait (EVT0, 0)) }
	Method (T024) { Signal (EVT0) Signal (EVT0) Reset (EVT0) Return (Wait (EVT0, 0)) }
	Method (T025) { Sleep (1) Stall (10) Return (1) }
	Method (T026) { Return (CondRefOf (\_SB.EXTN)) }
	Method (T027) { Return (EXTI) }
	Method (T028) { Return (\_OS) }
	Method (T029) { Return (\_REV) }
	Method (T02A) { Return (\_OSI ("Windows 2009")) }
	Method (T02B) { Return (\_OSI ("Linux")) }
	Method (T02C) { Acquire (\_GL, 0xFFFF) Release (\_GL) Return (1) }
	Method (T02D) { Notify (\_SB.PCI0, 1) Return (1) }
	Method (T02E) { Return (Timer () > 0) }
	Method (T02F) { CopyObject (RefOf (INT), CP2) Return (ObjectType (CP2)) }
	Method (T030) { Local0 = Local1 = 7 Return (Local0 + Local1) }
	Method (T031) { Return (Local0 = 9) }
	Method (T032) { Return (STR = 0x10) }
	Method (T033) { Name (DUPL, 1) Return (DUPL) }
	Method (T034) { Name (\NEWG, 1) Return (NEWG) }
	Method (T035) { Return (CondRefOf (\NEWG)) }
	Method (T036) { Name (\_SB.NOPE.X, 1) Return (1) }
	Method (T037) { Name (INT, 77) Return (INT) }
	Method (T038) { Name (INT, 77) INT = 78 Return (\INT) }
	Method (T039) { Name (SAME, 1) Name (SAME, 2) Return (SAME) }
	Method (T03A) { PKG = STR Return (PKG) }
	Method (T03B) { CPU0 = 5 Return (1) }
	Method (T03C) { Local0 = MTX0 Return (ObjectType (Local0)) }
	Method (T03D) { Local0 = BUF Local1 = Local0 Local1 [0] = 0x77 Return (Local0) }
	Method (T03E) { Return (ToBuffer (STR)) }
	Method (T03F) { Debug = "text" Debug = 5 Debug = BUF Debug = PKG Return (0) }
	Method (T040) { Stall (100) Return (1) }
	Method (T041) { Device (DDEV) { Name (INX, 5) } Return (DDEV.INX) }
	Method (T042) { Local0 = Package () { STR } STR = "other" Return (Local0) }
	Method (T043) { Local7 = 7 Return (Local7) }
}
