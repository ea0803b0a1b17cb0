"""A policy asks for more and never for less, whatever is written into it or found beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from breaking import GOOD, PRODUCER, picture

import aigc_label
from aigc_label import Gate, Label, Policy
from aigc_label.errors import AigcLabelError, InvalidMark, WrongUse
from aigc_label.policy import MarkPolicy, Strictness
from aigc_label.policy_file import policy_in
from aigc_label.report import PolicyUsed, Verdict, Waiver

WHOLE = """
name = "press"
producers = ["a", "b"]
formats = ["png"]
strict = true
min-height-share = 0.06
[marks.image]
places = ["top-left"]
wording = ["AI生成"]
min-height-share = 0.07
[marks.audio]
forms = ["rhythm"]
moments = ["start"]
[marks.video]
min-seconds = 3
[waiver]
reason = "press"
recipient = "user-1"
"""


def written(folder: Path, text: str) -> str:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_every_key_is_taken(tmp_path: Path) -> None:
    policy = policy_in(written(tmp_path, WHOLE))
    assert (policy.producers, policy.formats, policy.strictness) == (("a", "b"), ("png",), Strictness.STRICT)
    assert policy.min_height_share == 0.06
    kinds = {medium.value: mark for medium, mark in policy.marks}
    assert [str(place) for place in kinds["image"].places] == ["top-left"]
    assert (kinds["image"].wording, kinds["image"].min_height_share) == (("AI生成",), 0.07)
    assert [str(form) for form in kinds["audio"].forms] == ["rhythm"]
    assert kinds["video"].min_seconds == 3
    assert policy.used is not None
    assert (policy.used.name, len(policy.used.sha256)) == ("press", 64)
    assert policy.waiver == Waiver(reason="press", recipient="user-1")


@pytest.mark.parametrize(
    "text",
    [
        "min-height-share = 0.04",
        "min-height-share = nan",
        "[marks.image]\nmin-height-share = 0.01",
        "[marks.video]\nmin-seconds = 1",
        "[marks.video]\nmin-seconds = nan",
        'producer = ["a"]',
        'producers = "a"',
        "producers = [1]",
        'formats = ["jpg2"]',
        "strict = 1",
        "strict = true\n[marks.picture]\n",
        '[marks.image]\nplace = ["top"]',
        '[marks.image]\nplaces = ["centre"]',
        '[waiver]\nreason = "press"',
        '[waiver]\nreason = " "\nrecipient = "user-1"',
        '[waiver]\nreason = "press"\nrecipient = "u"\nformats = []',
        "[marks.image]\nmin-height-share = true",
        "not toml",
    ],
)
def test_a_policy_that_asks_for_less_or_says_nothing_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises((WrongUse, InvalidMark)):
        policy_in(written(tmp_path, text))


def test_the_stricter_counts_in_everything() -> None:
    one = Policy(producers=("a", "b"), min_height_share=0.06, used=PolicyUsed(name="p"))
    other = Policy(producers=("b", "c"), min_height_share=0.055, strictness=Strictness.STRICT, formats=("png",))
    both = one.with_settings(other)
    assert (both.producers, both.formats, both.min_height_share) == (("b",), ("png",), 0.06)
    assert both.strictness is Strictness.STRICT
    assert both.used == one.used


def test_what_excludes_each_other_is_wrong_use() -> None:
    with pytest.raises(WrongUse, match="nothing in common"):
        Policy(producers=("a",)).with_settings(Policy(producers=("b",)))


def test_a_platform_cannot_waive_a_producers_mark() -> None:
    with pytest.raises(WrongUse):
        Policy(gate=Gate.PLATFORM, used=PolicyUsed(waiver=Waiver(reason="r", recipient="u")))


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        ('[marks.image]\nplaces = ["bottom-right"]\nwording = ["人工智能"]', "compliant"),
        ('[marks.image]\nplaces = ["bottom"]', "non-compliant"),
        ('[marks.image]\nforms = ["voice"]', "non-compliant"),
        ("[marks.image]\nmin-height-share = 0.1", "non-compliant"),
        ('[marks.video]\nplaces = ["top"]', "compliant"),
    ],
)
def test_a_mark_is_measured_by_the_policy(asked: str, verdict: str, tmp_path: Path) -> None:
    path = picture(GOOD)(tmp_path)
    assert isinstance(path, Path)
    aigc_label.embed(path, label=Label.generated(producer=PRODUCER, produce_id="1"))
    assert aigc_label.verify(path, policy_in(written(tmp_path, asked))).verdict == verdict


def test_a_waiver_is_repeated_and_the_label_is_still_asked_for() -> None:
    policy = Policy(used=PolicyUsed(waiver=Waiver(reason="press", recipient="user-1")))
    bare = (Path(__file__).parents[1] / "fixtures/png/plain.png").read_bytes()
    assert aigc_label.verify(bare, policy).verdict is not Verdict.COMPLIANT
    label = Label.generated(producer=PRODUCER, produce_id="1")
    report = aigc_label.verify(aigc_label.embed(bare, label=label).data or b"", policy)
    assert report.verdict is Verdict.COMPLIANT
    assert report.to_dict()["policy"]["waiver"] == {"reason": "press", "recipient": "user-1"}


def test_a_default_asks_for_nothing_more() -> None:
    assert MarkPolicy() == MarkPolicy(forms=(), places=(), moments=(), wording=())
    assert issubclass(WrongUse, AigcLabelError)
