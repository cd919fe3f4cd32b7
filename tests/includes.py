#!/usr/bin/env python3
# Fails when a header uses a name of this project, of the standard library or of a library that neither it nor what it
# includes gets from anywhere. It reads text as clang-format lays it out (what begins a line is a namespace's own), in a
# second. Compiling each header alone takes ten minutes, also finds functions and constants that are named without their
# namespace, and is done every night (tests/nightly.sh). Fails, too, when fewer than nine in ten includes would be noticed
# if they were forgotten: then it does not read what is written any more. Run in the project's folder.
#
#   tests/includes.py           what is missing
#   tests/includes.py --unseen  the includes that could be forgotten unnoticed here, or that nobody needs
import collections
import pathlib
import re
import sys

LAYERS = ("config", "routing", "providers", "gateway")

# Headers of the standard library, and names for which one of them is included. One that stands at several may come from any.
STANDARD = """
algorithm: all_of any_of clamp copy copy_n find_if is_sorted max min none_of ranges sort stable_sort
array: array size_t
atomic: atomic memory_order_acq_rel memory_order_acquire memory_order_relaxed memory_order_release
bit: bit_cast countl_zero endian popcount
bitset: bitset hash size_t
charconv: from_chars to_chars
chrono: chrono milli
cmath: abs ceil cos exp floor isfinite isnan log pow sqrt
condition_variable: condition_variable
coroutine: coroutine_handle noop_coroutine suspend_always suspend_never
cstdint: int16_t int32_t int64_t int8_t uint16_t uint32_t uint64_t uint8_t
cstddef: ptrdiff_t size_t
cstdio: size_t snprintf sscanf
cstdlib: size_t
cstring: memcmp memcpy size_t
ctime: strftime time_t tm
deque: deque erase_if size_t
exception: current_exception exception exception_ptr rethrow_exception terminate
filesystem: filesystem
forward_list: erase_if forward_list
functional: equal_to function greater hash invoke less plus
future: future promise
initializer_list: initializer_list
iosfwd: ostream
iostream: cerr cout flush ostream
iterator: back_inserter next prev
limits: numeric_limits
list: erase_if list
map: erase_if map multimap pair prev size_t
memory: enable_shared_from_this hash make_shared make_unique shared_ptr size_t unique_ptr weak_ptr
mutex: lock_guard mutex once_flag scoped_lock unique_lock
numbers: numbers
optional: hash nullopt optional
ostream: flush ostream
queue: priority_queue queue
random: mt19937_64 random_device
ratio: milli
set: erase_if multiset set
span: as_bytes size_t span
stdexcept: invalid_argument logic_error out_of_range runtime_error
string: char_traits erase_if hash initializer_list size_t string to_string
string_view: hash size_t string_view
system_error: error_code
thread: hash thread
tuple: tie tuple
type_traits: conditional_t decay_t invoke_result_t is_const_v is_enum_v is_integral_v is_invocable_v is_same_v
type_traits: is_trivially_copyable_v remove_cvref_t remove_reference_t
unordered_map: erase_if pair size_t unordered_map
unordered_set: erase_if unordered_set
utility: as_const exchange forward move pair swap
variant: get_if hash holds_alternative monostate variant visit
vector: erase_if initializer_list size_t vector
"""
# These come with whatever they are asked of.
EVERYWHERE = {"begin", "data", "end", "get", "size"}
# Namespaces of libraries, and where their headers are.
LIBRARIES = {"boost::asio": "boost/asio", "boost::json": "boost/json", "boost::system": "boost/system|boost/asio|boost/json",
             "boost::intrusive": "boost/intrusive", "boost::container": "boost/container", "prometheus": "prometheus/"}

DECLARES = r"(?:template <.*>\s*)?(?:class|struct|enum class|enum|concept)\s+(\w+)|(?:template <.*>\s*)?using (\w+) ="
FUNCTION = r"[A-Za-z_].*?\b(\w+)\("
CONSTANT = r"(?:inline |constexpr |const |extern )+[\w:<>, *&]*?\b(\w+)\s*(?:=|\{|\[|;)"


def without_comments(text):
    text = re.sub(r'R"(\w*)\(.*?\)\1"', '""', text, flags=re.S)
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


