// SPDX-License-Identifier: MIT
// For LoadTable: names beneath whatever it is loaded to.
DefinitionBlock ("", "OEM9", 2, "TERR", "LATER", 1)
{
	Name (PLAC, 0x77)
	Name (PARM, 0)
	Method (METH) { Return (PLAC + 1) }
	Scope (\_SB) { Name (FROM, 9) }
}
