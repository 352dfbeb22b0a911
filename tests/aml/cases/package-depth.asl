// SPDX-License-Identifier: MIT
// Packages in packages.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Method (NEST, 1) { Local0 = Package (1) { 1 } While (Arg0) { Local1 = Package (1) { 0 } Local1 [0] = Local0 Local0 = Local1 Arg0-- } Return (SizeOf (Local0)) }
	Method (T000) { Return (NEST (14)) }
	Method (T001) { Return (NEST (15)) }
	Method (T002) { Return (NEST (16)) }
	Method (T003) { Return (NEST (40)) }
	Method (T004) { Return (NEST (254)) }
}
