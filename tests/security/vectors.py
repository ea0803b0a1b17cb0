"""Labels that real services signed, as published: two of StepFun, one of MiniMax (docs/standard.md, signatures)."""

from __future__ import annotations

import json
from typing import Any

from aigc_label.label import Label, Status

STEPFUN_KEY = (
    "3059301306072A8648CE3D020106082A811CCF5501822D034200045728F08C58D9C72150A705693EF7337859F8FF216E802630041AFAE5C036"
    "F0A67CB1FDF8C57F5F8B623284AE09E4E545464B7140B26BBDA51BAE965F854C57AA"
)
STEPFUN = {
    "142569260085903360": (
        "3046022100AE6B84B3342128AE301A597596FCD9EECF3EA0FC2DB6C250BAF234E167298E9002210097223ABB647B786A90D0A1B93CB938"
        "2EA879563B2C7F025FA006BE16AE926C14",
        "3046022100CFB0BFFC83C97AA5B09493295A7A054C082BBBB0E007AC139ACAA3BCD23D62DF022100FFDF70599E0E5D7DC6727825C5717D"
        "E0A9726D9F3119611E5E303FADA8792A5C",
    ),
    "147392816552226816": (
        "3045022100E816A5872275AE5414E7E0FD3D9B2C30F7B7FD68609D6486A38DF7CFAA1417B902201A510FBBE50819BAFF1FCC7B8527FF23"
        "CD40447D41A6776E6BCF1F773AE0DBBC",
        "3046022100FEBE29497FA9E249C18918CF9D36A7F13E5AE2FFDEF184F7E5E1572CDD60C3370221009C21182427A0860A85F9BDBBFC92BF"
        "784DAB92DCA375EA692B91FAB71F1334D9",
    ),
}
SM2 = "1.2.156.10197.1.501"
MINIMAX_KEY = "00a0b3b0b6a0c9b0c89cab328342af4e8221ec5b40799cbe835ab4251f7b47e4fd"


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def signed(kind: dict[str, Any], signature: str) -> dict[str, Any]:
    return {"Type": "DS", "AlgID": SM2, "TBSData": kind, "Signature": signature}


def stepfun(number: str) -> Label:
    """The label of one Markdown file."""
    code = "001191310104MACE0YX63918020"

    def data(signature: str) -> str:
        key = {"Type": "PubKey", "AlgID": SM2, "KeyValue": STEPFUN_KEY}
        public = [signed({"Type": "LabelMataData"}, signature), key]
        return compact({"SecurityData": {"Type": "TC260PG", "Version": 1, "PubSD": public}})

    first, second = STEPFUN[number]
    return Label(
        status=Status.GENERATED,
        producer=code,
        produce_id=number,
        reserved1=data(first),
        propagator=code,
        propagate_id=number,
        reserved2=data(second),
    )


def minimax_data() -> dict[str, Any]:
    """The security data of a public speech sample."""
    entry = {
        "Type": "Hash",
        "AlgID": "1.2.156.10197.1.401",
        "TBSData": {"Type": ""},
        "Signature": "bc926486fa5fbe1c3fc0acf4480f36137433029683afdd138d87e3071b60024c",
    }
    public = [
        signed(
            {"Type": "LabelMataData"},
            "0be493726499fa67bb68f2dcf7b9cee492fb90a6fdaf3aee3aa0013d15a51e6c7bcde604ae309e697705e0bbe3a30aee8c80ed8b1ea0c4"
            "84cda0b61f62e609a6",
        ),
        signed(
            {"Type": "Binding", "BType": "0"},
            "a187901d1aa8052ba5e6dc9892d24ad10e0623defda72b3e4357550638dd40dc7a2ec164691d897b2ad5888726adf7008327c221eac91f"
            "44eba5da0da55286c9",
        ),
        {"Type": "PubKey", "AlgID": SM2, "TBSData": {"Type": ""}, "KeyValue": MINIMAX_KEY},
    ]
    return {"SecurityData": {"Type": "TC260PG", "Version": 1, "PubSD": public, "Bindings": [entry]}}


def minimax(data: dict[str, Any] | None = None) -> Label:
    """Its label; the real one leaves PropagateID empty, which is not what is tested here."""
    return Label(
        status=Status.GENERATED,
        producer="MiniMax",
        produce_id="061738a00218140e3b51126c25635402",
        reserved1=compact(data or minimax_data()),
        propagator="MiniMax",
        propagate_id="061738a00218140e3b51126c25635402",
    )
