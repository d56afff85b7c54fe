"""Both ends of an upgraded connection: a toy protocol that echoes, and WebSocket frames."""
import base64
import hashlib
import socket
import struct

UPGRADE = [("Connection", "Upgrade"), ("Upgrade", "toy")]
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: toy\r\n\r\n"


def accept_of(key):
    return base64.b64encode(hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()


def frame(payload, mask=None):
    flag = 0x80 if mask else 0
    if len(payload) < 126:
        head = struct.pack("!BB", 0x82, flag | len(payload))
    elif len(payload) < 65536:
        head = struct.pack("!BBH", 0x82, flag | 126, len(payload))
    else:
        head = struct.pack("!BBQ", 0x82, flag | 127, len(payload))
    if mask:
        payload = bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
    return head + (mask or b"") + payload


def read_frame(reader):
    _, size = struct.unpack("!BB", reader.exactly(2))
    masked, size = size & 0x80, size & 0x7F
    if size == 126:
        size = struct.unpack("!H", reader.exactly(2))[0]
    elif size == 127:
        size = struct.unpack("!Q", reader.exactly(8))[0]
    mask = reader.exactly(4) if masked else b"\0\0\0\0"
    return bytes(b ^ mask[i % 4] for i, b in enumerate(reader.exactly(size)))


def websocket_echo(peer, message):
    peer.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
              + accept_of(message.value("Sec-WebSocket-Key")).encode() + b"\r\n\r\n")
    while True:
        peer.send(frame(read_frame(peer)))


def relay_back(peer):
    peer.send(peer.buffer)
    peer.buffer = b""
    while octets := peer.sock.recv(65536):
        peer.send(octets)
    peer.sock.shutdown(socket.SHUT_WR)
    return False
