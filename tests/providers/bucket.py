"""A bucket on loopback that checks every signature for itself, from the specification and not with our signer.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl, quote, urlsplit

IDENT, SECRET = "AKIDEXAMPLE", "wJalr/XUtn+FEMI"


class Bucket:
    """Keeps objects by their path."""

    def __init__(self, region: str = "us-east-1", may_delete: bool = True) -> None:
        self.region = region
        self.may_delete = may_delete
        self.objects: dict[str, bytes] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        bucket = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments: object) -> None:
                pass

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                headers = {k.lower(): v for k, v in self.headers.items()}
                bucket.asked.append((self.command, self.path, headers))
                path = urlsplit(self.path).path
                status, answer = bucket.answer(self.command, self.path, headers, path, body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_PUT = do_DELETE = _serve

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, target: str, headers: dict[str, str], path: str, body: bytes) -> tuple[int, bytes]:
        """Status and body."""
        if not self.is_signed(method, target, headers):
            return 403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>"
        if method == "PUT":
            self.objects[path] = body
            return 200, b""
        if method == "DELETE":
            if not self.may_delete:
                return 403, b"<Error><Code>AccessDenied</Code></Error>"
            self.objects.pop(path, None)
            return 204, b""
        return (200, self.objects[path]) if path in self.objects else (404, b"")

    def is_signed(self, method: str, target: str, headers: dict[str, str]) -> bool:
        """Whether the query signs this request, now."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        claimed = query.pop("X-Amz-Signature", "")
        ident, day, region, service, end = query.get("X-Amz-Credential", "////").split("/")
        if (ident, region, service, end) != (IDENT, self.region, "s3", "aws4_request"):
            return False
        made = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if (
            not timedelta(0)
            <= datetime.now(UTC) - made + timedelta(seconds=5)
            <= timedelta(seconds=int(query["X-Amz-Expires"]))
        ):
            return False
        names = query["X-Amz-SignedHeaders"].split(";")
        canonical = "\n".join(
            [
                method,
                parts.path,
                "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(query.items())),
                *(f"{name}:{headers[name].strip()}" for name in names),
                "",
                ";".join(names),
                "UNSIGNED-PAYLOAD",
            ]
        )
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = f"AWS4-HMAC-SHA256\n{query['X-Amz-Date']}\n{day}/{region}/s3/aws4_request\n{digest}"
        key = f"AWS4{SECRET}".encode()
        for part in (day, region, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return hmac.compare_digest(hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest(), claimed)
