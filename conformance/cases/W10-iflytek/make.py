"""As iFlytek writes it."""

from __future__ import annotations

from conformance.build import Files, mp3_with, wrapped

TEXT = wrapped(
    '{"Label":"1","ContentProducer":"001191340000711771143J00000","ProduceID":"ase00018773@dx19c4b750907b867772",'
    '"ContentPropagator":"001191340000711771143J00000","PropagateID":"%!s(MISSING)"}'
)
FILES: Files = {
    "speech.mp3": lambda: mp3_with(TEXT),
    "as-in-the-manual.mp3": lambda: mp3_with(TEXT.replace('{"AIGC":{', '{"AIGC:{')),
}
