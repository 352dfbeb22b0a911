// SPDX-License-Identifier: MIT
// For Load: it asks for its own bytes.
DefinitionBlock ("", "SSDT", 2, "TERR", "ITSELF", 1)
{
	External (\SELF)
	External (\HNDL)
	Name (\SLF1, 1)
	Load (\SELF, \HNDL)
	Name (\SLF2, 2)
}
