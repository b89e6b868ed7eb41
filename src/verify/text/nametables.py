"""What the generators of tables of names share: hashing as verify/text/hash.h does it, and tables with linear probing."""

MASK = (1 << 64) - 1


def load(b):
    return int.from_bytes(b, "little")


def name_hash(s):
    """sk_vx_hash() of verify/text/hash.h."""
    b = s.encode()
    first, last = load(b[:8]), load(b[-8:]) if len(b) > 8 else 0
    h = ((first ^ ((last << 29 | last >> 35) & MASK) ^ len(b)) * 0x9E3779B97F4A7C15) & MASK
    return (((h ^ h >> 32) * 0xC2B2AE3D27D4EB4F) & MASK) >> 32


def pair_hash(attr, element):
    h = name_hash(attr) ^ (element * 0x9E3779B1 & 0xFFFFFFFF)
    return h ^ h >> 15


def table(hashes, size):
    slots = [0] * size
    for i, h in enumerate(hashes):
        at = h & (size - 1)
        while slots[at]:
            at = (at + 1) & (size - 1)
        slots[at] = i + 1
    return slots


def emit_array(out, kind, name, values):
    out.write(f"static const {kind} {name}[{len(values)}] = {{\n")
    for i in range(0, len(values), 16):
        out.write("\t" + ", ".join(str(v) for v in values[i:i + 16]) + ",\n")
    out.write("};\n\n")
