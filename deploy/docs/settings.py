#!/usr/bin/env python3
"""Writes settings.md out of the schema of configurations: python3 deploy/docs/settings.py"""
import json
import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parent
UNITS = {"us|ms|s|min|h|d": "a time: `250 ms`, `2 min`", "B|KiB": "a size: `32 MiB`", "tok|ktok": "tokens: `64 ktok`",
         "/Mtok": "a price: `0.55 $/Mtok`", "%$": "a share: `20 %`", "\\$ *[0-9]": "money: `10 $`",
         "file:/": "`${NAME}` or `${file:/path}`"}
PLURALS = {"a text": "texts", "a map": "maps"}
HEAD = """# Every setting

Made from [isocost.schema.json](../isocost.schema.json) by `deploy/docs/settings.py`; a test keeps both equal. With examples and
their surroundings: [reference.yaml](../examples/reference.yaml). `NAME` is a name that you choose, and `[]` means one of a
list. `isocost check` names what is wrong with a file; editors complete and check against the schema.
"""


def kind(node):
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(filter(None, map(kind, node["anyOf"]))))
    if "enum" in node:
        return ", ".join(f"`{json.dumps(each) if isinstance(each, bool) else each}`" for each in node["enum"])
    if node.get("type") == "array":
        inner = kind(node.get("items", {}))
        return "a list" + (f" of {PLURALS.get(inner, inner)}" if inner else "")
    if node.get("type") == "object":
        return "a map"
    if pattern := node.get("pattern"):
        return next((words for part, words in UNITS.items() if part in pattern), "a text")
    if node.get("type") in ("integer", "number"):
        least, most = node.get("minimum"), node.get("maximum")
        return "a number" + (f" from {least} to {most}" if most is not None else "" if least is None else f" from {least}")
    return {"boolean": "`true` or `false`", "string": "a text"}.get(node.get("type"), "")


def inside(node, path):
    """What stands below: pairs of a path and what is said there."""
    for name, each in node.get("properties", {}).items():
        yield f"{path}.{name}" if path else name, each, name in node.get("required", [])
    if isinstance(node.get("additionalProperties"), dict):
        yield from below(node["additionalProperties"], f"{path}.NAME")
    if isinstance(node.get("items"), dict):
        yield from below(node["items"], f"{path}[]")
    for each in node.get("anyOf", []):
        yield from below(each, path)


def below(node, path):
    """A value of a map or a list has a row of its own only where it is no map itself."""
    if "properties" in node or node.get("type") == "array" and path.endswith("NAME"):
        return inside(node, path)
    return iter(())


def rows(node, path):
    for where, each, is_needed in inside(node, path):
        default = each.get("default")
        text = "" if default is None else f"`{json.dumps(default) if not isinstance(default, str) else default}`"
        told = re.sub(r"\s+", " ", each.get("description", "")).replace("|", "\\|")
        yield f"| `{where}` | {kind(each).replace('|', chr(92) + '|')} | {text or ('needed' if is_needed else '')} | {told} |"
        yield from rows(each, where)


def page():
    schema = json.loads((FOLDER.parent / "isocost.schema.json").read_text())
    text = HEAD
    single = {name: each for name, each in schema["properties"].items() if each.get("type") not in ("object", "array")}
    table = "\n| setting | value | default | what it is |\n| --- | --- | --- | --- |\n"
    text += "\n## Single values\n" + table + "\n".join(rows({"properties": single}, "")) + "\n"
    for name, each in schema["properties"].items():
        if name in single:
            continue
        text += f"\n## `{name}`\n\n{each.get('description', '')} {kind(each).capitalize()}.\n"
        lines = list(rows(each, name))
        text += table + "\n".join(lines) + "\n" if lines else ""
    return text


if __name__ == "__main__":
    (FOLDER / "settings.md").write_text(page())
