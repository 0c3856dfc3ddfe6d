"""SipHash-2-4: the hash behind Keras's salted Hashing."""

from __future__ import annotations

from struct import unpack_from

_MASK = (1 << 64) - 1


def siphash(data: bytes, key: tuple[int, int]) -> int:
    """Return the keyed 64-bit hash of bytes.

    Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, https://131002.net/siphash/

    The paper's appendix has this for the key 00 01 … 0f and the bytes 00 01 … 0e:

    >>> hex(siphash(bytes(range(15)), (0x0706050403020100, 0x0F0E0D0C0B0A0908)))
    '0xa129ca6149be45e5'
    """
    low, high = key[0] & _MASK, key[1] & _MASK
    a, b = low ^ 0x736F6D6570736575, high ^ 0x646F72616E646F6D
    c, d = low ^ 0x6C7967656E657261, high ^ 0x7465646279746573
    rest = len(data) % 8
    words = unpack_from(f"<{len(data) // 8}Q", data)
    last = int.from_bytes(data[len(data) - rest :], "little") | (len(data) & 0xFF) << 56
    for word in (*words, last):
        a, b, c, d = _rounds(a, b, c, d ^ word, 2)
        a ^= word
    a, b, c, d = _rounds(a, b, c ^ 0xFF, d, 4)
    return a ^ b ^ c ^ d


def _rounds(a: int, b: int, c: int, d: int, count: int) -> tuple[int, int, int, int]:
    for _ in range(count):
        a = (a + b) & _MASK
        b = (b << 13 | b >> 51) & _MASK ^ a
        a = (a << 32 | a >> 32) & _MASK
        c = (c + d) & _MASK
        d = (d << 16 | d >> 48) & _MASK ^ c
        a = (a + d) & _MASK
        d = (d << 21 | d >> 43) & _MASK ^ a
        c = (c + b) & _MASK
        b = (b << 17 | b >> 47) & _MASK ^ c
        c = (c << 32 | c >> 32) & _MASK
    return a, b, c, d
