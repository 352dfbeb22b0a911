// SPDX-License-Identifier: MIT
// CopyObject to names of every type, and what becomes of what depended on them.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (INT, 5)
	Name (STR, "abcd")
	Name (BUF, Buffer () { 1, 2, 3 })
	Name (PKG, Package () { 1, DEV1, INT })
	Device (DEV0) { Name (INX, 1) }
	Device (DEV1) { Name (INX, 1) }
	Processor (CPU0, 1, 0, 0) { Name (INX, 2) }
	PowerResource (PWR0, 0, 0) { }
	ThermalZone (THZ0) { }
	Mutex (MTX0, 0)
	Mutex (MTX1, 3)
	Event (EVT0)
	Method (MTH0) { Return (9) }
	OperationRegion (RGN, SystemMemory, 0x1000, 0x20)
	OperationRegion (RGN2, SystemMemory, 0x2000, 0x20)
	Field (RGN, ByteAcc, NoLock, Preserve) { FLD, 8 }
	CreateByteField (BUF, 1, BFLD)
	Method (COPY, 2) { CopyObject (Arg1, Arg0) Return (Arg0) }

	Method (T000, 0, Serialized) { Device (DEVT) { } CopyObject (5, DEVT) Return (ObjectType (DEVT)) }
	Method (T001) { CopyObject (5, DEV0) Return (DEV0) }
	Method (T002) { Return (\DEV0.INX) }
	Method (T003) { CopyObject (DEV1, DEV0) Return (ObjectType (DEV0)) }
	Method (T004) { CopyObject ("p", CPU0) Return (CPU0) }
	Method (T005) { CopyObject (5, PWR0) Return (ObjectType (PWR0)) }
	Method (T006) { CopyObject (Buffer () { 1 }, THZ0) Return (THZ0) }
	Method (T007) { Acquire (MTX0, 0) CopyObject (5, MTX0) Return (MTX0) }
	Method (T008) { Release (MTX0) Return (1) }
	Method (T009) { CopyObject (5, EVT0) Return (ObjectType (EVT0)) }
	Method (T00A) { CopyObject (5, MTH0) Return (ObjectType (MTH0)) }
	Method (T00C) { FLD = 0x12 Return (FLD) }
	Method (T00D) { CopyObject (5, RGN) Return (ObjectType (RGN)) }
	Method (T00E) { Return (FLD) }
	Method (T00F) { CopyObject (RGN2, RGN) Return (ObjectType (RGN)) }
	Method (T011) { CopyObject (0x105, BFLD) Return (BUF) }
	Method (T012) { CopyObject (MTX1, INT) Return (ObjectType (INT)) }
	Method (T013) { CopyObject ("x", PKG) Return (PKG) }
	Method (T014) { COPY (RefOf (STR), 5) Return (ObjectType (STR)) }
	Method (T016) { COPY (RefOf (BFLD), 0x77) Return (BUF) }
	Method (T017) { Local0 = 1 COPY (RefOf (Local0), "loc") Return (Local0) }
	Method (T019) { Local0 = RefOf (MTX1) CopyObject ("x", Local0) Return (ObjectType (MTX1)) }
}
