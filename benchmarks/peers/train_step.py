#!/usr/bin/env python3
"""Times training steps of a Tarsier-shaped model in PyTorch: train_step.py DIR THREADS STEPS [eager|fused] [all|learned]

DIR is what `Kinora.Benchmarks -- training-data` wrote. eager spells attention out (matmul, softmax, matmul), fused calls PyTorch's
scaled_dot_product_attention. all computes the logits of every position and lets the loss ignore what has no label; learned takes the
rows that have one first, as Kinora does. Prints one line of JSON; the losses are to agree with Kinora's.
"""
import json
import math
import pathlib
import resource
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

from torch_parts import RmsNorm, VisionBlock, join, read, rotate, split

DIRECTORY = pathlib.Path(sys.argv[1])
STEPS = int(sys.argv[3])
FUSED = sys.argv[4:5] == ["fused"]
LEARNED = sys.argv[5:6] == ["learned"]
WARM_UP = 2
torch.set_num_threads(int(sys.argv[2]))


def attend(q, k, v, allowed):
    if FUSED:
        if hasattr(F, "scaled_dot_product_attention"):
            return F.scaled_dot_product_attention(q, k, v, attn_mask=allowed)
        return F._scaled_dot_product_attention(q, k, v, attn_mask=allowed)[0]
    scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[-1])
    if allowed is not None:
        scores = scores.masked_fill(~allowed, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v


class TextBlock(nn.Module):
    def __init__(self, width, inner, heads, epsilon):
        super().__init__()
        self.heads = heads
        self.input_layernorm, self.post_attention_layernorm = RmsNorm(width, epsilon), RmsNorm(width, epsilon)
        self.self_attn = nn.ModuleDict({name: nn.Linear(width, width, bias=False) for name in ("q_proj", "k_proj", "v_proj", "o_proj")})
        self.mlp = nn.ModuleDict({"gate_proj": nn.Linear(width, inner, bias=False), "up_proj": nn.Linear(width, inner, bias=False), "down_proj": nn.Linear(inner, width, bias=False)})

    def forward(self, x, allowed, cosines, sines):
        h, a = self.input_layernorm(x), self.self_attn
        q, k = (rotate(split(a[name](h), self.heads), cosines, sines) for name in ("q_proj", "k_proj"))
        x = x + a["o_proj"](join(attend(q, k, split(a["v_proj"](h), self.heads), allowed)))
        h, m = self.post_attention_layernorm(x), self.mlp
        return x + m["down_proj"](F.silu(m["gate_proj"](h)) * m["up_proj"](h))


class Model(nn.Module):
    def __init__(self, config):
        super().__init__()
        vision, text = config["vision_config"], config["text_config"]
        width, hidden, patch = vision["hidden_size"], text["hidden_size"], vision["patch_size"]
        self.grid, self.head_size, self.config = vision["image_size"] // patch, hidden // text["num_attention_heads"], config
        self.class_embedding = nn.Parameter(torch.zeros(width))
        self.patch_embedding = nn.Conv2d(3, width, patch, patch, bias=False)
        self.positions = nn.Parameter(torch.zeros(self.grid**2 + 1, width))
        self.pre_norm = nn.LayerNorm(width)
        self.tower = nn.ModuleList(VisionBlock(width, vision["intermediate_size"], vision["num_attention_heads"], attend) for _ in range(vision["num_hidden_layers"] - 1))
        self.linear_1, self.linear_2 = nn.Linear(width, hidden), nn.Linear(hidden, hidden)
        self.embed_tokens = nn.Embedding(text["vocab_size"], hidden)
        self.layers = nn.ModuleList(TextBlock(hidden, text["intermediate_size"], text["num_attention_heads"], text["rms_norm_eps"]) for _ in range(text["num_hidden_layers"]))
        self.norm = RmsNorm(hidden, text["rms_norm_eps"])
        self.lm_head = nn.Linear(hidden, text["vocab_size"], bias=False)

    def load(self, tensors):
        places = {
            "class_embedding": "vision_tower.vision_model.embeddings.class_embedding",
            "patch_embedding": "vision_tower.vision_model.embeddings.patch_embedding",
            "positions": "vision_tower.vision_model.embeddings.position_embedding.weight",
            "pre_norm": "vision_tower.vision_model.pre_layrnorm",
            "tower": "vision_tower.vision_model.encoder.layers",
            "linear_1": "multi_modal_projector.linear_1",
            "linear_2": "multi_modal_projector.linear_2",
            "lm_head": "language_model.lm_head",
        }
        for name, parameter in self.named_parameters():
            part = name.split(".")[0]
            parameter.data.copy_(tensors.pop(places.get(part, f"language_model.model.{part}") + name[len(part):]))
        assert not tensors, tensors.keys()

    def forward(self, pixels, ids, pictures, allowed, cosines, sines, rows):
        x = self.patch_embedding(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_embedding.expand(x.shape[0], 1, -1), x], dim=1) + self.positions
        x = self.pre_norm(x)
        for block in self.tower:
            x = block(x)
        x = self.linear_2(F.gelu(self.linear_1(x[:, 1:])))
        y = self.embed_tokens(ids)
        y = y.masked_scatter(pictures.unsqueeze(-1), x)
        for layer in self.layers:
            y = layer(y, allowed, cosines, sines)
        if rows is not None:
            y = y.flatten(0, 1)[rows]
        return self.lm_head(self.norm(y))


