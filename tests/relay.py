#!/usr/bin/python3
"""Carries connections from a listening socket of one network to an address of another: it is started in the second one with the descriptor of the first.
The demonstration's browsers are outside of its networks. relay.py FD ADDRESS PORT"""
import selectors
import signal
import socket
import sys

PIECE = 1 << 16


def accept(listener, to, pairs, ready):
    here, _ = listener.accept()
    try:
        there = socket.create_connection(to, timeout=5)
    except OSError:
        here.close()
        return
    for a, b in ((here, there), (there, here)):
        a.setblocking(True)
        pairs[a] = b
        ready.register(a, selectors.EVENT_READ)


def carry(sock, pairs, ready):
    try:
        data = sock.recv(PIECE)
        if data:
            pairs[sock].sendall(data)
            return
    except OSError:
        pass
    for s in (sock, pairs.pop(sock)):
        pairs.pop(s, None)
        ready.unregister(s)
        s.close()


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Control-C of the terminal is for who started us, and he ends us
    listener, to = socket.socket(fileno=int(sys.argv[1])), (sys.argv[2], int(sys.argv[3]))
    pairs, ready = {}, selectors.DefaultSelector()
    ready.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in ready.select():
            if key.fileobj is listener:
                accept(listener, to, pairs, ready)
            elif key.fileobj in pairs:
                carry(key.fileobj, pairs, ready)


if __name__ == "__main__":
    sys.exit(main())
