"""More than can be served: who waits, who is told at once, and that what was let in stays as it is."""
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "bench"))

import behaviours
import overload
from gateway import EndToEnd, question
from needs import needs


class Overload(unittest.TestCase):
    def test_five_times_as_much_as_there_is_room_for(self):
        found = overload.measure(5, 3)
        self.assertEqual(found["odd"], 0, found)
        self.assertGreaterEqual(found["goodput_share"], 0.8, found)  # the bench says it better, on a quiet machine
        self.assertEqual(found["with_retry_after"], found["shed"], found)
        self.assertLessEqual(found["shed_p99_ms"], 500, found)
        self.assertLessEqual(found["recovery_s"], 5, found)
        self.assertLessEqual(found["most_at_host"], overload.SLOTS, found)
        self.assertEqual(found["shed_metric"], found["shed"], found)
        self.assertGreater(found["shed_logged"], 0, found)  # of many in a second the log tells how many there were

    def test_the_urgent_are_served_and_batch_work_waits(self):
        found = overload.measure(4, 3, 7 * ("batch",) + ("normal",) + 7 * ("batch",) + ("interactive",))
        answered, offered = found["answered_by_priority"], found["offered_by_priority"]
        self.assertEqual(answered["interactive"], offered["interactive"], found)
        self.assertEqual(answered["normal"], offered["normal"], found)
        self.assertLess(answered["batch"], offered["batch"], found)
        self.assertGreater(answered["batch"], 0, found)


class Priorities(EndToEnd):
    def test_what_is_no_priority_is_refused_with_those_there_are(self):
        status, _, text = self.gateway.ask(question(), headers={"x-isocost-priority": "urgent"})
        self.assertEqual(status, 400)
        self.assertIn(b"interactive, normal or batch", text)

    def test_a_priority_is_explained(self):
        status, headers, text = self.gateway.ask(question(), headers={"x-isocost-priority": "batch"},
                                                 path="/v1/route/explain")
        self.assertEqual(status, 200)
        self.assertEqual(headers["x-isocost-priority"], "batch")
        self.assertIn(b'"priority":"batch"', text.replace(b" ", b""))


# Nobody names a directory of state, and the usual one cannot be made.
NO_DIRECTORY = ["env", "-u", "STATE_DIRECTORY", "XDG_STATE_HOME=/proc/none"]
if os.geteuid() == 0:
    NO_DIRECTORY = ["unshare", "--mount", "sh", "-c",
                    'mount -t tmpfs -o ro none /var/lib && unset STATE_DIRECTORY && exec "$@"', "sh"]


@needs(subprocess.run([*NO_DIRECTORY, "true"], capture_output=True).returncode == 0, "a root of one's own needs root")
class WithoutDirectory(EndToEnd):
    gateway_settings = {"inside": NO_DIRECTORY, "records": {"enabled": False}}

    def test_load_is_metered_where_nothing_is_kept(self):
        self.assertEqual(self.gateway.ask(question())[0], 200)
        text = self.gateway.get("/metrics")[1]
        for name in ("isocost_requests_under_way", "isocost_memory_used_ratio", "isocost_reserved_requests"):
            self.assertRegex(text, rf"(?m)^{name} \d")


class Deadlines(EndToEnd):
    """Nobody waits in a line for longer than its policy gives the whole request, and is told why."""
    behaviours = {"slow": behaviours.late(3, behaviours.ok)}
    models = {"m": [("a", "slow")]}
    gateway_settings = {"policies": {"brief": {"deadline": "500 ms"}}}

    def in_line(self, code, status, said):
        first = threading.Thread(target=self.gateway.ask, args=(question(),))
        first.start()
        time.sleep(0.3)
        began = time.monotonic()
        got, headers, text = self.gateway.ask(question(), headers={"x-isocost-policy": "brief"})
        took = time.monotonic() - began
        first.join()
        error = json.loads(text)["error"]
        self.assertEqual((got, error["code"]), (status, code))
        self.assertIn(said, error["message"])
        self.assertIn("retry-after", headers)
        self.assertLess(took, 1.5)


class DeadlineAtTheGateway(Deadlines):
    gateway_settings = Deadlines.gateway_settings | {"limits": {"max_requests": 1, "queue_timeout": "2500 ms"}}

    def test_who_could_not_be_answered_in_time_does_not_wait_to_begin(self):
        self.in_line("gateway_overloaded", 503, "waited in vain")


class DeadlineAtAHost(Deadlines):
    gateway_settings = Deadlines.gateway_settings | {"provider_limits": {"max_in_flight": 1},
                                                     "limits": {"queue_timeout": "2500 ms"}}

    def test_who_waits_until_its_deadline_is_told_so(self):
        self.in_line("endpoints_full", 429, "It waited until its own deadline")


if __name__ == "__main__":
    unittest.main()
