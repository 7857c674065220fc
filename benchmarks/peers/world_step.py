#!/usr/bin/env python3
"""Times training steps on rendered clips in PyTorch, float32: world_step.py DIR [--steps 5] [--threads 2] [--workers 1] ...

DIR is what `Kinora.Benchmarks -- world-data` wrote; rendering and padding are done before the clock starts. Frames are computed once for all texts about them
(--separate: once for each), the last block and the head compute rows of texts only, the tower is frozen, matrices learn by Muon and the rest by AdamW. Prints one line
of JSON; losses are to agree with Kinora's.
"""
import argparse
import json
import math
import os
import pathlib
import resource
import statistics
import time

parser = argparse.ArgumentParser()
parser.add_argument("directory", type=pathlib.Path)
parser.add_argument("--steps", type=int, default=5)
parser.add_argument("--threads", type=int, default=2, help="threads of each worker")
parser.add_argument("--workers", type=int, default=1, help="processes that share the samples of a step and sum up their gradients")
parser.add_argument("--attention", choices=["folded", "fused"], default="folded", help="two products with query heads that share keys folded together, or scaled_dot_product_attention")
parser.add_argument("--separate", action="store_true", help="each text with frames of its own")
parser.add_argument("--places", type=int, default=1200, help="most places of the decoder, padding counted, that are computed at a time")
parser.add_argument("--blas", help="OpenBLAS's kernels, as SkylakeX, instead of those that it chooses")
GIVEN = parser.parse_args()
# Read once, when the libraries are loaded. Threads of OpenMP that spin after their work take a processor from OpenBLAS's own.
os.environ.update({"OPENBLAS_NUM_THREADS": str(GIVEN.threads), "OMP_NUM_THREADS": str(GIVEN.threads), "OMP_WAIT_POLICY": "passive", **({"OPENBLAS_CORETYPE": GIVEN.blas} if GIVEN.blas else {})})

import torch
import torch.multiprocessing as processes
import torch.nn.functional as F
from torch import nn

from torch_parts import RmsNorm, VisionBlock, join, read, rotate, split
from world_batch import parts_of, samples_of

sdpa = getattr(F, "scaled_dot_product_attention", None) or (lambda *tensors, attn_mask=None: F._scaled_dot_product_attention(*tensors, attn_mask=attn_mask)[0])


