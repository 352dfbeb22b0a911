// SPDX-License-Identifier: MIT
// References to locals and arguments that were not set; such a local stored to itself.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Method (SET1, 1) { Arg0 = 0x31 Return (0) }
	Method (NOP1, 1) { Return (5) }
	Method (T000) { Return (NOP1 (RefOf (Local1))) }
	Method (T001) { SET1 (RefOf (Local1)) Return (Local1) }
	Method (T002) { Local0 = RefOf (Local1) Return (ObjectType (Local0)) }
	Method (T003) { Return (CondRefOf (Local1)) }
	Method (T004) { Return (CondRefOf (Local1, Local0)) }
	Method (T005) { Local0 = RefOf (Local1) Local1 = 9 Return (DerefOf (Local0)) }
	Method (T006, 1) { Return (NOP1 (RefOf (Arg0))) }
	Method (T007) { Return (T006 (3)) }
	Method (T008) { Local0 = Local0 Return (8) }
	Method (T009, 1) { Arg0 = Arg0 Return (9) }
	Method (T00A) { Local0 = Local1 Return (10) }
	Method (T00B) { Local0 = RefOf (Local1) Return (DerefOf (Local0) + 1) }
	Method (T00C) { Local0 = RefOf (Local1) Return (SizeOf (Local0)) }
	Method (T00D) { Return (ObjectType (Local0)) }
	Method (T00E) { Local0 = Local0 = Local0 Return (14) }
	Method (T00F) { CopyObject (Local0, Local0) Return (15) }
}
