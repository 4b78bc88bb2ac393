# SPDX-License-Identifier: Apache-2.0
"""Which modes of the plane's toys are found, by loss: trains gan-mlp on grid25 and ring8 and counts.

Every loss is trained on every set from several seeds, with the settings below; 'gander train' counts the modes of 2500
points at the end (Lin et al. 2018). Results go to a file, a JSON object a line, and are summed up as a table; a run
that is in the file already is not done again.

  python3 bench/toys.py --out toys.jsonl --runs runs/toys
"""
import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Two latent numbers, as the toys' papers have; the rates fall to 0, and an average of the weights makes the points.
SETTINGS = {"zdim": "2", "learning-rate": "1e-3", "beta1": "0.5", "schedule": "linear", "ema": "0.999"}

# What each loss is trained with beside them.
LOSSES = {
    "minimax-ns": {"loss": "minimax-ns"},
    "wgan-gp": {"loss": "wgan-gp", "lambda": "0.1"},
    "minibatch": {"loss": "minimax-ns", "minibatch-kernels": "10"},  # minibatch discrimination (Salimans et al. 2016)
}
SETS = ["grid25", "ring8"]
NUMBERS = ["modes", "highQuality", "reverseKl"]


def provenance(gander):
    commit = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty=+"], capture_output=True, text=True).stdout.strip()
    devices = subprocess.run([gander, "devices", "--json"], capture_output=True, text=True).stdout.splitlines()
    return {"what": "provenance", "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "gander": commit,
            "devices": [json.loads(line) for line in devices if line.startswith("{")]}


def train(options, data, loss, seed):
    """Trains one run and gives its line."""
    run = options.runs / f"{data}-{loss}-{seed}"
    words = ["train", "gan-mlp", "--data", data, "--steps", str(options.steps), "--seed", str(seed)]
    for key, value in {**LOSSES[loss], **SETTINGS}.items():
        words += ["--" + key, value]
    # A run that was cut off goes on.
    command = ["resume", str(run)] if run.exists() else [*words, "--out", str(run)]
    done = subprocess.run([options.gander, *command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"toys: {' '.join(command)} failed: {done.stderr.strip().splitlines()[-1]}")
    records = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    counts = [record for record in records if "modes" in record]
    seconds = sum(json.loads(line)["seconds"] for line in (run / "sessions.jsonl").read_text().splitlines())
    return {"what": "toy", "data": data, "loss": loss, "seed": seed, "steps": counts[-1]["step"],
            **{number: counts[-1][number] for number in NUMBERS}, "command": " ".join(["gander", *words]),
            "seconds": round(seconds, 1), "over": [[record["step"], *(record[number] for number in NUMBERS)] for record in counts]}


def spread(values, digits):
    deviation = statistics.stdev(values) if len(values) > 1 else 0
    return f"{statistics.mean(values):.{digits}f} ± {deviation:.{digits}f}"


def table(lines):
    print("| set | loss | modes | high quality | reverse KL | seeds |\n|---|---|---|---|---|---|")
    for data in SETS:
        for loss in LOSSES:
            own = [line for line in lines if line["what"] == "toy" and line["data"] == data and line["loss"] == loss]
            if own:
                modes, quality, divergence = ([line[number] for line in own] for number in NUMBERS)
                print(f"| `{data}` | `{loss}` | {spread(modes, 1)} | {spread([100 * q for q in quality], 1)}% "
                      f"| {spread(divergence, 3)} | {len(own)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the file of results, which may have some already")
    parser.add_argument("--runs", type=Path, default=Path("runs/toys"), help="a folder for the run directories")
    parser.add_argument("--gander", default=str(ROOT / "gander"))
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--losses", nargs="+", choices=list(LOSSES), default=list(LOSSES))
    parser.add_argument("--data", nargs="+", choices=SETS, default=SETS)
    options = parser.parse_args()
    lines = [json.loads(line) for line in options.out.read_text().splitlines()] if options.out.exists() else []
    done = {(line["data"], line["loss"], line["seed"]) for line in lines if line["what"] == "toy"}
    options.runs.mkdir(parents=True, exist_ok=True)
    with options.out.open("a") as out:
        if not lines:
            out.write(json.dumps(provenance(options.gander)) + "\n")
        for seed in options.seeds:
            for data in options.data:
                for loss in options.losses:
                    if (data, loss, seed) not in done:
                        lines.append(train(options, data, loss, seed))
                        out.write(json.dumps(lines[-1]) + "\n")
                        out.flush()
    table(lines)


if __name__ == "__main__":
    main()
