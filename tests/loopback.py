"""Addresses of this machine's own loopback: a crossing has the port that the policy names, so that posts differ by their addresses."""
import random
import socket

CROSSING = 8443  # as in policy/example.policy and tests/posts.policy


def free_port():
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def free_address(port=CROSSING):
    """An address at which nobody listens on this port."""
    while True:
        address = f"127.{random.randint(1, 254)}.{random.randint(0, 254)}.{random.randint(1, 254)}"
        try:
            socket.create_server((address, port)).close()
            return address
        except OSError:
            continue
