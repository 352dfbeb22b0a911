// SPDX-License-Identifier: MIT
// A Return outside of methods ends the table.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Method (T000) { Return (CondRefOf (AAA)) }
	Method (T001) { Return (CondRefOf (BBB)) }
	Method (T002) { Return (CondRefOf (CCC)) }
	Scope (\_SB) { If (One) { Return (5) } Name (\BBB, 2) }
	Name (AAA, 1)
	Return (0)
	Name (CCC, 2)
}
