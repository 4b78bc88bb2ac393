# SPDX-License-Identifier: Apache-2.0
"""Mutation testing of the kernels: changes one thing in a kernel, and looks whether 'gander check' finds it.

A barrier is dropped, a bound or an index is off by one, two dimensions of a tile change places, a product is left out
of a sum, a predicate is turned round. Each mutant is put into a folder of its own, in the place of the file it was made
from, and checked on hostcuda (.cu) or the first OpenCL device (.cl); where that finds nothing, on Oclgrind, if there is
one, which sees what a CPU does not show: barriers, and what lies outside an array. A file of include/ is checked
through each kernel that includes it, until one fails. Results go to a file, a JSON object a line; a mutant that is in
it already is not run again, unless its file has changed.

A mutant that nothing kills has survived: either it computes the same, and bench/results/mutants-explained.md says
why, or the checks have a hole. Exit code 1 if one survived that is not explained.

  python3 bench/mutants.py --files 'transpose/*.cu' --per-file 8 --out mutants.jsonl
"""
import argparse
import collections
import fnmatch
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXPLAINED = ROOT / "bench/results/mutants-explained.md"
OCLGRIND = [Path(folder, "oclgrind/liboclgrind-rt-icd.so")
            for folder in ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/lib/x86_64-linux-gnu")]
DIALECTS = [".cu", ".cl", ".h"]

# In the place of what would be changed, where the question is whether anything compiles it at all.
UNKNOWN = "gander_not_declared"

# Dimensions that stand side by side: with one in the place of the other a kernel is right for square tiles alone.
PAIRS = [("MR", "NV"), ("BM", "BN"), ("TM", "TN"), ("WM", "WN"), ("ROWS", "COLUMNS"), ("ROWS", "COLS"), ("H", "W"), ("P", "Q"),
         ("R", "S"), ("SH", "SW"), ("PH", "PW"), ("DH", "DW"), ("M", "N"), ("D3", "D4"), ("E3", "E4"), ("DK", "DM"), ("YK", "YM"),
         ("TX", "TY"), ("row", "column"), ("top", "left"), ("tx", "ty"), ("LINE_A", "LINE_B"), ("down", "across"),
         ("PATCH_H", "PATCH_W"), ("RA", "RB")]
PARTNERS = collections.defaultdict(list)
for one, other in PAIRS:
    PARTNERS[one].append(other)
    PARTNERS[other].append(one)

# A word that no more kernels than these have says what they are about.
FEW = 5

BARRIER = re.compile(r"\b(?:BARRIER|barrier|__syncthreads|__syncwarp|g_copy_wait(?:<[^;>]*>)?)\([^();]*\)(?=;)")
TYPES = r"(?:unsigned|void|bool|char|short|int|uint|long|ulong|size_t|float|double|half)[0-9]*"
DECLARED = re.compile(r"\b" + TYPES + r"\s*(?:\*\s*)?(?:const\s+)?(?:RESTRICT\s+)?\w+\s*$")
NAMED = re.compile(r"\b" + TYPES + r"\s*(?:\*\s*)?(?:const\s+)?$")
HOOK = re.compile(r"\b(PROLOGUE_\w+|EPILOGUE(?:16|_RUN16)?|vload\d+|vstore\d+)\(")


class Site(collections.namedtuple("Site", "start end old new kind")):
    """A change of one stretch of a file's text."""

    def line(self, text):
        return text.count("\n", 0, self.start) + 1

    def column(self, text):
        return self.start - text.rfind("\n", 0, self.start)

    def apply(self, text, new=None):
        return text[:self.start] + (self.new if new is None else new) + text[self.end:]

    def whole_line(self, text, changed):
        """The line as it is, or as it becomes, without its margins."""
        text = self.apply(text) if changed else text
        begin = text.rfind("\n", 0, self.start) + 1
        length = len(self.new) if changed else self.end - self.start
        end = text.find("\n", self.start + length)
        return " ".join(text[begin:end if end >= 0 else len(text)].rstrip("\\ ").split())


def fail(sentence):
    print(f"mutants: {sentence}", file=sys.stderr)
    sys.exit(2)


def code(text):
    """The text with blanks for what computes nothing: comments, headers, and directives but the bodies of macros."""
    def blank(found):
        return re.sub(r"[^\n]", " ", found.group())
    text = re.sub(r"//[^\n]*|/\*.*?\*/|\"[^\"\n]*\"", blank, text, flags=re.DOTALL)
    text = re.sub(r"__launch_bounds__\(.*\)(?= \w+\()", blank, text)  # which bounds registers alone
    text = re.sub(r"^[ \t]*#[ \t]*(?!define\b)\w+(?:[^\n]*\\\n)*[^\n]*", blank, text, flags=re.MULTILINE)
    return re.sub(r"^[ \t]*#[ \t]*define[ \t]+\w+(?:\([^)]*\))?", blank, text, flags=re.MULTILINE)


def closing(text, at):
    """Where the bracket that opens at `at` is closed; -1 if it is not."""
    depth = 0
    for i in range(at, len(text)):
        if text[i] in "([{":
            depth += 1
        elif text[i] in ")]}":
            depth -= 1
            if depth == 0:
                return i
    return -1


def arguments(text, opening):
    """Begin and end of each argument of a call; none if it is not closed."""
    end = closing(text, opening)
    if end < 0:
        return []
    parts, depth, begin = [], 0, opening + 1
    for i in range(opening + 1, end):
        depth += (text[i] in "([{") - (text[i] in ")]}")
        if text[i] == "," and depth == 0:
            parts.append((begin, i))
            begin = i + 1
    parts.append((begin, end))
    return [(b + len(text[b:e]) - len(text[b:e].lstrip()), b + len(text[b:e].rstrip())) for b, e in parts]


def sites(text):
    """Every change that can be made to a file, in the order of the text."""
    bare, found = code(text), []

    def add(start, end, new, kind):
        if start < end:
            found.append(Site(start, end, text[start:end], new, kind))

    for m in BARRIER.finditer(bare):
        add(m.start(), m.end(), "", "barrier dropped")
    for m in re.finditer(r"(?<= )<(?= )", bare):
        least = re.match(r" [^?;]+ \? ([^:;]+) : ", bare[m.end():])
        if not (least and bare[:m.start() - 1].endswith(least.group(1))):  # the lesser of two that are equal is either
            add(m.start(), m.end(), "<=", "< to <=")
    for m in re.finditer(r"\[", bare):
        end = closing(bare, m.start())
        name = re.search(r"[\w)\]]\s*$", bare[:m.start()])
        base = m.start()  # of the array's name: indices before this one belong to it too
        while bare[:base].rstrip().endswith("]"):
            base = bare.rfind("[", 0, base)
        if end > 0 and name and not DECLARED.search(bare[:base][-120:]):
            add(m.start() + 1, end, f"({text[m.start() + 1:end]}) + 1", "index off by one")
    for m in HOOK.finditer(bare):
        parts = arguments(bare, m.end() - 1)
        # The last index: a value follows where something is stored through a hook.
        which = len(parts) - (2 if m.group(1).startswith("EPILOGUE") else 1)
        if which >= 0 and len(parts) > 1 or m.group(1).startswith("PROLOGUE") and parts:
            begin, end = parts[which]
            add(begin, end, f"({text[begin:end]}) + 1", "index off by one")
    for m in re.finditer(r"\b[A-Za-z_]\w*\b", bare):
        if NAMED.search(bare[:m.start()][-40:]):
            continue  # a declaration, which would declare the other twice
        for partner in PARTNERS.get(m.group(), []):
            if re.search(rf"\b{partner}\b", bare):
                add(m.start(), m.end(), partner, "dimensions swapped")
    for m in re.finditer(r"\bfma\(", bare):
        parts = arguments(bare, m.end() - 1)
        if len(parts) == 3:
            add(m.start(), closing(bare, m.end() - 1) + 1, text[slice(*parts[2])], "product dropped")
    for m in re.finditer(r"\bif \(", bare):
        end = closing(bare, m.end() - 1)
        if end > 0:
            add(m.end(), end, f"!({text[m.end():end]})", "predicate inverted")
    for m in re.finditer(r"&&", bare):
        add(m.start(), m.end(), "||", "predicate inverted")
    return sorted(found)


def choose(all_sites, count, seed):
    """So many sites: the kinds in turn, each spread over the file. A larger count adds to a smaller one's."""
    by_kind = collections.defaultdict(list)
    for site in all_sites:
        by_kind[site.kind].append(site)
    chance = random.Random(seed)
    queues = []
    for kind in sorted(by_kind):
        left, at, queue = list(by_kind[kind]), chance.random(), []
        while left:
            at = (at + 0.6180339887498949) % 1  # the golden ratio: every stretch of such numbers is spread evenly
            queue.append(left.pop(int(at * len(left))))
        queues.append(queue)
    chance.shuffle(queues)
    chosen = []
    while len(chosen) < count and any(queues):
        for queue in queues:
            if queue and len(chosen) < count:
                chosen.append(queue.pop(0))
    return chosen


class Sources:
    """The kernels and the files they include, by their path, such as include/conv.h."""

    def __init__(self, folder):
        self.folder = folder
        self.texts = {f"{p.parent.name}/{p.name}": p.read_text() for p in sorted(folder.glob("*/*")) if p.suffix in DIALECTS}

    def included(self, path):
        """What a file includes, and what that includes; gander.h is in every kernel."""
        seen, todo = set(), [path] + (["include/gander.h"] if not path.endswith(".h") else [])
        while todo:
            for name in re.findall(r'#\s*include "([^"]+)"', self.texts.get(todo.pop(), "")):
                name = name if "/" in name else "include/" + name
                if name in self.texts and name not in seen:
                    seen.add(name)
                    todo.append(name)
        return seen

    def header(self, kernel):
        """A kernel's text, and behind it that of the kernel whose header it takes over."""
        text = self.texts[kernel]
        like = re.search(r"^//! like\s+(\S+)", text, re.MULTILINE)
        return text + (self.header(like.group(1)) if like and like.group(1) in self.texts else "")

    def users(self, path):
        """The kernels that a change of a file changes: itself, or those that include it.

        First are those that have a word of the header's in their text that few kernels have: all include gander.h's
        headers, and few have to do with one of them. Of the others the shortest is first.
        """
        if not path.endswith(".h"):
            return [path]
        users = [p for p in self.texts if not p.endswith(".h") and (path in self.included(p) or path == "include/gander.h")]
        words = {p: set(re.findall(r"[a-z]{4,}", code(self.texts[p]).lower())) for p in [path, *users]}
        having = collections.Counter(word for p in users for word in words[p])
        rare = {word for word in words[path] if having[word] <= FEW}
        return sorted(users, key=lambda p: (not words[p] & rare, len(self.texts[p])))


class Checks:
    """Runs 'gander check' on mutants."""

    def __init__(self, options):
        self.command, self.opencl = options.gander, options.opencl
        self.settings, self.limit, self.timeout, self.watch_seconds = options.settings, options.limit, options.timeout, options.watch
        self.folder = Path(tempfile.mkdtemp(prefix="gander-mutants-"))
        self.oclgrind = next((str(path) for path in OCLGRIND if path.exists()), None)
        self.faults = {}  # what Oclgrind says of a kernel as it is
        self.sound = set()  # kernels that were seen to be right as they are where a mutant of theirs was not

    def close(self):
        shutil.rmtree(self.folder)

    def kernels(self, path, text):
        """A folder for --kernels with one changed file."""
        folder = self.folder / "kernels"
        shutil.rmtree(folder, ignore_errors=True)
        file = folder / path
        file.parent.mkdir(parents=True)
        file.write_text(text)
        return folder

    def run(self, words, timeout, environment=None):
        """The exit code, standard output and standard error of 'gander check'; the code is None if it took too long."""
        own = {"GANDER_CACHE": str(self.folder / "cache"), "POCL_CACHE_DIR": str(self.folder / "pocl")}
        process = subprocess.Popen([self.command, "check", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, **own, **(environment or {})}, start_new_session=True)
        try:
            out, err = process.communicate(timeout=timeout)
            return process.returncode, out, err
        except BaseException as stop:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            if isinstance(stop, subprocess.TimeoutExpired):
                return None, out, err
            raise

    def words(self, kernel, text, folder, device):
        words = [kernel.split("/")[0], "--kernel", kernel, "--device", device]
        math = re.search(r"^//! when\s.*\b(tf32|bf16)\b", text, re.MULTILINE)
        return words + (["--math", math.group(1)] if math else []) + (["--kernels", str(folder)] if folder else [])

    def check(self, kernel, text, folder, deadline, quick=False):
        """A kernel on its device: None if it is right, else what became of the mutant and what was said.

        Quick is to look at tiny problems alone, under one setting each.
        """
        device = "hostcuda" if kernel.endswith(".cu") else self.opencl
        words = self.words(kernel, text, folder, device)
        words += ["--settings", "1", "--tiny"] if quick else ["--settings", self.settings]
        code, out, err = self.run(words + ["--limit", self.limit, "--stop", "--json"], max(1, deadline - time.monotonic()))
        if code is None:
            return "undecided", f"not done after {self.timeout} s"
        results = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
        if code not in (0, 1) or not results or not quick and not all(result["runs"] for result in results):
            fail(f"'gander check {' '.join(words)}' ended with {code} and checked nothing: {err}{out}")
        failures = [failure for result in results for failure in result["failures"]]
        if not failures:
            return None
        self.prove(kernel, text, device, failures[0])
        return self.outcome(failures[0]), failures[0]["sentence"]

    @staticmethod
    def outcome(failure):
        verdict = failure["verdict"]
        if verdict == "Refused":
            return "does not compile" if ": error: " in failure["sentence"] else "fault"
        return {"Overrun": "fault", "Hanging": "hang", "Crashed": "crash"}.get(verdict, "wrong result")

    def prove(self, kernel, text, device, failure):
        """Once a kernel: as it is shipped, it is right in the case in which a mutant was not."""
        if kernel in self.sound:
            return
        words = self.words(kernel, text, None, device) + ["--problem", failure["problem"], "--json"]
        code, out, err = self.run(words + (["--setting", failure["setting"]] if failure["setting"] else []), self.timeout)
        if code != 0:
            fail(f"{kernel} is wrong without any change: {err}{out}")
        self.sound.add(kernel)

    def watched(self, kernel, text, folder, options):
        """What Oclgrind says of a kernel on tiny problems, addresses left out; of the first of them if all take too long."""
        log = self.folder / "oclgrind.log"
        log.unlink(missing_ok=True)
        flags = f"-Dgander.opencl.class=cpu -Dgander.opencl.options={options}"
        environment = {"OCL_ICD_VENDORS": self.oclgrind, "OCLGRIND_LOG": str(log), "OCLGRIND_LOCAL_MEM_SIZE": str(1 << 20),
                       "GANDER_JVM_FLAGS": f"{os.environ.get('GANDER_JVM_FLAGS', '')} {flags}"}
        for what in ("DATA_RACES", "UNIFORM_WRITES", "UNINITIALIZED", "CHECK_API"):
            environment["OCLGRIND_" + what] = "1"
        words = self.words(kernel, text, folder, "opencl:0") + ["--tiny", "--in-process", "--bare", "--settings", "1", "--stop", "--json"]
        code, out, _ = self.run(words, self.watch_seconds, environment)
        said = log.read_text(errors="replace") if log.exists() else ""
        faults = {re.sub(r"0x[0-9a-f]+", "", line).strip() for line in said.splitlines()
                  if re.match(r"\s*(Invalid|Read-write|Write-write|Uninitialized|Work-item|.*barrier)", line)}
        if code not in (0, None):
            faults.add(f"exit code {code}: {out.strip()[-300:]}")
        return faults

    def watch(self, kernel, text, folder):
        """A fault that Oclgrind finds, and does not find in the kernel as it is; None if there is none."""
        for options in ("-cl-opt-disable", ""):
            found = self.watched(kernel, text, folder, options)
            if found:
                if (kernel, options) not in self.faults:
                    self.faults[kernel, options] = self.watched(kernel, text, None, options)
                found -= self.faults[kernel, options]
                if found:
                    return min(found)
        return None


def judge(checks, sources, path, site):
    """Runs a mutant: what killed it, or that it survived, or that no problem's code has it."""
    text = sources.texts[path]
    users = sources.users(path)
    deadline = time.monotonic() + checks.timeout
    folder = checks.kernels(path, site.apply(text))
    # Of many kernels some have nothing to do with what was changed, so that none is looked at for long at first.
    for quick in (True, False) if len(users) > 1 else (False,):
        for kernel in users:
            found = checks.check(kernel, sources.header(kernel), folder, deadline, quick)
            if found:
                return {"outcome": found[0], "kernel": kernel, "said": found[1][:300]}
    # It survived; but does any problem's code have it at all? That takes as long again at most.
    deadline = time.monotonic() + checks.timeout
    folder = checks.kernels(path, site.apply(text, UNKNOWN))
    said = {kernel: checks.check(kernel, sources.header(kernel), folder, deadline) for kernel in users}
    reached = [kernel for kernel in users if said[kernel] and said[kernel][0] == "does not compile"]
    if not reached:
        return {"outcome": "undecided" if any(said.values()) else "unreached"}
    folder = checks.kernels(path, site.apply(text))
    for kernel in reached:
        if kernel.endswith(".cl") and checks.oclgrind:
            fault = checks.watch(kernel, sources.header(kernel), folder)
            if fault:
                return {"outcome": "fault", "kernel": kernel, "said": "Oclgrind: " + fault[:300]}
    return {"outcome": "survived", "reached": reached}


def explained(file):
    """(path, line, what it becomes) of every row of the table; backquotes and escaped bars are Markdown's."""
    rows = set()
    for line in file.read_text().splitlines() if file.exists() else []:
        cells = [re.sub(r"^`+ ?| ?`+$", "", cell.strip()).replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())]
        if len(cells) == 6 and "/" in cells[1] and cells[4]:
            rows.add(tuple(cells[1:4]))
    return rows


