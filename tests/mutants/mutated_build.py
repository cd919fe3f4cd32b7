"""Builds and tests one mutant: the changed source is compiled alone, by the very command of the build, and linked
before the library that holds the unchanged one; then the tests of its layer run. The tree it works on is a copy."""
import json
import os
import pathlib
import re
import resource
import shlex
import shutil
import signal
import subprocess
import tempfile
import time

LAYERS = ("config", "routing", "providers", "gateway")
MADE = {"build", ".git", "node_modules", "__pycache__", ".venv", ".cache"}
MEMORY = 8 << 30  # bytes of addresses that a mutant's tests may use


def copied(root, to):
    """Copies the tree as it is now, without what was made in it. Unchanged files keep their times."""
    names = set()
    for folder, folders, files in os.walk(root):
        folders[:] = [each for each in folders if each not in MADE]
        names |= {os.path.relpath(os.path.join(folder, each), root) for each in files}
    for old in [path for path in to.rglob("*") if path.is_file() and path.relative_to(to).parts[0] != "build"]:
        if str(old.relative_to(to)) not in names:
            old.unlink()
    for name in names:
        new = to / name
        if not new.exists() or new.read_bytes() != (root / name).read_bytes():
            new.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, new)


class MutatedBuild:
    def __init__(self, root, folder, layers, jobs):
        self.tree = folder / "tree"
        self.build = self.tree / "build" / "dev"  # as far from its tree as others, so that ccache finds theirs
        self.tree.mkdir(parents=True, exist_ok=True)
        copied(root, self.tree)
        environment = os.environ | {"CCACHE_BASEDIR": str(self.tree), "CCACHE_NOHASHDIR": "1"}
        linker = ["-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=mold"] if shutil.which("mold") else []
        subprocess.run(["cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                        "-DCMAKE_CXX_FLAGS_DEBUG=-g1", *linker], check=True, stdout=subprocess.DEVNULL, env=environment)
        subprocess.run(["cmake", "--build", self.build, "--parallel", str(jobs), "--target",
                        *(f"{layer}_tests" for layer in layers)], check=True, stdout=subprocess.DEVNULL, env=environment)
        commands = json.loads((self.build / "compile_commands.json").read_text())
        self._compile = {os.path.relpath(each["file"], self.tree): each["command"] for each in commands}
        self._link = {layer: self._link_command(layer) for layer in layers}
        self.limits = {}
        for layer in layers:
            self.limits[layer] = self._measured(layer)

    def _link_command(self, layer):
        """As words; the tests' own name stands last."""
        said = subprocess.run(["ninja", "-t", "commands", f"tests/{layer}_tests"], cwd=self.build, check=True,
                              stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]
        words = shlex.split(re.sub(r"^\s*:\s*&&|&&\s*:\s*$", "", said))
        at = words.index("-o")
        assert words[at + 1] == f"tests/{layer}_tests", said
        return words[:at] + words[at + 2:]

    def _measured(self, layer):
        """How long a mutant's tests may take, from how long the unchanged ones took; they must pass."""
        start = time.monotonic()
        ended = subprocess.run([self.build / "tests" / f"{layer}_tests"], cwd=self.tree, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
        if ended.returncode != 0:
            raise SystemExit(f"the unchanged {layer}_tests fail:\n{ended.stdout[-2000:]}")
        return 10 + 4 * (time.monotonic() - start)

    def outcome(self, file, text):
        """What became of `file` with this text: None when it does not compile, "" when it survived, else what
        killed it."""
        layer = file.split("/")[0]
        with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
            folder = pathlib.Path(folder)
            source, changed, tests = folder / pathlib.Path(file).name, folder / "mutant.o", folder / "mutated_tests"
            source.write_text(text)
            words = shlex.split(self._compile[file])
            while words and "ccache" not in words[0] and not words[0].endswith(("++", "cc")):
                words.pop(0)  # `cmake -E env ...`
            words = [word for word in words if not word.endswith("ccache")]
            words[words.index("-o") + 1] = str(changed)
            words[words.index("-c") + 1] = str(source)
            # As releases are built: what is read where nothing is ends the program, and is noticed.
            if self._ran([*words, "-w", "-D_GLIBCXX_ASSERTIONS"], folder, 300).returncode != 0:
                return None
            link = self._link[layer]
            first = next(number for number, word in enumerate(link) if word.endswith(".o"))
            if self._ran([*link[:first], changed, *link[first:], "-o", tests], folder, 300).returncode != 0:
                return None
            room = "*tests/" + "/".join(file.split("/")[:-1]) + "/*"
            for chosen in ([f"--source-file={room}"], [f"--source-file-exclude={room}"]):
                ended = self._ran([tests, "--abort-after=1", "--no-colors=true", *chosen], folder, self.limits[layer])
                if ended is None:
                    return "its tests do not end"
                if ended.returncode != 0:
                    named = re.search(r"^TEST CASE:\s*(.*)", ended.stdout, re.MULTILINE)
                    return named[1] if named else f"its tests ended with {ended.returncode}"
        return ""

    def _ran(self, words, folder, seconds):
        """None when it had to be ended. Files that tests make are made in `folder`."""
        def limited():
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        is_test = str(words[0]).endswith("mutated_tests")
        process = subprocess.Popen([str(word) for word in words], cwd=self.tree if is_test else self.build,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   errors="replace", start_new_session=True, preexec_fn=limited if is_test else None,
                                   env=os.environ | {"TMPDIR": str(folder), "CCACHE_DISABLE": "1"})
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None
        return subprocess.CompletedProcess(words, process.returncode, said)
