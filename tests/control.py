"""A client of a post's control socket (doc/front.md), for tests and benches: many questions at once on one connection,
each answered by its serial. The command asks one and ends; who sends hundreds a second asks here."""
import array
import fcntl
import json
import os
import select
import socket
import struct

ASK, GIVE, ANSWER = 1, 2, 3
BODY = 65536
HEAD = struct.Struct("<II")


class Control:
    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sock.connect(path)
        self.serial = 0
        self.answers = {}

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def put(self, do, fd=None, **members):
        """Ask, and return the serial under which the answer comes."""
        self.serial += 1
        body = json.dumps({"ask": do, **members}, ensure_ascii=False).encode()
        head = HEAD.pack(GIVE if fd is not None else ASK, self.serial)
        with_fd = [] if fd is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))]
        self.sock.sendmsg([head, body], with_fd)
        return self.serial

    def read(self, timeout=None):
        """One answer that has come: (serial, answer), or None when there is none in time."""
        if not select.select([self.sock], [], [], timeout)[0]:
            return None
        message = self.sock.recv(HEAD.size + BODY)
        if not message:
            raise ConnectionError("the post has hung up")
        kind, serial = HEAD.unpack_from(message)
        assert kind == ANSWER, kind
        return serial, json.loads(message[HEAD.size:])

    def get(self, serial, timeout=120):
        while serial not in self.answers:
            got = self.read(timeout)
            if got is None:
                raise TimeoutError(f"no answer to question {serial}")
            self.answers[got[0]] = got[1]
        return self.answers.pop(serial)

    def ask(self, do, fd=None, **members):
        return self.get(self.put(do, fd, **members))

    def send(self, path_or_bytes, name, **members):
        """Hand a file over: the serial of the question."""
        if isinstance(path_or_bytes, bytes):
            fd = sealed(path_or_bytes)
        else:
            with open(path_or_bytes, "rb") as f:
                fd = sealed(f.read())
        try:
            return self.put("send", fd, name=name, **members)
        finally:
            os.close(fd)

    def fetch(self, do, id):
        """The bytes of a transfer that may be collected, or the answer that says no."""
        with os.fdopen(os.memfd_create("fetched", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), "w+b") as f:
            answer = self.ask(do, f.fileno(), id=id)
            if answer["status"] != "ok":
                return answer
            f.seek(0)
            return f.read()


def sealed(data):
    """A file that nobody changes any more, as the post takes it."""
    fd = os.memfd_create("file", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with os.fdopen(os.dup(fd), "wb") as f:
        f.write(data)
    os.lseek(fd, 0, os.SEEK_SET)
    fcntl.fcntl(fd, 1033, 0x1 | 0x2 | 0x4 | 0x8)  # F_ADD_SEALS: seal, shrink, grow, write
    return fd
