/* SPDX-License-Identifier: MIT */
/* The opcodes that more than the table of opcode.c names (ACPI 6.5, 20.3). */
#ifndef DRIVERS_ACPI_AML_OPCODES_H
#define DRIVERS_ACPI_AML_OPCODES_H

#define AML_EXT_PREFIX 0x5b
#define AML_EXT(byte)  (0x100 | (byte)) /* behind the prefix */

#define AML_ZERO	  0x00
#define AML_ONE		  0x01
#define AML_BYTE	  0x0a
#define AML_WORD	  0x0b
#define AML_DWORD	  0x0c
#define AML_STRING_PREFIX 0x0d
#define AML_QWORD	  0x0e
#define AML_PACKAGE_OP	  0x12
#define AML_VAR_PACKAGE	  0x13
#define AML_DUAL_NAME	  0x2e
#define AML_MULTI_NAME	  0x2f
#define AML_LOCAL0	  0x60
#define AML_ARG6	  0x6e
#define AML_REF_OF	  0x71
#define AML_ADD		  0x72
#define AML_SUBTRACT	  0x74
#define AML_INCREMENT	  0x75
#define AML_MULTIPLY	  0x77
#define AML_SHIFT_LEFT	  0x79
#define AML_SHIFT_RIGHT	  0x7a
#define AML_AND		  0x7b
#define AML_NAND	  0x7c
#define AML_OR		  0x7d
#define AML_NOR		  0x7e
#define AML_XOR		  0x7f
#define AML_FIND_SET_LEFT 0x81
#define AML_DEREF_OF	  0x83
#define AML_MOD		  0x85
#define AML_INDEX	  0x88
#define AML_CREATE_DWORD  0x8a
#define AML_CREATE_WORD	  0x8b
#define AML_CREATE_BYTE	  0x8c
#define AML_CREATE_BIT	  0x8d
#define AML_CREATE_QWORD  0x8f
#define AML_LAND	  0x90
#define AML_LNOT	  0x92
#define AML_LEQUAL	  0x93
#define AML_LGREATER	  0x94
#define AML_LLESS	  0x95
#define AML_TO_DECIMAL	  0x97
#define AML_ELSE	  0xa1
#define AML_BREAK	  0xa5
#define AML_ONES	  0xff
#define AML_CREATE_FIELD  AML_EXT(0x13)
#define AML_DEBUG_OP	  AML_EXT(0x31)
#define AML_DEVICE_OP	  AML_EXT(0x82)
#define AML_PROCESSOR_OP  AML_EXT(0x83)
#define AML_POWER_OP	  AML_EXT(0x84)
#define AML_THERMAL_OP	  AML_EXT(0x85)

#endif
