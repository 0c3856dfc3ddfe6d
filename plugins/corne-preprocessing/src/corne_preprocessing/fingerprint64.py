"""Fingerprint64 of FarmHash: the hash behind Keras's Hashing, HashedCrossing and lookups."""

from __future__ import annotations

from struct import unpack_from

_MASK = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_CAT = 0xC6A4A7935BD1E995


def fingerprint64(data: bytes) -> int:
    """Return the 64-bit fingerprint of bytes. It is the same on every machine and in every version.

    Source: FarmHash, ``farmhashna::Hash64``, https://github.com/google/farmhash

    >>> fingerprint64(b"hello")
    13009744463427800296
    """
    size = len(data)
    if size <= 16:
        return _to_16(data, size)
    if size <= 32:
        return _to_32(data, size)
    return _to_64(data, size) if size <= 64 else _long(data, size)


def fingerprint_cat64(first: int, second: int) -> int:
    """Return the fingerprint of two fingerprints in their order.

    Source: TensorFlow, ``FingerprintCat64`` in ``core/platform/fingerprint.h``
    """
    mixed = first ^ _CAT ^ (_mix(second * _CAT) * _CAT)
    return _mix(_mix(mixed * _CAT) * _CAT)


def _at(data: bytes, place: int) -> int:
    value: int = unpack_from("<Q", data, place)[0]
    return value


def _turn(value: int, bits: int) -> int:
    value &= _MASK
    return (value >> bits) | ((value << (64 - bits)) & _MASK)


def _mix(value: int) -> int:
    value &= _MASK
    return value ^ (value >> 47)


def _pair(u: int, v: int, factor: int) -> int:
    u, v = u & _MASK, v & _MASK
    a = _mix((u ^ v) * factor)
    return (_mix((v ^ a) * factor) * factor) & _MASK


def _to_16(data: bytes, size: int) -> int:
    if size >= 8:
        factor = _K2 + size * 2
        a, b = _at(data, 0) + _K2, _at(data, size - 8)
        return _pair(_turn(b, 37) * factor + a, (_turn(a, 25) + b) * factor, factor)
    if size >= 4:
        first, last = unpack_from("<I", data, 0)[0], unpack_from("<I", data, size - 4)[0]
        return _pair(size + (first << 3), last, _K2 + size * 2)
    if size:
        y, z = data[0] + (data[size >> 1] << 8), size + (data[size - 1] << 2)
        return (_mix((y * _K2) ^ (z * _K0)) * _K2) & _MASK
    return _K2


def _to_32(data: bytes, size: int) -> int:
    factor = _K2 + size * 2
    a, b = _at(data, 0) * _K1, _at(data, 8)
    c, d = _at(data, size - 8) * factor, _at(data, size - 16) * _K2
    return _pair(_turn(a + b, 43) + _turn(c, 30) + d, a + _turn(b + _K2, 18) + c, factor)


def _to_64(data: bytes, size: int) -> int:
    factor = _K2 + size * 2
    a, b = _at(data, 0) * _K2, _at(data, 8)
    c, d = _at(data, size - 8) * factor, _at(data, size - 16) * _K2
    y = _turn(a + b, 43) + _turn(c, 30) + d
    z = _pair(y, a + _turn(b + _K2, 18) + c, factor)
    e, f = _at(data, 16) * factor, _at(data, 24)
    g, h = (y + _at(data, size - 32)) * factor, (z + _at(data, size - 24)) * factor
    return _pair(_turn(e + f, 43) + _turn(g, 30) + h, e + _turn(f + a, 18) + g, factor)


def _weak(data: bytes, place: int, a: int, b: int) -> tuple[int, int]:
    w, x, y, z = unpack_from("<4Q", data, place)
    a += w
    b = _turn(b + a + z, 21)
    c = a
    a += x + y
    return (a + z) & _MASK, (b + _turn(a, 44) + c) & _MASK


def _long(data: bytes, size: int) -> int:
    x, y = 81, (81 * _K1 + 113) & _MASK
    z = (_mix(y * _K2 + 113) * _K2) & _MASK
    v, w = (0, 0), (0, 0)
    x = (x * _K2 + _at(data, 0)) & _MASK
    rest = (size - 1) & 63

    def step(place: int, factor: int, nine: int) -> None:
        nonlocal x, y, z, v, w
        x = _turn(x + y + v[0] + _at(data, place + 8), 37) * factor
        y = _turn(y + v[1] + _at(data, place + 48), 42) * factor
        x = (x ^ (w[1] * nine)) & _MASK
        y += v[0] * nine + _at(data, place + 40)
        z = (_turn(z + w[0], 33) * factor) & _MASK
        v = _weak(data, place, v[1] * factor, x + w[0])
        w = _weak(data, place + 32, z + w[1], y + _at(data, place + 16))
        x, z = z, x

    for place in range(0, size - 1 - rest, 64):
        step(place, _K1, 1)
    factor = _K1 + ((z & 0xFF) << 1)
    w = ((w[0] + rest) & _MASK, w[1])
    v = ((v[0] + w[0]) & _MASK, v[1])
    w = ((w[0] + v[0]) & _MASK, w[1])
    step(size - 64, factor, 9)
    return _pair(_pair(v[0], w[0], factor) + _mix(y) * _K0 + z, _pair(v[1], w[1], factor) + x, factor)
