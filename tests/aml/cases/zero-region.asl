// SPDX-License-Identifier: MIT
// Regions without a byte.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	OperationRegion (RZ, SystemIO, 0, 0)
	Field (RZ, ByteAcc, NoLock, Preserve) { FZ, 8 }
	Name (SIZE, 0)
	Method (T000) { Return (ObjectType (RZ)) }
	Method (T001) { Return (CondRefOf (FZ)) }
	Method (T002) { Return (FZ) }
	Method (T003, 0, Serialized) {
		OperationRegion (RM, SystemMemory, 0x1000, SIZE)
		Field (RM, AnyAcc, NoLock, Preserve) { FM, 8 }
		Return (0x77)
	}
	Method (T004, 0, Serialized) {
		OperationRegion (RM, SystemMemory, 0x1000, SIZE)
		Field (RM, AnyAcc, NoLock, Preserve) { FM, 8 }
		FM = 1
		Return (FM)
	}
}
