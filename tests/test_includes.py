# SPDX-License-Identifier: MIT
"""The form of includes, and that the check of it can fail."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
CHECK = ROOT / "tests" / "check_includes.py"


def check(folder):
    out = subprocess.run([CHECK, folder], capture_output=True, text=True)
    return out.returncode, out.stdout.splitlines()


def test_the_tree():
    assert check(ROOT) == (0, [])


def test_what_is_wrong_is_named(tmp_path):
    (tmp_path / "mm").mkdir()
    (tmp_path / "mm" / "good.h").write_text("#ifndef MM_GOOD_H\n#define MM_GOOD_H\n#endif\n")
    (tmp_path / "mm" / "bad.h").write_text("#ifndef BAD_H\n#define BAD_H\n#endif\n")
    (tmp_path / "mm" / "a.c").write_text(
        '#include <stdio.h>\n#include <stddef.h>\n#include "good.h"\n#include "mm/good.h"\n')
    assert check(tmp_path) == (1, [
        "mm/a.c: <stdio.h> is no freestanding header",
        'mm/a.c: "good.h" is no file from the top folder',
        "mm/bad.h: no include guard MM_BAD_H",
    ])
