"""A round-robin TCP proxy: the load balancer of a deployment, as simple as one can be.

Each connection goes to the next node; one that does not take it is passed over, as a balancer's health check would.
"""

import itertools
import selectors
import socket
import threading


class Proxy:
    """Listens on `port` until closed. `targets` are the ports of the nodes."""

    def __init__(self, targets: list[int]):
        self._targets = itertools.cycle(targets)
        self._count = len(targets)
        self._turn = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Takes no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client:
            node = self._next_node()
            if node is None:
                return
            with node:
                relay(client, node)

    def _next_node(self) -> socket.socket | None:
        for _ in range(self._count):
            with self._turn:
                port = next(self._targets)
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=5)
            except OSError:
                continue
        return None


def relay(one: socket.socket, other: socket.socket) -> None:
    """Copies both ways until either side is done."""
    with selectors.DefaultSelector() as ready:
        ready.register(one, selectors.EVENT_READ, other)
        ready.register(other, selectors.EVENT_READ, one)
        while True:
            for key, _ in ready.select(timeout=60):
                try:
                    piece = key.fileobj.recv(65536)
                    if not piece:
                        return
                    key.data.sendall(piece)
                except OSError:
                    return
