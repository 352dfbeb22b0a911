// SPDX-License-Identifier: MIT
// A method returns what Index gave it.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (INT0, 0x123)
	Name (PKG0, Package (4) { 0x21, "0321", Buffer (1) { 7 }, Package (1) { 0x55 } })
	Method (ELEM, 1) { Return (PKG0 [Arg0]) }
	Method (ELE2, 1) { Local0 = PKG0 [Arg0] Return (Local0) }
	Method (RETA, 1) { Return (Arg0) }
	Method (T000) { If (DerefOf (ELEM (0))) { Return (1) } Return (0) }
	Method (T001) { If (DerefOf (ELEM (1))) { Return (1) } Return (0) }
	Method (T002) { If (DerefOf (ELEM (2))) { Return (1) } Return (0) }
	Method (T003) { Local0 = ELEM (1) Return (DerefOf (Local0)) }
	Method (T004) { Local0 = RETA (PKG0 [1]) Return (ObjectType (Local0)) }
	Method (T005) { Local0 = RETA (PKG0 [0]) Return (DerefOf (Local0)) }
	Method (T006) { Local0 = DerefOf (ELE2 (3)) Return (DerefOf (Local0 [0])) }
	Method (T008) { While (DerefOf (ELEM (1))) { Return (2) } Return (3) }
	Method (T009) { Return (DerefOf (ELEM (1)) && 1) }
}
