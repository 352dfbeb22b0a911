// SPDX-License-Identifier: MIT
// Arithmetic, bits and BCD.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (BIG, 0xFEDCBA9876543210)
	Name (MAXI, 0xFFFFFFFFFFFFFFFF)
	Name (ACC, 0)

	Method (T000) { Return (Add (BIG, MAXI)) }
	Method (T001) { Return (Add (MAXI, One)) }
	Method (T002) { Return (Subtract (Zero, One)) }
	Method (T003) { Return (Multiply (BIG, BIG)) }
	Method (T004) { Local0 = 7 Return (BIG / Local0) }
	Method (T005) { Divide (BIG, 1000, Local0, Local1) Return (Package () { 0, 0 }) }
	Method (T006) { Divide (BIG, 1000, Local0, Local1) Return (Local0) }
	Method (T007) { Divide (BIG, 1000, Local0, Local1) Return (Local1) }
	Method (T008) { Local0 = 0 Return (5 / Local0) }
	Method (T009) { Local0 = 0 Return (5 % Local0) }
	Method (T00A) { Return (Mod (BIG, 97)) }
	Method (T00B) { Return (ShiftLeft (BIG, 4)) }
	Method (T00C) { Return (ShiftLeft (One, 31)) }
	Method (T00D) { Return (ShiftLeft (One, 32)) }
	Method (T00E) { Return (ShiftLeft (One, 63)) }
	Method (T00F) { Return (ShiftLeft (One, 64)) }
	Method (T010) { Return (ShiftRight (BIG, 31)) }
	Method (T011) { Return (ShiftRight (BIG, 64)) }
	Method (T012) { Return (ShiftRight (BIG, 1000)) }
	Method (T013) { Return (And (BIG, 0xFF00FF00FF00FF00)) }
	Method (T014) { Return (NAnd (BIG, 0xFF00FF00FF00FF00)) }
	Method (T015) { Return (Or (BIG, 0x0F0F)) }
	Method (T016) { Return (NOr (BIG, 0x0F0F)) }
	Method (T017) { Return (XOr (BIG, MAXI)) }
	Method (T018) { Return (Not (BIG)) }
	Method (T019) { Return (Not (Zero)) }
	Method (T01A) { Return (FindSetLeftBit (BIG)) }
	Method (T01B) { Return (FindSetRightBit (BIG)) }
	Method (T01C) { Return (FindSetLeftBit (Zero)) }
	Method (T01D) { Return (FindSetRightBit (Zero)) }
	Method (T01E) { Return (FindSetLeftBit (One)) }
	Method (T01F) { Return (FindSetRightBit (0x80000000)) }
	Method (T020) { Return (ToBCD (1234567)) }
	Method (T021) { Return (FromBCD (0x1234567)) }
	Method (T022) { Return (ToBCD (99999999)) }
	Method (T023) { Local0 = 100000000 Return (ToBCD (Local0)) }
	Method (T024) { Local0 = 0xABC Return (FromBCD (Local0)) }
	Method (T025) { Local0 = MAXI Return (ToBCD (Local0)) }
	Method (T026) { Local0 = 5 Increment (Local0) Return (Local0) }
	Method (T027) { Local0 = 0 Decrement (Local0) Return (Local0) }
	Method (T028) { Local0 = MAXI Return (Increment (Local0)) }
	Method (T029) { ACC = 3 ACC++ ACC++ Return (ACC) }
	Method (T02A) { ACC = 3 Return (Add (ACC, 4, ACC)) }
	Method (T02B) { ACC = 3 Add (ACC, 4, ACC) Return (ACC) }
	Method (T02C) { Return (Add ("10", 1)) }
	Method (T02D) { Return (Add ("FG", 1)) }
	Method (T02E) { Return (Add (Buffer () { 1, 2 }, 1)) }
	Method (T02F) { Return (Add (Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, 1)) }
	Method (T030) { Local0 = Buffer (0) { } Return (Add (Local0, 1)) }
	Method (T031) { Local0 = Package () { 1 } Return (Add (Local0, 1)) }
	Method (T032) { Return (Add (Local3, 1)) }
	Method (T033) { Return (Add (Add (1, 2), Add (Add (3, 4), 5))) }
	Method (T034) { Return (Add (Index (Package () { 7 }, 0), 1)) }
	Method (T035) { Local0 = "5" Increment (Local0) Return (Local0) }
	Method (T036) { Return (Ones) }
	Method (T037) { Return (0x123456789ABCDEF0) }
	Method (T038) { Return (Add (DerefOf (Index (Package () { 7 }, 0)), 1)) }
	Method (T039) { Local0 = 0xFFFFFFFF Return (Add (Local0, 1)) }
	Method (T03A) { Return (Add ("", 1)) }
	Method (T03B) { Return (Add (" 12", 1)) }
	Method (T03C) { Return (Add ("0x12", 1)) }
	Method (T03D) { Return (Add ("123456789ABCDEF012345", 0)) }
	Method (T03E) { Local0 = "ff" Return (Local0 + 1) }
	Method (T03F) { ACC = 9 Return (Decrement (ACC)) }
}
