"""Ways to the coordinator that can be cut. Each listens at a host of its own, at the coordinator's four ports: whoever
is told that host for control finds the other sockets there as well."""

import asyncio
import socket
import struct
import threading


class Link:
    def __init__(self, loop, host, port, coordinator):
        self.loop, self.host, self.port, self.coordinator = loop, host, port, coordinator
        self.address = f"tcp://{host}:{port}"
        self.ends = set()  # of connections, ours
        self.is_broken = False
        self.passable = asyncio.Event()
        self.passable.set()

    async def listen(self):
        for port in range(self.port, self.port + 4):
            await asyncio.start_server(
                lambda reader, writer, port=port: self.carry(port, reader, writer), self.host, port)

    def connections(self):
        return len(self.ends) // 2

    def cut(self, how):
        """`reset`: connections break, and new ones too; `stall`: nothing comes through, and nobody is told."""
        self.loop.call_soon_threadsafe(self.break_all if how == "reset" else self.passable.clear)

    def mend(self, how):
        def mend():
            self.is_broken = False
            self.passable.set()
        self.loop.call_soon_threadsafe(mend)

    def break_all(self):
        self.is_broken = True
        for end in list(self.ends):
            abort(end)

    async def carry(self, port, near_source, near):
        ends = [near]
        self.ends.add(near)
        try:
            await self.passable.wait()
            if self.is_broken:
                raise ConnectionResetError
            far_source, far = await asyncio.open_connection(self.coordinator, port)
            ends.append(far)
            self.ends.add(far)
            ways = [asyncio.create_task(self.pump(near_source, far)), asyncio.create_task(self.pump(far_source, near))]
            _, rest = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in rest:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        except OSError:
            # The coordinator is away. Who connects tries again at once, and would have us do nothing else.
            await asyncio.sleep(0.1)
        finally:
            for end in ends:
                self.ends.discard(end)
                abort(end)

    async def pump(self, source, sink):
        while data := await source.read(1 << 16):
            await self.passable.wait()
            sink.write(data)
            await sink.drain()


def abort(end):
    """So that the other side is told of a broken connection (socket(7), SO_LINGER)."""
    connection = end.get_extra_info("socket")
    if connection and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.transport.abort()


def links(home, names):
    """A link for each of the names, served by a thread of their own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    made = {
        name: Link(loop, home.host(number), home.port, home.host(1)) for number, name in enumerate(names, start=2)}
    for link in made.values():
        asyncio.run_coroutine_threadsafe(link.listen(), loop).result(10)
    return made
