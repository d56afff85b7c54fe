"""An HTTP proxy that knows only CONNECT and leads every host to the fake, so that real host names can be used."""
import socket
import socketserver
import threading

HEAD_MAX = 16384


class Tunnel(socketserver.BaseRequestHandler):
    def handle(self):
        head = b""
        while b"\r\n\r\n" not in head:
            octets = self.request.recv(4096)
            if not octets or len(head) > HEAD_MAX:
                return
            head += octets
        lines = head.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        method, _, rest = lines[0].partition(" ")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        host = rest.partition(" ")[0]
        with self.server.lock:
            self.server.asked.append({"method": method, "host": host,
                                      "authorised": "proxy-authorization" in fields})
        if method != "CONNECT" or self.server.refuse:
            self.request.sendall(b"HTTP/1.1 %d Refused\r\nContent-Length: 0\r\n\r\n" % (self.server.refuse or 405))
            return
        with socket.create_connection(self.server.target) as there:
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=copy, args=(there, self.request), daemon=True)
            back.start()
            copy(self.request, there)
            back.join()


def copy(source, sink):
    try:
        while octets := source.recv(65536):
            sink.sendall(octets)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class ConnectProxy(socketserver.ThreadingTCPServer):
    """`target`: (address, port) of a fake that speaks TLS. `refuse`: a status instead of a tunnel, such as 407."""

    daemon_threads = True

    def __init__(self, target):
        super().__init__(("127.0.0.1", 0), Tunnel)
        self.target = target
        self.refuse = None
        self.asked = []
        self.lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        self.shutdown()
        self.server_close()
        self._thread.join()
