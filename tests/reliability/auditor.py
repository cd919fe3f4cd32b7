"""One who reconciles what client, host, log, ledger and metrics each saw of the same requests. Every row of the table of
reliability uses it: none may have lost, doubled or invented anything."""
import collections
import dataclasses
import json
import time


@dataclasses.dataclass
class Seen:
    """What a client saw of one request."""
    marker: str  # stands in the request, so that the host's side of it is found
    id: str | None = None  # as the gateway called it; None: no head came
    status: int | None = None
    text: str = ""
    done: int = 0  # marks of the end
    errors: int = 0  # error events
    has_left: bool = False
    is_reused: bool = False  # asked on a connection that had been used before
    began: float = 0
    took: float = 0

    @property
    def is_whole(self):
        return self.status == 200 and self.done == 1 and self.errors == 0


class Auditor:
    """`seen` is filled by the clients. The gateway must keep a log and a ledger, and not have served before."""

    def __init__(self, gateway, host):
        self.gateway, self.host = gateway, host
        self.seen = []

    def settled(self, seconds=20):
        """Waits until nothing is under way any more and the ledger has all. What is left, else None."""
        until = time.monotonic() + seconds
        while True:
            left = {name: self.gateway.metric(f"isocost_{name}") for name in
                    ("attempts_in_flight", "requests_under_way", "reserved_requests", "ledger_waiting_bytes")}
            # Records are taken in batches, by the metrics too, and lines written by a thread of their own.
            answered = sum(each.id is not None for each in self.seen)
            left["log"] = max(sum(self.metric_of_chat("isocost_requests_total")), answered) - len(self.lines())
            if not any(left.values()):
                return None
            if time.monotonic() > until:
                return left
            time.sleep(0.05)

    def lines(self):
        lines = [json.loads(line) for line in self.gateway.log_path.read_text().splitlines(keepends=True)
                 if line.endswith("\n")]
        return [line for line in lines if line["path"] == "/v1/chat/completions"]

    def faults(self, may_be_unread=0):
        """What does not agree, in words; empty where all do. `may_be_unread`: requests that were cut by their clients
        so early that the gateway never had them whole."""
        faults = []

        def expect(holds, text):
            if not holds:
                faults.append(text)

        left = self.settled()
        expect(left is None, f"still under way: {left}")
        lines = self.lines()
        by_id = collections.Counter(line["id"] for line in lines)
        expect(max(by_id.values(), default=1) == 1, "a request stands in the log twice")
        known = {line["id"]: line for line in lines}

        # Client and log.
        for each in self.seen:
            line = known.get(each.id)
            if each.id is None:
                continue
            expect(line is not None, f"{each.id}: the client has an answer, the log has none")
            if not line:
                continue
            expect(each.has_left or line["status"] == each.status or line["ending"] == "broken",
                   f"{each.id}: the client got {each.status}, the log says {line['status']}")
            if not each.has_left:
                expect((line["ending"] == "answered") == each.is_whole,
                       f"{each.id}: whole at the client: {each.is_whole}; in the log: {line['ending']}")
                expect(each.done + each.errors <= 1 or each.status != 200, f"{each.id}: ended more than once")
        nameless = sum(each.id is None for each in self.seen)
        more = len(lines) - sum(each.id is not None for each in self.seen)
        expect(-may_be_unread <= more <= nameless, f"{len(self.seen)} requests, {nameless} without a head, "
                                                   f"{len(lines)} in the log")

        # Host and log: an attempt that came to a host is one that the log has, and no other.
        attempts = [attempt for line in lines for attempt in line["attempts"]]
        never_there = {"connect", "resolve", "tls", "local"}
        asked = len(self.host.exchanges)
        repeats = self.repeats()
        could = sum(attempt.get("failure") not in never_there for attempt in attempts) + repeats
        # What is sent once more is so because it may not have been read the first time.
        cut = repeats + sum(attempt.get("failure") in ("client_left", "outrun", "reset_before_reply", "deadline")
                            for attempt in attempts)
        expect(could - cut <= asked <= could, f"hosts were asked {asked} times, the log has {could} attempts and "
                                              f"repeats, {cut} of which may have been cut before they were read")

        # Metrics and log.
        for name, count in (("requests", len(lines)), ("attempts", len(attempts)), ("repeated_requests", repeats)):
            total = sum(self.metric_of_chat(f"isocost_{name}_total"))
            expect(total == count, f"isocost_{name}_total is {total:.0f}, the log has {count}")
        expect(self.gateway.metric("isocost_escaped_exceptions_total") == 0, "an exception escaped")
        expect(self.gateway.metric("isocost_ledger_entries_total", outcome="lost") == 0, "the ledger lost entries")

        # Ledger and log: who came to be let in has an entry, and its money is that of the log.
        entries = json.loads(self.gateway.get("/admin/spend?by=key")[1])["data"]
        entered = sum(row["requests"] for row in entries)
        billed = sum(1 for line in lines if line["attempts"] or line["status"] not in (400, 401, 429, 503))
        expect(billed <= entered <= len(lines), f"the ledger has {entered} requests, the log {billed} that were served")
        cost = sum(row["cost_nanos"] for row in entries)
        logged = round(sum(attempt["dollars"] for attempt in attempts) * 1e9)
        expect(abs(cost - logged) <= len(attempts), f"the ledger has {cost} nano-dollars, the log {logged}")
        return faults

    def metric_of_chat(self, name):
        for line in self.gateway.get("/metrics")[1].splitlines():
            if line.startswith(name) and ("path=" not in line or 'path="/v1/chat/completions"' in line):
                yield float(line.rsplit(" ", 1)[1])

    def repeats(self):
        """Requests that were sent once more because a host had closed a kept connection."""
        return sum(line.get("repeats", 0) for line in self.lines())
