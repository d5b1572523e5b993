"""Which segments of the write-ahead log a restore replays."""

from __future__ import annotations

from coursify.backup.wal_files import WalFile, choose_wal, find_gap

MIB16 = 16_777_216


def files(*names: str) -> list[WalFile]:
    return [WalFile(f"wal/1/{name}", name, is_partial=False, size=1) for name in names]


def segment(number: int, timeline: int = 1) -> str:
    return f"{timeline:08X}{number // 256:08X}{number % 256:08X}"


def test_it_begins_with_the_backup_and_crosses_logs() -> None:
    stored = files(*(segment(number) for number in range(250, 260)))
    chosen = choose_wal(stored, start=segment(254), segment_bytes=MIB16)
    assert [file.name for file in chosen] == [segment(number) for number in range(254, 260)]
    assert find_gap(stored, start=segment(254), segment_bytes=MIB16) is None


def test_it_ends_before_a_segment_that_is_missing() -> None:
    stored = files(segment(3), segment(4), segment(6), segment(7))
    assert [file.name for file in choose_wal(stored, start=segment(3), segment_bytes=MIB16)] == [segment(3), segment(4)]
    assert find_gap(stored, start=segment(3), segment_bytes=MIB16) == segment(5)


def test_after_a_restore_the_log_goes_on_in_the_next_timeline() -> None:
    stored = files(segment(3), segment(4), segment(4, 2), segment(5, 2), "00000002.history")
    chosen = {file.name for file in choose_wal(stored, start=segment(3), segment_bytes=MIB16)}
    assert chosen == {file.name for file in stored}
    assert find_gap(stored, start=segment(3), segment_bytes=MIB16) is None


def test_nothing_stored_is_no_gap() -> None:
    assert choose_wal([], start=segment(3), segment_bytes=MIB16) == []
    assert find_gap([], start=segment(3), segment_bytes=MIB16) is None
