# SPDX-License-Identifier: MIT
"""The layers of the image as built, and that the check of them can fail."""

import os
import pathlib
import subprocess

import check_layers

ROOT = pathlib.Path(__file__).resolve().parents[1]


def test_layers_of_the_image():
    build = ROOT / os.environ.get("BUILD", "build")
    out = subprocess.run([ROOT / "tests" / "check_layers.py", build], cwd=ROOT,
                         capture_output=True, text=True)
    assert out.returncode == 0, out.stdout + out.stderr


NEEDS = {"low/a.o": {"b"}, "high/c.o": {"a", "libc"}}
HOME = {"a": "low/a.o", "b": "high/b.o", "c": "high/c.o"}


def test_a_call_upwards_is_named():
    found = list(check_layers.problems({"low": set(), "high": {"low"}}, {}, NEEDS, HOME))
    assert found == ["low/a.o: b is of high/b.o, and low may not use high"]


def test_an_exception_allows_it():
    allowed = {("low/a.o", "b"): "said why"}
    assert not list(check_layers.problems({"low": set(), "high": {"low"}}, allowed, NEEDS, HOME))


def test_a_circle_is_named():
    found = list(check_layers.problems({"low": {"high"}, "high": {"low"}}, {}, NEEDS, HOME))
    assert found == ["a circle: low -> high -> low"]


def test_what_the_table_holds_too_much_of():
    rights = {"low": {"base"}, "high": {"low"}, "base": set()}
    found = list(check_layers.problems(rights, {("low/a.o", "b"): "", ("x.o", "y"): ""}, NEEDS, HOME))
    assert found == ["low may use base and does not", "the exception x.o -> y is none"]


def test_a_room_that_is_missing():
    found = list(check_layers.problems({"low": set()}, {("low/a.o", "b"): ""}, NEEDS, HOME))
    assert found == ["high/c.o: high is no room of the table"]
