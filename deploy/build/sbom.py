#!/usr/bin/env python3
"""What is in a binary, as CycloneDX 1.5 in JSON: sbom.py BINARY VERSION. The libraries that it is linked to, by the Debian
packages that own them, and what is compiled in, by the packages that it was built with."""
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

BINARY, VERSION = sys.argv[1], sys.argv[2]
# Headers alone, or compiled into the binary: nothing of them shows in its list of libraries.
COMPILED_IN = ["libboost1.81-dev", "libcli11-dev", "node-d3", "libxxhash-dev", "libstdc++-12-dev"]
LOADED = "libpq.so.5"
# What deploy/build/static.cmake links in, where nothing is linked to.
LINKED_IN = ["libboost-json1.81-dev", "libc6-dev", "libjemalloc-dev", "libnghttp2-dev", "libpq-dev", "libsimdjson-dev", "libsqlite3-dev", "libssl-dev",
             "libyaml-cpp-dev", "libzstd-dev", "prometheus-cpp-dev", "zlib1g-dev"]


def query(*words):
    return subprocess.run(["dpkg-query", *words], capture_output=True, text=True).stdout


@functools.cache
def built_with():
    """Versions of packages as deploy/build/static.sh wrote them down, beside a program that it built."""
    file = pathlib.Path(BINARY).resolve().parent / "built-with.txt"
    lines = (line.split("\t") for line in file.read_text().splitlines()) if file.exists() else []
    return {name.partition(":")[0]: version for name, version in lines}


def version_of(package):
    return built_with().get(package) or query("-W", "-f", "${Version}", package).strip()


def owner_of(library):
    for path in (library, "/usr" + library, os.path.realpath(library)):
        if found := re.match(r"([^:, ]+)", query("-S", path)):
            return found[1]
    return None


def libraries_of(file):
    return re.findall(r"^\s*(\S+) => (/\S+)", subprocess.run(["ldd", file], capture_output=True, text=True).stdout, re.M)


def loaded():
    """What is loaded when a ledger is PostgreSQL's, next to glibc: libpq and what that is linked to."""
    if libc := dict(libraries_of(BINARY)).get("libc.so.6"):
        path = os.path.join(os.path.dirname(libc), LOADED)
        return owned([(LOADED, path), *libraries_of(path)])
    return {}


def owned(libraries):
    packages = {}
    for name, path in libraries:
        if package := owner_of(path):
            packages.setdefault(package, []).append(name)
    return packages


def licences(package):
    """As Debian's machine-readable copyright files have them."""
    text = pathlib.Path(f"/usr/share/doc/{package}/copyright")
    found = re.findall(r"^License: *(\S[^\n]*)$", text.read_text(errors="replace"), re.M) if text.exists() else []
    return sorted({each.strip() for each in found})


def component(package, how, libraries=()):
    version = version_of(package)
    properties = [{"name": "isocost:how", "value": how}]
    properties += [{"name": "isocost:library", "value": each} for each in sorted(libraries)]
    said = {"type": "library", "bom-ref": f"pkg:deb/debian/{package}@{version}", "name": package, "version": version,
            "purl": f"pkg:deb/debian/{package}@{version}?distro=debian-12", "properties": properties}
    if names := licences(package):
        said["licenses"] = [{"license": {"name": each}} for each in names]
    return said


def main():
    linked = owned(libraries_of(BINARY))
    parts = [component(package, "linked", libraries) for package, libraries in sorted(linked.items())]
    parts += [component(package, "loaded", libraries) for package, libraries in sorted(loaded().items()) if package not in linked]
    if not parts:
        parts = [component(package, "linked in") for package in LINKED_IN if version_of(package)]
    parts += [component(package, "compiled in") for package in COMPILED_IN if version_of(package)]
    top = {"type": "application", "bom-ref": f"isocost@{VERSION}", "name": "isocost", "version": VERSION,
           "licenses": [{"license": {"id": "Apache-2.0"}}]}
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([VERSION, [each["bom-ref"] for each in parts]]))
    print(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": f"urn:uuid:{serial}", "version": 1,
                      "metadata": {"component": top}, "components": parts,
                      "dependencies": [{"ref": top["bom-ref"], "dependsOn": [each["bom-ref"] for each in parts]}]}, indent=1))


if __name__ == "__main__":
    main()