def report(results, known):
    """Prints the table and what survived; the number of survivors without an explanation."""
    print(f"{'file':42}{'mutants':>9}{'killed':>9}{'no compile':>12}{'unreached':>11}{'undecided':>11}{'explained':>11}{'survived':>10}")
    total, survivors = collections.Counter(), []
    by_file = collections.defaultdict(list)
    for result in results:
        by_file[result["file"]].append(result)
    columns = ["mutants", "killed", "does not compile", "unreached", "undecided", "explained", "survived"]

    def row(name, counts):
        print(f"{name:42}" + "".join(f"{counts[c]:>{w}}" for c, w in zip(columns, (9, 9, 12, 11, 11, 11, 10))))
    for file in sorted(by_file):
        counts = collections.Counter(mutants=len(by_file[file]))
        for result in by_file[file]:
            outcome = result["outcome"]
            if outcome == "survived" and (file, result["was"], result["becomes"]) in known:
                outcome = "explained"
            elif outcome == "survived":
                survivors.append(result)
            counts[outcome if outcome in columns else "killed"] += 1
        total += counts
        row(file, counts)
    row("all", total)
    by = collections.Counter(result["outcome"] for result in results)
    print("killed by: " + ", ".join(f"{by[name]} {name}" for name in ("wrong result", "fault", "crash", "hang")))
    for result in survivors:
        print(f"survived: {result['file']}:{result['line']} {result['mutation']}\n  {result['was']}\n  {result['becomes']}")
    return len(survivors)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0], epilog="The file begins with how it works.")
    parser.add_argument("--files", action="append", metavar="PATTERN", help="only files whose path below kernels/ is like it, such as 'conv2d/*.cu'; may be repeated")
    parser.add_argument("--per-file", type=int, default=8, metavar="N", help="mutants a file (8); a larger number adds to a smaller one's")
    parser.add_argument("--minutes", type=float, metavar="M", help="begin no mutant after so long")
    parser.add_argument("--out", type=Path, default=Path("mutants.jsonl"), help="results, one a line; added to (mutants.jsonl)")
    parser.add_argument("--seed", type=int, default=1, help="of the choice of mutants (1)")
    parser.add_argument("--settings", default="2", help="settings of a kernel's tunables for each problem, as of 'gander check' (2)")
    parser.add_argument("--limit", default="60", metavar="SECONDS", help="for one case, after which it hangs (60)")
    parser.add_argument("--timeout", type=int, default=600, metavar="SECONDS", help="for one mutant's checks, after which it is undecided (600)")
    parser.add_argument("--watch", type=int, default=120, metavar="SECONDS", help="for Oclgrind, as far as it comes on a kernel's tiny problems (120)")
    parser.add_argument("--opencl", default="opencl", metavar="D", help="device for .cl files (opencl)")
    parser.add_argument("--kernels", type=Path, default=ROOT / "kernels", help="the folder of kernels to mutate")
    parser.add_argument("--explained", type=Path, default=EXPLAINED, help="the table of survivors that compute the same")
    parser.add_argument("--gander", default=str(ROOT / "gander"), help="the launcher")
    parser.add_argument("--list", action="store_true", help="print the mutants and run none")
    parser.add_argument("--report", action="store_true", help="print the table of what is in --out and run none")
    options = parser.parse_args()
    if options.per_file < 1:
        parser.error(f"--per-file is {options.per_file}; it must be at least 1")

    sources = Sources(options.kernels)
    files = [path for path in sources.texts if not options.files or any(fnmatch.fnmatch(path, p) for p in options.files)]
    if not files:
        parser.error(f"no file of {options.kernels} is like {options.files or '*/*'}")
    files.sort(key=lambda path: (DIALECTS.index(Path(path).suffix), len(sources.texts[path]), path))

    chosen, digests = [], {}
    for path in files:
        text = sources.texts[path]
        digest = digests[path] = hashlib.sha256(text.encode()).hexdigest()[:12]
        for site in choose(sites(text), options.per_file, f"{options.seed} {path}"):
            about = {"what": "mutant", "file": path, "digest": digest, "line": site.line(text), "column": site.column(text), "mutation": site.kind,
                     "old": site.old, "new": site.new, "was": site.whole_line(text, False), "becomes": site.whole_line(text, True)}
            chosen.append((path, site, about))
    if options.list:
        for _, _, about in chosen:
            print(json.dumps(about))
        return 0

    def key(result):
        return tuple(result[name] for name in ("file", "digest", "line", "column", "new"))
    done = {}
    if options.out.exists():
        for line in options.out.read_text().splitlines():
            result = json.loads(line)
            if result["what"] == "mutant" and digests.get(result["file"]) == result["digest"]:
                done[key(result)] = result
    if not options.report:
        run(options, sources, [one for one in chosen if key(one[2]) not in done], done, key)
    return 1 if report(list(done.values()), explained(options.explained)) else 0


