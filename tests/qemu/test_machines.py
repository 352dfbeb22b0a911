# SPDX-License-Identifier: MIT
"""Every machine boots to the monitor, passes the suites and has Linux's register."""

import re

import pytest

import guest
import register

NAMES = sorted(path.stem for path in guest.MACHINES.glob("*.args"))


@pytest.fixture(scope="module", params=NAMES)
def booted(request):
    name = request.param
    text, out = guest.run(name, guest.machine(name), ["iomem", "ioports", "selftest"],
                          words=guest.words(name), timeout=120)
    return name, text, out


def test_no_warning(booted):
    _, text, _ = booted
    boot = text.split("Terrier:", 1)[1].split("=== iomem")[0]  # GRUB warns of its own things
    assert "WARNING" not in boot and "panic" not in boot


def test_suites_pass(booted):
    _, _, out = booted
    results = out["selftest"]
    assert not re.findall(r"^not ok.*", results, re.M)
    assert re.search(r"^# pass:[1-9]\d* fail:0 ", results, re.M), results[-500:]


@pytest.mark.parametrize("which", ["iomem", "ioports"])
def test_register_is_linux(booted, which):
    name, text, out = booted
    ours, linux = register.parse(out[which]), register.linux_rows(name, which)
    register.check_tree(ours)
    if which == "iomem":
        register.check_image(ours)
    differ = register.differences(ours, linux)
    assert not differ or register.picture_moved(differ, text), "\n".join(differ)
