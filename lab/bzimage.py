# SPDX-License-Identifier: GPL-2.0-only
"""What is inside a bzImage (Documentation/arch/x86/boot.rst)."""

import struct

_GZIP = b"\x1f\x8b"


def payload(path):
    """The kernel, an ELF file packed by gzip; None if the file is not such a bzImage."""
    image = path.read_bytes()
    if image[0x202:0x206] != b"HdrS":
        return None
    sectors = image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    begin = (sectors + 1) * 512 + offset
    packed = image[begin:begin + length]
    return packed if packed.startswith(_GZIP) else None
