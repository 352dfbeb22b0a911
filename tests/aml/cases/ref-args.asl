// SPDX-License-Identifier: MIT
// References through arguments, and to arguments that hold one.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (INT0, 0x123)
	Name (STR0, "text")
	Name (PKG0, Package (2) { 0x21, 0x22 })
	Method (RET1, 1) { Return (Arg0) }
	Method (VIA0, 1) { Local0 = Arg0 Return (DerefOf (Local0)) }
	Method (VIA1, 1) { Local0 = RefOf (Arg0) Local7 = DerefOf (Local0) Local0 = RET1 (Local7) Return (DerefOf (Local0)) }
	Method (VIA2, 1) { Local0 = RefOf (Arg0) Return (DerefOf (DerefOf (Local0))) }
	Method (VIA3, 1) { Local0 = RET1 (Arg0) Return (DerefOf (Local0)) }
	Method (VIA4, 1) { Return (DerefOf (RET1 (Arg0))) }
	Method (T000) { Return (VIA0 (RefOf (INT0))) }
	Method (T001) { Return (VIA1 (RefOf (INT0))) }
	Method (T002) { Return (VIA2 (RefOf (INT0))) }
	Method (T003) { Return (VIA3 (RefOf (INT0))) }
	Method (T004) { Return (VIA4 (RefOf (INT0))) }
	Method (T005) { Return (VIA0 (RefOf (STR0))) }
	Method (T006) { Local0 = VIA1 (RefOf (PKG0)) Return (DerefOf (Local0 [1])) }
	Method (T007) { Return (VIA0 (PKG0 [1])) }
	Method (T008) { Return (VIA1 (PKG0 [1])) }
	Method (T009) { Return (VIA3 (PKG0 [1])) }
}
