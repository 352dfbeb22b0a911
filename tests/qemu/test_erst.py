# SPDX-License-Identifier: MIT
"""ERST tables that firmware should not have made: one line says so, nothing is claimed."""

import struct

import pytest

import guest

GET_RANGE, GET_LENGTH = 13, 14
READ, WRITE_VALUE, GOTO = 0, 3, 15
PORT, PORT_WIDE = (1, 8, 0, 1, 0x4F0), (1, 32, 0, 3, 0x4F0)  # nobody's: reads all ones
RAM = (0, 32, 0, 3, 0x200000)


def entry(action, instruction, register=PORT, value=0):
    """ACPI 6.5, 18.5.1.2; a register is space, width, offset, access size, address."""
    return struct.pack("<BBBBBBBBQQQ", action, instruction, 0, 0, *register, value, 2**64 - 1)


def body(entries, nr=None, header_length=48):
    return struct.pack("<III", header_length, 0, len(entries) if nr is None else nr) + \
        b"".join(entries)


ASK = [entry(GET_RANGE, READ), entry(GET_LENGTH, READ)]
CASES = {
    "count": (body(ASK, nr=100), "header of 48 and 100 entries do not go together"),
    "header": (body(ASK, header_length=40), "header of 40 and 2 entries do not go together"),
    "instruction": (body(ASK + [entry(0, 99)]), "entry 2: no instruction 99"),
    "register": (body([entry(0, READ, (0, 64, 8, 4, 0x1000))]), "entry 0: no register"),
    "ram": (body(ASK + [entry(0, READ, RAM)]), "APEI ERST: [mem 0x00200000-0x00200003] is taken"),
    "silent": (body([entry(0, READ)]), "firmware does not say where its records are"),
    "loop": (body([entry(GET_RANGE, WRITE_VALUE, value=0), entry(GET_RANGE, GOTO)]),
             "action 13: no end after"),
    "range": (body([entry(GET_RANGE, READ, PORT_WIDE), entry(GET_LENGTH, WRITE_VALUE, value=0)]),
              "no range"),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_broken_table_claims_nothing(tmp_path, name):
    data, message = CASES[name]
    path = tmp_path / "erst"
    path.write_bytes(data)
    text, out = guest.run(f"erst-{name}", f"-M q35 -nic none -acpitable sig=ERST,data={path}",
                          ["iomem", "ioports"])
    assert message in text
    assert "APEI ERST" not in out["iomem"] + out["ioports"]