def attend(q, k, v, fused_mask, folded_bias):
    """q [samples, heads, queries, size], k and v [samples, groups, keys, size]."""
    heads, groups = q.shape[1], k.shape[1]
    if GIVEN.attention == "fused":
        k, v = (x.repeat_interleave(heads // groups, 1) for x in (k, v))
        return sdpa(q, k, v, attn_mask=fused_mask)
    folded = q.reshape(-1, heads // groups * q.shape[2], q.shape[3])
    k, v = k.flatten(0, 1), v.flatten(0, 1)
    scores = torch.baddbmm(folded_bias, folded, k.transpose(1, 2), alpha=1 / math.sqrt(q.shape[3]))
    return torch.bmm(torch.softmax(scores, -1), v).view(q.shape)


class TextBlock(nn.Module):
    def __init__(self, width, inner, heads, groups, epsilon):
        super().__init__()
        self.heads, self.groups = heads, groups
        self.input_layernorm, self.post_attention_layernorm = RmsNorm(width, epsilon), RmsNorm(width, epsilon)
        layer = lambda inputs, outputs: nn.Linear(inputs, outputs, bias=False)
        keys = width // heads * groups
        self.self_attn = nn.ModuleDict({"q_proj": layer(width, width), "k_proj": layer(width, keys), "v_proj": layer(width, keys), "o_proj": layer(width, width)})
        self.mlp = nn.ModuleDict({"gate_proj": layer(width, inner), "up_proj": layer(width, inner), "down_proj": layer(inner, width)})

    def forward(self, x, part, last):
        """The stream behind the block; behind the last one only the rows of texts."""
        h, a, p = self.input_layernorm(x), self.self_attn, part.prefix
        k, v = rotate(split(a["k_proj"](h), self.groups), part.cosines, part.sines), split(a["v_proj"](h), self.groups)
        from_text = lambda q: attend(q, k, v, part.text_bias.unsqueeze(1), part.folded_text_bias)
        if last:
            x = x[:, p:]
            attended = from_text(rotate(split(a["q_proj"](h[:, p:]), self.heads), part.cosines[:, :, p:], part.sines[:, :, p:]))
        else:
            q = rotate(split(a["q_proj"](h), self.heads), part.cosines, part.sines)
            attended = torch.cat([attend(q[:, :, :p], k[:, :, :p], v[:, :, :p], part.prefix_bias, part.folded_prefix_bias), from_text(q[:, :, p:])], 2)
        x = x + a["o_proj"](join(attended))
        h, m = self.post_attention_layernorm(x), self.mlp
        return x + m["down_proj"](F.silu(m["gate_proj"](h)) * m["up_proj"](h))


class Tower(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, patch = config["hidden_size"], config["patch_size"]
        grid = config["image_size"] // patch
        self.class_embedding = nn.Parameter(torch.zeros(width))
        self.patch_embedding = nn.Conv2d(3, width, patch, patch, bias=False)
        self.position_embedding = nn.Embedding(grid**2 + 1, width)
        self.pre_layrnorm = nn.LayerNorm(width)
        whole = lambda q, k, v, _: sdpa(q, k, v)
        self.layers = nn.ModuleList(VisionBlock(width, config["intermediate_size"], config["num_attention_heads"], whole) for _ in range(config["num_hidden_layers"] - 1))

    def forward(self, pixels):
        x = self.patch_embedding(pixels).flatten(2).transpose(1, 2)
        x = self.pre_layrnorm(torch.cat([self.class_embedding.expand(x.shape[0], 1, -1), x], dim=1) + self.position_embedding.weight)
        for block in self.layers:
            x = block(x)
        return x[:, 1:]


class Model(nn.Module):
    def __init__(self, config, settings):
        super().__init__()
        vision, text = config["vision_config"], config["text_config"]
        hidden, epsilon = text["hidden_size"], text["rms_norm_eps"]
        self.motion_block = settings["motionBlock"]
        self.tower = Tower(vision)
        self.linear_1, self.linear_2 = nn.Linear(vision["hidden_size"], hidden), nn.Linear(hidden, hidden)
        self.embed_tokens = nn.Embedding(text["vocab_size"], hidden)
        self.layers = nn.ModuleList(TextBlock(hidden, text["intermediate_size"], text["num_attention_heads"], text["num_key_value_heads"], epsilon) for _ in range(text["num_hidden_layers"]))
        self.norm, self.lm_head = RmsNorm(hidden, epsilon), nn.Linear(hidden, text["vocab_size"], bias=False)
        self.motion_norm, self.motion = RmsNorm(hidden, 1e-5), nn.Linear(hidden, 7, bias=False)
        nn.init.zeros_(self.motion.weight)

    def load(self, tensors):
        """Parameters by the names that Kinora's checkpoint has for them."""
        places = {
            "tower.layers": "vision_tower.vision_model.encoder.layers",
            "tower.pre": "vision_tower.vision_model.pre",
            "tower": "vision_tower.vision_model.embeddings",
            "linear": "multi_modal_projector.linear",
            "lm_head": "language_model.lm_head",
            "motion_norm.weight": "heads.motion.norm",
            "motion.weight": "heads.motion.change",
        }
        names = {}
        for name, parameter in self.named_parameters():
            key = next((key for key in places if name.startswith(key)), None)
            there = places[key] + name[len(key):] if key else f"language_model.model.{name}"
            names[there] = parameter
            if not there.startswith("heads."):
                parameter.data.copy_(tensors.pop(there))
        unused = [name for name in tensors if "post_layernorm" not in name and f"encoder.layers.{len(self.tower.layers)}." not in name]
        assert not unused, unused
        return names

    def losses(self, part):
        """The part's share of the loss of texts, and of the squared errors of motion."""
        with torch.no_grad():
            features = self.tower(part.pixels)
        x = self.embed_tokens(part.ids).masked_scatter(part.patches, self.linear_2(F.gelu(self.linear_1(features))))
        for number, layer in enumerate(self.layers):
            x = layer(x, part, number == len(self.layers) - 1)
            if number == self.motion_block:
                errors = self.motion(self.motion_norm(x.flatten(0, 1)[part.motion_rows])) - part.motion
                motion = errors.pow(2).sum() * part.motion_factor
        logits = self.lm_head(self.norm(x.flatten(0, 1)[part.rows]))
        return (F.cross_entropy(logits, part.targets, reduction="none") * part.factors).sum(), motion


def orthogonal(x):
    """Five steps of Newton and Schulz with Jordan's coefficients, as Kinora takes them."""
    tall = x.shape[0] > x.shape[1]
    x = x / (x.norm() + 1e-7)
    x = x.t() if tall else x
    for _ in range(5):
        square = x @ x.t()
        x = torch.addmm(x, torch.addmm(square, square, square, beta=-4.775, alpha=2.0315), x, beta=3.4445)
    return x.t() if tall else x


def muon(parameter, gradient, momentum, settings, rate, decay):
    momentum.mul_(settings["momentum"]).add_(gradient)
    update = orthogonal(torch.add(gradient, momentum, alpha=settings["momentum"]).flatten(1))
    parameter.mul_(1 - rate * decay).add_(update.view(parameter.shape), alpha=-0.2 * rate * math.sqrt(max(update.shape)))


def learn(worker, model, learned, settings, gradients, steps, meet, told):
    """All steps of one worker: gradients of its samples, then steps of its parameters. Parameters and rows of gradients lie in common memory."""
    torch.set_num_threads(GIVEN.threads)
    views, first = [], 0
    for entry in learned:
        parameter = entry["parameter"]
        views.append(gradients[:, first:first + parameter.numel()].view(-1, *parameter.shape))
        parameter.grad = views[-1][worker]
        first += parameter.numel()
    mine = [number for number, entry in enumerate(learned) if entry["worker"] == worker]
    matrices = [(number, torch.zeros_like(learned[number]["parameter"])) for number in mine if learned[number]["muon"]]
    others = [learned[number] for number in mine if not learned[number]["muon"]]
    adamw = torch.optim.AdamW([{"params": [entry["parameter"]], "lr": entry["rate"], "weight_decay": entry["decay"]} for entry in others], betas=settings["betas"], eps=settings["epsilon"])
    piece = slice(worker * gradients.shape[1] // GIVEN.workers, (worker + 1) * gradients.shape[1] // GIVEN.workers)
    for step, parts in enumerate(steps):
        meet()
        start, used = time.perf_counter(), time.process_time()
        gradients[worker].zero_()
        texts = motions = 0
        for part in parts[worker]:
            text, motion = model.losses(part)
            (text + settings["motionLoss"] * motion).backward()
            texts, motions = texts + text.item(), motions + motion.item()
        if GIVEN.workers > 1:
            meet()
            gradients[0, piece] += gradients[1:, piece].sum(0)
            meet()
        # Of one long row it would be wrong in the fourth digit.
        norm = torch.stack([view[0].norm() for view in views]).norm().item()
        meet()
        factor = min(1, settings["mostNorm"] / (norm + 1e-6))
        with torch.no_grad():
            for number in mine:
                view = views[number]
                torch.mul(view[0], factor, out=view[worker])
            for number, momentum in matrices:
                muon(learned[number]["parameter"], learned[number]["parameter"].grad, momentum, settings, learned[number]["rate"], learned[number]["decay"])
        adamw.step()
        meet()
        told[step, worker] = torch.tensor([time.perf_counter() - start, time.process_time() - used, texts, motions, norm, 1024.0 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss], dtype=torch.float64)
    meet()


def main():
    torch.set_num_threads(1)
    config, settings = (json.loads((GIVEN.directory / name).read_text()) for name in ("config.json", "settings.json"))
    text, vision = config["text_config"], config["vision_config"]
    model = Model(config, settings)
    names = model.load(read(GIVEN.directory / "model.safetensors"))
    learned = [{**entry, "parameter": names[entry["name"]]} for entry in settings["parameters"]]
    model.requires_grad_(False)
    # Muon's work is what takes time: the largest matrices go round the workers first.
    for number, entry in enumerate(sorted(learned, key=lambda entry: (not entry["muon"], -entry["parameter"].numel()))):
        entry["parameter"].requires_grad_(True)
        entry["worker"] = number % GIVEN.workers
    steps = []
    for number in range(settings["warmUp"] + GIVEN.steps):
        samples = samples_of(read(GIVEN.directory / f"step-{number}.safetensors"), config, vision["image_size"] // vision["patch_size"])
        count = len(samples)
        samples = [one for sample in samples for one in sample.alone()] if GIVEN.separate else samples
        steps.append(parts_of(samples, GIVEN.workers, GIVEN.places, text["num_attention_heads"], text["num_key_value_heads"], text["head_dim"], text["rope_theta"]))
    gradients = torch.zeros(GIVEN.workers, sum(entry["parameter"].numel() for entry in learned))
    told = torch.zeros(len(steps), GIVEN.workers, 6, dtype=torch.float64)
    if GIVEN.workers == 1:
        learn(0, model, learned, settings, gradients, steps, lambda: None, told)
    else:
        model.share_memory()
        gradients.share_memory_()
        told.share_memory_()
        barrier = processes.get_context("fork").Barrier(GIVEN.workers)
        processes.start_processes(learn, (model, learned, settings, gradients, steps, barrier.wait, told), GIVEN.workers, start_method="fork")
    timed = told[settings["warmUp"]:]
    seconds = statistics.median(timed[:, :, 0].max(1).values.tolist())
    print(json.dumps({
        "seconds": seconds,
        "processorSeconds": statistics.median(timed[:, :, 1].sum(1).tolist()),
        "samplesPerSecond": count / seconds,
        "peakBytes": told[-1, :, 5].sum().item(),
        "values": gradients.shape[1],
        "parts": statistics.mean(sum(len(parts) for parts in step) for step in steps),
        "places": statistics.mean(sum(part.places for parts in step for part in parts) for step in steps),
        "padding": 1 - sum(part.real for step in steps for parts in step for part in parts) / sum(part.places for step in steps for parts in step for part in parts),
        "losses": told[:, :, 2].sum(1).tolist(),
        "motions": told[:, :, 3].sum(1).tolist(),
        "norms": told[:, 0, 4].tolist(),
    }))


main()
