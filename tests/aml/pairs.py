# SPDX-License-Identifier: MIT
"""ASL of operators over pairs of types, for test_aml.py: each pair a method \\Txxx.

A method makes its own names first, so that no case sees what another stored.
Left out is what acpiexec itself gets wrong: it loops for ever on a reference
stored to itself, and refuses a reference that is read back.
"""
NAMES = """
Name (INT, 0x1234) Name (STR, "abcd") Name (BUF, Buffer () { 1, 2, 3, 4, 5 })
Name (PKG, Package () { 7, "xy", Buffer () { 9 } }) Name (BU0, Buffer (0) { }) Name (ST0, "")
OperationRegion (RGN, SystemMemory, 0x100000, 0x40)
Field (RGN, ByteAcc, NoLock, Preserve) { FLD8, 8, F12, 12, Offset (8), F64, 64, F100, 100 }
FLD8 = 0x5A F12 = 0x765 F64 = 0x1122334455667708
F100 = Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 }
Name (BAK, Buffer (20) { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 })
CreateByteField (BAK, 1, BFB) CreateField (BAK, 17, 13, BF13) CreateField (BAK, 8, 80, BF80)
Local1 = RefOf (INT) Local4 = 0x55 Local5 = "loc" Local6 = Buffer () { 0x41, 0x42, 0 }
""".replace("\n", " ")

DATA = ["0x1F", '"0x1F"', '"zz"', "Buffer () { 1, 2, 3 }", "PKG", "INT", "STR", "BUF", "F12",
        "F100", "BFB", "BF13", "DerefOf (PKG [2])", "Local0"]
SOURCES = DATA + ['"123456789ABCDEF01"', "Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9 }", "F64", "BF80",
                  'Package () { 1, "p" }', "Local4", "Local5", "Local6", "DerefOf (Local1)"]
# A place, and how to see what is in it.
PLACES = [(name, name) for name in "INT STR BUF PKG BU0 ST0 FLD8 F12 F64 F100 BFB BF13 BF80 "
          "Local0 Local4 Local5 Local6".split()] + [
    ("PKG [1]", "DerefOf (PKG [1])"), ("BUF [2]", "BUF"), ("STR [1]", "BUF"),
    ("RefOf (INT)", "INT"), ("RefOf (Local4)", "Local4")]
TARGETED = ["Add (1, 2, %s)", 'Concatenate ("a", "b", %s)', 'ToInteger ("12", %s)',
            'ToBuffer ("12", %s)', "ToHexString (12, %s)", "ToBCD (12, %s)",
            "ToString (Buffer () { 0x41 }, Ones, %s)", "FindSetLeftBit (12, %s)",
            "Mid (Buffer () { 1, 2, 3 }, 1, 1, %s)", "Divide (7, 2, %s, Local7)"]
BINARY = ["Add", "And", "Concatenate", "LEqual", "LLess", "LOr", "Mod"]
UNARY = ["ToInteger", "ToHexString", "ToDecimalString", "ToBuffer", "Not", "LNot",
         "FindSetLeftBit", "FromBCD"]


def stored(statement, place):
    """The place's type and value after a statement."""
    seen = dict(PLACES)[place]
    return (f"{statement} Local7 = Package (2) {{ }} Local7 [0] = ObjectType ({seen}) "
            f"Local7 [1] = {seen} Return (Local7)")


def bodies(kind):
    """(what, the method's statements) of each case."""
    if kind in ("Store", "CopyObject"):
        for source in SOURCES:
            for place, _ in PLACES:
                if kind == "Store" or "[" not in place and "RefOf" not in place:
                    what = f"{kind} ({source}, {place})"
                    yield what, stored(what, place)
    elif kind == "target":
        for form in TARGETED:
            for place, _ in PLACES:
                yield form % place, stored(form % place, place)
    elif kind == "unary":
        for what in [f"{name} ({one})" for name in UNARY for one in SOURCES]:
            yield what, f"Return ({what})"
    else:
        for first in DATA:
            for second in DATA:
                yield f"{kind} ({first}, {second})", f"Return ({kind} ({first}, {second}))"


KINDS = ["Store", "CopyObject", "target", "unary", *BINARY]


def source(kind):
    """The DSDT's ASL, and what each \\Txxx is."""
    cases = list(bodies(kind))
    methods = [f"Method (T{i:03X}, 0, Serialized) {{ {NAMES} {body} }}"
               for i, (_, body) in enumerate(cases)]
    text = 'DefinitionBlock ("", "DSDT", 2, "TERR", "PAIRS", 1) {\n' + "\n".join(methods) + "\n}\n"
    return text, {f"\\T{i:03X}": what for i, (what, _) in enumerate(cases)}
