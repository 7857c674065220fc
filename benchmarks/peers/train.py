#!/usr/bin/env python3
"""Kinora and PyTorch take turns at training steps of one model and batch: train.py WORK [--rounds 3] [--steps 3] [--only small|large]

WORK is a folder for the random checkpoints, made at the first call. PyTorch runs in several ways, so that the best of them counts.
Figures are medians of the rounds; every program's losses are compared with Kinora's first, since speed without equal results proves nothing.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCHMARKS = ["dotnet", ROOT / "benchmarks/Kinora.Benchmarks/bin/Release/net10.0/Kinora.Benchmarks.dll"]
# Threads of OpenMP that spin after their work take a processor from OpenBLAS's own: PyTorch is faster without.
ENVIRONMENT = {**os.environ, "OMP_WAIT_POLICY": "passive"}


def output(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, env=ENVIRONMENT)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed ({done.returncode}): {done.stderr.strip()[-400:]}")
    return done.stdout


def step(*command):
    return json.loads(output(*command).splitlines()[-1])


def race(size, directory, given):
    if not (directory / "batch.safetensors").exists():
        output(*BENCHMARKS, "training-data", size, directory)
    torch = ["/usr/bin/python3", ROOT / "benchmarks/peers/train_step.py", directory, given.threads, given.steps]
    programs = {"Kinora": [*BENCHMARKS, "train", directory, given.steps, given.threads]}
    programs |= {f"PyTorch, {attention}, {rows} rows": [*torch, attention, rows] for attention, rows in (("eager", "all"), ("fused", "all"), ("fused", "learned"))}
    results = {name: [] for name in programs}
    for number in range(given.rounds):
        for name, command in programs.items():
            print(f"{size}: {name}, round {number + 1} of {given.rounds}", file=sys.stderr)
            results[name].append(step(*command))
    ours = results["Kinora"][0]
    print(f"\n{size}: {ours['values'] / 1e6:.1f} M values, {ours['gigaflops']:.0f} GFLOP/s in the first round")
    median = lambda name, what: statistics.median(result[what] for result in results[name])
    for name in programs:
        worst = max(abs(a - b) / abs(b) for a, b in zip(results[name][0]["losses"], ours["losses"]))
        ratios = [median(name, what) / median("Kinora", what) for what in ("seconds", "processorSeconds", "peakBytes")]
        print(f"  {name:<28} {median(name, 'seconds'):7.3f} s {median(name, 'processorSeconds'):7.3f} s of processors {median(name, 'peakBytes') / 2**20:7.0f} MiB"
              f"   x {ratios[0]:.2f} {ratios[1]:.2f} {ratios[2]:.2f}   losses differ by {worst:.0e}   ({', '.join(format(result['seconds'], '.3f') for result in results[name])})")
        if worst > 1e-3:
            sys.exit(f"{name} computes something else.")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=["small", "large"])
    given = parser.parse_args()
    for size in [given.only] if given.only else ["small", "large"]:
        race(size, given.work / size, given)


main()
