#!/usr/bin/env python3
"""A worker of a post that was taken over, in the place of sekisho-worker: it keeps to the protocol (src/post/wire.h, src/jobs/work.h) and lies.
How stands in the file beside it, its own name with ".lie"."""
import array
import ctypes
import hashlib
import os
import select
import socket
import struct
import sys

THING, PEER, GO, STOP, READY = 1, 2, 3, 5, 6
CLEAN, IDLE, DONE, PROGRESS = 1, 3, 4, 7
GATE = 1  # its place
VAST = 1_900_000_000


def receive(sock):
    message, ancillary, _, _ = sock.recvmsg(70000, socket.CMSG_SPACE(64))
    fds = array.array("i")
    for _, _, data in ancillary:
        fds.frombytes(data[:len(data) - len(data) % fds.itemsize])
    if not message:
        sys.exit(0)
    return *struct.unpack("<II", message[:8]), message[8:], list(fds)


def send(sock, kind, serial=0, body=b""):
    sock.send(struct.pack("<II", kind, serial) + body)


SODIUM = ctypes.CDLL("libsodium.so.23")
PIECE = 65536 + 17


def plain(fd, told):
    """The original, opened with the key that came along (src/bytes/bytes.h)."""
    key, name, at = told[1:33], told[33:65], 32
    state, out, tag = ctypes.create_string_buffer(52), b"", ctypes.c_ubyte(0)
    assert os.pread(fd, 8, 0) == b"SKORIG1\n"
    SODIUM.crypto_secretstream_xchacha20poly1305_init_pull(state, os.pread(fd, 24, 8), key)
    while tag.value != 3:
        sealed, n = os.pread(fd, PIECE, at), ctypes.c_ulonglong(0)
        piece = ctypes.create_string_buffer(PIECE)
        assert SODIUM.crypto_secretstream_xchacha20poly1305_pull(state, piece, ctypes.byref(n), ctypes.byref(tag), sealed,
                                                                 ctypes.c_ulonglong(len(sealed)), name, ctypes.c_ulonglong(32)) == 0
        out, at = out + piece.raw[:n.value], at + len(sealed)
    return out


def text(s):
    return struct.pack("<H", len(s)) + s.encode()


def clean(job, fence, read, wrote, size):
    """What a worker says of a csv that it made clean."""
    said = struct.pack("<QQBB", job, fence, 0, 1) + text("csv") + text("csv") + text("csv") + text("") + text("")
    said += hashlib.sha256(read).digest() + hashlib.sha256(wrote).digest() + struct.pack("<QQII", len(read), size, 0, 5)
    said += bytes([2, 0, 0]) + struct.pack("<III", 1, 0, 0) + bytes(3) + text("sekisho-0.1.0") + text("")
    return said + bytes([1, 0]) + bytes(44) + bytes(1)  # counts; no places


def lie(how, gate, serial, body, fds):
    if how == "silent":
        select.select([], [], [])
    job, fence = struct.unpack("<QQ", body[:16])
    read, out = plain(fds[0], body[16:121]), fds[1]
    wrote, size = read, len(read)
    if how == "vast":  # of nothing: it takes no room but for who reads it
        size = VAST
        os.ftruncate(out, size)
    else:
        os.pwrite(out, b"x" * size if how == "swapped" else wrote, 0)
    if how == "boasts":  # more than all of it is done
        send(gate, PROGRESS, serial, bytes([1, 100]))
    if how == "restless":  # to and fro: nobody hears it but once for each hundredth
        for i in range(2000):
            send(gate, PROGRESS, serial, bytes([1 + i % 3, i % 100]))
    said = clean(job, fence + (how == "fence"), read, wrote, size)
    send(gate, DONE, serial, said)
    if how == "twice":
        send(gate, DONE, serial, said)
    if how == "behind":
        os.pwrite(out, b"EVIL", 0)


def main():
    with open(sys.argv[0] + ".lie", encoding="ascii") as f:
        how = f.read().strip()
    supervisor, gate, going = socket.socket(fileno=3), None, False
    while True:
        for sock in select.select([supervisor] + [gate] * going, [], [])[0]:
            kind, serial, body, fds = receive(sock)
            if sock is supervisor and kind == PEER and body[0] == GATE:
                gate = socket.socket(fileno=fds[0])
            elif sock is supervisor and kind == GO:
                going = True
                send(supervisor, READY)
                send(gate, IDLE)
            elif sock is supervisor and kind == STOP:
                sys.exit(0)
            elif sock is gate and kind == CLEAN:
                lie(how, gate, serial, body, fds)
                send(gate, IDLE)
            if sock is gate or kind == THING:
                for fd in fds:
                    os.close(fd)


if __name__ == "__main__":
    main()