class Header:
    def __init__(self, path):
        text = path.read_text()
        self.path = str(path)
        self.own = re.findall(r'^#include "(.*)"', text, re.M)
        self.foreign = set(re.findall(r"^#include <(.*)>", text, re.M))
        text = re.sub(r"^#.*$", "", without_comments(text), flags=re.M)
        self.mentioned = set(re.findall(r"\b(?:enum class|class|struct|enum|using|typename|concept)\s+(\w+)", text))
        self.promised = set(re.findall(r"^(?:namespace \w+ \{ ?)?(?:class|struct|enum class) (\w+)[\w: ]*;", text, re.M))
        self.declared = set()  # with their namespaces
        namespace = ""
        for line in text.split("\n"):
            if opened := re.match(r"namespace (\w+) \{", line):
                namespace = opened[1]
            elif found := re.match(DECLARES, line) or re.match(FUNCTION, line) or re.match(CONSTANT, line):
                if not line.endswith(";") or "(" in line or "=" in line or "{" in line:
                    self.declared.add((namespace, found[found.lastindex]))
        layer = self.path.split("/")[0]
        # Of a namespace that is named, and types without one.
        self.used = set(re.findall(r"(?<![\w:.>])(?:::)?(%s)::(\w+)" % "|".join(LAYERS), text))
        self.used |= {(layer, name) for name in re.findall(r"(?<![\w:.>])([A-Z]\w*)\b", text)}
        self.standard = set(re.findall(r"\bstd::(\w+)", text)) - EVERYWHERE
        # Who declares something of a library itself includes nothing of it.
        self.libraries = {name for name in LIBRARIES
                          if re.search(rf"\b{name}::", text) and f"namespace {name} {{" not in text}


class Headers:
    def __init__(self):
        self.all = {}
        for layer in LAYERS:
            for path in sorted(pathlib.Path(layer).rglob("*.hpp")):
                self.all[str(path)] = Header(path)
        self.declaring = collections.defaultdict(set)
        for header in self.all.values():
            for name in header.declared:
                self.declaring[name].add(header.path)
        self.homes = collections.defaultdict(set)
        for line in STANDARD.strip().split("\n"):
            home, names = line.split(":")
            for name in names.split():
                self.homes[name].add(home)
        self.reached = {}

    # All that a header includes, itself among it.
    def reach(self, path):
        if path not in self.reached:
            self.reached[path] = self.reach_by(path, self.all[path].own)
        return self.reached[path]

    def reach_by(self, path, own):
        return {path}.union(*(self.reach(each) for each in own))

    # What `path` uses, and would not reach if it included these; in words.
    def missing(self, path, own, foreign):
        header = self.all[path]
        reached = self.reach_by(path, own)
        # Of its own, of what it may inherit from, and what is only promised.
        mentioned = header.mentioned.union(*(self.all[each].mentioned for each in own))
        mentioned = mentioned.union(*(self.all[each].promised for each in reached))
        foreign = foreign.union(*(self.all[each].foreign for each in reached - {path}))
        for name in sorted(header.used):
            if name in self.declaring and not self.declaring[name] & reached and name[1] not in mentioned:
                yield "::".join(name) + " of " + either('"%s"', self.declaring[name])
        for name in sorted(header.standard):
            if name not in self.homes:
                yield f"std::{name}, which STANDARD in tests/includes.py does not know yet"
            elif not self.homes[name] & foreign:
                yield f"std::{name} of " + either("<%s>", self.homes[name])
        for name in sorted(header.libraries):
            if not any(re.match(LIBRARIES[name], each) for each in foreign):
                yield f"{name} of <{LIBRARIES[name]}...>"

    # Each include that nothing else brings, and whether it would be noticed that it is not there.
    def forgotten(self):
        for path, header in self.all.items():
            for each in header.own:
                rest = [other for other in header.own if other != each]
                if each not in self.reach_by(path, rest):
                    yield f'{path}: "{each}"', any(self.missing(path, rest, header.foreign))
            others = self.reach(path) - {path}
            for each in header.foreign:
                if "/" not in each and not any(each in self.all[other].foreign for other in others):
                    yield f"{path}: <{each}>", any(self.missing(path, header.own, header.foreign - {each}))


def either(form, homes):
    return " or ".join(form % each for each in sorted(homes))


def main():
    headers = Headers()
    found = [f"{path}: uses {what}, which it does not reach by what it includes" for path, header in headers.all.items()
             for what in headers.missing(path, header.own, header.foreign)]
    print("\n".join(found), end="\n" if found else "")
    forgotten = list(headers.forgotten())
    unseen = [what for what, is_noticed in forgotten if not is_noticed]
    print(f"{len(headers.all)} headers; of {len(forgotten)} includes {len(forgotten) - len(unseen)} would be noticed if forgotten")
    if "--unseen" in sys.argv:
        print("\n".join(unseen))
    sys.exit(1 if found or len(unseen) > len(forgotten) / 10 else 0)


main()
