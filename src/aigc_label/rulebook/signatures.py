"""Tells of signatures on labels and of their binding to the content (TC260-PG-202511A; docs/trust.md)."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import ADVICE, ERROR, GUIDE, INFERRED, OWN, UNDECIDED, rule

SIGN: Final = (
    "If the content is yours, label it anew: `aigc-label embed FILE --in-place --sign KEY`.",
    "如为自有内容，请重新添加并签名：`aigc-label embed 文件 --in-place --sign 密钥`。",
)
ASK: Final = (
    "Find out who made the file before you rely on its label.",
    "在采信该标识之前，请先查明文件来源。",
)

TABLE: Final = (
    rule(
        "SIG-001",
        ERROR,
        ("TC260-PG-202511A", GUIDE),
        says=("The signature on the label is wrong.", "标识的签名无效。"),
        cause=(
            "The label was changed after it was signed, or the signature belongs to another label.",
            "标识在签名后被改动，或签名属于其他标识。",
        ),
        remedy=ASK,
        example=("A signed label whose ProduceID was changed.", "签名后 ProduceID 被改动的标识。"),
    ),
    rule(
        "SIG-002",
        ERROR,
        ("docs/binding.md", OWN),
        says=("The content is not the one that was signed.", "内容不是签名时的内容。"),
        cause=(
            "The media were changed, or the label was moved here from another file.",
            "媒体内容被改动，或标识是从其他文件移植而来。",
        ),
        remedy=ASK,
        example=("A signed picture with one changed pixel byte.", "签名后改动了一个像素字节的图片。"),
    ),
    rule(
        "SIG-003",
        UNDECIDED,
        ("TC260-PG-202511A", OWN),
        says=(
            "There is a signature, and a package that could check it is not installed.",
            "存在签名，但未安装验证所需的组件。",
        ),
        cause=("The extra `sign` is not installed.", "未安装附加组件 sign。"),
        remedy=("pip install 'aigc-label[sign]'", "pip install 'aigc-label[sign]'"),
        example=("A label signed with SM2, read without gmssl-pyx.", "未安装 gmssl-pyx 时读取 SM2 签名的标识。"),
    ),
    rule(
        "SIG-004",
        ADVICE,
        ("TC260-PG-202511A", INFERRED),
        says=(
            "A reserved field holds security data that nobody here can check: neither right nor wrong.",
            "保留字段中的安全防护数据无法核验：既不能判定有效，也不能判定无效。",
        ),
        cause=(
            "Its method is not public, or not established: a propagator's signature, another way to choose content.",
            "其方法未公开或尚无定论，例如传播者的签名、其他内容选取方法。",
        ),
        remedy=("Ask whoever wrote it how it is checked.", "请向写入方询问核验方法。"),
        example=("A ReservedCode1 of 32 hex digits.", "值为 32 位十六进制数的 ReservedCode1。"),
    ),
    rule(
        "SIG-005",
        ERROR,
        ("the caller's policy", OWN),
        says=("A signature is required, and there is none.", "要求签名，但没有签名。"),
        cause=("The label was never signed, or somebody took the signature out.", "标识从未签名，或签名已被移除。"),
        remedy=SIGN,
        example=("A label without a signature, under `--trust`.", "在 `--trust` 下核验未签名的标识。"),
    ),
    rule(
        "SIG-006",
        UNDECIDED,
        ("the caller's policy", OWN),
        says=(
            "A signature is required, and whether this one holds cannot be told.",
            "要求签名，但无法判定该签名是否成立。",
        ),
        cause=(
            "Its method is not established, or a revocation list should have been renewed.",
            "其方法尚无定论，或证书吊销列表已过期。",
        ),
        remedy=("Renew the list, or ask the signer how it is checked.", "请更新吊销列表，或向签名方询问核验方法。"),
        example=("A ReservedCode1 of 32 hex digits, under `--trust`.", "在 `--trust` 下核验不透明的 ReservedCode1。"),
    ),
    rule(
        "SIG-007",
        ERROR,
        ("the caller's policy", OWN),
        says=("The signer is not the one that was expected.", "签名者不是预期的签名者。"),
        cause=("Somebody else signed, or the trust store lacks a key.", "由他人签名，或信任库缺少相应密钥。"),
        remedy=(
            "`aigc-label keys show FILE` prints the fingerprint of a key; put the right one into the store.",
            "`aigc-label keys show 文件` 可显示密钥指纹；请将正确的密钥放入信任库。",
        ),
        example=("A label signed with a key that the store lacks.", "以信任库之外的密钥签名的标识。"),
    ),
    rule(
        "SIG-008",
        ERROR,
        ("the caller's policy; RFC 5280", OWN),
        says=(
            "The signer's certificate is expired, not yet valid, or revoked.",
            "签名者的证书已过期、尚未生效或已被吊销。",
        ),
        cause=(
            "The signature holds no trusted time, so the certificate is judged as of the time named.",
            "签名不含可信时间，证书按所示时间判定。",
        ),
        remedy=(
            "Sign with a certificate that is in force; or give `--at TIME`.",
            "请以有效证书签名；或用 `--at 时间` 指定。",
        ),
        example=("A label signed by someone whose certificate has expired.", "签名者证书已过期的标识。"),
    ),
    rule(
        "SIG-009",
        UNDECIDED,
        ("the caller's policy", OWN),
        says=("The signer is known, but nobody said who was expected.", "签名者已知，但未指定预期的签名者。"),
        cause=(
            "`--trust` without `--expect-signer`: anyone in the store could have signed for anyone.",
            "使用了 `--trust` 而未使用 `--expect-signer`：库中任何人都可能冒签。",
        ),
        remedy=("Name the signer: `--expect-signer NAME`.", "请指定签名者：`--expect-signer 名称`。"),
        example=("A rightly signed label under `--trust` alone.", "仅用 `--trust` 核验签名有效的标识。"),
    ),
    rule(
        "SIG-010",
        ADVICE,
        ("TC260-PG-202511A", GUIDE),
        says=(
            "The label is signed, and unchanged since. Whose key it is says only a trust store.",
            "标识已签名且此后未改动。密钥归谁所有，只有信任库能够说明。",
        ),
        cause=("The key travels in the file: anybody can make one.", "公钥随文件传递，任何人都可以生成。"),
        remedy=("Give `--trust DIR --expect-signer NAME`.", "请使用 `--trust 目录 --expect-signer 名称`。"),
        example=("A label signed with `--sign`.", "用 `--sign` 签名的标识。"),
    ),
    rule(
        "SIG-011",
        ADVICE,
        ("TC260-PG-202511A", GUIDE),
        says=(
            "The security data are spelt or signed otherwise than the guide has it.",
            "安全防护数据的写法或签名方式与实践指南不同。",
        ),
        cause=("Several services write it so.", "若干服务采用此种写法。"),
        remedy=("Nothing, if it is another's label.", "如为他人的标识，无须处理。"),
        example=("A label signed over its digest (V2), as StepFun does.", "对杂凑值签名（V2）的标识，如阶跃星辰。"),
    ),
    rule(
        "SIG-012",
        ERROR,
        ("the caller's policy", OWN),
        says=(
            "The signature covers the label alone: it could have been moved here from another file.",
            "签名仅覆盖标识本身：可能是从其他文件移植而来。",
        ),
        cause=("The signer bound it to no content.", "签名者未将其与内容绑定。"),
        remedy=SIGN,
        example=("A label signed without a binding, under `--trust`.", "在 `--trust` 下核验未绑定内容的签名。"),
    ),
    rule(
        "SIG-013",
        ADVICE,
        ("docs/trust.md", OWN),
        says=("The label is signed by the signer that was expected.", "标识由预期的签名者签名。"),
        cause=("The key is in the trust store under that name.", "该名称下的密钥在信任库中。"),
        remedy=("Nothing.", "无须处理。"),
        example=(
            "A label signed with `--sign`, under `--trust DIR --expect-signer NAME`.",
            "在 `--trust 目录 --expect-signer 名称` 下核验用 `--sign` 签名的标识。",
        ),
    ),
)
