#!/usr/bin/env python3
"""Reads the ELF file of the program and fails when its dynamic section needs libtorch, CUDA or a library that depends on them."""
import struct
import sys


def needed(path: str) -> list[str]:
    """The DT_NEEDED names of a 64-bit little-endian ELF file (System V ABI, dynamic section)."""
    data = open(path, "rb").read()
    assert data[:6] == b"\x7fELF\x02\x01", f"{path} is not a 64-bit little-endian ELF file"
    (section_offset,) = struct.unpack_from("<Q", data, 0x28)
    entry_size, count = struct.unpack_from("<HH", data, 0x3A)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, section_offset + i * entry_size) for i in range(count)]
    dynamic = next(s for s in sections if s[1] == 6)  # SHT_DYNAMIC
    strings = sections[dynamic[6]]
    names = []
    for place in range(dynamic[4], dynamic[4] + dynamic[5], 16):
        tag, value = struct.unpack_from("<qQ", data, place)
        if tag == 1:  # DT_NEEDED
            start = strings[4] + value
            names.append(data[start : data.index(b"\0", start)].decode())
    return names


names = needed(sys.argv[1])
print("needs:", ", ".join(names))
assert "libc.so.6" in names, "the reader found no libc: it reads the wrong thing"
bad = [name for name in names if any(word in name for word in ("torch", "c10", "cuda", "cudnn", "cublas", "nccl"))]
if bad:
    sys.exit(f"the program needs {bad}: libtorch must be loaded on demand only")
