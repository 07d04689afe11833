import operator
import re
import time
import uuid
from functools import reduce

from handlers.common.clock import now, time_ordered_id


def test_an_id_is_a_uuid_of_version_7_of_its_millisecond() -> None:
    for _ in range(50):
        before = time.time_ns() // 1_000_000
        made = uuid.UUID(time_ordered_id())
        after = time.time_ns() // 1_000_000
        # RFC 9562, section 5.7.
        assert before <= made.int >> 80 <= after
        assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_all_other_bits_are_random() -> None:
    made = [uuid.UUID(time_ordered_id()).int for _ in range(300)]
    random_bits = ((1 << 80) - 1) & ~(0xF << 76) & ~(0x3 << 62)
    ever = reduce(operator.or_, made) & random_bits
    always = reduce(operator.and_, made) & random_bits
    assert (ever, always) == (random_bits, 0)


def test_two_ids_of_a_millisecond_differ() -> None:
    assert len({time_ordered_id() for _ in range(1000)}) == 1000


def test_the_time_is_rfc_3339_in_utc_with_milliseconds() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", now())
