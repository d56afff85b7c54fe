"""Gives a program that listens somewhere on 127.0.0.1 the address and port of a task."""
import asyncio
import socket
import threading


class Relays:
    """One thread for all; a relay that is closed refuses connections and resets those it had."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def open(self, address, port, target):
        """The relay; `port` 0: the kernel chooses, see its `port`."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
        except OSError:
            listener.close()
            raise
        return self._call(self._open(listener, target))

    async def _open(self, listener, target):
        relay = Relay(listener.getsockname()[1], target)
        relay.server = await asyncio.start_server(relay.serve, sock=listener)
        return relay

    def close(self, relay):
        self._call(relay.close())

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Relay:
    def __init__(self, port, target):
        self.port = port
        self.target = target
        self.server = None
        self.open = set()

    async def serve(self, reader, writer):
        try:
            there, onward = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self.open |= {writer, onward}
        await asyncio.gather(self._copy(reader, onward), self._copy(there, writer))
        self.open -= {writer, onward}
        for each in (writer, onward):
            each.close()

    async def _copy(self, source, sink):
        try:
            while octets := await source.read(65536):
                sink.write(octets)
                await sink.drain()
            if sink.can_write_eof():
                sink.write_eof()
        except OSError:
            sink.transport.abort()

    async def close(self):
        self.server.close()
        for writer in list(self.open):
            writer.transport.abort()
        await self.server.wait_closed()
