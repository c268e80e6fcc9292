"""Servers on loopback that keep what is sent to them: mail by SMTP, everything else by HTTP."""

from __future__ import annotations

import asyncio
import json
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PLAN = """{county}教育局关于印发城乡学校共同体建设工作方案的通知
{short}教〔2025〕{number}号
各中小学：
现将《{county}城乡学校共同体建设工作方案》印发给你们，请认真贯彻执行。
一、工作目标
到2025年底，河南省{county}{share}%以上的乡村学校纳入城乡学校共同体。
二、主要措施
（一）每学期至少组织1次全员培训。
{county}教育局
2025年10月20日
"""


class Mailbox:
    """An SMTP server (RFC 5321, as much as a client needs) that keeps the mail it takes; ``refusing`` answers 550."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refusing = False
        self.port = 0
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(10)

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(server.wait_closed())
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 loopback")
        to: list[str] = []
        while line := await reader.readline():
            word = line.decode().strip().upper()
            if word.startswith("RCPT") and self.refusing:
                await say("550 5.7.1 mailbox unavailable")
            elif word.startswith("RCPT"):
                to.append(line.decode().partition("<")[2].partition(">")[0])
                await say("250 ok")
            elif word == "DATA":
                await say("354 go on")
                data = bytearray()
                while (part := await reader.readline()) != b".\r\n":
                    data += part.removeprefix(b".") if part.startswith(b"..") else part
                # Kept before the answer: the client may look as soon as it has it.
                self.mails.append(message_from_bytes(bytes(data), policy=policy.default))  # type: ignore[arg-type]
                self.recipients.append(to)
                to = []
                await say("250 ok")
            elif word == "QUIT":
                await say("221 bye")
                break
            else:
                await say("250 ok")
        writer.close()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


class Hook:
    """An HTTP server that keeps what is posted; ``answers`` are given in turn, the last one from then on."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[tuple[int, Any]] = [(200, {"errcode": 0, "code": 0})]
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.got.append((self.path, json.loads(body)))
                status, answer = hook.answers.pop(0) if len(hook.answers) > 1 else hook.answers[0]
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)
