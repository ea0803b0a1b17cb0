"""Labels raw AAC (ADTS): a TXXX frame in an ID3v2 tag before the frames, our choice where the guide is silent."""

from __future__ import annotations

from aigc_label import tagged_stream
from aigc_label.evidence import Standing, Survey
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan


def read(source: Source) -> Survey:
    """Give every label in the tags before and behind the audio, in file order."""
    return tagged_stream.read(source, Standing.CHOSEN)


def plan(source: Source, text: str) -> Plan:
    """Give the file with one label in its first ID3v2 tag; the audio frames stay."""
    return tagged_stream.plan(source, text)


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the audio frames."""
    return tagged_stream.payload(source)
