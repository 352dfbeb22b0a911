// SPDX-License-Identifier: MIT
// Names without a value, references to them and to elements: where they may stand.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (INT, 5)
	Name (STR, "abcd")
	Name (BUF, Buffer () { 1, 2, 3 })
	Name (PKG, Package () { 1, DEV1, INT, 7 })
	Device (DEV0) { Name (INX, 1) }
	Device (DEV1) { Name (INX, 1) }
	Processor (CPU0, 1, 0, 0) { Name (INX, 2) }
	PowerResource (PWR0, 0, 0) { }
	ThermalZone (THZ0) { }
	Mutex (MTX0, 0)
	Event (EVT0)
	Method (MTH0) { Return (9) }
	OperationRegion (RGN, SystemMemory, 0x1000, 0x20)
	Field (RGN, ByteAcc, NoLock, Preserve) { FLD, 8 }
	CreateByteField (BUF, 1, BFLD)
	Method (SETR, 2) { Arg0 = Arg1 }
	Method (COPY, 2) { CopyObject (Arg1, Arg0) Return (Arg0) }
	Method (TYPE, 1) { Return (ObjectType (Arg0)) }
	Method (PASS, 1) { Return (TYPE (Arg0)) }
	Method (GIVE, 1) { Return (Arg0) }
	Method (RDEV) { Return (DEV0) }
	Method (RMTX) { Return (MTX0) }
	Method (KEEP, 1) { Local0 = Arg0 Return (1) }
	Method (TAKE, 1) { Return (Acquire (Arg0, 0)) }
	Method (NOTI, 1) { Notify (Arg0, 1) Return (1) }
	Method (ADD1, 1) { Return (Arg0 + 1) }
	Method (INCR, 1) { Arg0++ Return (Arg0) }
	Method (REFA, 1) { Local0 = RefOf (Arg0) Return (ObjectType (Local0)) }

	// Storing, passing and returning a name without a value.
	Method (T000) { Local0 = DEV0 Return (1) }
	Method (T001) { Local0 = MTX0 Return (1) }
	Method (T002) { Local0 = EVT0 Return (1) }
	Method (T003) { Local0 = RGN Return (1) }
	Method (T004) { Local0 = CPU0 Return (1) }
	Method (T005) { Local0 = PWR0 Return (1) }
	Method (T006) { Local0 = THZ0 Return (1) }
	Method (T007) { Local0 = \_SB Return (1) }
	Method (T008) { INT = DEV0 Return (1) }
	Method (T009) { FLD = DEV0 Return (1) }
	Method (T00A) { Local0 = Package () { 1 } Local0 [0] = DEV0 Return (1) }
	Method (T00B) { Debug = DEV0 Debug = MTX0 Debug = DerefOf (PKG [1]) Return (1) }
	Method (T00C) { Return (TYPE (DEV0)) }
	Method (T00D) { Return (TYPE (MTX0)) }
	Method (T00E) { Return (TYPE (RGN)) }
	Method (T00F) { Return (TYPE (THZ0)) }
	Method (T010) { Return (PASS (DEV0)) }
	Method (T011) { Return (TYPE (GIVE (DEV0))) }
	Method (T012) { Return (TYPE (RDEV ())) }
	Method (T013) { Return (TYPE (RMTX ())) }
	Method (T014) { Local0 = RDEV () Return (1) }
	Method (T015) { Return (KEEP (DEV0)) }
	Method (T016) { Return (KEEP (RefOf (DEV0))) }
	Method (T017) { CopyObject (DEV0, Local0) Return (ObjectType (Local0)) }
	Method (T018) { CopyObject (RefOf (DEV0), Local0) Return (ObjectType (Local0)) }
	Method (T019) { CopyObject (MTX0, Local0) Return (Acquire (Local0, 0)) }
	Method (T01A) { Return (TAKE (MTX0)) }
	Method (T01B) { Return (TAKE (RefOf (MTX0))) }
	Method (T01C) { Return (TAKE (DerefOf (RefOf (MTX0)))) }
	Method (T01D) { Local0 = RefOf (MTX0) Return (Acquire (Local0, 0)) }
	Method (T01E) { Return (NOTI (DEV0)) }
	Method (T01F) { Return (NOTI (RefOf (DEV0))) }
	Method (T020) { Local0 = RefOf (DEV0) Notify (Local0, 1) Return (1) }
	Method (T021) { Return (NOTI (PKG [1])) }
	Method (T022) { Notify (DerefOf (PKG [1]), 1) Return (1) }
	Method (T023) { SETR (RefOf (DEV0), 3) Return (ObjectType (DEV0)) }
	Method (T024) { Return (REFA (DEV0)) }

	// What ObjectType and SizeOf say of what DerefOf gives.
	Method (T030) { Return (ObjectType (DerefOf (BUF [1]))) }
	Method (T031) { Local0 = STR [1] Return (ObjectType (DerefOf (Local0))) }
	Method (T032) { Local0 = PKG [2] Return (ObjectType (DerefOf (Local0))) }
	Method (T033) { Local0 = PKG [1] Return (ObjectType (DerefOf (Local0))) }
	Method (T034) { Local0 = RefOf (INT) Return (ObjectType (DerefOf (Local0))) }
	Method (T035) { Local0 = RefOf (FLD) Return (ObjectType (DerefOf (Local0))) }
	Method (T036) { Local0 = RefOf (BFLD) Return (ObjectType (DerefOf (Local0))) }
	Method (T037) { Local0 = RefOf (DEV0) Return (ObjectType (DerefOf (Local0))) }
	Method (T038) { Local0 = RefOf (MTH0) Return (ObjectType (DerefOf (Local0))) }
	Method (T039) { Local0 = RefOf (MTX0) Return (ObjectType (DerefOf (Local0))) }
	Method (T03A) { Local0 = RefOf (PKG) Return (ObjectType (DerefOf (Local0))) }
	Method (T03B) { Local0 = "INT" Return (ObjectType (DerefOf (Local0))) }
	Method (T03C) { Local0 = "DEV0" Return (ObjectType (DerefOf (Local0))) }
	Method (T03D) { Local0 = "MTH0" Return (ObjectType (DerefOf (Local0))) }
	Method (T03E) { Local0 = "FLD" Return (ObjectType (DerefOf (Local0))) }
	Method (T03F) { Local0 = RefOf (INT) Local1 = RefOf (Local0) Return (ObjectType (DerefOf (Local1))) }
	Method (T040) { Local0 = RefOf (STR) Return (SizeOf (DerefOf (Local0))) }
	Method (T041) { Return (SizeOf (DerefOf (PKG [2]))) }
	Method (T042) { Local0 = 5 Return (ObjectType (DerefOf (Local0))) }
	Method (T043) { Return (ObjectType (RefOf (DEV0))) }
	Method (T044) { Return (ObjectType (RefOf (FLD))) }
	Method (T045) { Return (ObjectType (PKG [1])) }
	Method (T046) { Return (ObjectType (BUF [1])) }
	Method (T047) { Local0 = BUF [1] Return (ObjectType (Local0)) }
	Method (T048) { Local0 = RefOf (DEV0) Local1 = DerefOf (Local0) Return (1) }
	Method (T049) { Local0 = RefOf (THZ0) Local1 = DerefOf (Local0) Return (1) }
	Method (T04A) { Local0 = RefOf (MTX0) Local1 = DerefOf (Local0) Return (1) }
	Method (T04B) { Local0 = DerefOf (PKG [1]) Return (1) }
	Method (T04C) { Local0 = DerefOf (RDEV ()) Return (1) }
	Method (T04D) { Local0 = RefOf (INT) Store (7, DerefOf (Local0)) Return (INT) }
	Method (T04E) { Increment (DerefOf (RefOf (INT))) Return (INT) }
	Method (T04F) { Return (SizeOf (GIVE ("abc"))) }

	// An element of a package stands for its value; a byte does not, nor does what a local holds.
	Method (T050) { Return (PKG [0] + 1) }
	Method (T051) { Return (BUF [0] + 1) }
	Method (T052) { Return (ToInteger (PKG [0])) }
	Method (T053) { Return (ToInteger (BUF [0])) }
	Method (T054) { Return (BUF [0] == 1) }
	Method (T055) { Return (Mid (STR [0], 0, 1)) }
	Method (T056) { Local0 = PKG [0] Return (Local0 + 1) }
	Method (T057) { Local0 = BUF [0] Return (Local0 + 1) }
	Method (T058) { Local0 = PKG [0] Return (ToInteger (Local0)) }
	Method (T059) { Local0 = PKG [0] Return (Local0 == 1) }
	Method (T05A) { Return (ADD1 (PKG [0])) }
	Method (T05B) { Return (ADD1 (BUF [0])) }
	Method (T05C) { Return (!PKG [0]) }
	Method (T05D) { Return (Match (Package () { 5, 1 }, MEQ, BUF [0], MTR, 0, 0)) }
	Method (T05E) { Return (SizeOf (PKG [0])) }
	Method (T05F) { Return (SizeOf (BUF [0])) }
	Method (T060) { Local0 = PKG [0] Return (SizeOf (Local0)) }
	Method (T061) { Local0 = BUF [0] Return (SizeOf (Local0)) }
	Method (T062) { Increment (BUF [1]) Return (BUF) }
	Method (T063) { Decrement (BUF [1]) Return (BUF) }
	Method (T064) { Increment (PKG [3]) Return (DerefOf (PKG [3])) }
	Method (T065) { Add (BUF [1], 1, BUF [1]) Return (BUF) }
	Method (T066) { Return (INCR (BUF [1])) }
	Method (T067) { Return (INCR (RefOf (INT))) }
	Method (T068) { CreateByteField (BUF [0], 0, XX) Return (1) }
	Method (T069) { Return (Concatenate ("x", PKG [0])) }
	Method (T06A) { Return (Concatenate ("x", PKG [1])) }
	Method (T06B) { Return (Concatenate (BUF [1], "x")) }
	Method (T06C) { Local0 = BUF [0] Return (Concatenate ("x", Local0)) }
	Method (T06D) { Local0 = PKG [1] Return (Concatenate ("x", Local0)) }
	Method (T06E) { Local0 = RefOf (DEV0) Return (Concatenate ("x", Local0)) }
	Method (T06F) { Return (Concatenate ("x", RMTX ())) }
	Method (T070) { If (PKG [0]) { Return (1) } Return (0) }
	Method (T071) { Local0 = PKG [0] If (Local0) { Return (1) } Return (0) }
	Method (T072) { COPY (RefOf (DEV1), 5) Return (ObjectType (DEV1)) }
}
