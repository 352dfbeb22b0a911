# SPDX-License-Identifier: MIT
import pytest

import guest


@pytest.fixture(scope="session", autouse=True)
def built():
    """The image and the disk are made by `make`; these tests only run them."""
    for path in (guest.ELF, guest.ISO, guest.KERNEL_ELF, guest.KERNEL_ISO, guest.DISK):
        assert path.exists(), f"{path} is missing: run make first"
