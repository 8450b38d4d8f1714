"""An agent of a company's own, for Wharf: docs/external-agents.md. Python 3.9 or later, nothing else.

    WHARF_AGENT_SECRET=... PORT=8000 python3 agent.py
    wharfctl agents plug +14155238886 inventory_monitor https://agents.example.com/

It answers check_inventory at once and update_stock later, as a program would that has to ask a slow one behind it;
run_agent, which somebody sends by "start the inventory monitor", has it count. Replace Stock by your own system.
"""

import hashlib
import hmac
import json
import os
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WHARF_AGENT_SECRET"].encode()
OLDEST = 300  # seconds: an older request may be somebody's who has recorded it


class Stock:
    """Keeps what was done under the request's key, so that a repeat is answered the same and done once. In a real
    agent both stand in its database, written in one transaction."""

    def __init__(self):
        self.pieces = {"WID-1001": 40}
        self.done = {}
        self.lock = threading.Lock()

    def once(self, key, work):
        with self.lock:
            if key not in self.done:
                self.done[key] = work()
            return self.done[key]

    def tell(self, request):
        item = request["entities"].get("sku") or request["entities"].get("product")
        if item not in self.pieces:
            return {"text": f"We keep no {item}."}
        return {"text": f"{item}: {self.pieces[item]} pieces, as of {request['now']}."}

    def change(self, request):
        said, item = request["entities"], request["entities"].get("sku")
        before = self.pieces.get(item)
        if before is None or "quantity" not in said:
            return {"text": "Say which item and how many."}
        units = int(said["quantity"])
        after = {"add": before + units, "remove": before - units}.get(said.get("operation"), units)
        if after < 0:
            return {"text": f"There are only {before}."}
        self.pieces[item] = after
        return {"text": f"{item}: {before} before, {after} now."}

    def count(self, request):
        return {"text": f"Counted {len(self.pieces)} items, as of {request['now']}."}


STOCK = Stock()


class Agent(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not genuine(self.headers, body):
            return self.answer(401, {"error": "not from Wharf"})
        request, key = json.loads(body), self.headers["Idempotency-Key"]
        step, intent = request["step"]["kind"], request["intent"]
        if step not in ("ask", "confirmed"):
            return self.answer(200, {"text": "I cannot take that back."})
        if intent == "check_inventory":
            return self.answer(200, STOCK.once(key, lambda: STOCK.tell(request)))
        if intent == "run_agent":
            return self.answer(200, STOCK.once(key, lambda: STOCK.count(request)))
        if intent == "update_stock" and request["callback_url"]:
            threading.Thread(target=later, args=(request, key)).start()
            return self.answer(202)
        return self.answer(200, {"text": f"I do not know {intent}."})

    def answer(self, status, value=None):
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def genuine(headers, body):
    """Whether Wharf has sent this, and lately."""
    stamp = headers.get("X-Wharf-Timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > OLDEST:
        return False
    expected = hmac.new(SECRET, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, headers.get("X-Wharf-Signature", ""))


def later(request, key):
    """Works, and calls back until Wharf has taken the answer or says that it will not."""
    time.sleep(float(os.environ.get("WORKS_FOR", "1")))
    answer = json.dumps(STOCK.once(key, lambda: STOCK.change(request))).encode()
    for pause in (1, 5, 25, 125):
        call = urllib.request.Request(
            request["callback_url"], data=answer, headers={"Content-Type": "application/json"}
        )
        try:
            urllib.request.urlopen(call, timeout=30)
            return
        except urllib.error.HTTPError as refused:
            if refused.code != 503:
                print("callback refused:", refused.code, file=sys.stderr)
                return
        except OSError as away:
            print("callback failed:", away, file=sys.stderr)
        time.sleep(pause)


if __name__ == "__main__":
    server = ThreadingHTTPServer((os.environ.get("HOST", ""), int(os.environ.get("PORT", "8000"))), Agent)
    print("listening on port", server.server_address[1], flush=True)
    server.serve_forever()
