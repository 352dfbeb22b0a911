// SPDX-License-Identifier: MIT
// Operands that cannot be what an operator wants: its evaluation ends, or goes on, as acpiexec's does.
DefinitionBlock ("", "DSDT", 2, "TERR", "UNFIT", 1)
{
	Method (T000)
	{
		Local0 = Package () { 1 }
		Return (ToInteger (Local0))
	}
	Method (T001)
	{
		Local0 = "12 monkeys"
		Return (ToInteger (Local0))
	}
	Method (T002)
	{
		Local0 = ""
		Return (ToInteger (Local0))
	}
	Method (T003)
	{
		Local0 = "0x"
		Return (ToInteger (Local0))
	}
	Method (T004)
	{
		Local0 = Buffer () {}
		Return (ToInteger (Local0))
	}
	Method (T005)
	{
		Local0 = Package () { 1 }
		Return (ToBuffer (Local0))
	}
	Method (T006)
	{
		Local0 = Package () { 1 }
		Return (ToString (Local0))
	}
	Method (T007)
	{
		Local0 = Package () { 1 }
		Return (ToHexString (Local0))
	}
	Method (T008)
	{
		Local0 = Package () { 1 }
		Return (ToDecimalString (Local0))
	}
	Method (T009)
	{
		Local0 = Package () { 1 }
		Return (1 == Local0)
	}
	Method (T00A)
	{
		Local0 = Package () { 1 }
		Return (Local0 == 1)
	}
	Method (T00B)
	{
		Local0 = Package () { 1 }
		Return ("a" > Local0)
	}
	Method (T00C)
	{
		Local0 = Package () { 1 }
		Return (Local0 < Buffer () { 1 })
	}
	Method (T00D)
	{
		Local0 = Package () { 1 }
		Return (Local0 + 1)
	}
	Method (T00E)
	{
		Local0 = Package () { 1 }
		Return (1 - Local0)
	}
	Method (T00F)
	{
		Local0 = Package () { 1 }
		Return (Local0 & 1)
	}
	Method (T010)
	{
		Local0 = Package () { 1 }
		Return (1 << Local0)
	}
	Method (T011)
	{
		Local0 = Package () { 1 }
		Return (~Local0)
	}
	Method (T012)
	{
		Local0 = Package () { 1 }
		Return (!Local0)
	}
	Method (T013)
	{
		Local0 = Package () { 1 }
		Return (Local0 && 1)
	}
	Method (T014)
	{
		Local0 = Package () { 1 }
		Return (0 || Local0)
	}
	Method (T015)
	{
		Local0 = 0
		Return (7 % Local0)
	}
	Method (T016)
	{
		Local0 = Package () { 1 }
		Return (FindSetLeftBit (Local0))
	}
	Method (T017)
	{
		Local0 = Package () { 1 }
		Return (Mid (Local0, 0, 1))
	}
	Method (T018)
	{
		Local0 = 5
		Return (SizeOf (Local0))
	}
	Method (T019)
	{
		Local0 = 5
		Return (DerefOf (Local0))
	}
	Method (T01A)
	{
		Local0 = 5
		Return (DerefOf (Local0 [0]))
	}
	Method (T01B)
	{
		Local0 = Package () { 1 }
		Return (DerefOf (Local0 [1]))
	}
	Method (T01C)
	{
		Local0 = Buffer () { 1 }
		Return (DerefOf (Local0 [2]))
	}
	Method (T01D)
	{
		Local0 = Package () { Package () { 1 }, 2 }
		Return (Match (Local0, MEQ, 2, MTR, 0, 0))
	}
	Method (T01E)
	{
		Local0 = Package () { 1, 2 }
		Return (Match (Local0, MEQ, Package () { 1 }, MTR, 0, 0))
	}
	Method (T01F)
	{
		Local0 = Package () { 1, 2 }
		Return (Match (Local0, MEQ, 2, MTR, 0, 3))
	}
	Method (T020)
	{
		Local0 = Package () { 1, "x", 1 }
		Return (Match (Local0, MGE, 1, MLE, 1, 1))
	}
	Method (T021)
	{
		Local0 = Package () { , 2 }
		Return (Match (Local0, MTR, 0, MTR, 0, 0))
	}
	Method (T022)
	{
		Local0 = Package () { 1 }
		Return (Concatenate (1, Local0))
	}
	Method (T023)
	{
		Local0 = Buffer () { 0x22 }
		Return (ConcatenateResTemplate (Local0, Buffer () { 0x79, 0 }))
	}
	Method (T024)
	{
		Local0 = 0x1a
		Return (FromBCD (Local0))
	}
	Method (T025)
	{
		Local0 = Package () { 1 }
		Return (ToBCD (Local0))
	}
	Method (T026)
	{
		Local0 = 100000000
		Return (ToBCD (Local0))
	}
	Method (T027)
	{
		Local0 = Package () { 1 }
		If (Local0) { Return (1) }
		Return (2)
	}
	Method (T028)
	{
		Local0 = Package () { 1 }
		While (Local0) { Return (1) }
		Return (2)
	}
	Method (T029)
	{
		Local0 = Package () { 1 }
		Local0++
		Return (2)
	}
	Method (T02A)
	{
		Local0 = Package () { 1 }
		Switch (Local0) { Case (1) { Return (1) } }
		Return (2)
	}
	Method (T02B)
	{
		Local0 = Package () { 1 }
		Local1 = RefOf (Local0)
		Local1 += 1
		Return (2)
	}
}
