#!/usr/bin/env python3
"""What a start runs, so that the linker lays it together: start_order.py BINARY FILE.tar.zst

Of ten megabytes of code a start needs one, strewn all over; the kernel maps sixteen pages for each one that is touched, so that an
idle gateway would have half of it in memory. BINARY, which must have its symbols and no such order yet, is started under valgrind with a configuration
and without, answers nobody for some seconds, and ends. The archive holds `start.ld`, a script for GNU ld that puts the functions
that ran in front of all others, by the names of their sections (-ffunction-sections). A name that is no more changes nothing."""
import bisect
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import time

PATIENCE, AT_REST = 300, 8  # seconds, of which valgrind makes fifty


def addresses_run(binary, folder, *words):
    """Of all instructions that ran between the start and the end of an idle gateway, in the binary's own counting."""
    said, counted = folder / "said", folder / "counted"
    with open(said, "wb") as out:
        server = subprocess.Popen(["valgrind", "--tool=callgrind", "--dump-instr=yes", f"--callgrind-out-file={counted}", binary, "serve",
                                   "--listen", "127.0.0.1:0", *words], stdout=out, stderr=out,
                                  env=os.environ | {"STATE_DIRECTORY": str(folder / "state"), "A_KEY": "sk-0123456789abcdef0123"})
    until = time.monotonic() + PATIENCE
    while "listening on" not in said.read_text(errors="replace"):
        if server.poll() is not None or time.monotonic() > until:
            sys.exit(f"{binary} does not start:\n{said.read_text(errors='replace')}")
        time.sleep(0.2)
    time.sleep(AT_REST)
    server.terminate()
    server.wait(PATIENCE)
    names, is_ours, address, run = {}, False, 0, set()
    for line in counted.read_text(errors="replace").splitlines():
        if found := re.match(r"(c?ob)=\((\d+)\)(?: (.*))?", line):
            kind, number, name = found.groups()
            if name:
                names[number] = name
            if kind == "ob":
                is_ours = os.path.basename(names[number]) == os.path.basename(binary)
        elif found := re.match(r"(?:(0x[0-9a-f]+)|([+-]\d+)|\*) ", line):  # absolute, by the line before, or that one again
            address = int(found[1], 16) if found[1] else address + int(found[2] or 0)
            if is_ours:
                run.add(address)
    return run


def symbols(binary):
    """Addresses and names of functions, by address."""
    listed = subprocess.run(["nm", "-n", "--defined-only", binary], capture_output=True, text=True, check=True).stdout
    rows = (line.split(None, 2) for line in listed.splitlines())
    return [(int(address, 16), name) for address, kind, name in rows if kind in "tTwWiu"]


def functions_run(known, run):
    starts = [address for address, _ in known]
    begun = {starts[at - 1] for at in (bisect.bisect_right(starts, address) for address in run) if at}
    return [name for address, name in known if address in begun]  # several of one address have one section


def sections(function, has_cold_part):
    """Where the compiler may have put it; what of a function it holds to be rarely run has a section of its own."""
    if function.endswith(".cold"):
        return [".text.unlikely." + function.removesuffix(".cold")]
    kinds = ["", "hot.", "startup."] + ([] if has_cold_part else ["unlikely."])
    return [f".text.{kind}{function}" for kind in kinds]


def main():
    binary, file = sys.argv[1:]
    run = set()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        one = folder / "one.yaml"
        endpoint = {"provider": "host", "host_model": "m", "context": "64000 tok", "price": {"input": "1 $/Mtok", "output": "2 $/Mtok"}}
        one.write_text(json.dumps({"providers": {"host": {"base_url": "https://localhost:1/v1", "credential": "${A_KEY}"}},
                                   "models": {"maker/m": {"endpoints": [endpoint]}}}))
        for number, words in enumerate((["--config", str(one)], [])):
            (folder / str(number)).mkdir()
            run |= addresses_run(binary, folder / str(number), *words)
    known = symbols(binary)
    all_names = {name for _, name in known}
    listed = [section for function in functions_run(known, run) for section in sections(function, function + ".cold" in all_names)]
    if not listed:
        sys.exit(f"{binary} has no symbols")
    script = "SECTIONS {\n  .text.start : {\n" + "".join(f"    *({section})\n" for section in listed) + "  }\n}\nINSERT BEFORE .text;\n"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        member = tarfile.TarInfo("start.ld")  # of no time and no owner: the same script makes the same bytes
        member.size = len(script)
        tar.addfile(member, io.BytesIO(script.encode()))
    subprocess.run(["zstd", "-19", "-q", "-f", "-o", file], input=packed.getvalue(), check=True)


if __name__ == "__main__":
    main()
