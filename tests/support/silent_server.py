"""A server that accepts connections and never completes an answer."""
import socket
import threading


class SilentServer:
    """Without `drips` it sends nothing, else a byte of an endless header ten times a second."""

    def __init__(self, drips):
        self.drips, self.has_client, self.has_ended = drips, threading.Event(), threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while not self.has_ended.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            connection.recv(1)
            self.has_client.set()
            try:
                if self.drips:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                while not self.has_ended.wait(0.1):
                    if self.drips:
                        connection.sendall(b"x")
            except OSError:
                pass

    def stop(self):
        self.has_ended.set()
        self.listener.close()
