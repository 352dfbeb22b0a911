# SPDX-License-Identifier: MIT
"""The harness itself: what it does when QEMU fails, not the guest."""

import pytest

import guest


class Dying:
    """A guest whose QEMU ends as the list says, one after the other."""

    def __init__(self, name, *_, **__):
        self.text = f"=== help\nof {name}\n"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def wait(self):
        return self.ends.pop(0)


@pytest.mark.filterwarnings("ignore:.*QEMU died")
def test_qemu_may_die_once(monkeypatch):
    monkeypatch.setattr(guest, "Guest", Dying)
    Dying.ends = [-11, 1]
    assert guest.run("g", "", ["help"])[1] == {"help": "of g-again\n"}
    Dying.ends = [-11, -11]
    with pytest.raises(AssertionError, match="QEMU's status -11"):
        guest.run("g", "", ["help"])


def test_a_guest_that_fails_is_not_asked_again(monkeypatch):
    monkeypatch.setattr(guest, "Guest", Dying)
    Dying.ends = [3, 1]
    with pytest.raises(AssertionError, match="QEMU's status 3"):
        guest.run("g", "", ["help"])
