# SPDX-License-Identifier: MIT
import pytest

import guest


@pytest.fixture(scope="session", autouse=True)
def built():
    """The image and the disk are made by `make`; these tests only run them."""
    for path in (guest.ELF, guest.ISO, guest.KERNEL_ELF, guest.KERNEL_ISO, guest.DISK):
        assert path.exists(), f"{path} is missing: run make first"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """A module's guests are forgotten with it."""
    if item.module is not guest.module:
        guest.module = item.module
        guest.started.clear()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Of a failure: what the guests of its module said of failed tests, and that one died of a triple fault."""
    report = (yield).get_result()
    for g in guest.started if report.failed else ():
        for what, text in (("failed", guest.failed_tests(g.text)), ("the end", guest.triple_fault(g.resets))):
            if text:
                report.sections.append((f"{what} in the guest {g.name}", text))
