"""A server that goes away and comes back: a proxy in front of one that stays."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.support.ports import free_port

_CHUNK_BYTES = 65536


class TcpProxy:
    """Passes bytes on to a server of this machine while it is open.

    Attributes:
        port: Where it listens; the same each time it opens.
    """

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self._target = target
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._flowing = threading.Event()
        self._flowing.set()

    def pause(self) -> None:
        """Keep the connections, take new ones, and pass nothing on."""
        self._flowing.clear()

    def resume(self) -> None:
        """Pass on what came meanwhile."""
        self._flowing.set()

    def open(self) -> None:
        """Take connections."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self._listener = listener
        threading.Thread(target=self._accept, args=[listener], daemon=True).start()

    def close(self) -> None:
        """Refuse connections, and cut those there are."""
        listener, self._listener = self._listener, None
        if listener is not None:
            # A thread that waits in accept keeps the port open otherwise.
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            cut, self._open = self._open, set()
        for connection in cut:
            _end(connection)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                with self._lock:
                    gone = self._listener is not listener
                    if not gone:
                        self._open |= {client, server}
                if gone:
                    _end(client)
                    _end(server)
                    return
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(_CHUNK_BYTES):
                self._flowing.wait()
                sink.sendall(piece)
        for connection in (source, sink):
            _end(connection)
            with self._lock:
                self._open.discard(connection)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextmanager
def tcp_proxy(target: int) -> Iterator[TcpProxy]:
    """A proxy in front of a port, open at first."""
    proxy = TcpProxy(target)
    proxy.open()
    try:
        yield proxy
    finally:
        proxy.resume()
        proxy.close()
