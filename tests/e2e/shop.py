"""The application: one small HTTP server for each region, all at one port, as users find it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from settings import ADDRESSES

TRIES = 20


class Server(ThreadingHTTPServer):
    daemon_threads = True
    is_well = True


class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = (200, b"OK") if self.server.is_well else (503, b"database gone")
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Shop:
    def __init__(self):
        self.servers = at_one_port()
        self.port = next(iter(self.servers.values())).server_address[1]

    def __enter__(self):
        for server in self.servers.values():
            threading.Thread(target=server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        for server in self.servers.values():
            server.shutdown()
            server.server_close()

    def breaks(self, region: str):
        self.servers[region].is_well = False

    def recovers(self, region: str):
        self.servers[region].is_well = True


def at_one_port() -> dict[str, Server]:
    for _ in range(TRIES):
        servers, port = {}, 0
        try:
            for region, address in ADDRESSES.items():
                servers[region] = Server((address, port), Health)
                port = servers[region].server_address[1]
            return servers
        except OSError:
            for server in servers.values():
                server.server_close()
    raise OSError(f"no port is free at {', '.join(ADDRESSES.values())}")
