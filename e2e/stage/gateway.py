"""The SMS gateway of a run: takes messages by HTTPS from who has its key, as a provider does, and refuses the numbers
it is told to refuse. Each message becomes one JSON file in a folder, so that every client reads it alike.
"""

import http.server
import json
import pathlib
import secrets
import ssl
import threading

# Numbers that no message is taken for, and numbers for which the gateway says it is in trouble.
REFUSED, IN_TROUBLE = "+1555019042", "+1555019050"


class Gateway:
    """A running gateway: `url` and `key` to send with, `folder` to read from."""

    def __init__(self, folder: pathlib.Path, papers):
        self.folder, self.key = folder, secrets.token_urlsafe(12)
        self.folder.mkdir(parents=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(papers.certificate, papers.key)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_address[1]}/v1/messages"

    def __enter__(self) -> "Gateway":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def _handler(self):
        gateway, count = self, iter(range(1, 1_000_000))

        class Handler(http.server.BaseHTTPRequestHandler):
            """One message."""

            def do_POST(self):
                """Takes, refuses or puts off a message."""
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                if self.headers.get("Authorization") != f"Bearer {gateway.key}":
                    return self.say(401)
                message = json.loads(body)
                if message["recipient"].startswith(REFUSED):
                    return self.say(422)
                if message["recipient"].startswith(IN_TROUBLE):
                    return self.say(503)
                file = gateway.folder / f"{next(count):06}.json"
                part = file.with_suffix(".part")
                part.write_text(json.dumps(message))
                part.rename(file)
                return self.say(202)

            def say(self, status: int):
                """A status, and words that a log must not repeat."""
                words = b'{"echo": "+15550100199"}'
                self.send_response(status)
                self.send_header("Content-Length", str(len(words)))
                self.end_headers()
                self.wfile.write(words)

            def log_message(self, *_):
                """Nothing: the run's own lines tell enough."""

        return Handler
