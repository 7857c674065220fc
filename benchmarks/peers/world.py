#!/usr/bin/env python3
"""Kinora and PyTorch take turns at training steps on rendered clips, the last stage of recipes/toybox.yaml: world.py WORK [--rounds 3] [--steps 5]

WORK is a folder for the new model and the samples of the steps, made at the first call. Kinora renders the same samples again while it learns; PyTorch finds them padded. It
runs in several ways, so that the best of them counts. Figures are medians of the rounds; losses are compared at every step.
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
# Activations come and go in every step: giving their memory back to the system each time makes PyTorch slower.
ENVIRONMENT = {**os.environ, "MALLOC_MMAP_THRESHOLD_": str(1 << 32), "MALLOC_TRIM_THRESHOLD_": str(1 << 33)}
MOST_DIFFERENCE = 1e-3


def output(command, environment=None):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed ({done.returncode}): {done.stderr.strip()[-400:]}")
    return done.stdout


def ways(given):
    """What PyTorch is to do, the best first."""
    step = ["/usr/bin/python3", ROOT / "benchmarks/peers/world_step.py", given.work, "--steps", given.steps]
    workers = [*step, "--workers", given.threads, "--threads", 1]
    # OpenBLAS 0.3.21 doesn't know newer AMD processors and takes AVX2 for them.
    wide = ["--blas", "SkylakeX"] if "avx512vl" in pathlib.Path("/proc/cpuinfo").read_text() else []
    yield "PyTorch, a process a core", [*workers, *wide]
    if wide:
        yield "  the same, OpenBLAS's choice", workers
    yield "  the same, fused attention", [*workers, *wide, "--attention", "fused"]
    yield "PyTorch, one process", [*step, "--threads", given.threads, *wide]
    yield "PyTorch, frames not shared", [*workers, *wide, "--separate"]


def difference(result, ours):
    return max(abs(a - b) / abs(b) for what in ("losses", "motions") for a, b in zip(result[what], ours[what], strict=True))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    marker = given.work / "steps"
    if not marker.exists() or int(marker.read_text()) < given.steps:
        output([*BENCHMARKS, "world-data", ROOT / "recipes/toybox.yaml", given.work, given.steps])
        marker.write_text(str(given.steps))
    programs = {"Kinora": ([*BENCHMARKS, "world", given.work, given.steps, given.threads], None)} | {name: (command, ENVIRONMENT) for name, command in ways(given)}
    results = {name: [] for name in programs}
    for number in range(given.rounds):
        for name, (command, environment) in programs.items():
            print(f"{name.strip()}, round {number + 1} of {given.rounds}", file=sys.stderr)
            results[name].append(json.loads(output(command, environment).splitlines()[-1]))
    ours, step = results["Kinora"][0], results["Kinora"][0]["step"]
    print(f"{ours['values'] / 1e6:.2f} M values learn. A step: {step['samples']} clips, {step['texts']:.0f} texts, {step['positions']:.0f} positions, {step['gigaflop']:.0f} GFLOP; "
          f"with frames of its own for each text {step['separatePositions']:.0f} positions, {step['separateGigaflop']:.0f} GFLOP")
    median = lambda name, what: statistics.median(result[what] for result in results[name])
    for name in programs:
        worst = max(difference(result, ours) for result in results[name])
        ratios = [median(name, what) / median("Kinora", what) for what in ("seconds", "processorSeconds", "peakBytes")]
        print(f"  {name:<29} {median(name, 'seconds'):7.3f} s {median(name, 'processorSeconds'):7.3f} s of processors {median(name, 'samplesPerSecond'):6.1f} clips/s {median(name, 'peakBytes') / 2**20:7.0f} MiB"
              f"   x {ratios[0]:.2f} {ratios[1]:.2f} {ratios[2]:.2f}   losses differ by {worst:.0e}   ({', '.join(format(result['seconds'], '.3f') for result in results[name])})")
        if worst > MOST_DIFFERENCE:
            sys.exit(f"{name} computes something else.")
    shares = {part: statistics.median(result["share"].get(part, 0) for result in results["Kinora"]) for part in ours["share"]}
    print(f"Kinora: {median('Kinora', 'gigaflops'):.0f} GFLOP/s; {', '.join(f'{part} {100 * share:.1f} %' for part, share in shares.items())} of a step; by itself the tower takes {median('Kinora', 'towerSeconds'):.3f} s, "
          f"rendering and packing {median('Kinora', 'renderingProcessorSeconds'):.3f} s of processors (in the background, {100 * median('Kinora', 'renderingProcessorSeconds') / median('Kinora', 'processorSeconds'):.1f} %)")


main()
