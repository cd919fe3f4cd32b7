"""See tests/mutants.sh."""
import argparse
import collections
import concurrent.futures
import fnmatch
import os
import pathlib
import random
import sys
import time

from changes import changes
from mutated_build import LAYERS, MutatedBuild

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What decides, bills, tries again, relays, and keeps to what a client may and may not have.
WATCHED = ["routing/decision/*.cpp", "routing/market/*.cpp", "routing/policy/*.cpp", "routing/terms/*.cpp",
           "providers/host/*.cpp", "providers/reports/*.cpp", "providers/dialect*/**/*.cpp", "gateway/surface*/**/*.cpp",
           "gateway/request/*.cpp", "gateway/tab/*.cpp", "gateway/serving/*.cpp",
           "gateway/observe/record.cpp"]
HARMLESS = pathlib.Path(__file__).with_name("harmless.tsv")


def arguments():
    parser = argparse.ArgumentParser(prog="tests/mutants.sh", description="Changes one constant, condition or "
                                     "statement at a time and tells which changes no test notices.")
    parser.add_argument("--count", type=int, default=60, help="how many mutants; 60")
    parser.add_argument("--seed", type=int, default=1, help="which ones; the same for the same sources")
    parser.add_argument("--most", type=float, default=10, help="percent that may survive; 10")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time; one for each core")
    parser.add_argument("--all", action="store_true", help="tell of the killed ones too")
    parser.add_argument("--list", action="store_true", help="print what could be changed, and build nothing")
    parser.add_argument("--text", default="", help="only changes that are told of with this text")
    parser.add_argument("files", nargs="*", metavar="FILE[:LINE]", help="or patterns; what decides, bills, tries again "
                        "and relays when none is given")
    return parser.parse_args()


def chosen(patterns):
    """All changes of the files that are asked for."""
    found = []
    for pattern in patterns:
        name, _, line = pattern.partition(":")
        matched = [path for path in sorted(ROOT.glob("*/**/*.cpp")) if path.relative_to(ROOT).parts[0] in LAYERS and
                   fnmatch.fnmatch(str(path.relative_to(ROOT)), name)]
        if not matched:
            raise SystemExit(f"no source is called {name}")
        for path in matched:
            file, text = str(path.relative_to(ROOT)), path.read_text()
            found += [(file, text, each) for each in changes(text) if not line or each.line == int(line)]
    return list(dict.fromkeys(found))


def told(file, text, change):
    return f"{file}:{change.line}: {change.says}\n    {text.splitlines()[change.line - 1].strip()}"


def harmless():
    """Changes that nobody can notice, by file, line as it reads, and what is told of them."""
    rows = [line.split("\t") for line in HARMLESS.read_text().splitlines() if line and not line.startswith("#")]
    return {(file, line, says): why for file, line, says, why in rows}


def main():
    options = arguments()
    mutants = [each for each in chosen(options.files or WATCHED) if options.text in each[2].says]
    if options.list:
        print(*(told(*each) for each in mutants), sep="\n")
        return 0
    random.Random(options.seed).shuffle(mutants)
    layers = [layer for layer in LAYERS if any(file.startswith(layer + "/") for file, _, _ in mutants)]
    began = time.monotonic()
    built = MutatedBuild(ROOT, ROOT / "build" / "mutants", layers, options.jobs)
    print(f"built in {time.monotonic() - began:.0f} s; {len(mutants)} changes to draw from", file=sys.stderr, flush=True)

    def outcome(mutant):
        file, text, change = mutant
        return built.outcome(file, text[:change.start] + change.new + text[change.end:])

    known, counts, drawn = harmless(), collections.Counter(), iter(mutants)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        # One more than there are jobs, so that none waits for the one that is told of next.
        under_way = collections.deque()
        while counts["killed"] + counts["survived"] + counts["harmless"] < options.count:
            while len(under_way) <= options.jobs and (mutant := next(drawn, None)):
                under_way.append((mutant, pool.submit(outcome, mutant)))
            if not under_way:
                break
            (file, text, change), result = under_way.popleft()
            killed_by = result.result()
            if killed_by is None:
                counts["not compiled"] += 1
                continue
            line = text.splitlines()[change.line - 1].strip()
            why = known.get((file, line, change.says))
            what = "killed" if killed_by else "harmless" if why else "survived"
            counts[what] += 1
            if options.all or not killed_by:
                print(f"{what}: {told(file, text, change)}" + (f"\n    {killed_by or why}" if killed_by or why else ""),
                      flush=True)
        for _, result in under_way:
            result.cancel()
    tried = sum(counts[each] for each in ("killed", "survived", "harmless"))
    share = 100 * counts["survived"] / max(tried, 1)
    print(f"{tried} mutants in {time.monotonic() - began:.0f} s, seed {options.seed}: {counts['killed']} killed, "
          f"{counts['harmless']} known to be harmless, {counts['survived']} survived ({share:.1f} %)")
    return 0 if share <= options.most and tried else 1


if __name__ == "__main__":
    sys.exit(main())
