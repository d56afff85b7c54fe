"""Connections that wait, and programs that have just begun: memory and time rather than CPU."""
import socket
import ssl
import time

import machine

ASK = b"GET / HTTP/1.1\r\nHost: app.test\r\n\r\n"


def tls_client():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    return made


def connect(port, count, tls=False):
    """Connections that were answered once and now wait; several loopback addresses, so that source ports do not
    run out."""
    held, client_side = [], tls_client() if tls else None
    for number in range(count):
        client = socket.socket()
        client.settimeout(10)
        client.bind((f"127.0.0.{2 + number // 5000}", 0))
        client.connect(("127.0.0.1", port))
        if tls:
            client = client_side.wrap_socket(client)
        held.append(client)
        client.sendall(ASK)
        answer = b""
        while b"\r\n\r\n" not in answer or len(answer) < 1024:
            got = client.recv(65536)
            if not got:
                raise RuntimeError(f"connection {number + 1} was closed")
            answer += got
        if b" 200 " not in answer[:20]:
            raise RuntimeError(f"connection {number + 1} was answered {answer[:40]!r}")
    return held


def ended(client):
    """True when the other side has closed, which it must not while its memory is counted."""
    client.setblocking(False)
    try:
        return socket.socket.recv(client, 1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def drop(held):
    for client in held:
        client.close()


def growth(peer, count, tls=False):
    """Growth of the resident size a connection."""
    drop(connect(peer.port, 50, tls))  # warms buffers and pools
    time.sleep(0.5)
    before = machine.resident(peer.pid)
    held = connect(peer.port, count, tls)
    time.sleep(0.5)
    grown = machine.resident(peer.pid) - before
    closed = sum(map(ended, held))
    drop(held)
    if closed:
        raise RuntimeError(f"{closed} of {count} idle connections were closed")
    return grown / count


def answered(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
            client.sendall(ASK)
            return b" 200 " in client.recv(4096)[:20]
    except OSError:
        return False


def start(world, name, setup):
    """(seconds from exec to the first answer of 200, resident bytes a second later)."""
    began = time.monotonic()
    peer, port = world.launch(name, setup)
    try:
        while not answered(port):
            if time.monotonic() - began > 10:
                raise RuntimeError("no answer in 10 s")
            time.sleep(0.0005)
        took = time.monotonic() - began
        if not machine.listens(peer.pid, port):
            raise RuntimeError("a stranger answered")
        time.sleep(1)
        return took, machine.resident(peer.pid)
    finally:
        peer.stop()
