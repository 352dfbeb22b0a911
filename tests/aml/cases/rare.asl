// SPDX-License-Identifier: MIT
// What firmware seldom has: operators, access types, forms of terms.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (INT, 5)
	Name (STR, "abcd")
	Name (BUF, Buffer () { 1, 2, 3, 4, 5 })
	Name (FIVE, 5)
	Name (RPKG, Package () { 1, INT, STR, Package () { 2, LATE }, Package () { } })
	Name (LATE, "later")
	Name (VPKG, Package (FIVE) { 1, 2 })
	OperationRegion (MEM, SystemMemory, 0x1000, 0x80)
	Field (MEM, BufferAcc, Lock, Preserve) { F000, 8, F001, 24, F004, 96 }
	Field (MEM, ByteAcc, Lock, WriteAsZeros) { Offset (0x20), L020, 4, L021, 12 }
	Field (MEM, QWordAcc, NoLock, WriteAsOnes) { Offset (0x28), Q028, 3, Q029, 70 }
	Field (MEM, ByteAcc, NoLock, Preserve) { Offset (0x28), R028, 64, R030, 64 }
	Field (MEM, AnyAcc, NoLock, Preserve) {
		Offset (0x40), C040, 8, AccessAs (BufferAcc, AttribByte), C041, 8,
		AccessAs (ByteAcc, AttribBytes (4)), C042, 16, AccessAs (QWordAcc), C044, 32 }
	OperationRegion (IOR, SystemIO, 0x500, 0x10)
	Field (IOR, DWordAcc, NoLock, Preserve) { P000, 9, P001, 30 }
	Field (IOR, QWordAcc, NoLock, Preserve) { Offset (8), P008, 64 }
	Field (IOR, ByteAcc, NoLock, Preserve) { Offset (8), P808, 32, P80C, 32 }
	Device (DEV0) { Name (_HID, "TERR0000") }
	Event (EVT0)
	Mutex (MTX0, 0)
	Method (SETR, 2) { Arg0 = Arg1 }
	Method (COPY, 2) { CopyObject (Arg1, Arg0) Return (Arg0) }
	Method (SWAP, 2) { Local0 = DerefOf (Arg0) Arg0 = DerefOf (Arg1) Arg1 = Local0 }
	Method (LEVL, 1) { SETR (Arg0, 0x31) }
	Method (LAST) { INT = 9 }
	Method (TAKE, 7) { Return (Arg6 - Arg0) }
	Method (SERI, 0, Serialized) { Name (INSD, 1) INSD++ Return (INSD) }

	Method (T000) { Noop Return (1) }
	Method (T001) { Fatal (2, 0x12345678, 9) Return (1) }
	Method (T002) { Return (LoadTable ("OEM9", "", "", "\\", "", 0)) }
	Method (T003) { Return (Revision > 0) }
	Method (T004) { Return (RPKG) }
	Method (T005) { Return (DerefOf (DerefOf (RPKG [3]) [1])) }
	Method (T006) { Return (SizeOf (RPKG [4])) }
	Method (T007) { Return (VPKG) }
	Method (T008) { Return (SizeOf (VPKG)) }
	Method (T009) { Local0 = 300 Local1 = Package (Local0) { 1 } Return (SizeOf (Local1)) }
	Method (T00A) { F000 = 0x11 F001 = 0x223344 Return (F001) }
	Method (T00B) { F004 = Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 } Return (F004) }
	Method (T00C) { L020 = 5 Return (L021) }
	Method (T00D) { L021 = 0xFFF Return (L020) }
	Method (T00E) { Q028 = 2 Return (R028) }
	Method (T00F) { Q029 = 0 Return (R030) }
	Method (T010) { C040 = 1 C041 = 2 C042 = 0x304 C044 = 0x5060708 Return (C042) }
	Method (T011) { Return (C044) }
	Method (T012) { P000 = 0x1FF P001 = 0x2AAAAAAA Return (P001) }
	Method (T013) { P008 = 0x1122334455667788 Return (P808) }
	Method (T014) { P80C = 0x99AABBCC Return (P008) }
	Method (T015) { SETR (RefOf (INT), "text") Return (INT) }
	Method (T016) { INT = 5 SETR (RefOf (STR), 0x41) Return (STR) }
	Method (T017) { Local0 = 1 Local1 = 2 SWAP (RefOf (Local0), RefOf (Local1)) Return (Local0 * 16 + Local1) }
	Method (T018) { Local0 = 1 LEVL (RefOf (Local0)) Return (Local0) }
	Method (T019) { Local0 = Package () { 1, 2 } SETR (Local0 [1], "in") Return (Local0) }
	Method (T01A) { Local0 = Buffer () { 1, 2 } SETR (Local0 [1], 0x55) Return (Local0) }
	Method (T01B) { Return (COPY (RefOf (INT), "copied")) }
	Method (T01C) { Return (LAST ()) }
	Method (T01D) { Local0 = 8 LAST () Return (Local0) }
	Method (T01E) { Return (TAKE (1, 2, 3, 4, 5, 6, TAKE (1, 2, 3, 4, 5, 6, 7))) }
	Method (T01F) { Return (SERI () + SERI ()) }
	Method (T020) { Return (Wait (EVT0, 1)) }
	Method (T021) { Signal (EVT0) Signal (EVT0) Return (Wait (EVT0, 0xFFFF) + Wait (EVT0, 0xFFFF)) }
	Method (T022) { Reset (EVT0) Return (Wait (EVT0, 0)) }
	Method (T023) { If (Acquire (MTX0, 10)) { Return (1) } Release (MTX0) Return (2) }
	Method (T024) { Notify (DEV0, 0x80) Notify (\_SB, 1) Return (1) }
	Method (T025) { Notify (MTX0, 1) Return (1) }
	Method (T026) { CreateByteField (STR, 0, SBF) Return (SBF) }
	Method (T027) { CreateWordField (INT, 0, IBF) IBF = 0x7777 Return (INT) }
	Method (T028) { CreateByteField (VPKG, 0, VBF) Return (VBF) }
	Method (T029) { Local0 = "" Return (DerefOf (Local0)) }
	Method (T02A) { Name (BTGT, Buffer (5) { 9, 9, 9, 9, 9 }) ToBuffer ("12", BTGT) Return (BTGT) }
	Method (T02B) { Name (STGT, "longer") ToHexString (Buffer () { 1 }, STGT) Return (STGT) }
	Method (T02C) { Name (ITGT, 5) ToString (Buffer () { 0x41 }, Ones, ITGT) Return (ITGT) }
	Method (T02D) { Return (ToString (BUF, 3)) }
	Method (T02E) { Return (Match (BUF, MEQ, 1, MTR, 0, 0)) }
	Method (T02F) { Return (Match (Package () { 1, 5, 9, 12 }, MGE, 5, MLT, 12, 0)) }
	Method (T030) { Return (Match (Package () { 1, 5, 9, 12 }, MGT, 5, MLE, 12, 0)) }
	Method (T031) { Return (Match (Package () { 1, 5, 9, 12 }, MTR, 5, MGT, 9, 0)) }
	Method (T032) { Return (Match (Package () { "a", "b", "c" }, MGE, "b", MLE, "b", 0)) }
	Method (T033) { Return (Match (Package () { Buffer () { 1 }, Buffer () { 2 } }, MLT, Buffer () { 2 }, MGE, 0, 0)) }
	Method (T034) { Return (Match (Package () { LATE, INT }, MEQ, "later", MTR, 0, 0)) }
	Method (T035) { Local0 = 0 While (Local0 < 3) { While (One) { Local0++ Break } If (Local0 == 2) { Break } } Return (Local0) }
	Method (T036) { Local0 = 0 While (Local0 < 9) { Local0++ If (Local0 > 3) { Return (Local0) } Else { Continue } } Return (0) }
	Method (T037) { Break Return (1) }
	Method (T038) { Local0 = RefOf (INT) Local1 = RefOf (Local0) Return (DerefOf (DerefOf (Local1))) }
	Method (T039) { Local0 = Package () { Package () { Package () { 7 } } } Return (DerefOf (DerefOf (DerefOf (Local0 [0]) [0]) [0])) }
	Method (T03A) { Local0 = Package () { "abc" } Return (DerefOf (DerefOf (Local0 [0]) [1])) }
	Method (T03B) { Return (Mid (ToBuffer ("abcdef"), 2, 9)) }
	Method (T03C) { Return (Concatenate (Concatenate (1, 2), "x")) }
	Method (T03D) { Return (FromBCD (0x9999999999999999)) }
	Method (T03E) { Return (ToBCD (9999999999999999)) }
	Method (T03F) { Return (0xFFFFFFFFFFFFFFFF + 2) }
	Method (T040) { Return (ConcatenateResTemplate (Buffer () { 0x22, 8, 0, 0x79, 0 }, Buffer () { 0x79, 0x87 })) }
	Method (T041) { Alias (STR, ASTR) ASTR = "via" Return (STR) }
	Method (T042) { Return (CondRefOf (T042)) }
	Method (T043) { Return (ObjectType (T042)) }
	Method (T044) { Local0 = "0x10" Local0 += 1 Return (Local0) }
	Method (T045) { Return (SizeOf (\_OS)) }
	Method (T046) { Return (\_OSI ("Extended Address Space Descriptor")) }
	Method (T047) { Return (\_OSI ("Windows 3000")) }
	Method (T048) { Return (\_OSI (5)) }
	Method (T049) { Return (ObjectType (\_SB)) }
	Method (T04A) { Return (ObjectType (\_OSI)) }
	Method (T04B) { Store (One, Debug) Store (DEV0, Debug) Return (3) }
	Method (T04C) { Stall (0xFF) Return (1) }
	Method (T04F) { SETR (DEV0, 3) Return (ObjectType (DEV0)) }
	Method (T050) { Return (COPY (DEV0, "over")) }
	Method (T051) { Return (COPY (RefOf (BUF), STR)) }
	Method (T052) { Return (RefOf (FIVE)) }
	Method (T053) { Local0 = RefOf (FIVE) Return (Concatenate ("x", Local0)) }
	Method (T04D) { Stall (0x100) Return (1) }
	Method (T04E) { Sleep (0) Return (1) }
}
