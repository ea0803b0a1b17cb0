"""The floor for anything written in Python: puts a label into JPEG and PNG files by a bare splice of the header.

No rules, no reports, no safety, nothing read back. `python limit.py SOURCE... TARGET_FOLDER`; standard library only.
"""

import os
import sys
import zlib

LABEL = (
    '{"Label":"1","ContentProducer":"001191110108335469089C10100","ProduceID":"bench-1","ReservedCode1":"",'
    '"ContentPropagator":"001191110108335469089C10100","PropagateID":"bench-1","ReservedCode2":""}'
)
PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
    '"http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:TC260='
    f'"http://www.tc260.org.cn/ns/AIGC/1.0/"><TC260:AIGC>{LABEL}</TC260:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>'
    + " " * 2048
    + '<?xpacket end="w"?>'
).encode()


def splice(source: str, target: str) -> None:
    """Write `source` with the packet behind JFIF or IHDR to `target`; the kernel moves the rest."""
    before = os.open(source, os.O_RDONLY)
    after = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    head = os.read(before, 64)
    if head.startswith(b"\xff\xd8"):
        at = 4 + int.from_bytes(head[4:6], "big") if head[3] in (0xE0, 0xE1) else 2
        body = b"http://ns.adobe.com/xap/1.0/\0" + PACKET
        new = b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
    else:
        at = 33
        body = b"iTXtXML:com.adobe.xmp\0\0\0\0\0" + PACKET
        new = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    os.lseek(before, 0, os.SEEK_SET)
    os.write(after, os.read(before, at) + new)
    while os.copy_file_range(before, after, 1 << 30):
        pass
    os.close(before)
    os.close(after)


def main(sources: list[str], folder: str) -> None:
    os.makedirs(folder, exist_ok=True)
    for source in sources:
        names = [entry.path for entry in os.scandir(source)] if os.path.isdir(source) else [source]
        for name in names:
            splice(name, os.path.join(folder, os.path.basename(name)))


if __name__ == "__main__":
    main(sys.argv[1:-1], sys.argv[-1])
