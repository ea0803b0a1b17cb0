"""Field names of the 2024 draft."""

from __future__ import annotations

from conformance.build import in_each

TEXT = (
    '{"Label":"1","ContentProducer":"1565201000000016BDWXYY0400000000","ProduceID":"v0300fg100kbc3e77ub10123456",'
    '"ReserveCode1":"","Propagator":"1561101000000057WMWB030000000000","PropatorID":"qdn57u6mld93z6o1xvz","ReserveCode2":""}'
)
FILES = in_each(TEXT)
