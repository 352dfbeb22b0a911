// SPDX-License-Identifier: MIT
// What goes away while it is used, what is no value, and what fails beside the question.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (PKG, Package () { 1, 2, 3 })
	Device (DEV0) { Name (_ADR, 0) }
	ThermalZone (THZ0) { }

	// A package's field, whose region needs a method that drops the package.
	Device (\_SB.PCI0) {
		Name (_HID, EisaId ("PNP0A03"))
		Method (_BBN, 0, Serialized) { PKG [0] = 0 Return (0) }
		Method (MAKE, 0, Serialized) {
			OperationRegion (REGN, PCI_Config, 0, 4)
			Field (REGN, ByteAcc, NoLock, Preserve) { Offset (8), FLD0, 8 }
			PKG = Package () { FLD0, 1 }
		}
	}

	// A host bridge that cannot say where it is is on bus 0.
	Device (\_SB.PCI1) {
		Name (_HID, EisaId ("PNP0A08"))
		Method (_BBN) { Return (\NONE ()) }
		OperationRegion (REGN, PCI_Config, 0, 4)
		Field (REGN, ByteAcc, NoLock, Preserve) { FLD1, 8 }
	}

	Method (SETA, 1) { Arg0 = 5 Return (1) }
	Method (COPA, 1) { CopyObject (5, Arg0) Return (1) }
	Method (NOTA, 1) { Notify (DerefOf (Arg0), 0x80) Return (1) }
	Method (NOTR, 1) { Local0 = RefOf (Arg0) Notify (DerefOf (Local0), 0x80) Return (1) }
	Method (TYPA, 1) { Return (ObjectType (DerefOf (Arg0))) }
	Method (TYPR, 1) { Local0 = RefOf (Arg0) Return (ObjectType (DerefOf (Local0))) }

	Method (T000) { Return (SETA (RefOf (Debug))) }
	Method (T001) { Local0 = RefOf (Debug) Return (SETA (Local0)) }
	Method (T002) { Return (COPA (RefOf (Debug))) }
	Method (T003) { CondRefOf (Debug, Local0) Return (SETA (Local0)) }
	Method (T010) { Return (NOTA (DEV0)) }
	Method (T011) { Return (NOTR (DEV0)) }
	Method (T012) { Notify (DerefOf (RefOf (DEV0)), 1) Return (1) }
	Method (T013) { Notify (DerefOf (RefOf (PKG)), 1) Return (1) }
	Method (T014) { Notify (DerefOf (PKG [0]), 1) Return (1) }
	Method (T020) { Return (TYPA (DEV0)) }
	Method (T021) { Return (TYPR (DEV0)) }
	Method (T022) { Return (TYPR (RefOf (DEV0))) }
	Method (T023) { Return (ObjectType (DerefOf (RefOf (DEV0)))) }
	Method (T024) { Return (TYPA (THZ0)) }
	Method (T025) { Return (Concatenate ("x", DerefOf (RefOf (DEV0)))) }
	Method (T030) { Return (\_SB.PCI1.FLD1) }
	Method (T031) { \_SB.PCI0.MAKE () Return (PKG) }
}
