"""Nobody overwrites what somebody else has saved."""

import threading

import pytest

from behave.web.saved import ABSENT, Conflict, save, version_of


@pytest.fixture
def file(tmp_path):
    return tmp_path / "arenas.csv"


def test_a_new_file_is_saved_once(file):
    save(file, ABSENT, lambda: b"mine")
    with pytest.raises(Conflict, match=r"Somebody else has saved arenas\.csv"):
        save(file, ABSENT, lambda: b"theirs")
    assert file.read_bytes() == b"mine"


def test_a_file_changed_by_hand_is_not_overwritten(file):
    save(file, ABSENT, lambda: b"mine")
    version = version_of(file)
    file.write_bytes(b"edited in a spreadsheet")
    with pytest.raises(Conflict):
        save(file, version, lambda: b"mine again")
    assert file.read_bytes() == b"edited in a spreadsheet"


def test_of_many_at_once_exactly_one_saves(file):
    saved, refused = [], []

    def attempt(number):
        try:
            save(file, ABSENT, lambda: str(number).encode())
            saved.append(number)
        except Conflict:
            refused.append(number)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(saved) == 1
    assert len(refused) == 7
    assert file.read_bytes() == str(saved[0]).encode()
