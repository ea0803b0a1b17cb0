"""Markdown: one mapping in the front matter, read as PyYAML reads it; every other byte stays."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from aigc_label.adapters.markdown import payload, plan, read
from aigc_label.dialects import understand
from aigc_label.errors import AigcLabelError, InvalidLabel, MalformedFile, UnsupportedFormat
from aigc_label.evidence import NoticeKind, Reading, Repair, Standing
from aigc_label.grammars.yaml import value_of
from aigc_label.label import Label
from aigc_label.limits import Limits
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory, keeps

FIXTURES = Path(__file__).parents[2] / "fixtures" / "markdown"
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="000'0: #x")
TEXT = LABEL.to_json()
GUIDE = """---
AIGC:
  Label: '1'
  ContentProducer: '001191310104MACE0YX63918020'
  ProduceID: '142569260085903360'
  ReservedCode1: ''
  ContentPropagator: '001191310104MACE0YX63918020'
  PropagateID: '142569260085903360'
  ReservedCode2: ''
---
"""


def source(text: str | bytes) -> BytesSource:
    return BytesSource(text if isinstance(text, bytes) else text.encode(), "a.md")


def labelled(text: str | bytes) -> bytes:
    opened = source(text)
    made = plan(opened, TEXT)
    assert keeps(made, payload(opened))
    return in_memory(opened, made)


def readings(text: str | bytes) -> tuple[Reading, ...]:
    return read(source(text)).readings


def front_matter(data: bytes) -> dict[str, object]:
    text = data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8-sig")
    found: dict[str, object] = next(iter(yaml.safe_load_all(text.partition("\n---")[0] + "\n")))
    return found


def test_the_label_is_written_as_the_guide_writes_it() -> None:
    label = Label.generated(producer="001191310104MACE0YX63918020", produce_id="142569260085903360")
    opened = source("# T\n")
    assert in_memory(opened, plan(opened, label.to_json())).decode() == GUIDE + "# T\n"


def test_the_guide_s_own_block_reads_without_repair() -> None:
    (reading,) = readings(GUIDE)
    assert reading.standing is Standing.PRIMARY
    assert reading.repairs == ()
    assert understand(reading.text).label is not None


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*")), ids=lambda path: path.name)
def test_pyyaml_reads_every_value_as_the_text_it_is(path: Path) -> None:
    data = labelled(path.read_bytes())
    if path.name == "gb18030.md":
        data = data.decode("gb18030").encode()
    assert front_matter(data)["AIGC"] == LABEL.to_fields()


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*")), ids=lambda path: path.name)
def test_pyyaml_reads_all_other_keys_as_before(path: Path) -> None:
    before, after = path.read_bytes(), labelled(path.read_bytes())
    if path.name not in ("front-matter.md", "windows.md", "indented.md", "second-block.md"):
        return
    old, new = front_matter(before), front_matter(after)
    old.pop("AIGC", None)
    assert {key: value for key, value in new.items() if key != "AIGC"} == old


def test_every_line_of_existing_front_matter_stays() -> None:
    before = (FIXTURES / "front-matter.md").read_text()
    after = labelled(before).decode()
    lines = after.splitlines()
    block = lines.index("AIGC:")
    assert lines[:block] + lines[block + 8 :] == before.splitlines()


def test_line_endings_and_the_byte_order_mark_stay() -> None:
    after = labelled((FIXTURES / "windows.md").read_bytes())
    assert after.startswith(b"\xef\xbb\xbf---\r\n")
    assert after.count(b"\n") == after.count(b"\r\n")


@pytest.mark.parametrize(
    ("text", "standing", "repairs"),
    [
        ('---\nAIGC:\n    Label: "1"\n---\n', Standing.PRIMARY, (Repair.NOTATION,)),
        ("---\nAIGC:\n  Label: 1\n---\n", Standing.PRIMARY, (Repair.NUMBER,)),
        ("---\nAIGC:\n  ProduceID: 0000000\n---\n", Standing.PRIMARY, (Repair.NUMBER,)),
        ("---\nAIGC:\n  Label: AIGC\n---\n", Standing.PRIMARY, (Repair.NOTATION,)),
        ('---\nAIGC: {"Label": "1"}\n---\n', Standing.PRIMARY, (Repair.NOTATION,)),
        ("---\nAIGC: {Label: '1', ProduceID: 'x'}\n---\n", Standing.PRIMARY, (Repair.NOTATION,)),
        ('---\nAIGC: \'{"Label":"1"}\'\n---\n', Standing.PRIMARY, (Repair.DOUBLE_ENCODED,)),
        ('---\nAIGC: |\n  {"Label":"1"}\n---\n', Standing.PRIMARY, (Repair.DOUBLE_ENCODED,)),
        ("---\naigc:\n  Label: '1'\n---\n", Standing.PRIMARY, (Repair.NAME_CASE,)),
        ("---\nx-AIGC-label:\n  Label: '1'\n---\n", Standing.PRIMARY, (Repair.NAME_CONTAINS,)),
        ("---\nAIGC:\n  Label: 'open\n---\n", Standing.PRIMARY, (Repair.ENCODING,)),
        ("# T\n\nAIGC:\n  Label: '1'\n\ntext\n", Standing.COMPATIBLE, ()),
        ("---\na: b\n---\n\n---\nAIGC:\n  Label: '1'\n---\n", Standing.COMPATIBLE, ()),
        ("# T\n\n<!--\nAIGC:\n  Label: '1'\n-->\n", Standing.HIDDEN, ()),
    ],
)
def test_shapes_met_in_the_wild_are_read(text: str, standing: Standing, repairs: tuple[Repair, ...]) -> None:
    (reading,) = readings(text)
    assert (reading.standing, reading.repairs) == (standing, repairs)
    assert "Label" in reading.text or "ProduceID" in reading.text


def test_two_labels_that_differ_are_both_given() -> None:
    text = GUIDE + "\n---\nAIGC:\n  Label: '2'\n---\n"
    assert [reading.standing for reading in readings(text)] == [Standing.PRIMARY, Standing.COMPATIBLE]


def test_a_key_that_stands_twice_is_seen() -> None:
    (reading,) = readings("---\nAIGC:\n  Label: '1'\n  Label: '2'\n---\n")
    assert understand(reading.text).faults[0].kind == "duplicate-key"


def test_a_folded_value_is_put_together_as_pyyaml_does() -> None:
    block = '---\nAIGC:\n  ReservedCode1: \'{"a": 1,\n    "b": 2}\'\n  ProduceID: "x\\u4e00\\\n    y"\n---\n'
    (reading,) = readings(block)
    values = yaml.safe_load(block.strip("-\n"))["AIGC"]
    understood = understand(reading.text).values
    assert understood == values


@pytest.mark.parametrize(
    "text",
    [
        "```yaml\nAIGC:\n  Label: '1'\n```\n",
        "- ~~~\n  AIGC:\n    Label: '1'\n  ~~~\n",
        "本文讨论 AIGC: 标识\n",
        "AIGC: an overview\n\n  text\n",
        '---\ntitle: "a\n  AIGC: x"\n---\n',
        "---\nAIGC_tools: [a, b]\n---\n",
        "---\n\nnot yaml at all\n\n---\n\ntext\n",
    ],
)
def test_what_only_speaks_of_labels_is_none(text: str) -> None:
    assert readings(text) == ()


def test_labels_in_the_body_are_cut_and_those_in_comments_stay() -> None:
    text = 'a\n\nAIGC:\n  Label: \'1\'\n\nb\n\n<!-- AIGC: {"Label":"1"} -->\n'
    after = labelled(text)
    assert after.endswith(b'---\na\n\n\nb\n\n<!-- AIGC: {"Label":"1"} -->\n')


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    text = "---\n\nSome words: none.\nmore words\n\n---\n"
    assert labelled(text).endswith(b"---\n" + text.encode())


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ("+++\ntitle = 'x'\n+++\n", UnsupportedFormat),
        (b"caf\xe9 au lait, cr\xe8me br\xfbl\xe9e", MalformedFile),
        (b"a\0b", MalformedFile),
        ("中文 a".encode("utf-16-be"), MalformedFile),
        (b"\xff\xfe\x00\xd8", MalformedFile),
        (b"\xc0\x80\xe0\x80\xaf", MalformedFile),
    ],
)
def test_what_cannot_be_edited_is_refused_by_name(data: str | bytes, error: type[AigcLabelError]) -> None:
    with pytest.raises(error) as problem:
        labelled(data)
    assert problem.value.remedy.zh


def test_a_label_that_yaml_cannot_hold_is_refused() -> None:
    opened = source("x\n")
    with pytest.raises(InvalidLabel):
        plan(opened, TEXT.replace("000", "\u2028"))


def test_a_label_over_the_limit_is_said_to_be_unread_and_can_be_replaced() -> None:
    data = f"---\nAIGC:\n  Label: '{'1' * 5000}'\n---\n".encode()
    opened = BytesSource(data, limits=Limits(label=1000))
    assert read(opened).notices[0].kind is NoticeKind.UNREAD
    assert in_memory(opened, plan(opened, TEXT)).count(b"AIGC:") == 1


VALUES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufffe\uffff\ufeff")
)


@given(VALUES)
@example("'\\\"{}: #")
@example(" padded ")
def test_pyyaml_gives_any_value_back(value: str) -> None:
    label = Label.generated(producer="p", produce_id=value or "x")
    opened = source("x\n")
    after = in_memory(opened, plan(opened, label.to_json()))
    assert front_matter(after)["AIGC"] == label.to_fields()
    assert [reading.text for reading in readings(after)] == [label.to_json()]


@given(st.text(alphabet="AIGCLabel:'\"{}[]|>-#, \n\\", max_size=80))
def test_any_value_is_read_or_given_up(written: str) -> None:
    value_of(written)
    readings(f"---\nAIGC: {written}\n---\n")
