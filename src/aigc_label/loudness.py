"""Measures how loud a stretch of sound is to people (ITU-R BS.1770-4, EBU R 128), in LUFS."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aigc_label.pcm import Samples

BLOCK: Final = 0.4  # seconds; blocks overlap by three quarters
ABSOLUTE_GATE: Final = -70.0
RELATIVE_GATE: Final = -10.0
OFFSET: Final = -0.691
RINGING: Final = 0.1  # seconds of silence behind the samples: the filters are applied to a whole spectrum at once
SURROUND: Final = 1.41
SILENT: Final = float("-inf")


def integrated(samples: Samples, rate: int) -> float:
    """Give the integrated loudness, both gates applied; -inf where everything is below the absolute gate.

    Sound shorter than a block counts as one block.
    """
    return gated(block_powers(samples, rate))


def gated(powers: NDArray[np.float64]) -> float:
    """Give the loudness of blocks by their powers, so that stretches measured apart can be judged together."""
    loud = powers[powers > _power(ABSOLUTE_GATE)]
    if not len(loud):
        return SILENT
    floor = _power(_level(float(loud.mean())) + RELATIVE_GATE)
    return _level(float(loud[loud > floor].mean()))


def ungated(samples: Samples, rate: int) -> float:
    """Give the loudness of all samples alike: what a steady tone has while it sounds."""
    return _level(float((_weighted(samples, rate).astype(np.float64) ** 2).mean(axis=0) @ _weights(samples.shape[1])))


def block_powers(samples: Samples, rate: int) -> NDArray[np.float64]:
    """Give the weighted mean square of every block, all channels together."""
    block, step = round(BLOCK * rate), round(BLOCK * rate / 4)
    if not len(samples):
        return np.zeros(0)
    power = (_weighted(samples, rate).astype(np.float64) ** 2) @ _weights(samples.shape[1])
    if len(power) < block:
        return np.array([power.mean()])
    total = np.concatenate([[0.0], np.cumsum(power)])
    starts = np.arange(0, len(power) - block + 1, step)
    powers: NDArray[np.float64] = (total[starts + block] - total[starts]) / block
    return powers


def _level(power: float) -> float:
    return OFFSET + 10 * float(np.log10(power)) if power > 0 else SILENT


def _power(level: float) -> float:
    return 10 ** ((level - OFFSET) / 10)


def _weights(channels: int) -> NDArray[np.float64]:
    """Left, right and centre count once, surrounds 1.41 times, the channel of low frequencies not at all."""
    weights = np.ones(channels)
    if channels >= 6:  # L R C LFE and surrounds
        weights[3] = 0.0
        weights[4:] = SURROUND
    elif channels in (4, 5):
        weights[channels - 2 :] = SURROUND
    return weights


def _weighted(samples: Samples, rate: int) -> Samples:
    """Apply the two filters of annex 1 (a shelf for the head, a high pass) by their response at each frequency."""
    size = _friendly(len(samples) + round(RINGING * rate))
    spectrum = np.fft.rfft(samples, size, axis=0) * _response(size, rate)[:, None]
    weighted: Samples = np.fft.irfft(spectrum, size, axis=0)[: len(samples)].astype(np.float32)
    return weighted


@lru_cache(maxsize=8)
def _response(size: int, rate: int) -> NDArray[np.complex64]:
    """Give the response of both filters, designed anew for each rate as in libebur128 and pyloudnorm."""
    delay = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    shelf = _biquad(delay, rate, 1681.974450955533, 0.7071752369554196, 3.999843853973347)
    return (shelf * _biquad(delay, rate, 38.13547087602444, 0.5003270373238773, None)).astype(np.complex64)


def _biquad(
    delay: NDArray[np.complex128], rate: int, frequency: float, quality: float, gain: float | None
) -> NDArray[np.complex128]:
    k = np.tan(np.pi * frequency / rate)
    if gain is None:
        high, band, low, scale = 1.0, 0.0, 0.0, 1.0
        above = np.array([1.0, -2.0, 1.0])
    else:
        high = 10 ** (gain / 20)
        band, low, scale = high**0.4996667741545416, 1.0, 1.0 + k / quality + k * k
        above = np.array(
            [high + band * k / quality + low * k * k, 2 * (low * k * k - high), high - band * k / quality + low * k * k]
        )
    whole = 1.0 + k / quality + k * k
    below = np.array([1.0, 2 * (k * k - 1) / whole, (1 - k / quality + k * k) / whole])
    top = (above[0] + above[1] * delay + above[2] * delay**2) / (scale if gain is not None else 1.0)
    response: NDArray[np.complex128] = top / (below[0] + below[1] * delay + below[2] * delay**2)
    return response


def _friendly(size: int) -> int:
    """Give a size of at least `size` that Fourier transforms like: a small multiple of a power of two."""
    power = 1 << max(0, size - 1).bit_length()
    return next(
        n for n in (power * 5 // 8, power * 3 // 4, power * 7 // 8, power) if (n >= size and n % 2 == 0) or n == power
    )
