// SPDX-License-Identifier: MIT
// Tables that AML loads.  Each case has the programs for itself; the bytes of tables/NAME.asl
// stand where its name does.
// tables: oem9 oem9b oem8
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	External (\ROOT) External (\ADDR, MethodObj) External (\MAKE, MethodObj) External (\LIST)
	External (\BRK1) External (\BRK2) External (\NES1) External (\NES2) External (\SLF2)
	External (\WIDE) External (\SEVN) External (\RELA) External (\METH, MethodObj)
	External (\PLAC) External (\_SB.PLAC) External (\_SB.FROM) External (\SECO) External (\BLAN)
	External (\DEV0.INSD) External (\DEV0.PLAC) External (\DEV0.METH, MethodObj)
	External (\LATE.INIT) External (\LATE.REGS) External (\DAT1)
	Name (PLAI, Buffer () { /* tables/plain.asl */ })
	Name (BROK, Buffer () { /* tables/broken.asl */ })
	Name (NEST, Buffer () { /* tables/nested.asl */ })
	Name (SELF, Buffer () { /* tables/itself.asl */ })
	Name (EMPT, Buffer () { /* tables/empty.asl */ })
	Name (NARR, Buffer () { /* tables/narrow.asl */ })
	Name (OEM7, Buffer () { /* tables/oem7.asl */ })
	Name (DATA, Buffer () { /* tables/data.asl */ })
	Name (COUN, 0)
	Name (HNDL, 0)
	Name (STR, "text")
	Name (PKG, Package () { 1, 2 })
	Name (BUF, Buffer () { 1, 2, 3 })
	Device (DEV0) {
		Name (IND, 0)
		Method (LDTB) { Return (LoadTable ("OEM9", "TERR", "LATER", "", "\\DEV0.IND", 9)) }
	}
	OperationRegion (PORT, SystemIO, 0x100, 0x80)
	OperationRegion (RGNS, SystemMemory, 0x100000, 0x20)
	OperationRegion (RGNM, SystemMemory, 0x100000, 0x60)
	OperationRegion (RGN, SystemMemory, 0x100000, 0x400)
	Field (RGN, AnyAcc, NoLock, Preserve) { FILL, 0x2000 }
	Field (RGN, AnyAcc, NoLock, Preserve) { FLD6, 64, FLDS, 256 }
	DataTableRegion (DRGN, "DSDT", "TERR", "CASES")
	Field (DRGN, AnyAcc, NoLock, Preserve) { DSIG, 32, DLEN, 32 }
	DataTableRegion (DRG9, "OEM9", "", "TERRIERS")
	Field (DRG9, AnyAcc, NoLock, Preserve) { DSI9, 32, Offset (10), OEM9, 48 }

	// Load
	Method (T000) { FILL = PLAI Load (RGN, Local0) Return (ROOT) }
	Method (T001) { FILL = PLAI Load (FILL, Local0) Return (ROOT) }
	Method (T002) { Load (PLAI, Local0) Return (ADDR (0x10000)) }
	Method (T003) { Load (PLAI, HNDL) Return (MAKE (4)) }
	Method (T004) { Load (PLAI, HNDL) Return (LIST) }
	Method (T005) { Load (PLAI, HNDL) Return (\DEV0.INSD) }
	Method (T006) { Load (PLAI, HNDL) Return (\LATE.INIT) }
	Method (T007) { Load (PLAI, HNDL) Return (\LATE.REGS) }
	Method (T008) { Load (PLAI, HNDL) Return (\RELA) }
	Method (T009) { Load (PLAI, HNDL) PLAI [50] = 0xFF Return (MAKE (4)) }
	Method (T00A) { Load (PLAI, HNDL) Load (PLAI, HNDL) Return (1) }
	Method (T00B) { Load (BROK, HNDL) Return (BRK1 + BRK2 + COUN) }
	Method (T00C) { Load (NEST, HNDL) Return (NES1 + NES2 + COUN) }
	Method (T00D) { Load (SELF, HNDL) Return (SLF2) }
	Method (T00E) { Load (EMPT, HNDL) Return (1) }
	Method (T00F) { Load (NARR, HNDL) Return (WIDE) }
	Method (T010) { Load (OEM7, HNDL) Return (SEVN) }
	Method (T011) { Load (DATA, HNDL) Return (DAT1) }
	Method (T012) { Load (PORT, HNDL) Return (1) }
	Method (T013) { FILL = PLAI Load (RGNM, HNDL) Return (ROOT) }
	Method (T014) { FILL = PLAI Load (RGNS, HNDL) Return (ROOT) }
	Method (T015) { FILL = PLAI Load (FLDS, HNDL) Return (ROOT) }
	Method (T016) { FILL = PLAI Load (FLD6, HNDL) Return (ROOT) }
	Method (T017) { Load (STR, HNDL) Return (1) }
	Method (T018) { Load (COUN, HNDL) Return (1) }
	Method (T019) { Load (PKG, HNDL) Return (1) }
	Method (T01A) { Load (DEV0, HNDL) Return (1) }
	Method (T01B) { Load (PLAI, PKG) Return (1) }
	Method (T01C) { Load (PLAI, DEV0) Return (1) }
	Method (T01D) { Load (PLAI, PKG [0]) Return (ROOT) }
	Method (T01E) { PLAI [4] = 0 Load (PLAI, HNDL) Return (ROOT) }
	Method (T01F) { PLAI [5] = 2 Load (PLAI, HNDL) Return (ROOT) }
	Method (T020) { PLAI [9] = 0 Load (PLAI, HNDL) Return (ROOT) }
	Method (T021) { PLAI [7] = 0x80 Load (PLAI, HNDL) Return (ROOT) }
	Method (T022) { Load (PLAI, HNDL) Return (ObjectType (HNDL)) }
	Method (T023) { Load (PLAI, HNDL) If (HNDL) { Return (1) } Return (0) }
	Method (T024) { Load (PLAI, Local0) Return (Local0) }
	Method (T025) { Load (PLAI, HNDL) HNDL = 5 Return (HNDL) }
	Method (T026) { Load (PLAI, STR) Return (1) }
	Method (T027) { Load (PLAI, Local0) Unload (Local0) Return (CondRefOf (\RELA)) }
	Method (T028) { Local0 = 3 Load (PLAI, Local1) Local0 += ADDR (1) Return (Local0) }
	Method (T029) { While (COUN < 3) { Load (PLAI, Local1) COUN += 2 } Return (COUN) }
	Method (LDER, 1) { If (Arg0) { Load (PLAI, Local0) } Return (Arg0 + 1) }
	Method (T02B) { Return (LDER (0) + LDER (1) + ROOT) }

	// LoadTable
	Method (T030) { LoadTable ("OEM9", "TERR", "LATER") Return (METH ()) }
	Method (T031) { LoadTable ("OEM9", "TERR", "LATER", "\\_SB") Return (\_SB.PLAC) }
	Method (T032) { LoadTable ("OEM9", "TERR", "LATER", "_SB") Return (\_SB.FROM) }
	Method (T033) { LoadTable ("OEM9", "TERR", "LATER", "^DEV0") Return (\DEV0.METH ()) }
	Method (T034) { LoadTable ("OEM9", "TERR", "LATER", "DEV0", "IND", 0x99) Return (\DEV0.IND) }
	Method (T035) { LoadTable ("OEM9", "TERR", "LATER", "DEV0", "COUN", 0x99) Return (COUN) }
	Method (T036) { LoadTable ("OEM9", "TERR", "LATER", "DEV0", "\\COUN", 0x99) Return (COUN) }
	Method (T037) { LoadTable ("OEM9", "TERR", "LATER", "DEV0", "^COUN", 0x99) Return (COUN) }
	Method (T038) { LoadTable ("OEM9", "TERR", "LATER", "", "STR", "given") Return (STR) }
	Method (T039) { LoadTable ("OEM9", "TERR", "LATER", "", "STR", 0x41) Return (STR) }
	Method (T03A) { LoadTable ("OEM9", "TERR", "LATER", "", "PARM", 1) Return (1) }
	Method (T03B) { LoadTable ("OEM9", "TERR", "LATER", "\\NONE", "COUN", 1) Return (1) }
	Method (T03C) { LoadTable ("OEM9", "TERR", "LATER", "\\_SB.NONE", "COUN", 1) Return (1) }
	Method (T03D) { LoadTable ("OEM9", "TERR", "LATER", "NONE", "COUN", 1) Return (1) }
	Method (T03E) { \DEV0.LDTB () Return (\DEV0.IND) }
	Method (T03F) { Return (LoadTable ("NONE", "", "", "\\NONE", "NONE", 0)) }
	Method (T040) { Return (LoadTable ("OEM9", "TER", "", "", "", 0)) }
	Method (T041) { Return (LoadTable ("OEM9", "TERR", "LATE", "", "", 0)) }
	Method (T042) { Return (LoadTable ("OEM9", "TOOLONG", "", "", "", 0)) }
	Method (T043) { Return (LoadTable ("OEM9", "", "TOOLONGID", "", "", 0)) }
	Method (T044) { Return (LoadTable ("OEM", "", "", "", "", 0)) }
	Method (T045) { Return (LoadTable ("oem9", "", "", "", "", 0)) }
	Method (T046) { LoadTable ("OEM9AND", "TERR", "") Return (METH ()) }
	Method (T047) { LoadTable ("OEM9", "", "") Return (METH ()) }
	Method (T048) { LoadTable ("OEM9", "TERRIE", "") Return (SECO) }
	Method (T049) { LoadTable ("OEM9", "", "TERRIERS") Return (SECO) }
	Method (T04A) { LoadTable ("OEM9", "", "") LoadTable ("OEM9", "TERR", "") Return (1) }
	Method (T04B) { LoadTable ("DSDT", "", "") Return (1) }
	Method (T04C) { LoadTable ("OEM8", "TERR  ", "") Return (BLAN) }
	Method (T04D) { Return (LoadTable ("OEM8", "TERR", "")) }
	Method (T04E) { Return (LoadTable (5, "", "")) }
	Method (T04F) { Return (LoadTable (Buffer () { 0x4F, 0x45, 0x4D, 0x39 }, "", "")) }
	Method (T050) { Local0 = LoadTable ("OEM9", "", "") Return (ObjectType (Local0)) }
	Method (T051) { If (LoadTable ("OEM9", "", "")) { Return (1) } Return (0) }
	Method (T052) { LoadTable ("OEM9", "", "", "", "DEV0", 1) Return (1) }

	// DataTableRegion
	Method (T060) { Return (DSIG) }
	Method (T061) { Return (DLEN > 0x400) }
	Method (T062) { Return (DSI9) }
	Method (T063) { Return (OEM9) }
	Method (T064) { DataTableRegion (DRGX, "NONE", "", "") Return (1) }
	Method (T065) { DataTableRegion (DRGX, "OEM", "", "") Return (1) }
	Method (T066) { DataTableRegion (DRGX, "OEM8", "TERR", "") Return (1) }
	Method (T067) { DataTableRegion (DRGX, "OEM8", "TERR  ", "BLANKS  ") Return (1) }
}
