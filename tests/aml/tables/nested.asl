// SPDX-License-Identifier: MIT
// For Load: loads another one itself, and goes on.
DefinitionBlock ("", "SSDT", 2, "TERR", "NESTED", 1)
{
	External (\PLAI)
	External (\HNDL)
	Name (\NES1, 1)
	Load (\PLAI, \HNDL)
	Name (\NES2, 2)
}
