"""Values of PDF files are read as the standard spells them, and know where they stood."""

from __future__ import annotations

import pytest

from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars.pdf_content import balance
from aigc_label.grammars.pdf_objects import (
    CutShort,
    Dictionary,
    Name,
    Parser,
    Ref,
    Text,
    Value,
    hexadecimal,
    literal,
)
from aigc_label.limits import DEFAULT_LIMITS


def value(data: bytes) -> Value:
    return Parser(data, 0, DEFAULT_LIMITS).value()


@pytest.mark.parametrize(
    ("spelt", "held"),
    [
        (b"true ", True),
        (b"null ", None),
        (b"-17 ", -17),
        (b"+.5 ", 0.5),
        (b"4. ", 4.0),
        (b"/A#42#20c ", Name(b"AB c")),
        (b"/ ", Name(b"")),
        (b"12 0 R ", Ref(12, 0)),
        (b"<48 65 6> ", Text(b"He`")),
        (b"(a(b)c) ", Text(b"a(b)c")),
        (b"(\\(\\101\\7\\\r\nz\\q\r\n) ", Text(b"(A\7zq\n")),
        (b"[1 % a comment ]\n2] ", [1, 2]),
        (b"[1 0 R 5 0] ", [Ref(1, 0), 5, 0]),
    ],
)
def test_values(spelt: bytes, held: Value) -> None:
    assert value(spelt) == held


def test_a_dictionary_knows_where_its_entries_stand() -> None:
    data = b" << /A (x) /B<</C 1>> >> "
    found = value(data)
    assert isinstance(found, Dictionary)
    assert data[slice(*found.spans[b"A"])] == b"/A (x)"
    assert data[slice(*found.spans[b"B"])] == b"/B<</C 1>>"
    assert data[slice(*found.span)] == data.strip()


@pytest.mark.parametrize("cut", [b"", b"<", b"<<", b"<</A", b"[1 2", b"(a\\", b"(a(b)", b"<4"])
def test_bytes_that_end_within_a_value_ask_for_more(cut: bytes) -> None:
    with pytest.raises(CutShort):
        value(cut)


@pytest.mark.parametrize("odd", [b"]", b">>", b"{", b"1-2 ", b"endobj", b"<</A>>", b"<<1 2>>", b"1_000 "])
def test_what_is_no_value_is_malformed(odd: bytes) -> None:
    with pytest.raises(MalformedFile):
        value(odd)


@pytest.mark.parametrize(("flood", "limit"), [(b"[" * 1000, "depth"), (b"[" + b"0 " * 1_000_000 + b"]", "items")])
def test_floods_meet_a_limit(flood: bytes, limit: str) -> None:
    with pytest.raises(LimitExceeded) as met:
        value(flood)
    assert met.value.limit == limit


def test_space_and_comments_without_end_cost_no_more_than_their_length() -> None:
    with pytest.raises(MalformedFile):
        value((b" " * 100 + b"% comment\n") * 10_000 + b"{")


@pytest.mark.parametrize("held", [b"", b"a(b", b"\\", b"\r\n", bytes(range(256))])
def test_strings_come_back_as_they_were_spelt(held: bytes) -> None:
    assert value(literal(held)) == Text(held)
    assert value(hexadecimal(held)) == Text(held)


@pytest.mark.parametrize(
    ("content", "lowest", "depth"),
    [
        (b"", 0, 0),
        (b"q 1 0 0 1 0 0 cm Q", 0, 0),
        (b"q q Q", 0, 1),
        (b"Q Q q", -2, -1),
        (b"(q \\) Q) Tj % q\nq <7171> /q", 0, 1),
        (b"BI /W 1 ID q Q q Q q EI Q", -1, -1),
        (b"<</q (Q)>> BDC q", 0, 1),
    ],
)
def test_saved_and_restored_states_are_counted(content: bytes, lowest: int, depth: int) -> None:
    assert balance(content) == (lowest, depth)
