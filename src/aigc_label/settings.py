"""Lists every setting once: its option, its `AIGC_LABEL_*` variable, its configuration key, its default.

Rows are named tuples, not data classes: every start of the command pays for the making of both, and of these less.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from aigc_label.bilingual import Bilingual
from aigc_label.evidence import Reach, Use
from aigc_label.label import STATUS_NAMES
from aigc_label.marking import MIN_HEIGHT_SHARE, Mark, Place, Position, SoundForm, Speech

Value: TypeAlias = "str | float | bool | tuple[str, ...] | None"
ENVIRONMENT: Final = "AIGC_LABEL_"


class Kind(StrEnum):
    """What a value looks like."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    COUNT = "count"  # a whole number from 1
    SWITCH = "switch"
    LIST = "list"  # on the command line given again and again, in a variable separated by commas


class Group(StrEnum):
    """What a setting is about; each command takes some of the groups."""

    LABEL = "label"
    PROPAGATION = "propagation"
    MARK = "mark"
    VERIFY = "verify"
    INTAKE = "intake"
    FILES = "files"
    WRITE = "write"
    LEDGER = "ledger"
    REPORT = "report"
    OUTPUT = "output"
    SERVE = "serve"
    KEYS = "keys"


class Found(StrEnum):
    """What a configuration may do that was found in the folder: whoever wrote the files may have written it too."""

    FREE = "free"
    TIGHTEN = "tighten"  # only a value that asks for more than the default
    NEVER = "never"  # only the default itself


class Setting(NamedTuple):
    """One row. `shown` is what stands for the value in a help text."""

    name: str
    group: Group
    en: str
    zh: str
    kind: Kind = Kind.TEXT
    default: Value = None
    choices: tuple[str, ...] = ()
    shown: str = ""
    found: Found = Found.FREE

    @property
    def help(self) -> Bilingual:
        return Bilingual(self.en, self.zh)

    @property
    def variable(self) -> str:
        return ENVIRONMENT + self.name.upper().replace("-", "_")


L, M, V, F, W, O = Group.LABEL, Group.MARK, Group.VERIFY, Group.FILES, Group.WRITE, Group.OUTPUT  # noqa: E741
P, I, R, S = Group.PROPAGATION, Group.INTAKE, Group.REPORT, Group.SERVE  # noqa: E741
K: Final = Group.KEYS
B: Final = Group.LEDGER
PRINTED: Final = ("text", "json", "jsonl")
_MARK: Final = Mark()

