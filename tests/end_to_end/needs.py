"""What a test needs of the machine that it runs on. Where that is missing the test is skipped, and where all is required, as
tests/run.sh does, its file fails and says what is missing."""
import os
import unittest

ALL_REQUIRED = bool(os.environ.get("ISOCOST_ALL_REQUIRED"))


def needs(is_there, missing):
    if not is_there and ALL_REQUIRED:
        raise RuntimeError(f"{missing}, and ISOCOST_ALL_REQUIRED lets no test be left out")
    return unittest.skipUnless(is_there, missing)
