"""Serves the work over HTTP until it is told to stop."""

from __future__ import annotations

import logging
import socket
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aigc_label.batch import interrupts
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.choosing import DEFAULT, Settings
from aigc_label.cli.arguments import Parser
from aigc_label.cli.secrets import given
from aigc_label.cli.starting import COMMANDS, DONE, Invocation
from aigc_label.errors import MissingTool, WrongUse
from aigc_label.limits import MIB
from aigc_label.settings import Group, in_groups

if TYPE_CHECKING:
    from aigc_label.server.terms import SigningKey, Terms

SETTLED: Final = (Group.LABEL, Group.PROPAGATION, Group.MARK, Group.VERIFY)
GROUPS: Final = (Group.SERVE, *SETTLED, Group.KEYS, Group.OUTPUT)
GRACE: Final = 5  # seconds that requests have to end by themselves when the service is told to stop
SHORTEST: Final = 16  # characters of an API key: fewer can be guessed
EXAMPLES: Final = ("aigc-label serve", "aigc-label serve --producer CODE --port 8045 --api-keys keys.txt")


def parser(lang: Lang) -> Parser:
    made = Parser("serve", lang, COMMANDS["serve"], EXAMPLES)
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Give 0 once it was told to stop and has finished what it was doing."""
    try:
        import uvicorn

        from aigc_label.server.app import made
    except ImportError as problem:
        raise MissingTool(
            Bilingual("the packages of the service are not installed", "未安装服务所需的软件包"),
            remedy=Bilingual("Run `pip install 'aigc-label[serve]'`.", "请运行 `pip install 'aigc-label[serve]'`。"),
        ) from problem
    settings = invocation.settings
    app = made(terms_of(invocation))
    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING)
    logging.getLogger("aigc_label.server").setLevel(logging.WARNING if invocation.console.quiet else logging.INFO)
    host = settings.text("host")
    with socket.create_server((host, _port(settings)), family=_family(host)) as listening:
        address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
        invocation.console.err(
            invocation.console.say(
                Bilingual(f"listening on {address} (Ctrl-C ends it)", f"正在监听 {address}（按 Ctrl-C 结束）")
            )
        )
        try:
            config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE)
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:  # it has ended what it was doing, and tells us why it stopped
            interrupts.heeded()
    return DONE


def terms_of(invocation: Invocation) -> Terms:
    """Give the terms of the service. Raises `WrongUse` where it would be open to others than this machine without keys."""
    from aigc_label.server.terms import LOOPBACK, Terms

    settings = invocation.settings
    if settings.text("with-c2pa"):
        raise WrongUse(
            Bilingual("the service does not sign Content Credentials", "服务不签署内容凭证"),
            remedy=Bilingual(
                "Sign what it has labelled: `aigc-label embed --with-c2pa`.",
                "请在其添加标识后签署：`aigc-label embed --with-c2pa`。",
            ),
        )
    host, keys = settings.text("host"), _keys(settings.text("api-keys"))
    if host not in LOOPBACK and not keys:
        raise WrongUse(
            Bilingual(f"{host} can be reached from other machines", f"{host} 可被其他机器访问"),
            remedy=Bilingual(
                "Give a file of API keys: `--api-keys FILE`, one key a line.",
                "请提供 API 密钥文件：`--api-keys 文件`，每行一个密钥。",
            ),
        )
    settled = {row.name: settings[row.name] for row in in_groups(SETTLED)}
    return Terms(
        hosts=(*LOOPBACK, host, *settings.texts("allow-host")),
        keys=keys,
        settled={name: chosen.value for name, chosen in settled.items() if chosen.source is not DEFAULT},
        key=_signing_key(invocation),
        folder=Path(settings.text("folder")) if settings.text("folder") else None,
        workers=int(settings.number("workers")),
        largest=int(settings.number("max-size")) * MIB,
        rate=int(settings.number("rate")),
        seconds=settings.number("timeout"),
    )


def _signing_key(invocation: Invocation) -> SigningKey | None:
    """Give the key that labels are signed with, opened once so that a wrong passphrase is told now."""
    if not invocation.text("sign"):
        return None
    from aigc_label.security.keys import read_key
    from aigc_label.server.terms import SigningKey

    path, said = Path(invocation.text("sign")).absolute(), given(invocation) or b""
    read_key(path, lambda: said)
    return SigningKey(path=path, passphrase=said)


def _keys(name: str) -> frozenset[bytes]:
    if not name:
        return frozenset()
    keys = [line.strip() for line in Path(name).read_text(encoding="utf-8").splitlines() if line.strip()]
    if not keys or any(len(key) < SHORTEST for key in keys):
        raise WrongUse(
            Bilingual(f"an API key has at least {SHORTEST} characters", f"API 密钥至少 {SHORTEST} 个字符"),
            remedy=Bilingual("`openssl rand -hex 32` makes one.", "可用 `openssl rand -hex 32` 生成。"),
            where=name,
        )
    return frozenset(sha256(key.encode()).digest() for key in keys)


def _port(settings: Settings) -> int:
    said = settings.text("port")
    if not said.isdecimal() or int(said) > 65535:
        raise WrongUse(Bilingual(f"{said!r} is no port", f"{said!r} 不是端口号"), where="--port")
    return int(said)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
