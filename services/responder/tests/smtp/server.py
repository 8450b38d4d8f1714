"""An SMTP server (aiosmtpd) on a free port, for the tests of responder.

server.py FOLDER: prints its port, keeps each mail as FOLDER/<number>.eml, and ends with its standard input.
While FOLDER/answer exists, recipients get that line as the answer.
"""

import asyncio
import os
import pathlib
import sys

from aiosmtpd.smtp import SMTP

folder = pathlib.Path(sys.argv[1])


class Keep:
    def __init__(self):
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        try:
            return (folder / "answer").read_text().strip()
        except FileNotFoundError:
            envelope.rcpt_tos.append(address)
            return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        new = folder / "new"
        new.write_bytes(envelope.content)
        os.rename(new, folder / f"{self.count}.eml")
        return "250 Kept"


async def main():
    keep = Keep()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(keep, hostname="mail.example"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
