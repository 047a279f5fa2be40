"""Takes mail on loopback, after STARTTLS and a password, and lays it down as <folder>/<number>.json.

Its settings come as JSON on standard input. An address whose local part is `refused` is turned away with a permanent error, so that a client can meet one.
"""

import asyncio
import email
import email.policy
import json
import logging
import pathlib
import signal
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Folder:
    """Writes each accepted mail to its own file; a file appears whole or not at all."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.number = 0

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        """Refuses the one address that stands for a mailbox nobody has."""
        if address.split("@")[0] == "refused":
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        """Keeps sender, recipients, subject and the readable parts."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.number += 1
        mail = {
            "number": self.number,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": str(message["subject"] or ""),
            "plain": readable(message, "plain"),
            "html": readable(message, "html"),
        }
        unfinished = self.folder / f".{self.number}"
        unfinished.write_text(json.dumps(mail))
        unfinished.rename(self.folder / f"{self.number:06}.json")
        return "250 OK"


def readable(message, kind: str) -> str:
    """The text of the part of that kind, or an empty one."""
    part = message.get_body(preferencelist=(kind,))
    return part.get_content() if part else ""


def doorkeeper(settings: dict):
    """Whether a name and a password are the ones it was told."""
    def check(_server, _session, _envelope, _mechanism, given):
        right = isinstance(given, LoginPassword) and (given.login.decode(), given.password.decode()) == (
            settings["username"], settings["password"])
        return AuthResult(success=right, handled=False)
    return check


async def main(settings: dict) -> None:
    """Serves until it is told to stop."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(settings["certificate"], settings["key"])
    handler = Folder(pathlib.Path(settings["folder"]))

    def connection() -> SMTP:
        return SMTP(handler, hostname="localhost", enable_SMTPUTF8=True, tls_context=tls, require_starttls=True,
                    authenticator=doorkeeper(settings), auth_required=True)

    async with await loop.create_server(connection, "127.0.0.1", settings["port"]):
        await stop.wait()


if __name__ == "__main__":
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # the library warns of its own old names
    asyncio.run(main(json.load(sys.stdin)))
