"""The ways of changing a source at one place so that somebody ought to notice."""
import typing

from cpp_text import OPEN, Source

SWAPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&", "+": "-",
         "-": "+", "*": "/", "/": "*", "%": "*", "&": "|", "|": "&", "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*="}
WORDS = {"true": "false", "false": "true", "and": "or", "or": "and", "min": "max", "max": "min"}
# What no test should have to see, or what is no statement of behaviour.
QUIET = {"throw", "static_assert", "using", "namespace", "template", "enum", "reserve", "shrink_to_fit", "assert",
         "typedef", "friend"}
NO_EXPRESSION = {"return", "co_return", "break", "continue", "const", "auto", "static", "constexpr", "if", "else", "for",
                 "while", "switch", "case", "default", "do", "try", "catch", "using", "struct", "class", "enum", "goto"}
ASSIGNS = {"=", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^="}


class Change(typing.NamedTuple):
    start: int
    end: int
    new: str
    line: int
    says: str


def changes(text):
    """All that can be changed in this source, each once, in the order of their places."""
    source = Source(text)
    found = []
    for number in range(len(source.tokens)):
        statement = source.statement(number)
        if any(token.text in QUIET for token in statement):
            continue
        for way in (swapped, worded, counted, negated, unnegated, exchanged, removed, gone_on):
            found += way(source, number)
    return sorted(set(found))


def change(source, first, last, new, says=None):
    """From the token `first` to `last`, both included."""
    start, end = source.tokens[first].start, source.tokens[last].end
    old = " ".join(source.text[start:end].split())
    return Change(start, end, new, source.line(source.tokens[first]), says or f"`{old}` becomes `{new}`")


def swapped(source, number):
    text = source.said(number)
    if source.tokens[number].kind != "sign":
        return
    if text in {"++", "--"}:
        yield change(source, number, number, {"++": "--", "--": "++"}[text])
    if text not in SWAPS or not source.is_spaced(number):
        return
    if text == "+" and any(token.kind == "text" for token in source.statement(number)):
        return  # joins texts
    yield change(source, number, number, SWAPS[text])


def worded(source, number):
    text = source.said(number)
    if source.tokens[number].kind == "word" and text in WORDS and source.said(number - 1) not in {".", "->"}:
        if text in {"min", "max"} and not (source.said(number - 1) == "::" and source.said(number + 1) in {"(", "<"}):
            return
        yield change(source, number, number, WORDS[text])


def counted(source, number):
    token = source.tokens[number]
    if token.kind != "number" or token.text.lower().startswith("0x"):
        return
    is_template_argument = source.text[token.end] == ">" or source.text[token.start - 1] == "<"
    if is_template_argument:
        return
    digits = token.text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
    suffix = token.text[len(digits):]
    if "." in digits or "e" in digits.lower():
        value = float(digits.replace("'", ""))
        for new in {value * 2, value / 2} if value else {1.0}:
            yield change(source, number, number, f"{new:.12g}" + (".0" if f"{new:.12g}".isdigit() else "") + suffix)
        return
    value = int(digits.replace("'", ""))
    for new in {value + 1} if value < 2 else {value + 1, value * 2} if value < 10 else {value * 2, value // 2}:
        yield change(source, number, number, f"{new}{suffix}")


def negated(source, number):
    """The condition of an `if` or a `while`, unless it declares something."""
    if source.said(number) not in {"if", "while"} or source.said(number + 1) != "(":
        return
    first, last = number + 2, source.partner[number + 1] - 1
    for inside in range(first, last + 1):
        if source.said(inside) == ";":
            first = inside + 1
    said = {token.text for token in source.tokens[first:last + 1]}
    if "=" in said or (said & {"!", "==", "!="} and not said & {"&&", "||"}):
        return  # a declaration, or what another way turns round
    condition = source.text[source.tokens[first].start:source.tokens[last].end]
    yield change(source, first, last, f"!({condition})")


def unnegated(source, number):
    if source.said(number) in {"!", "not"}:
        yield change(source, number, number, "", f"the `!` before `{source.said(number + 1)}` is gone")


def exchanged(source, number):
    """The two sides of `a ? b : c`."""
    if source.said(number) != "?":
        return
    middle, open_questions = number + 1, 0
    while source.said(middle) not in {";", ""}:
        text = source.said(middle)
        if text == ":" and open_questions == 0:
            break
        open_questions += (text == "?") - (text == ":")
        middle = source.partner[middle] + 1 if text in OPEN else middle + 1
    end = source.end_of_expression(middle + 1)
    if source.said(middle) != ":":
        return
    tokens = source.tokens
    one = source.text[tokens[number + 1].start:tokens[middle - 1].end]
    other = source.text[tokens[middle + 1].start:tokens[end - 1].end]
    yield change(source, number, end - 1, f"? {other} : {one}", f"`? {one} : {other}` is turned round")


def removed(source, number):
    """An assignment or a call that stands for itself."""
    if source.begin[number] != number or source.block[number] is None:
        return
    first = number
    while source.said(first) in {"co_await", "*", "++", "--"}:
        first += 1
    if source.tokens[first].kind != "word" or source.said(first) in NO_EXPRESSION:
        return
    here = first
    while source.tokens[here].kind == "word" or source.said(here) in {"::", ".", "->", ")", "]"}:
        if source.tokens[here].kind == "word" and source.tokens[here + 1].kind == "word":
            return  # a declaration
        here += 1
        if source.said(here) in {"(", "["}:
            here = source.partner[here]
    if source.said(here) not in ASSIGNS | {"++", "--", ";", "<<"}:
        return
    last = here
    while source.said(last) != ";":
        last = source.partner[last] + 1 if source.said(last) in OPEN else last + 1
    statement = " ".join(source.text[source.tokens[number].start:source.tokens[last].end].split())
    yield change(source, number, last, ";", f"`{statement}` is gone")


def gone_on(source, number):
    """A `return`, `break` or `continue` under a condition."""
    text = source.said(number)
    if text not in {"return", "co_return", "break", "continue"} or source.begin[number] != number:
        return
    before = source.said(number - 1)
    block = source.block[number]
    is_bare = before == ")" or before == "else"
    if not is_bare:
        if block is None:
            return
        head = source.said(source.begin[block])
        header = source.said(block - 1)
        if head not in {"if", "for", "while", "else"} and header != "else" and not (
                header == ")" and source.said(source.partner[block - 1] - 1) in {"if", "for", "while"}):
            return
    last = number
    while source.said(last) != ";":
        last = source.partner[last] + 1 if source.said(last) in OPEN else last + 1
    statement = " ".join(source.text[source.tokens[number].start:source.tokens[last].end].split())
    yield change(source, number, last, ";", f"`{statement}` is gone")
