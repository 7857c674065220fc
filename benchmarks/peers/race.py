#!/usr/bin/env python3
"""Runs Kinora and other programs in turn on the same work and prints ratios.

  race.py --work DIR [--llama-cpp DIR] [--other-llama-cpp DIR] [--rounds 3] [--only vision|language]

DIR holds the random models and clip_frame (README.md says how they are made). Rounds alternate between the programs, so that a
clock that changes or a busy neighbour meets all of them; each figure is the median of its rounds.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def output(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed ({done.returncode}): {done.stderr.strip()[-400:]}")
    return done.stdout


def kinora(part):
    return json.loads(output(ROOT / "kinora", "bench", part, "--json").splitlines()[-1])["results"]


def kinora_vision():
    return {result["name"] + " " + result["format"]: 1 / result["perSecond"] for result in kinora("vision")}


def kinora_language():
    return {("prefill " if "reads" in result["name"] else "decode ") + result["format"]: result["perSecond"] for result in kinora("language")}


def clip(work, kind, threads):
    last = output(work / "clip_frame", work / f"clip-{kind}.gguf", threads, 2).splitlines()[-1]
    return {f"one frame {kind}": json.loads(last)["seconds"]}


def torch(threads, frames):
    return {f"{frames} frame(s) f32": json.loads(output("/usr/bin/python3", ROOT / "benchmarks/peers/torch_frame.py", threads, 2, frames))["seconds"]}


def llama(directory, work, threads):
    rates = {}
    for kind in ("Q8_0", "Q4_0"):
        rows = json.loads(output(directory / "build/bin/llama-bench", "-m", work / f"decoder-{kind}.gguf", "-t", threads, "-p", 512, "-n", 32, "-r", 2, "-o", "json"))
        for row in rows:
            rates[("prefill " if row["n_prompt"] else "decode ") + kind.lower()] = row["avg_ts"]
    return rates


def race(title, unit, programs, rounds):
    figures = {}
    for number in range(rounds):
        for name, run in programs:
            print(f"{title}: {name}, round {number + 1} of {rounds}", file=sys.stderr)
            for what, value in run().items():
                figures.setdefault((name, what), []).append(value)
    print(f"\n{title}")
    for (name, what), values in figures.items():
        print(f"  {name:<18} {what:<34} {statistics.median(values):9.2f} {unit}   ({', '.join(f'{value:.2f}' for value in values)})")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--llama-cpp", type=pathlib.Path)
    parser.add_argument("--other-llama-cpp", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=["vision", "language"])
    given = parser.parse_args()
    llamas = [(name, path) for name, path in (("llama.cpp", given.llama_cpp), ("its fork", given.other_llama_cpp)) if path]
    if given.only != "language":
        programs = [("Kinora", kinora_vision), ("PyTorch", lambda: torch(given.threads, 1))]
        programs += [("llama.cpp", lambda kind=kind: clip(given.work, kind, given.threads)) for kind in ("f16", "q8_0") if given.llama_cpp]
        race("ViT-L/14-336, 23 blocks", "s per frame", programs, given.rounds)
    if given.only != "vision":
        programs = [("Kinora", kinora_language)] + [(name, lambda path=path: llama(path, given.work, given.threads)) for name, path in llamas]
        race("1B decoder", "tokens/s", programs, given.rounds)


main()
