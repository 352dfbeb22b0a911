// SPDX-License-Identifier: MIT
// Control flow and methods.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (CNT, 0)
	Method (FACT, 1) { If (LLessEqual (Arg0, 1)) { Return (1) } Return (Multiply (Arg0, FACT (Subtract (Arg0, 1)))) }
	Method (FIB, 1) { If (Arg0 < 2) { Return (Arg0) } Return (FIB (Arg0 - 1) + FIB (Arg0 - 2)) }
	Method (ARGS, 7) { Return (Package () { 0, 0 }) }
	Method (SUM7, 7) { Return (Arg0 + Arg1 + Arg2 + Arg3 + Arg4 + Arg5 + Arg6) }
	Method (NONE) { }
	Method (SERI, 1, Serialized, 3) { If (Arg0) { Return (SERI (Arg0 - 1) + 1) } Return (0) }
	Method (LOW, 0, Serialized, 1) { Return (1) }
	Method (HIGH, 0, Serialized, 5) { Return (LOW ()) }
	Method (LOHI, 0, Serialized, 1) { Return (HIGX ()) }
	Method (HIGX, 0, Serialized, 5) { Return (6) }
	Method (DEEP, 1) { If (Arg0) { Return (DEEP (Arg0 - 1)) } Return (0xD) }
	Method (NAMX, 1) { Name (LCL, 3) LCL = Arg0 Return (LCL) }
	Method (MODA, 1) { Arg0 = 5 Return (Arg0) }
	Method (SWIT, 1) {
		Switch (ToInteger (Arg0)) {
			Case (1) { Return ("one") }
			Case (Package () { 2, 3 }) { Return ("two or three") }
			Case (4) { Local0 = 1 }
			Default { Return ("default") }
		}
		Return ("after")
	}
	Method (SWST, 1) {
		Switch (Arg0) {
			Case ("a") { Return (1) }
			Case ("b") { Return (2) }
		}
		Return (3)
	}

	Method (T000) { If (1) { Return (1) } Else { Return (2) } }
	Method (T001) { If (0) { Return (1) } Else { Return (2) } }
	Method (T002) { Local0 = 3 If (Local0 == 1) { Return (1) } ElseIf (Local0 == 3) { Return (3) } Else { Return (2) } }
	Method (T003) { Local0 = 4 If (Local0 == 1) { Return (1) } ElseIf (Local0 == 3) { Return (3) } Else { Return (2) } }
	Method (T004) { Local0 = 0 Local1 = 0 While (Local0 < 10) { Local1 += Local0 Local0++ } Return (Local1) }
	Method (T005) { Local0 = 0 While (One) { If (Local0 == 7) { Break } Local0++ } Return (Local0) }
	Method (T006) { Local0 = 0 Local1 = 0 While (Local0 < 10) { Local0++ If (Local0 & 1) { Continue } Local1 += Local0 } Return (Local1) }
	Method (T007) { Local0 = 0 Local2 = 0 While (Local0 < 5) { Local1 = 0 While (Local1 < 5) { If (Local1 == 3) { Break } Local2++ Local1++ } Local0++ } Return (Local2) }
	Method (T008) { Return (FACT (10)) }
	Method (T009) { Return (FIB (12)) }
	Method (T00A) { Return (SUM7 (1, 2, 3, 4, 5, 6, 7)) }
	Method (T00B) { Return (NONE ()) }
	Method (T00C) { NONE () Return (1) }
	Method (T00D) { Local0 = NONE () Return (Local0) }
	Method (T00E) { Return (SERI (5)) }
	Method (T00F) { Return (HIGH ()) }
	Method (T010) { Return (LOHI ()) }
	Method (T011) { Return (DEEP (60)) }
	Method (T012) { Return (NAMX (5) + NAMX (6)) }
	Method (T013) { Local0 = 1 Return (MODA (Local0) + Local0) }
	Method (T014) { Return (SWIT (1)) }
	Method (T015) { Return (SWIT (3)) }
	Method (T016) { Return (SWIT (4)) }
	Method (T017) { Return (SWIT (9)) }
	Method (T018) { Return (SWST ("b")) }
	Method (T019) { Return (SWST ("x")) }
	Method (T01A) { If (1) { If (0) { Return (1) } Else { If (1) { Return (5) } } } Return (6) }
	Method (T01B) { While (0) { Return (1) } Return (2) }
	Method (T01C) { Local0 = 0 While (Local0 < 3) { Local0++ If (Local0 == 2) { Return (Local0) } } Return (99) }
	Method (T01D) { Noop Return (1) }
	Method (T01E) { For (Local0 = 0, Local0 < 5, Local0++) { CNT += 2 } Return (CNT) }
	Method (T01F) { If ("1") { Return (1) } Return (0) }
	Method (T020) { If (Buffer () { 0 }) { Return (1) } Return (0) }
	Method (T021) { If (0) { Return (1) } Return (0) }
	Method (T022) { Local0 = 10 While (Local0) { Local0-- If (Local0 == 5) { Continue } } Return (Local0) }
	Method (T023) { Method (INNR, 1) { Return (Arg0 + 100) } Return (INNR (1)) }
	Method (T024) { Return (ObjectType (INNR)) }
	Method (T025) { Local0 = 0 If (1) { Local0 = 1 } Else { Local0 = 2 } If (0) { Local0 += 10 } Else { Local0 += 20 } Return (Local0) }
	Method (T028) { Name (AAA, 1) If (1) { Name (BBB, 2) } Return (AAA + BBB) }
	Method (T029) { Return (CondRefOf (AAA)) }
	Method (T02A) { Local0 = 0 While (Local0 < 3) { Local0++ If (1) { If (1) { Continue } } Return (99) } Return (Local0) }
	Method (T02B) { Return (Arg0) }
	Method (T02C) { Local0 = 0 If (Local0++) { Return (1) } Return (Local0) }
}
