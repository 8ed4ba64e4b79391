"""What the job of the joint tables remembers of click files."""

from __future__ import annotations

from pathlib import Path

from lakehouse.storage.files import Storage, StoredFile
from shop.joint_state import STATE_FILE, Hour, JointState, of_files


def files(count: int) -> list[StoredFile]:
    """Click files of an hour, as Firehose calls them."""
    return [
        StoredFile(f"clickstream-data/2026/11/20/13/kdf-clickstream-data-1-2026-11-20-13-00-00-{number:036d}.gz", 5, 7)
        for number in range(count)
    ]


def test_the_state_does_not_grow_with_files(tmp_path: Path) -> None:
    processed = Storage(f"file://{tmp_path}/")

    def size(count: int) -> int:
        hours = {f"2026-11-20-{hour:02d}": Hour.of(files(count), [1, 2]) for hour in range(24)}
        JointState(hours=hours).write(processed, None)
        assert JointState.read(processed).hours == hours
        return (tmp_path / STATE_FILE).stat().st_size

    # Of each hour the number of files is a digit or more longer.
    assert size(1000) - size(1) == 24 * 3


def test_a_file_that_changed_or_is_gone_changes_the_fingerprint_and_their_order_does_not() -> None:
    some = files(3)
    assert of_files(some) == of_files(some[::-1])
    others = [StoredFile(some[0].path, 6, 7), StoredFile(some[0].path, 5, 8), StoredFile(f"{some[0].path}x", 5, 7)]
    variants = [some[1:], *([other, *some[1:]] for other in others)]
    assert len({of_files(some), *map(of_files, variants)}) == 5


def test_a_state_of_before_says_the_same(tmp_path: Path) -> None:
    processed = Storage(f"file://{tmp_path}/")
    some = files(3)
    listed = {file.path: [file.size, file.modified] for file in some}
    hours = {
        "2026-11-20-13": {"files": listed, "products": None},
        "2026-11-20-14": {"files": {}, "products": [1]},
    }
    processed.write_json(STATE_FILE, {"items": 1, "hours": hours})
    assert JointState.read(processed).hours == {
        "2026-11-20-13": Hour.of(some, None),
        "2026-11-20-14": Hour("", 0, [1]),
    }
