# SPDX-License-Identifier: MIT
"""The ASL cases and their tables, compiled with iasl into build/aml.

As a program: each case with integers of 64 bits, build/aml/NAME-2.aml.
"""
import functools
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "build" / "aml"
CASES = sorted(path.stem for path in (HERE / "cases").glob("*.asl"))

WORK.mkdir(parents=True, exist_ok=True)


def iasl(source, revision=None):
    """The table: integers of 64 bits with revision 2, of 32 with 1.  Errors of type are meant: -va, for to say each
    takes iasl ten times as long as the rest."""
    table = WORK / f"{source.stem}-{revision or 'own'}.aml"
    table.unlink(missing_ok=True)
    override = ["-r", str(revision)] if revision else []
    subprocess.run(["iasl", "-f", "-va", "-oa", "-of", *override, "-p", table.with_suffix(""), source],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    assert table.exists(), f"iasl does not compile {source}"
    return table


@functools.lru_cache
def table_of(name):
    return iasl(HERE / "tables" / f"{name}.asl")


def lengthen(table, name, more):
    """The package of a Name gets a length that is wrong, which iasl would not write."""
    data = bytearray(table.read_bytes())
    at = data.index(b"\x08" + name.encode() + b"\x12") + 6
    data[at] += more
    data[9] = (data[9] - more) % 256
    table.write_bytes(data)


@functools.lru_cache
def compile_case(name, revision):
    """With the bytes of tables/NAME.asl in the buffers that name it."""
    text = (HERE / "cases" / f"{name}.asl").read_text()
    text = re.sub(r"/\* tables/(\w+)\.asl \*/",
                  lambda m: ", ".join(map(str, table_of(m[1]).read_bytes())), text)
    source = WORK / f"{name}.asl"
    source.write_text(text)
    table = iasl(source, revision)
    if longer := re.search(r"^// longer: (\w+) (\d+)", text, re.M):
        lengthen(table, longer[1], int(longer[2]))
    return table


if __name__ == "__main__":
    for case in CASES:
        compile_case(case, 2)
