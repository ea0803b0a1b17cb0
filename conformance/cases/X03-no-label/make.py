"""Schemes of others that are no label of the standard."""

from __future__ import annotations

from conformance.build import Files, jpeg_with, mp4
from fixtures.build import jpeg

OLD = '{"ServiceProvider":"腾讯云","ServiceUser":"u","Time":"2025","ContentId":"c"}'
DOUYIN = '{"data":{"product":"aweme","aigc_info":"{\\"aigc_label_type\\":1}"}}'
FILES: Files = {
    "tencent-old.jpg": lambda: jpeg_with(jpeg.segment(0xFE, OLD.encode())),
    "douyin.mp4": lambda: mp4(DOUYIN, key=b"comment"),
}
