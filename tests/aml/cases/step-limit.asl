// SPDX-License-Identifier: MIT
// Loops that take long, but end.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Method (T000) { Local0 = 0 Local1 = 0 While (Local0 < 60000) { Local1 += Local0 Local0++ } Return (Local0) }
	Method (T001) { Local2 = 0 Local3 = 0 While (Local2 < 10) { Local0 = 0 While (Local0 < 20000) { Local3++ Local0++ } Local2++ } Return (Local3) }
	Method (T002) { Local0 = 0 While (Local0 < 70000) { Local0++ } Return (Local0) }
}
