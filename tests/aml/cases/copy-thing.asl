// SPDX-License-Identifier: MIT
// CopyObject of regions, mutexes, events, methods and devices, by name, argument and reference.
// tables: 
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	OperationRegion (RG0, SystemMemory, 0x2000, 0x10)
	Field (RG0, ByteAcc, NoLock, Preserve) { F00, 8, F01, 8 }
	Device (DEV0) { Name (IN0, 4) }
	Mutex (MTX0, 2) Event (EVT0)
	Method (MTH0) { Return (9) }
	ThermalZone (THZ0) {}
	Processor (CPU0, 1, 0, 0) {}
	PowerResource (PWR0, 0, 0) {}
	Method (COPY, 1, Serialized) { OperationRegion (RG1, SystemMemory, 0x3000, 0x4) CopyObject (Arg0, RG1) Field (RG1, ByteAcc, NoLock, Preserve) { G00, 8, Offset (8), G08, 8 } F00 = 0x21 Local0 = G00 G08 = 1 G00 = 0x22 Return (Local0 + F00) }
	Method (T000) { Return (COPY (RG0)) }
	Method (T001) { Return (COPY (RefOf (RG0))) }
	Method (T002) { Return (COPY (DerefOf (RefOf (RG0)))) }
	Method (T003, 0, Serialized) { Name (NAM, 0) CopyObject (RG0, NAM) Return (ObjectType (NAM)) }
	Method (T004, 0, Serialized) { Name (NAM, 0) CopyObject (MTX0, NAM) Local0 = Acquire (NAM, 0) Local1 = Acquire (MTX0, 0) Release (MTX0) Release (NAM) Return (ObjectType (NAM)) }
	Method (T005, 0, Serialized) { Name (NAM, 0) CopyObject (EVT0, NAM) Signal (NAM) Return (Wait (EVT0, 1)) }
	Method (T006, 0, Serialized) { Name (NAM, 0) CopyObject (EVT0, NAM) Signal (NAM) Return (Wait (NAM, 1)) }
	Method (T007, 0, Serialized) { Name (NAM, 0) CopyObject (DerefOf (RefOf (MTH0)), NAM) Return (NAM ()) }
	Method (T008, 0, Serialized) { Name (NAM, 0) CopyObject (DEV0, NAM) Return (ObjectType (NAM)) }
	Method (T009, 0, Serialized) { Name (NAM, 0) CopyObject (CPU0, NAM) Return (ObjectType (NAM)) }
	Method (T00A, 0, Serialized) { Name (NAM, 0) CopyObject (PWR0, NAM) Return (ObjectType (NAM)) }
	Method (T00B, 0, Serialized) { Name (NAM, 0) CopyObject (THZ0, NAM) Return (ObjectType (NAM)) }
	Method (T00C, 0, Serialized) { Local0 = RefOf (RG0) CopyObject (DerefOf (Local0), Local1) Return (ObjectType (Local1)) }
	Method (T00D, 0, Serialized) { Name (NAM, 0) Local0 = RefOf (RG0) CopyObject (DerefOf (Local0), NAM) Return (ObjectType (NAM)) }
	Method (T00E, 0, Serialized) { OperationRegion (RG2, SystemMemory, 0x4000, 0x10) Field (RG2, ByteAcc, NoLock, Preserve) { H00, 8 } H00 = 7 CopyObject (RG0, RG2) Return (H00) }
	Method (T00F, 0, Serialized) { OperationRegion (RG2, SystemMemory, 0x4000, 0x10) Field (RG2, ByteAcc, NoLock, Preserve) { H00, 8 } CopyObject (5, RG2) Return (H00) }
	Method (T010, 0, Serialized) { OperationRegion (RG2, SystemMemory, 0x4000, 0x10) Field (RG2, ByteAcc, NoLock, Preserve) { H00, 8 } CopyObject (RG2, RG2) H00 = 3 Return (H00) }
	Method (T012, 0, Serialized) { Mutex (MTX1, 0) CopyObject (MTX0, MTX1) Return (Acquire (MTX1, 0)) }
	Method (T013, 1, Serialized) { CopyObject (RG0, Arg0) Return (ObjectType (Arg0)) }
	Method (T014, 0, Serialized) { CopyObject (RG0, Local0) Return (COPY (Local0)) }
	Method (PUTR, 2) { CopyObject (Arg1, Arg0) }
	Method (T015, 0, Serialized) { OperationRegion (RG2, SystemMemory, 0x4000, 0x10) PUTR (RefOf (RG2), RG0) Field (RG2, ByteAcc, NoLock, Preserve) { H00, 8 } F00 = 0x44 Return (H00) }
}
