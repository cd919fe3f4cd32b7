"""More than can be served: who waits, who is told at once, and that what was let in stays as it is."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "bench"))

import overload
from gateway import EndToEnd, question


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


class WithoutDirectory(EndToEnd):
    gateway_settings = {"inside": ["env", "STATE_DIRECTORY=/proc/none/state"], "records": {"enabled": False}}

    def test_load_is_metered_where_nothing_is_kept(self):
        self.assertEqual(self.gateway.ask(question())[0], 200)
        text = self.gateway.get("/metrics")[1]
        for name in ("isocost_requests_under_way", "isocost_memory_used_ratio", "isocost_reserved_requests"):
            self.assertRegex(text, rf"(?m)^{name} \d")


if __name__ == "__main__":
    unittest.main()
