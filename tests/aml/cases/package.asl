// SPDX-License-Identifier: MIT
// Packages, Index and references.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (PKG, Package () { 1, "two", Buffer () { 3, 4 }, Package () { 5, 6 }, FWD, DEV0, M000 })
	Name (FWD, 0x77)
	Name (INT, 5)
	Name (STR, "string")
	Name (BUF, Buffer () { 1, 2, 3 })
	Name (EMP, Package (4) { })
	Name (PTH0, "\\INT")
	Name (PTH1, "INT")
	Device (DEV0) { Name (X, 1) }
	Method (M000) { Return (9) }
	Method (SETA, 1) { Arg0 = 0x99 }
	Method (SETR, 1) { DerefOf (Arg0) = 0x88 }
	Method (GETA, 1) { Return (Arg0) }
	Method (DERA, 1) { Return (DerefOf (Arg0)) }
	Method (IDXA, 1) { Arg0 [0] = 0x42 Return (Arg0) }

	Method (T000) { Return (DerefOf (Index (PKG, 0))) }
	Method (T001) { Return (DerefOf (PKG [1])) }
	Method (T002) { Return (DerefOf (PKG [2])) }
	Method (T003) { Return (DerefOf (PKG [3])) }
	Method (T004) { Return (DerefOf (DerefOf (PKG [3]) [1])) }
	Method (T005) { Return (DerefOf (PKG [4])) }
	Method (T006) { Return (PKG [1]) }
	Method (T007) { Local0 = PKG Local0 [0] = 0x55 Return (DerefOf (PKG [0])) }
	Method (T008) { Local0 = PKG Local0 [0] = 0x55 Return (DerefOf (Local0 [0])) }
	Method (T009) { PKG [0] = "changed" Return (DerefOf (PKG [0])) }
	Method (T00A) { Local0 = RefOf (PKG) Return (DerefOf (DerefOf (Local0) [1])) }
	Method (T00B) { Return (DerefOf (RefOf (INT))) }
	Method (T00C) { Local0 = RefOf (INT) Return (DerefOf (Local0)) }
	Method (T00D) { INT = 5 SETA (INT) Return (INT) }
	Method (T00E) { INT = 5 SETA (RefOf (INT)) Return (INT) }
	Method (T00F) { Local0 = 5 SETA (RefOf (Local0)) Return (Local0) }
	Method (T010) { Return (DerefOf (PTH0)) }
	Method (T011) { Return (DerefOf (PTH1)) }
	Method (T012) { Local0 = "\\NONE" Return (DerefOf (Local0)) }
	Method (T013) { Return (DerefOf (EMP [1])) }
	Method (T014) { Return (EMP) }
	Method (T015) { EMP [1] = 4 Return (EMP) }
	Method (T016) { Return (DerefOf (BUF [1])) }
	Method (T017) { BUF [1] = 0xABCD Return (BUF) }
	Method (T018) { BUF [1] = "x" Return (BUF) }
	Method (T019) { BUF [1] = Buffer () { 0x31, 0x32 } Return (BUF) }
	Method (T01A) { Return (DerefOf (STR [2])) }
	Method (T01B) { STR [0] = 0x53 Return (STR) }
	Method (T01C) { Return (BUF [3]) }
	Method (T01D) { Return (DerefOf (BUF [3])) }
	Method (T01E) { Return (PKG [7]) }
	Method (T01F) { Return (Index (PKG, 1, Local0)) }
	Method (T020) { Index (PKG, 1, Local0) Return (DerefOf (Local0)) }
	Method (T021) { Local0 = BUF Local0 [0] = 0x66 Return (BUF) }
	Method (T022) { Local0 = IDXA (BUF) Return (BUF) }
	Method (T023) { Local0 = IDXA (Buffer () { 1, 2 }) Return (Local0) }
	Method (T024) { Local0 = IDXA (PKG) Return (DerefOf (PKG [0])) }
	Method (T025) { Return (DERA (RefOf (INT))) }
	Method (T026) { Return (DERA (PKG [1])) }
	Method (T027) { Return (GETA (PKG [1])) }
	Method (T028) { Local0 = PKG [0] Local0 = 7 Return (Local0) }
	Method (T029) { Return (CondRefOf (INT)) }
	Method (T02A) { Return (CondRefOf (\NOPE)) }
	Method (T02B) { CondRefOf (INT, Local0) Return (DerefOf (Local0)) }
	Method (T02C) { Local0 = 3 Return (CondRefOf (\NOPE.DEEP, Local0)) }
	Method (T02D) { CondRefOf (\NOPE, Local0) Return (ObjectType (Local0)) }
	Method (T02E) { Return (ObjectType (INT)) }
	Method (T02F) { Return (ObjectType (STR)) }
	Method (T030) { Return (ObjectType (BUF)) }
	Method (T031) { Return (ObjectType (PKG)) }
	Method (T032) { Return (ObjectType (DEV0)) }
	Method (T033) { Return (ObjectType (M000)) }
	Method (T034) { Return (ObjectType (Local0)) }
	Method (T035) { Local0 = 1 Return (ObjectType (Local0)) }
	Method (T036) { Return (ObjectType (PKG [3])) }
	Method (T037) { Return (ObjectType (PKG [5])) }
	Method (T038) { Return (ObjectType (EMP [2])) }
	Method (T039) { Return (ObjectType (BUF [0])) }
	Method (T03A) { Return (ObjectType (Debug)) }
	Method (T03B) { Local0 = RefOf (STR) Return (ObjectType (Local0)) }
	Method (T03C) { Return (ObjectType (RefOf (BUF))) }
	Method (T03D) { Return (ObjectType (\_SB)) }
	Method (T03E) { Return (ObjectType (\_GL)) }
	Method (T03F) { Return (ObjectType (\_TZ)) }
	Method (T040) { Return (SizeOf (PKG [1])) }
	Method (T041) { Local0 = PKG [2] Return (SizeOf (Local0)) }
	Method (T042) { Local0 = Package () { INT, 2 } INT = 0x31 Return (Local0) }
	Method (T043) { Local0 = 3 Local1 = Package (Local0) { 1 } Return (Local1) }
	Method (T045) { Local0 = Package () { 1, 2 } Local1 = Local0 Local1 [0] = 9 Return (Local0) }
	Method (T046) { Local0 = Package () { Package () { 1 }, 2 } Local1 = Local0
		DerefOf (Local1 [0]) [0] = 9 Return (Local0) }
	Method (T047) { EMP = Package () { 7 } Return (EMP) }
	Method (T048) { EMP = 5 Return (EMP) }
	Method (T049) { Local0 = Package () { 1, 2 } Local0 [1] = Local0 Return (Local0) }
	Method (T04A) { Local0 = Package (2) { } Local0 [0] = RefOf (INT) Return (DerefOf (DerefOf (Local0 [0]))) }
	Method (T04B) { Return (DerefOf (INT)) }
	Method (T04C) { Local0 = 5 Return (DerefOf (Local0)) }
	Method (T04D) { Local0 = Package () { 1, 2, 3 } Increment (Local0 [1]) Return (Local0) }
	Method (T04E) { Local0 = Buffer () { 1, 2, 3 } Increment (Local0 [1]) Return (Local0) }
	Method (T04F) { Local0 = Package () { 10, 20 } Add (1, 2, Local0 [1]) Return (Local0) }
	Method (T050) { Name (LOC, 7) Local0 = RefOf (LOC) Return (DerefOf (Local0)) }
	Method (T051) { Return (DerefOf (PKG [5])) }
	Method (T052) { Return (PKG) }
	Method (T053) { Return (DEV0) }
	Method (T054) { Return (DerefOf (RefOf (DEV0))) }
	Method (T055) { Local0 = DEV0 Return (ObjectType (Local0)) }
	Method (T056) { Local0 = Package () { 1, 2, 3 } Return (SizeOf (Local0)) }
	Method (T057) { Local0 = Package () { "a" } DerefOf (Local0 [0]) [0] = 0x7A Return (Local0) }
	Method (T058) { Local0 = "abc" Local1 = Local0 Local1 [0] = 0x7A Return (Local0) }
	Method (T059) { Return (Package () { 1, DEV0, INT, M000 }) }
}
