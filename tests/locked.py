"""Protected files made by code of its own (hashlib, hmac, cryptography): encrypted packages of Office, RC4 and XOR in old
workbooks and slides. What LibreOffice, 7-Zip, qpdf and bsdtar can protect is protected by them."""
import base64
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(streams):
    """A compound file of streams at the root, none of them in small sectors (those shorter are filled up to 4,096 bytes)."""
    names = sorted(streams, key=lambda n: (len(n), n.upper()))
    data, starts, sizes = b"", {}, {}
    chains = []
    for n in names:
        body = streams[n].ljust(4096, b"\0")
        starts[n], sizes[n] = len(data) // 512, len(body)
        sectors = (len(body) + 511) // 512
        chains += list(range(starts[n] + 1, starts[n] + sectors)) + [END]
        data += body.ljust(sectors * 512, b"\0")
    entries = [("Root Entry", 5, FREE, FREE, 1, END, 0)]
    for i, n in enumerate(names):  # a list to the right: readers search it from the top
        entries.append((n, 2, FREE, i + 2 if i + 1 < len(names) else FREE, FREE, starts[n], sizes[n]))
    directory = b""
    for name, kind, left, right, child, start, size in entries:
        u = (name + "\0").encode("utf-16le")
        directory += u.ljust(64, b"\0") + struct.pack("<HBBIII16s20xIQ", len(u), kind, 1, left, right, child, b"", start, size)
    dir_at = len(data) // 512
    directory = directory.ljust((len(directory) + 511) // 512 * 512, b"\0")
    chains += list(range(dir_at + 1, dir_at + len(directory) // 512)) + [END]
    data += directory
    fats = 1
    while (len(chains) + fats) > fats * 128:
        fats += 1
    fat_at = len(data) // 512
    chains += [FAT] * fats
    fat = b"".join(struct.pack("<I", c) for c in chains).ljust(fats * 512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fats, dir_at, 0, 4096, END, 0, END, 0)
    head += b"".join(struct.pack("<I", fat_at + i) for i in range(fats))
    return head.ljust(512, b"\xff") + data + fat


def pad(data, n=16):
    return data + bytes(-len(data) % n)


def cbc(key, iv, data):
    e = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return e.update(pad(data)) + e.finalize()


def ecb(key, data):
    e = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # as the format has it
    return e.update(pad(data)) + e.finalize()


def agile(package, password, algorithm="sha512", bits=256, rounds=1000, told=None, tamper=False):
    """[MS-OFFCRYPTO] 2.3.4.10"""
    def h(*parts):
        return hashlib.new(algorithm, b"".join(parts)).digest()

    def sized(b, n):
        return b[:n].ljust(n, b"\x36")

    size, key_size = hashlib.new(algorithm).digest_size, bits // 8
    salt, data_salt, key, verifier = os.urandom(16), os.urandom(16), os.urandom(key_size), os.urandom(16)
    spun = h(salt, password.encode("utf-16le"))
    for i in range(rounds):
        spun = h(struct.pack("<I", i), spun)

    def under(block, value):
        return cbc(sized(h(spun, bytes.fromhex(block)), key_size), salt, value)

    body = b"".join(cbc(key, sized(h(data_salt, struct.pack("<I", i // 4096)), 16), package[i:i + 4096]) for i in range(0, len(package), 4096))
    stream = struct.pack("<Q", len(package)) + body
    mac_key = os.urandom(size)
    mac = hmac.new(mac_key, stream, algorithm).digest()
    if tamper:
        stream = stream[:-1] + bytes([stream[-1] ^ 1])

    def b64(b):
        return base64.b64encode(b).decode()

    common = f'saltSize="16" blockSize="16" keyBits="{bits}" hashSize="{size}" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="{algorithm.upper()}"'
    xml = (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" '
           f'xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password"><keyData {common} saltValue="{b64(data_salt)}"/>'
           f'<dataIntegrity encryptedHmacKey="{b64(cbc(key, sized(h(data_salt, bytes.fromhex("5fb2ad010cb9e1f6")), 16), mac_key))}" '
           f'encryptedHmacValue="{b64(cbc(key, sized(h(data_salt, bytes.fromhex("a0677f02b22c8433")), 16), mac))}"/>'
           f'<keyEncryptors><keyEncryptor uri="http://schemas.microsoft.com/office/2006/keyEncryptor/password"><p:encryptedKey spinCount="{told or rounds}" {common} '
           f'saltValue="{b64(salt)}" encryptedVerifierHashInput="{b64(under("fea7d2763b4b9e79", verifier))}" '
           f'encryptedVerifierHashValue="{b64(under("d7aa0f6d3061344e", h(verifier)))}" encryptedKeyValue="{b64(under("146e0be7abacd0d6", key))}"/>'
           f'</keyEncryptor></keyEncryptors></encryption>')
    return compound({"EncryptionInfo": struct.pack("<HHI", 4, 4, 0x40) + xml.encode().ljust(4096), "EncryptedPackage": stream})


def sha1(*parts):
    return hashlib.sha1(b"".join(parts)).digest()


def standard(package, password, bits=128):
    """[MS-OFFCRYPTO] 2.3.4.5"""
    salt, verifier = os.urandom(16), os.urandom(16)
    spun = sha1(salt, password.encode("utf-16le"))
    for i in range(50000):
        spun = sha1(struct.pack("<I", i), spun)
    last = sha1(spun, bytes(4))
    key = b"".join(sha1(bytes(a ^ b for a, b in zip(last.ljust(64, b"\0"), bytes([x]) * 64))) for x in (0x36, 0x5C))[:bits // 8]
    header = struct.pack("<IIIIIIII", 0x24, 0, 0x660E + (bits - 128) // 64, 0x8004, bits, 0x18, 0, 0) + "AES\0".encode("utf-16le")
    info = struct.pack("<HHII", 4, 2, 0x24, len(header)) + header
    info += struct.pack("<I", 16) + salt + ecb(key, verifier) + struct.pack("<I", 20) + ecb(key, sha1(verifier))
    return compound({"EncryptionInfo": info, "EncryptedPackage": struct.pack("<Q", len(package)) + ecb(key, package)})


class Rc4:
    """The key stream of a file under keys that change every `block` bytes; 0: one key."""

    def __init__(self, key_of, block, number=0):
        self.key_of, self.block, self.number, self.buffer = key_of, block, number, b""
        self.cipher = Cipher(algorithms.ARC4(key_of(number)), None).encryptor()

    def take(self, n):
        while len(self.buffer) < n:
            self.buffer += self.cipher.update(bytes(self.block or n))
            if self.block:
                self.number += 1
                self.cipher = Cipher(algorithms.ARC4(self.key_of(self.number)), None).encryptor()
        out, self.buffer = self.buffer[:n], self.buffer[n:]
        return out


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def rc4_keys(password):
    """The 40-bit scheme (2.3.6): key of a block, and the header."""
    salt, verifier = os.urandom(16), os.urandom(16)
    first = hashlib.md5(password.encode("utf-16le")).digest()[:5]
    base = hashlib.md5((first + salt) * 16).digest()[:5]

    def key_of(n):
        return hashlib.md5(base + struct.pack("<I", n)).digest()

    s = Rc4(key_of, 1024)
    return key_of, struct.pack("<HH", 1, 1) + salt + xor(verifier, s.take(16)) + xor(hashlib.md5(verifier).digest(), s.take(16))


def api_keys(password, bits=128):
    """RC4 CryptoAPI (2.3.5)"""
    salt, verifier = os.urandom(16), os.urandom(16)
    base = sha1(salt, password.encode("utf-16le"))

    def key_of(n):
        key = sha1(base, struct.pack("<I", n))[:bits // 8]
        return key.ljust(16, b"\0") if bits == 40 else key

    s = Rc4(key_of, 0)
    header = struct.pack("<IIIIIIII", 4, 0, 0x6801, 0x8004, bits, 1, 0, 0) + "RC4\0".encode("utf-16le")
    info = struct.pack("<HHII", 2, 2, 4, len(header)) + header + struct.pack("<I", 16) + salt
    return key_of, info + xor(verifier, s.take(16)) + struct.pack("<I", 20) + xor(sha1(verifier), s.take(20))


def verifier_of(password):
    """2.3.7.1"""
    v = 0
    for b in reversed(bytes([len(password)]) + password):
        v = ((v >> 14 & 1) | (v << 1 & 0x7FFF)) ^ b
    return v ^ 0xCE4B


PLAIN = {0x809, 0x2F, 0x194, 0x195, 0xE1, 0x196, 0x138}


def workbook(password, text, scheme):
    """A small workbook stream (BIFF 8) in which everything that may be is encrypted by `scheme` ("rc4", "api", "api40")."""
    key_of, info = rc4_keys(password) if scheme == "rc4" else api_keys(password, 40 if scheme == "api40" else 128)

    def record(kind, body):
        return struct.pack("<HH", kind, len(body)) + body

    def xf(style):
        return record(0xE0, struct.pack("<HHHBBBBIIH", 0, 0, 0xFFF5 if style else 1, 0x20, 0, 0, 0, 0, 0, 0x20C0))

    name, cell = "Sheet1", text.encode("utf-16le")
    start = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0x0DBB, 0x7CC, 0, 6)) + record(0x2F, struct.pack("<H", 1) + info)
    fonts = b"".join(record(0x31, struct.pack("<HHHHHBBBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0, 5, 0) + b"Arial") for _ in range(4))
    start += record(0x42, struct.pack("<H", 1200)) + fonts + b"".join(xf(True) for _ in range(15)) + xf(False)
    sst = record(0xFC, struct.pack("<IIHB", 1, 1, len(text), 1) + cell)
    sheet_at = len(start) + len(record(0x85, bytes(8) + name.encode())) + len(sst) + 4
    book = start + record(0x85, struct.pack("<IHBB", sheet_at, 0, len(name), 0) + name.encode()) + sst + record(0x0A, b"")
    book += record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x7CC, 0, 6)) + record(0x200, struct.pack("<IIHHH", 0, 1, 0, 1, 0))
    book += record(0xFD, struct.pack("<HHHI", 0, 0, 15, 0)) + record(0x23E, struct.pack("<HHHIHHI", 0x6B6, 0, 0, 64, 0, 0, 0)) + record(0x0A, b"")
    stream, at, out = Rc4(key_of, 1024), 0, b""
    while at < len(book):
        kind, n = struct.unpack_from("<HH", book, at)
        body, mask = book[at + 4:at + 4 + n], stream.take(4 + n)[4:]
        keep = n if kind in PLAIN else 4 if kind == 0x85 else 0
        out += book[at:at + 4] + body[:keep] + xor(body[keep:], mask[keep:])
        at += 4 + n
    return compound({"Workbook": out})


def workbook_95(sheets):
    """A workbook of Excel 5 and 95 (BIFF 5) in code page 932. Sheets: bytes of the name, 0 to 2 how hidden, bytes of cell A1."""
    def record(kind, body):
        return struct.pack("<HH", kind, len(body)) + body

    def begin(kind):
        return record(0x809, struct.pack("<HHHH", 0x500, kind, 0x96C, 0x7CD))

    font = record(0x31, struct.pack("<HHHHHBBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 128, 0, 5) + b"Arial")
    styles = [record(0xE0, struct.pack("<HHHB9x", 0, 0, 0xFFF5 if i < 15 else 1, 0x20)) for i in range(16)]
    head = begin(5) + record(0x42, struct.pack("<H", 932)) + font * 4 + b"".join(styles)
    bodies = [begin(0x10) + record(0x204, struct.pack("<HHHH", 0, 0, 15, len(t)) + t) + record(0x0A, b"") for _n, _state, t in sheets]
    at, index = len(head) + sum(11 + len(n) for n, _state, _t in sheets) + 4, b""
    for (name, state, _t), body in zip(sheets, bodies):
        index += record(0x85, struct.pack("<IBBB", at, state, 0, len(name)) + name)
        at += len(body)
    return compound({"Book": head + index + record(0x0A, b"") + b"".join(bodies)})


def blowfish_odf(members, password, rounds=1024):
    """An OpenDocument package as OpenOffice protected it: Blowfish, SHA-1 (ODF 1.2 part 3, 4.8)."""
    import io  # pylint: disable=import-outside-toplevel
    import zipfile  # pylint: disable=import-outside-toplevel
    import zlib  # pylint: disable=import-outside-toplevel
    out, entries = io.BytesIO(), ""
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name, data in members.items():
            c = zlib.compressobj(9, zlib.DEFLATED, -15)
            packed = c.compress(data) + c.flush()
            salt, iv = os.urandom(16), os.urandom(8)
            key = hashlib.pbkdf2_hmac("sha1", hashlib.sha1(password.encode()).digest(), salt, rounds, 16)
            e = Cipher(algorithms.Blowfish(key), modes.CFB(iv)).encryptor()
            z.writestr(name, e.update(packed) + e.finalize())

            def b64(b):
                return base64.b64encode(b).decode()

            entries += (f'<manifest:file-entry manifest:media-type="text/xml" manifest:full-path="{name}" manifest:size="{len(data)}">'
                        f'<manifest:encryption-data manifest:checksum-type="SHA1/1K" manifest:checksum="{b64(hashlib.sha1(packed[:1024]).digest())}">'
                        f'<manifest:algorithm manifest:algorithm-name="Blowfish CFB" manifest:initialisation-vector="{b64(iv)}"/>'
                        f'<manifest:key-derivation manifest:key-derivation-name="PBKDF2" manifest:iteration-count="{rounds}" manifest:salt="{b64(salt)}"/>'
                        f'</manifest:encryption-data></manifest:file-entry>')
        z.writestr("META-INF/manifest.xml", '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
                   'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
                   f'manifest:media-type="application/vnd.oasis.opendocument.text" manifest:full-path="/"/>{entries}</manifest:manifest>')
    return out.getvalue()
