"""DeepZoom tiles of one slide by OpenSlide, as openslide-python's example server makes them; a peer for the benchmark."""

import io
import json
import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import openslide
from openslide.deepzoom import DeepZoomGenerator

path = sys.argv[1]
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 0))
listener.listen(128)
children = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    slide = None

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self):
        level, name = self.path.strip("/").split("/")
        column, row = name.split(".")[0].split("_")
        tile = Handler.slide.get_tile(int(level), (int(column), int(row)))
        out = io.BytesIO()
        tile.save(out, "jpeg", quality=75)
        body = out.getvalue()
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


def serve():
    Handler.slide = DeepZoomGenerator(openslide.OpenSlide(path), tile_size=256, overlap=0)
    server = ThreadingHTTPServer(listener.getsockname(), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.daemon_threads = True
    server.serve_forever()


for _ in range(os.cpu_count() or 1):
    child = os.fork()
    if child == 0:
        serve()
    children.append(child)


def stop(_signal, _frame):
    for child in children:
        os.kill(child, signal.SIGKILL)
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
levels = DeepZoomGenerator(openslide.OpenSlide(path), tile_size=256, overlap=0).level_count
print(json.dumps({"port": listener.getsockname()[1], "levels": levels}), flush=True)
signal.pause()