def merge(config, batch, grid):
    """Padded rows of ids in which every picture takes its places: -1 where a patch's features go, its row ends and its own end between them."""
    picture = ([-1] * grid + [config["image_newline_idx"]]) * grid + [config["image_new_idx"]]
    rows, first = [], 0
    for length in batch["lengths"].tolist():
        ids, labels = [], []
        for token, label in zip(batch["ids"][first:first + length].tolist(), batch["labels"][first:first + length].tolist()):
            there = picture if token == config["image_token_index"] else [token]
            ids += there
            labels += [-100] * (len(there) - 1) + [label]
        rows.append((ids, labels))
        first += length
    longest = max(len(ids) for ids, _ in rows)
    pad = lambda values, filler: values + [filler] * (longest - len(values))
    ids, labels = (torch.tensor([pad(row[part], filler) for row in rows]) for part, filler in ((0, 0), (1, -100)))
    return ids, labels, torch.tensor([len(row[0]) for row in rows])


def main():
    config = json.loads((DIRECTORY / "config.json").read_text())
    batch = read(DIRECTORY / "batch.safetensors")
    model = Model(config)
    model.load(read(DIRECTORY / "model.safetensors"))
    ids, labels, lengths = merge(config, batch, model.grid)
    pictures = ids == -1
    ids = ids.clamp(min=0)
    length = ids.shape[1]
    position = torch.arange(length)
    # Padding lies behind: whatever looks back from a real token sees none of it.
    allowed = (position[:, None] >= position[None, :])[None, None]
    angles = position[:, None] * (10000.0 ** (-torch.arange(0, model.head_size, 2) / model.head_size))[None]
    cosines, sines = torch.cat([angles.cos()] * 2, -1), torch.cat([angles.sin()] * 2, -1)
    targets = torch.cat([labels[:, 1:], torch.full_like(labels[:, :1], -100)], 1).flatten()
    rows = torch.nonzero(targets != -100).flatten() if LEARNED else None
    targets = targets[rows] if LEARNED else targets
    decayed = [p for p in model.parameters() if p.dim() > 1]
    plain = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}], lr=1e-4, betas=(0.9, 0.999), eps=1e-8)
    seconds, processor, losses, norms = [], [], [], []
    for _ in range(WARM_UP + STEPS):
        start, used = time.perf_counter(), time.process_time()
        optimizer.zero_grad(set_to_none=True)
        logits = model(batch["pixel_values"], ids, pictures, allowed, cosines, sines, rows)
        loss = F.cross_entropy(logits.flatten(0, -2), targets, ignore_index=-100)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0).item())
        optimizer.step()
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
        losses.append(loss.item())
    median = statistics.median(seconds[WARM_UP:])
    print(json.dumps({
        "seconds": median,
        "processorSeconds": statistics.median(processor[WARM_UP:]),
        "tokensPerSecond": int(lengths.sum()) / median,
        "peakBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "values": sum(p.numel() for p in model.parameters()),
        "losses": losses,
        "norms": norms,
    }))


main()
