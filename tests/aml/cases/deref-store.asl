// SPDX-License-Identifier: MIT
// Store to DerefOf of a reference to a local that holds one; paths in small letters.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (INT0, 0x123)
	Name (PKG0, Package (2) { 0x21, 0x22 })
	Method (T000) { Local2 = PKG0 [1] Local3 = RefOf (Local2) DerefOf (Local3) = 0x31 Return (DerefOf (PKG0 [1])) }
	Method (T001) { Local2 = RefOf (INT0) DerefOf (Local2) = 0x32 Return (INT0) }
	Method (T002) { Local2 = PKG0 [1] DerefOf (Local2) = 0x33 Return (DerefOf (PKG0 [1])) }
	Method (SETA, 1) { Local2 = DerefOf (Arg0) [1] Local3 = RefOf (Local2) DerefOf (Local3) = 0x34 Return (0) }
	Method (T003) { SETA (RefOf (PKG0)) Return (DerefOf (PKG0 [1])) }
	Method (T004) { Local2 = RefOf (INT0) Local3 = RefOf (Local2) DerefOf (Local3) = 0x35 Return (INT0) }
	Method (T005) { Local2 = RefOf (INT0) Local3 = RefOf (Local2) Return (DerefOf (DerefOf (Local3))) }
	Method (T006) { Local0 = "int0" Return (DerefOf (Local0)) }
	Method (T007) { Local0 = "INT0" Return (DerefOf (Local0)) }
	Method (T008) { Local0 = "\\int0" Return (DerefOf (Local0)) }
}
