"""Makes PDF documents for tests: with text in a typeface of both scripts, signed, or as other programs save them."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont as Font
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from aigc_label.lettering import shipped_font

FACE = "Both"
SIZE = (595.0, 842.0)


@cache
def face() -> str:
    """Register the shipped typeface with reportlab, its outlines turned into those of TrueType."""
    old = Font(shipped_font())
    glyphs, metrics = {}, {}
    for name in old.getGlyphOrder():
        pen = TTGlyphPen(None)
        old.getGlyphSet()[name].draw(Cu2QuPen(pen, 1.0))
        glyphs[name] = pen.glyph()
        metrics[name] = old["hmtx"][name]
    builder = FontBuilder(old["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(old.getGlyphOrder())
    builder.setupCharacterMap(old.getBestCmap())
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=old["hhea"].ascent, descent=old["hhea"].descent)
    builder.setupNameTable({"familyName": FACE, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "both.ttf"
        builder.save(path)
        pdfmetrics.registerFont(TTFont(FACE, path))
    return FACE


def drawn(*pages: Callable[[Canvas], object]) -> bytes:
    """Give a document with one page for each function, which draws on it in letters of 12 points."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=SIZE, pageCompression=0, invariant=1)
    for page in pages:
        canvas.setFont(face(), 12)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@cache
def signer() -> signers.SimpleSigner:
    """Give somebody with a key and a certificate of their own making."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Somebody")])
    start = datetime(2025, 9, 1, tzinfo=UTC)
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=7300))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    held = asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    return signers.SimpleSigner(
        signing_cert=held,
        signing_key=keys.PrivateKeyInfo.load(key.private_bytes(*form)),
        cert_registry=SimpleCertificateStore.from_certs([held]),
    )


def signed(data: bytes, **how: object) -> bytes:
    """Give the document with a signature; `how` as pyHanko's `PdfSignatureMetadata` takes it."""
    out = io.BytesIO()
    metadata = signers.PdfSignatureMetadata(field_name="Signature", md_algorithm="sha256", **how)
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), metadata, signer=signer(), output=out)
    return out.getvalue()