def provenance(options):
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    devices = subprocess.run([options.gander, "devices", "--json"], capture_output=True, text=True).stdout.splitlines()
    return {"what": "provenance", "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "gander": commit, "seed": options.seed,
            "settings": options.settings, "devices": [json.loads(line) for line in devices if line.startswith("{")]}


def run(options, sources, chosen, done, key):
    """Runs mutants and adds what became of them to the file and to what is done."""
    begin = time.monotonic()
    checks = Checks(options)
    try:
        with options.out.open("a") as out:
            if out.tell() == 0:
                out.write(json.dumps(provenance(options)) + "\n")
            for number, (path, site, about) in enumerate(chosen, 1):
                start = time.monotonic()
                if options.minutes is not None and start - begin > 60 * options.minutes:
                    print(f"mutants: {options.minutes:g} minutes are over, {len(chosen) - number + 1} mutants are left", file=sys.stderr)
                    break
                result = {**about, **judge(checks, sources, path, site), "seconds": round(time.monotonic() - start, 1)}
                done[key(result)] = result
                out.write(json.dumps(result) + "\n")
                out.flush()
                print(f"{number} of {len(chosen)}: {path}:{result['line']} {site.kind}: {result['outcome']}, {result['seconds']} s",
                      file=sys.stderr)
    finally:
        checks.close()


if __name__ == "__main__":
    sys.exit(main())
