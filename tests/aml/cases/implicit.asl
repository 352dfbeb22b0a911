// SPDX-License-Identifier: MIT
// What a method gives that does not say it, and what was not set: as Linux has it, which runs
// ACPICA in its slack mode.
DefinitionBlock ("", "DSDT", 2, "TERR", "IMPLICIT", 1)
{
	Device (DEV0) { }
	Mutex (MTX0, 0)
	Event (EVT0)
	Name (INT, 3) Name (STR, "text") Name (FLAG, 1) Name (PKG, Package (2) { 1, 2 })
	Name (BUF, Buffer (40) { 1, 2 })
	CreateDWordField (BUF, 0, DWD)
	Method (FIVE) { Return (5) }
	Method (GIVE, 1) { Return (Arg0) }
	Method (NONE) { }
	Method (SEVN) { Local0 = 7 }
	Method (TAKE, 1) { Local0 = Arg0 Return (Local0 + 1) }

	// Nothing is run: zero.
	Method (T000) { }
	Method (T001) { Return (NONE ()) }
	Method (T002) { Local0 = NONE () Return (Local0) }
	Method (T003) { Return (NONE () + 2) }
	Method (T004) { NONE () }
	Method (T005) { Name (ABC, 4) }
	Method (T006) { Notify (DEV0, 0x81) }

	// The value of the last statement that has one.
	Method (T010) { Local0 = 7 }
	Method (T011) { Local0 = "abc" }
	Method (T012) { INT = "5" }
	Method (T013) { Local0 = 7 Notify (DEV0, 0x81) }
	Method (T014) { Local0 = Buffer () { 1, 2, 3 } Local0 [1] = 9 }
	Method (T015) { Local0 = Package () { 1, "a" } }
	Method (T016) { Add (1, 2, Local0) }
	Method (T017) { Local0 = 1 Local0++ }
	Method (T018) { Divide (17, 5, Local0, Local1) }
	Method (T019) { CopyObject ("xyz", Local0) }
	Method (T01A) { Local0 = RefOf (INT) }
	Method (T01B) { DWD = 0x12345678 }
	Method (T01C) { Local0 = PKG [1] }
	Method (T01D) { Acquire (MTX0, 0xFFFF) }
	Method (T01E) { Acquire (MTX0, 0xFFFF) Release (MTX0) }
	Method (T01F) { Local0 = 9 Sleep (1) }
	Method (T020) { Local0 = 9 Signal (EVT0) Wait (EVT0, 0) Reset (EVT0) }
	Method (T021) { Local0 = Buffer () { 1, 2, 3 } Local1 = Local0 Local1 [0] = 7 Return (Local0) }
	Method (T022) { Concatenate ("a", "b", Local0) }
	Method (T023) { Local0 = 4 Debug = "x" }
	Method (T024) { Local0 = INT Local1 = STR }
	Method (T025) { Local0 = 7 CreateByteField (BUF, 3, BY3) }
	Method (T026) { Local0 = 7 Name (XYZ, 5) }
	Method (T027) { CondRefOf (\NOPE) }
	Method (T028) { CondRefOf (\INT, Local0) }
	Method (T029) { Local0 = 7 Noop }
	Method (T02A) { Match (PKG, MEQ, 2, MTR, 0, 0) Noop }

	// A predicate is one.
	Method (T030) { If (0) { Local0 = 1 } }
	Method (T031) { If (3) { } }
	Method (T032) { Local0 = 7 If (FLAG) { } }
	Method (T033) { Local0 = 7 If (INT == 3) { Local1 = 8 } }
	Method (T034) { Local0 = 3 While (Local0) { Local0-- } }
	Method (T035) { While (1) { Local1 = 8 Break } }
	Method (T036) { Local0 = 7 If (FLAG == 2) { } Else { } }
	Method (T037) { If (0) { } Else { Local0 = "else" } }

	// What a method that was called gives.
	Method (T040) { FIVE () }
	Method (T041) { SEVN () }
	Method (T042) { Return (SEVN ()) }
	Method (T043) { Local0 = FIVE () Local1 = 9 }
	Method (T044) { Local0 = FIVE () + 1 }
	Method (T045) { FIVE () Local0 = 8 }
	Method (T046) { If (FIVE ()) { Local0 = 8 } }
	Method (T047) { If (FIVE ()) { } }
	Method (T048) { Local0 = TAKE (FIVE ()) }
	Method (T049) { GIVE (6) Notify (DEV0, 0x81) }
	Method (T04A) { Notify (DEV0, FIVE ()) }
	Method (T04B) { Local0 = 1 Notify (DEV0, FIVE () + 1) }

	// What was not set is zero, and then set to it.
	Method (T050) { Return (Local0 + 1) }
	Method (T051) { Return (Local0) }
	Method (T052) { Local1 = Local0 Return (ObjectType (Local0)) }
	Method (T053) { Return (ObjectType (Local0)) }
	Method (T054) { Local0 = Local0 Return (ObjectType (Local0)) }
	Method (T055) { Local0++ Return (Local0) }
	Method (T056) { Return (TAKE (Local3)) }
	Method (T057) { If (Local0) { Return (1) } Return (2) }
	Method (T058) { Return (Local0 == "0") }
	Method (T059) { Return (Concatenate (Local0, "a")) }
	Method (T05A) { Local0 += 4 Return (Local0) }
	Method (T05B) { CopyObject (Local0, Local1) Return (ObjectType (Local1)) }
	Method (T05D) { Return (SizeOf (Local0)) }
	Method (T05E) { INT = Local0 Return (INT) }
	Method (T062) { Return (Local0 [0]) }

	// Whatever there is may be stored.
	Method (T070) { Local0 = DEV0 Return (ObjectType (Local0)) }
	Method (T071) { Local0 = MTX0 Return (ObjectType (Local0)) }
	Method (T072) { Local0 = MTX0 Return (Acquire (Local0, 0)) }
	Method (T073) { PKG [0] = DEV0 Return (ObjectType (PKG [0])) }
	Method (T074) { INT = DEV0 Return (ObjectType (INT)) }
	Method (T075) { STR = DEV0 Return (STR) }
	Method (T076) { Local0 = DEV0 Return (Local0) }
	Method (T077) { BUF [0] = DEV0 Return (1) }
	Method (T078) { PKG = DEV0 Return (1) }
	Method (T079) { DWD = DEV0 Return (1) }
	Method (T07A) { Local0 = RefOf (DEV0) Local1 = DerefOf (Local0) Return (ObjectType (Local1)) }
	Method (T07B) { Local0 = DEV0 Local1 = Local0 Return (ObjectType (Local1)) }
	Method (T07C) { Local0 = EVT0 Signal (Local0) Return (Wait (EVT0, 0)) }
	Method (T07D) { Local0 = DEV0 Notify (Local0, 1) Return (1) }
	Method (T07E) { Return (GIVE (MTX0)) }
	Method (T07F) { Local0 = DEV0 }

	// A copy of a package holds what its names stood for.
	Method (T080) { Local0 = Package () { INT, STR } INT = 8 STR = "new" Return (Local0) }
	Method (T081) { Name (PK1, Package () { INT }) Local0 = PK1 INT = 9 Return (Local0) }
	Method (T082) { Name (PK1, Package () { INT }) INT = 9 Local0 = PK1 Return (Local0) }
	Method (T083) { Local0 = Package () { Package () { INT } } INT = 8 Return (Local0) }
	Method (T084) { Local0 = Package () { DEV0, INT } INT = 8 Return (DerefOf (Local0 [1])) }
}
