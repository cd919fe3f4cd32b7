"""A C++ source as tokens with their places: enough to change it at one place, not a parser. It relies on
clang-format: a binary operator has a space on both sides, a template's angle has none."""
import re
import typing

TOKEN = re.compile(r"""
    (?P<skip>//[^\n]* | /\*.*?\*/ | ^[ \t]*\#(?:[^\n]*\\\n)*[^\n]* | \s+)
  | (?P<text>(?:u8|[uUL])?R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"\w* | (?:u8|[uUL])?"(?:\\.|[^"\\\n])*"\w* | '(?:\\.|[^'\\\n])+')
  | (?P<number>\.?\d(?:[eEpP][+-]|'?[\w.])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign><=>|<<=|>>=|\.\.\.|->\*|::|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
""", re.VERBOSE | re.DOTALL | re.MULTILINE)

OPEN = {"(": ")", "[": "]", "{": "}"}


class Token(typing.NamedTuple):
    kind: str  # "text", "number", "word" or "sign"
    text: str
    start: int
    end: int


class Source:
    def __init__(self, text):
        self.text = text
        self.tokens = [Token(found.lastgroup if found.lastgroup != "mark" else "text", found[0], *found.span())
                       for found in TOKEN.finditer(text) if not found["skip"]]
        self.partner = self._partners()  # of every bracket, by the numbers of their tokens
        self.begin = self._beginnings()  # of the statement that each token stands in
        self.block = self._blocks()  # number of the innermost `{` that holds statements, or None

    def line(self, token):
        return self.text.count("\n", 0, token.start) + 1

    def is_spaced(self, number):
        token = self.tokens[number]
        return self.text[token.start - 1].isspace() and self.text[token.end].isspace()

    def said(self, number):
        """A token's text; "" beyond either end."""
        return self.tokens[number].text if 0 <= number < len(self.tokens) else ""

    def statement(self, number):
        """The tokens of the statement around one, from its beginning to its `;` or to where a block begins."""
        last = number
        while last + 1 < len(self.tokens) and self.said(last) != ";" and not self._opens_block(last):
            last += 1
        return self.tokens[self.begin[number]:last + 1]

    def end_of_expression(self, number):
        """The number of the first token at or after this one that ends the expression that it stands in."""
        while self.said(number) not in {";", ",", ")", "]", "}", ""}:
            number = self.partner.get(number, number) + 1 if self.said(number) in OPEN else number + 1
        return number

    def _partners(self):
        partner, stack = {}, []
        for number, token in enumerate(self.tokens):
            if token.kind != "sign":
                continue
            if token.text in OPEN:
                stack.append(number)
            elif token.text in OPEN.values():
                partner[number] = stack.pop()
                partner[partner[number]] = number
        return partner

    def _opens_block(self, number):
        """Whether this `{` begins statements, or the members of a type or a namespace, and no list of values."""
        if self.said(number) != "{":
            return False
        before = self.tokens[number - 1]
        if before.end == self.tokens[number].start:
            return False
        if before.text == ":":
            return self.said(self.begin[number]) in {"case", "default"}
        return before.text in {")", "]", "}", "{", ";", ">", "*", "&"} or (
            before.kind == "word" and before.text not in {"return", "co_return", "co_yield"})

    def _beginnings(self):
        self.begin = []
        now, stack, header_ends = 0, [], set()
        for number, token in enumerate(self.tokens):
            if token.kind == "word" and token.text in {"if", "for", "while", "switch"}:
                header = number + 2 if self.said(number + 1) == "constexpr" else number + 1
                header_ends.add(self.partner.get(header))
            if token.text == "}" and stack and self.partner.get(number) == stack[-1][0]:
                stack.pop()
            self.begin.append(now)
            if token.text == "{" and self._opens_block(number):
                stack.append((number, now))
                now = number + 1
            elif token.text == "}" and (not stack or self.partner[number] > stack[-1][0]) and \
                    self._opens_block(self.partner[number]):
                # A lambda's end goes on with the statement around it.
                outer = self.begin[self.partner[number]]
                now = outer if self.said(number + 1) in {")", ",", ";", "("} else number + 1
            elif token.text == ";" and not self._in_header(number) or number in header_ends or token.text == "else":
                now = number + 1
            elif token.text == ":" and self.said(now) in {"case", "default"}:
                now = number + 1
        return self.begin

    def _in_header(self, number):
        """Whether this `;` divides the head of an `if` or a `for`."""
        depth = 0
        for back in range(number - 1, max(-1, number - 60), -1):
            text = self.said(back)
            depth += (text in {")", "}"}) - (text in {"(", "{"})
            if depth < 0:
                return text == "(" and self.said(back - 1) in {"if", "for", "while", "switch", "constexpr"}
        return False

    def _blocks(self):
        blocks, stack = [], []
        for number, token in enumerate(self.tokens):
            if token.text == "}" and stack:
                stack.pop()
            blocks.append(stack[-1] if stack else None)
            if token.text == "{":
                head = {each.text for each in self.tokens[self.begin[number]:number]}
                holds = self._opens_block(number) and not (
                    head & {"namespace", "struct", "class", "enum", "union"} and ")" not in head)
                stack.append(number if holds else None)
        return blocks