_TABLE: Final = (
    Setting("producer", L, "the producer's 27-character code, or its name", "生产者的 27 位编码或名称", shown="CODE"),
    Setting(
        "produce-id",
        L,
        "the content's number: {uuid} {sha256} {stem} {name} {date} {time} {index}, or fixed",
        "内容编号：可用 {uuid} {sha256} {stem} {name} {date} {time} {index}，或固定文字",
        default="{uuid}",
        shown="TEMPLATE",
    ),
    Setting(
        "status",
        L,
        "what the label states",
        "标识声明的属性：属于、可能、疑似",
        kind=Kind.CHOICE,
        default="generated",
        choices=tuple(STATUS_NAMES),
    ),
    Setting("propagator", P, "the propagator's code or name", "传播者的编码或名称", shown="CODE"),
    Setting("propagate-id", P, "the propagator's number, a template too", "传播编号，可用同样的模板", shown="TEMPLATE"),
    Setting(
        "reserved1", L, "ReservedCode1, the producer's own", "ReservedCode1，由生产者自用", default="", shown="TEXT"
    ),
    Setting(
        "reserved2", P, "ReservedCode2, the propagator's own", "ReservedCode2，由传播者自用", default="", shown="TEXT"
    ),
    Setting(
        "label-json",
        L,
        "the whole label, bare or wrapped, or @FILE",
        "完整标识的 JSON（可带 AIGC 外层），或 @文件",
        shown="JSON",
        found=Found.NEVER,
    ),
    Setting(
        "replace",
        L,
        "the reason to replace another producer's label or to weaken a status",
        "替换其他生产者的标识或弱化属性的理由",
        default="",
        shown="REASON",
        found=Found.NEVER,
    ),
    Setting(
        "sign",
        L,
        "sign the label with the key in this file, and bind it to the content",
        "用此文件中的密钥为标识签名，并与内容绑定",
        shown="KEY",
        found=Found.NEVER,
    ),
    Setting(
        "with-c2pa",
        L,
        "sign the finished file with Content Credentials: this certificate, its root last",
        "为成品文件签署内容凭证（C2PA）：签名证书，根证书置于最后",
        shown="CERT",
        found=Found.NEVER,
    ),
    Setting(
        "c2pa-key",
        L,
        "the key to that certificate (ECDSA P-256 or Ed25519)",
        "该证书的密钥（ECDSA P-256 或 Ed25519）",
        shown="KEY",
        found=Found.NEVER,
    ),
    Setting(
        "iptc",
        L,
        "say trainedAlgorithmicMedia in IPTC's DigitalSourceType as well, where the label stands in XMP",
        "标识位于 XMP 时，同时写入 IPTC 的 DigitalSourceType：trainedAlgorithmicMedia",
        kind=Kind.SWITCH,
        default=False,
    ),
    Setting(
        "info-copy",
        L,
        "WAV: the same label in LIST/INFO as well, where ffprobe sees it (verify warns: one label is the rule)",
        "WAV：在 LIST/INFO 中另写一份相同标识，供 ffprobe 读取（核验时会警告：标识应只有一处）",
        kind=Kind.SWITCH,
        default=False,
        found=Found.NEVER,
    ),
    Setting(
        "passphrase-file",
        K,
        "the file that holds the key's passphrase",
        "存放密钥口令的文件",
        shown="FILE",
        found=Found.NEVER,
    ),
    Setting(
        "passphrase-fd",
        K,
        "the open descriptor that gives the key's passphrase",
        "提供密钥口令的文件描述符",
        shown="N",
        found=Found.NEVER,
    ),
    Setting("text", M, "the words of the mark", "显式标识的文字", default=_MARK.text, shown="WORDS"),
    Setting(
        "place",
        M,
        "where the mark stands",
        "显式标识的位置",
        kind=Kind.CHOICE,
        default=str(_MARK.place),
        choices=tuple(Place),
    ),
    Setting(
        "height-share",
        M,
        "text height over the shortest side, from 0.05",
        "文字高度与最短边之比，不低于 0.05",
        kind=Kind.NUMBER,
        default=_MARK.height_share,
        shown="SHARE",
    ),
    Setting("font", M, "a font file instead of the shipped one", "替代自带字体的字体文件", shown="FILE"),
    Setting(
        "seconds",
        M,
        "how long the mark stays in a video, from 2; as long as it lasts or more: throughout",
        "视频中标识的持续秒数，不低于 2；不小于片长则贯穿全片",
        kind=Kind.NUMBER,
        default=_MARK.seconds,
        shown="S",
    ),
    Setting(
        "sound",
        M,
        "the mark in sound: a rhythm (short-long short-short), or spoken words",
        "音频中的显式标识：节奏（短长 短短）或语音",
        kind=Kind.CHOICE,
        default=str(_MARK.sound),
        choices=tuple(SoundForm),
    ),
    Setting(
        "position",
        M,
        "where in a sound or text the mark stands (every: each page of a PDF, each slide, each picture of a film; "
        "header, footer: of a Word document)",
        "显式标识在音频或文本中的位置：开头、中间、结尾、首尾两处，或每一页（PDF、幻灯片）、视频的每一帧；"
        "header、footer：Word 文档的页眉、页脚",
        kind=Kind.CHOICE,
        default=str(_MARK.position),
        choices=tuple(Position),
    ),
    Setting(
        "speech",
        M,
        "what the shipped voice says: Chinese, or Chinese and English",
        "内置语音的内容：中文，或中文加英文",
        kind=Kind.CHOICE,
        default=str(_MARK.speech),
        choices=tuple(Speech),
    ),
    Setting(
        "voice",
        M,
        "a recording of your own that speaks the words of --text",
        "自备录音，其内容须为 --text 的文字",
        shown="FILE",
    ),
    Setting(
        "gate",
        V,
        "who asks: a producer before publication, or a platform at intake (Measures, Art. 6)",
        "由谁核验：发布前的生产者，或接收内容的平台（《标识办法》第六条）",
        kind=Kind.CHOICE,
        default="producer",
        choices=("producer", "platform"),
        found=Found.NEVER,
    ),
    Setting(
        "declared",
        I,
        "what the user who uploads says of the content",
        "上传用户对内容的声明",
        kind=Kind.CHOICE,
        choices=("ai", "none"),
        found=Found.NEVER,
    ),
    Setting(
        "voice-command",
        M,
        "a speech engine of yours that speaks --text: a command with {text} and {out}, a WAV file",
        "自备的语音引擎，朗读 --text 的文字：含 {text} 与 {out}（WAV 文件）的命令",
        shown="COMMAND",
        found=Found.NEVER,
    ),
    Setting(
        "turns",
        M,
        "the seconds at which the turns of a dialogue begin: a mark before each (WAV, AIFF, FLAC)",
        "对话各轮次开始的秒数：在每一轮之前添加标识（WAV、AIFF、FLAC）",
        kind=Kind.LIST,
        default=(),
        shown="S,...",
        found=Found.NEVER,
    ),
    Setting(
        "only",
        V,
        "judge one half only",
        "只核验其中一半：隐式标识或显式标识",
        kind=Kind.CHOICE,
        choices=("label", "mark"),
        found=Found.NEVER,
    ),
    Setting(
        "as",
        V,
        "judge HTML pages as content (5.1), or as the interface of a service that shows it (5.6)",
        "将 HTML 网页作为内容（5.1）或作为展示内容的交互界面（5.6）核验",
        kind=Kind.CHOICE,
        default=str(Use.CONTENT),
        choices=tuple(Use),
        found=Found.NEVER,
    ),
    Setting(
        "strict", V, "warnings count as errors", "警告视为错误", kind=Kind.SWITCH, default=False, found=Found.TIGHTEN
    ),
    Setting(
        "expect-producer",
        V,
        "accept labels of this producer only (again for more)",
        "只接受该生产者的标识（可多次给出）",
        kind=Kind.LIST,
        default=(),
        shown="CODE",
    ),
    Setting(
        "expect-format",
        V,
        "accept files of this format only, as `formats` names it (again for more)",
        "只接受该格式的文件，名称见 `formats`（可多次给出）",
        kind=Kind.LIST,
        default=(),
        shown="NAME",
    ),
    Setting(
        "policy",
        V,
        "a policy file (TOML) that asks for more than the standard",
        "策略文件（TOML），在标准之上提出更多要求",
        shown="FILE",
        found=Found.NEVER,
    ),
    Setting(
        "waive-mark",
        V,
        "the user wants no visible mark (Measures, Art. 9); needs --reason and --recipient",
        "应用户要求不加显式标识（《标识办法》第九条），须同时使用 --reason 与 --recipient",
        kind=Kind.SWITCH,
        default=False,
        found=Found.NEVER,
    ),
    Setting(
        "min-height-share",
        V,
        "the least text height accepted, from 0.05",
        "可接受的最小文字高度比，不低于 0.05",
        kind=Kind.NUMBER,
        default=MIN_HEIGHT_SHARE,
        shown="SHARE",
        found=Found.TIGHTEN,
    ),
    Setting(
        "expect-voice",
        V,
        "a recording that may speak the mark, with its words (again for more)",
        "可能说出标识的录音及其文字（可多次给出）",
        kind=Kind.LIST,
        default=(),
        shown="WORDS=FILE",
        found=Found.NEVER,
    ),
    Setting(
        "listen",
        V,
        "how much of a sound is listened to",
        "检听音频的范围：首尾各 20 秒，或全部",
        kind=Kind.CHOICE,
        default=str(Reach.ENDS),
        choices=tuple(Reach),
        found=Found.NEVER,
    ),
    Setting(
        "trust",
        V,
        "a folder of keys and certificates: labels must be signed, and bound to their content",
        "存放密钥与证书的信任库文件夹：标识必须签名并与内容绑定",
        shown="DIR",
        found=Found.NEVER,
    ),
    Setting(
        "expect-signer",
        V,
        "who must have signed: a name in the store or a fingerprint (again for more)",
        "预期的签名者：信任库中的名称或密钥指纹（可多次给出）",
        kind=Kind.LIST,
        default=(),
        shown="NAME",
        found=Found.NEVER,
    ),
    Setting(
        "at",
        V,
        "judge certificates as of this time, 2026-11-28T12:00:00Z (default: now, by this machine's clock)",
        "以此时刻判定证书有效性，如 2026-11-28T12:00:00Z（默认为本机当前时间）",
        shown="TIME",
        found=Found.NEVER,
    ),
    Setting(
        "registry",
        V,
        "a ledger kept with --fingerprint: was this picture labelled before, and is that label gone?",
        "以 --fingerprint 记录的台账：该图片此前是否添加过标识，而该标识现已缺失？",
        shown="PLACE",
        found=Found.NEVER,
    ),
    Setting(
        "ignore-unknown",
        V,
        "leave out files in folders whose format is not known",
        "略过文件夹中格式未知的文件",
        kind=Kind.SWITCH,
        default=False,
        found=Found.NEVER,
    ),
    Setting(
        "include",
        F,
        "in folders take only files like this (again for more)",
        "只处理文件夹中匹配此模式的文件（可多次给出）",
        kind=Kind.LIST,
        default=(),
        shown="GLOB",
        found=Found.NEVER,
    ),
    Setting(
        "exclude",
        F,
        "in folders leave out files and folders like this",
        "略过文件夹中匹配此模式的文件和子文件夹",
        kind=Kind.LIST,
        default=(),
        shown="GLOB",
        found=Found.NEVER,
    ),
    Setting(
        "links",
        F,
        "symbolic links in folders: refuse them or leave them out",
        "文件夹中的符号链接：报错或略过",
        kind=Kind.CHOICE,
        default="refuse",
        choices=("refuse", "skip"),
        found=Found.NEVER,
    ),
    Setting(
        "limit",
        F,
        "a bound for hostile files, NAME=VALUE (`doctor` lists them)",
        "针对恶意文件的上限，名称=值（`doctor` 可列出）",
        kind=Kind.LIST,
        default=(),
        shown="NAME=VALUE",
        found=Found.NEVER,
    ),
    Setting(
        "jobs",
        F,
        "how many processes work side by side (default: 2 from 64 files on)",
        "并行进程数（默认：64 个文件以上为 2）",
        kind=Kind.COUNT,
        shown="N",
    ),
    Setting(
        "shard",
        F,
        "take only the I-th of N parts of the files, for arrays of jobs",
        "只处理 N 份中的第 I 份，用于作业数组",
        shown="I/N",
        found=Found.NEVER,
    ),
    Setting(
        "engine",
        F,
        "who does the work: processes here, or a cluster",
        "由谁执行：本机进程，或集群",
        kind=Kind.CHOICE,
        default="local",
        choices=("local", "dask", "ray"),
        found=Found.NEVER,
    ),
    Setting(
        "scheduler",
        F,
        "the cluster's address (default: one of its own on this machine)",
        "集群地址（默认在本机启动）",
        shown="ADDRESS",
        found=Found.NEVER,
    ),
    Setting(
        "fail-fast",
        F,
        "begin no further file once one fails or has a finding; those under way are finished and told",
        "一旦有文件失败或有问题，不再开始处理其他文件；已开始的文件会处理完并报告",
        kind=Kind.SWITCH,
        default=False,
    ),
    Setting(
        "ledger",
        B,
        "record every file in this ledger: a file, or postgresql://...",
        "将每个文件记入此台账：文件，或 postgresql://...",
        shown="PLACE",
        found=Found.NEVER,
    ),
    Setting(
        "resume",
        B,
        "leave out what the ledger says is done and has not changed since",
        "略过台账中已完成且此后未变化的文件",
        kind=Kind.SWITCH,
        default=False,
        found=Found.NEVER,
    ),
    Setting(
        "fingerprint",
        B,
        "keep a perceptual code of each labelled picture in the ledger, for `verify --registry`",
        "将每张已标识图片的感知指纹记入台账，供 `verify --registry` 查找",
        kind=Kind.SWITCH,
        default=False,
        found=Found.NEVER,
    ),
    Setting("operator", B, "who does this, for the ledger", "操作人，记入台账", default="", shown="NAME"),
    Setting(
        "reason",
        B,
        "why content is delivered without an explicit mark (Article 9), for the ledger",
        "提供未添加显式标识内容的理由（《标识办法》第九条），记入台账",
        default="",
        shown="TEXT",
    ),
    Setting(
        "recipient",
        B,
        "a reference to whom it is delivered to, for the ledger",
        "接收方的编号或参考信息，记入台账",
        default="",
        shown="REFERENCE",
    ),
    Setting(
        "overwrite",
        W,
        "replace output files that exist and differ",
        "替换已存在且内容不同的输出文件",
        kind=Kind.SWITCH,
        default=False,
        found=Found.NEVER,
    ),
    Setting(
        "credentials",
        W,
        "files with Content Credentials (C2PA): refuse, or break them",
        "带有内容凭证（C2PA）的文件：拒绝，或使其失效",
        kind=Kind.CHOICE,
        default="refuse",
        choices=("refuse", "break"),
        found=Found.NEVER,
    ),
    Setting(
        "sidecar",
        W,
        "write the label of formats without a place for it into NAME.aigc.json",
        "对没有标识存放位置的格式，将标识写入旁附的 名称.aigc.json",
        kind=Kind.SWITCH,
        default=False,
        found=Found.NEVER,
    ),
    Setting(
        "sync",
        W,
        "force files to the disk: each, in groups of 64, or not (default: each, in folders group)",
        "写盘方式：逐个、64 个一组、不强制（默认逐个，文件夹按组）",
        kind=Kind.CHOICE,
        choices=("each", "group", "none"),
    ),
    Setting(
        "format",
        O,
        "how results are printed",
        "结果的输出格式",
        kind=Kind.CHOICE,
        default="text",
        choices=PRINTED,
    ),
    Setting(
        "format",
        R,
        "how results are printed (by other commands: text, json, jsonl)",
        "结果的输出格式（其他命令：text、json、jsonl）",
        kind=Kind.CHOICE,
        default="text",
        choices=(*PRINTED, "sarif", "junit", "github", "gitlab", "markdown", "html"),
    ),
    Setting(
        "report",
        R,
        "write a report to a file as well, FORMAT=FILE (again for more)",
        "同时将报告写入文件，格式=文件（可多次给出）",
        kind=Kind.LIST,
        default=(),
        shown="FORMAT=FILE",
        found=Found.NEVER,
    ),
    Setting(
        "lang",
        O,
        "the language of messages (default: the locale's)",
        "消息语言（默认随系统区域设置）",
        kind=Kind.CHOICE,
        choices=("zh", "en"),
    ),
    Setting(
        "color",
        O,
        "colours (NO_COLOR and FORCE_COLOR count too)",
        "颜色（同样遵循 NO_COLOR 与 FORCE_COLOR）",
        kind=Kind.CHOICE,
        default="auto",
        choices=("auto", "always", "never"),
    ),
    Setting("quiet", O, "only findings and errors", "只输出问题与错误", kind=Kind.SWITCH, default=False),
    Setting("verbose", O, "say more", "输出更多细节", kind=Kind.SWITCH, default=False),
    Setting("host", S, "the address to listen on", "监听地址", default="127.0.0.1", shown="ADDRESS", found=Found.NEVER),
    Setting(
        "port",
        S,
        "the port to listen on; 0 takes a free one",
        "监听端口，0 表示任选空闲端口",
        default="8045",
        shown="N",
    ),
    Setting(
        "allow-host",
        S,
        "a host name that the service answers to (again for more; loopback names always)",
        "服务应答的主机名（可多次给出；回环地址始终可用）",
        kind=Kind.LIST,
        default=(),
        shown="NAME",
        found=Found.NEVER,
    ),
    Setting(
        "api-keys",
        S,
        "a file with one API key a line; needed to listen beyond loopback",
        "每行一个 API 密钥的文件；监听非回环地址时必须提供",
        shown="FILE",
        found=Found.NEVER,
    ),
    Setting(
        "workers",
        S,
        "how many processes work on files",
        "处理文件的进程数",
        kind=Kind.COUNT,
        default=2.0,
        shown="N",
    ),
    Setting(
        "max-size",
        S,
        "the largest upload, in MiB",
        "单个上传文件的上限（MiB）",
        kind=Kind.COUNT,
        default=4096.0,
        shown="MIB",
        found=Found.NEVER,
    ),
    Setting(
        "rate",
        S,
        "requests a minute for each key, or each address",
        "每个密钥（或地址）每分钟的请求数上限",
        kind=Kind.COUNT,
        default=600.0,
        shown="N",
        found=Found.NEVER,
    ),
    Setting(
        "timeout",
        S,
        "seconds after which work on one file is given up",
        "单个文件的处理时限（秒）",
        kind=Kind.COUNT,
        default=600.0,
        shown="S",
        found=Found.NEVER,
    ),
    Setting(
        "folder",
        S,
        "where uploads lie while they are worked on (default: the system's folder for temporary files)",
        "处理期间存放上传文件的文件夹（默认：系统临时文件夹）",
        shown="DIR",
        found=Found.NEVER,
    ),
)
SETTINGS: Final = {row.name: row for row in _TABLE}


def in_groups(groups: Iterable[Group]) -> tuple[Setting, ...]:
    """Give the settings of some groups, in the order of the table; of two rows with one name, the wider one behind."""
    wanted = frozenset(groups)
    return tuple({row.name: row for row in _TABLE if row.group in wanted}.values())
