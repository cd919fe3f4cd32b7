#!/usr/bin/env python3
"""Man pages and completions for shells, out of what the program says of itself:
pages_of_help.py BINARY FOLDER VERSION"""
import datetime
import importlib.util
import os
import pathlib
import re
import subprocess
import sys

BINARY, FOLDER, VERSION = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
ROOT = pathlib.Path(__file__).resolve().parents[2]


class Command:
    def __init__(self, words):
        self.words = words
        text = subprocess.run([BINARY, *words, "--help"], capture_output=True, text=True, check=True).stdout
        self.title, _, rest = text.partition("\n")
        self.usage = re.search(r"^Usage: (.*)$", rest, re.M)[1]
        self.sections, name = {}, None
        behind = []
        for line in rest.splitlines()[1:]:
            if found := re.match(r"(Positionals|Options|Subcommands):$", line):
                name = found[1]
                self.sections[name] = []
            elif name and (found := re.match(r"  (\S.*?)(?:  +(.*))?$", line)) and not line.startswith("      "):
                self.sections[name].append([found[1], found[2] or ""])
            elif name and line.startswith("      ") and self.sections[name]:
                entry = self.sections[name][-1]
                entry[1] = f"{entry[1]} {line.strip()}".strip()
            elif line.strip():
                name = None
                behind.append(line)
        self.footer = "\n".join(behind)
        self.below = [Command([*words, each]) for each, _ in self.sections.get("Subcommands", [])]

    def options(self):
        """Names, as in -h,--help; all that stands before the explanation, with what it needs and excludes; the explanation."""
        return [(said.split()[0].split(","), said, told) for said, told in self.sections.get("Options", [])]

    def all(self):
        yield self
        for each in self.below:
            yield from each.all()


def roff(text):
    return re.sub(r"^([.'])", r"\\&\1", text.replace("\\", "\\e").replace("-", "\\-"), flags=re.M)


def man_page(top, date):
    lines = [f'.TH ISOCOST 1 "{date}" "isocost {VERSION}" "User Commands"', ".SH NAME", "isocost \\- " + roff(top.title.split(": ", 1)[1]),
             ".SH SYNOPSIS", ".B isocost", "COMMAND [OPTIONS]", ".SH COMMANDS"]
    for command in list(top.all())[1:]:
        lines += [".SS " + roff("isocost " + " ".join(command.words)), roff(command.title), ".PP",
                  f"\\fBisocost {' '.join(command.words)}\\fR " + roff(re.sub(r"^isocost( \S+)*? ?(?=\[|[A-Z]|$)", "", command.usage))]
        for name in ("Positionals", "Options"):
            for said, told in command.sections.get(name, []):
                lines += [".TP", ".B " + roff(said), roff(told) or "\\&"]
        if command.footer:
            lines += [".PP", ".nf", roff(command.footer), ".fi"]
    lines += [".SH FILES", ".TP", ".I /etc/isocost/isocost.yaml", "The configuration of the service.", ".TP",
              ".I /etc/isocost/keys.env", "Keys of providers, as NAME=value.", ".TP", ".I /var/lib/isocost",
              "Ledger, keys, records and what was learned of hosts.", ".SH SEE ALSO", ".BR isocost.yaml (5),",
              "/usr/share/doc/isocost/deploy/docs/README.md"]
    return "\n".join(lines) + "\n"


def settings_page(date):
    spec = importlib.util.spec_from_file_location("settings", ROOT / "deploy" / "docs" / "settings.py")
    settings = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(settings)
    lines = [f'.TH ISOCOST.YAML 5 "{date}" "isocost {VERSION}" "File Formats"', ".SH NAME",
             "isocost.yaml \\- the configuration of isocost", ".SH DESCRIPTION",
             "YAML. With examples: /usr/share/doc/isocost/deploy/examples/reference.yaml. Check it with",
             ".BR isocost\\ check .", ".SH SETTINGS"]
    for row in settings.page().splitlines():
        cells = [cell.strip().replace("\\|", "|").replace("`", "") for cell in re.split(r"(?<!\\)\|", row)]
        if len(cells) != 6 or cells[1] in ("setting", "---"):
            continue
        _, name, kind, default, told, _ = cells
        kind = kind[:1].upper() + kind[1:]
        default = f" Default: {default}." if default not in ("", "needed") else " Needed." if default else ""
        lines += [".TP", ".B " + roff(name), roff(told or "\\&"), ".br", roff(f"{kind}.{default}")]
    return "\n".join(lines) + "\n.SH SEE ALSO\n.BR isocost (1)\n"


def bash(top):
    cases = []
    for command in reversed(list(top.all())):
        words = [each.words[-1] for each in command.below] + [name for names, _, _ in command.options() for name in names]
        pattern = " ".join(["isocost", *command.words])
        cases.append(f'    "{pattern}"*) words="{" ".join(words)}" ;;')
    return ("# Completion of isocost for bash.\n_isocost() {\n  local words typed=\"${COMP_WORDS[*]:0:COMP_CWORD}\"\n"
            "  typed=\"isocost${typed#\"${COMP_WORDS[0]}\"}\"\n  case \"$typed\" in\n" + "\n".join(cases) +
            "\n  esac\n  case ${COMP_WORDS[COMP_CWORD]} in\n    -*) ;;\n    */* | *.*) words= ;;\n  esac\n"
            "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
            "  [ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- \"${COMP_WORDS[COMP_CWORD]}\")\n}\n"
            "complete -o filenames -F _isocost isocost\n")


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def zsh(top):
    lines = ["#compdef isocost", "# Completion of isocost for zsh.", "local typed=\"isocost ${(j: :)${(@)words[2,CURRENT-1]}}\"",
             "local -a said", "case $typed in"]
    for command in reversed(list(top.all())):
        said = [f"{each.words[-1]}:{each.title}" for each in command.below]
        said += [f"{names[-1]}:{told or 'option'}" for names, _, told in command.options() if names]
        lines.append(f"  {quoted(' '.join(['isocost', *command.words]))}*) said=({' '.join(map(quoted, said))}) ;;")
    return "\n".join([*lines, "esac", "_describe -t words isocost said", "_files"]) + "\n"


def fish(top):
    lines = ["# Completion of isocost for fish."]
    for command in top.all():
        seen = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in command.words) or "__fish_use_subcommand"
        below = " ".join(each.words[-1] for each in command.below)
        first = seen + (f"; and not __fish_seen_subcommand_from {below}" if below and command.words else "")
        for each in command.below:
            lines.append(f"complete -c isocost -f -n {quoted(first)} -a {each.words[-1]} -d {quoted(each.title)}")
        for names, _, told in command.options():
            long = [name[2:] for name in names if name.startswith("--")]
            if long:
                lines.append(f"complete -c isocost -n {quoted(first)} -l {long[0]} -d {quoted(told)}")
    return "\n".join(lines) + "\n"


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    date = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d")
    top = Command([])
    (FOLDER / "isocost.1").write_text(man_page(top, date))
    (FOLDER / "isocost.yaml.5").write_text(settings_page(date))
    (FOLDER / "isocost.bash").write_text(bash(top))
    (FOLDER / "_isocost").write_text(zsh(top))
    (FOLDER / "isocost.fish").write_text(fish(top))


if __name__ == "__main__":
    main()
