// SPDX-License-Identifier: MIT
// longer: LP__ 8
// The length of LP is made 8 larger than it should be, so that it ends amid TP.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Scope (\_SB)
	{
		Name (LP, Package (2) { 0x11, 0x12 })
		Name (TP, Package (3) { 0x21, 0x22, 0x23 })
		Name (AF, 0x33)
	}
	Method (T000) { Return (\_SB.LP) }
	Method (T001) { Return (\_SB.TP) }
	Method (T002) { Return (\_SB.AF) }
}
