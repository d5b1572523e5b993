"""Under overload browsing is refused first, purchases last, and nothing when there is little to do."""

from __future__ import annotations

from contextlib import ExitStack

from coursify.core.http.admission import Admission, Kind

BROWSE: tuple[str, dict[bytes, bytes]] = ("GET", {})
LEARN: tuple[str, dict[bytes, bytes]] = ("GET", {b"authorization": b"Bearer x"})
BUY: tuple[str, dict[bytes, bytes]] = ("POST", {b"authorization": b"Bearer x"})


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _refused(admission: Admission, path: str = "/api/v1/courses") -> list[bool]:
    return [
        admission.is_full({"method": method, "path": path}, dict(headers)) for method, headers in (BROWSE, LEARN, BUY)
    ]


def test_browsing_is_refused_first_and_purchases_last() -> None:
    admission = Admission()
    with ExitStack() as stack:
        for kind, expected in (
            (Kind.BROWSING, [True, False, False]),
            (Kind.READING, [True, True, False]),
            (Kind.CHANGING, [True, True, True]),
        ):
            before = _refused(admission)
            while admission._in_progress < kind.value[1]:
                assert _refused(admission) == before
                stack.enter_context(admission.counted())
            assert _refused(admission) == expected
    assert _refused(admission) == [False, False, False]


def test_a_fast_process_lets_more_requests_in() -> None:
    admission = Admission(clock := _Clock())
    for _ in range(2_100):
        with admission.counted():
            clock.now += 0.0005
    with ExitStack() as stack:
        for _ in range(900):
            stack.enter_context(admission.counted())
        assert _refused(admission) == [False, False, False]
        for _ in range(200):
            stack.enter_context(admission.counted())
        assert _refused(admission) == [True, False, False]


def test_health_checks_and_streams_are_never_refused() -> None:
    admission = Admission()
    with ExitStack() as stack:
        for _ in range(2_000):
            stack.enter_context(admission.counted())
        for path in ("/health/ready", "/metrics", "/media/pictures/x"):
            assert _refused(admission, path) == [False, False, False]


def test_it_is_back_to_normal_when_the_work_is_done() -> None:
    admission = Admission()
    with ExitStack() as stack:
        for _ in range(600):
            stack.enter_context(admission.counted())
        assert _refused(admission) == [True, True, True]
    assert _refused(admission) == [False, False, False]
