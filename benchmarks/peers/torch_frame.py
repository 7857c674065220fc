#!/usr/bin/env python3
"""Times a CLIP ViT-L/14-336 tower (23 blocks, random float32 weights) in PyTorch: torch_frame.py THREADS ROUNDS [FRAMES]"""
import json
import statistics
import sys
import time

import torch

WIDTH, INNER, BLOCKS, HEADS, IMAGE, PATCH = 1024, 4096, 23, 16, 336, 14
FRAMES = int(sys.argv[3]) if len(sys.argv) > 3 else 1
torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = torch.nn.LayerNorm(WIDTH), torch.nn.LayerNorm(WIDTH)
        self.query, self.key, self.value, self.out = (torch.nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = torch.nn.Linear(WIDTH, INNER), torch.nn.Linear(INNER, WIDTH)

    def forward(self, x):
        h = self.norm1(x)
        split = lambda t: t.view(t.shape[0], t.shape[1], HEADS, WIDTH // HEADS).transpose(1, 2)
        q, k, v = split(self.query(h)), split(self.key(h)), split(self.value(h))
        weights = torch.softmax(q @ k.transpose(2, 3) * (WIDTH // HEADS) ** -0.5, dim=-1)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(x.shape))
        h = self.up(self.norm2(x))
        return x + self.down(h * torch.sigmoid(1.702 * h))


with torch.inference_mode():
    patches = torch.nn.Conv2d(3, WIDTH, PATCH, PATCH, bias=False)
    positions = torch.randn((IMAGE // PATCH) ** 2 + 1, WIDTH)
    first, norm = torch.randn(WIDTH), torch.nn.LayerNorm(WIDTH)
    blocks = torch.nn.Sequential(*(Block() for _ in range(BLOCKS)))
    pixels = torch.zeros(FRAMES, 3, IMAGE, IMAGE)
    times = []
    for _ in range(int(sys.argv[2]) + 1):
        start = time.perf_counter()
        x = patches(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([first.expand(FRAMES, 1, WIDTH), x], dim=1) + positions
        blocks(norm(x))
        times.append(time.perf_counter() - start)
    print(json.dumps({"seconds": statistics.median(times[1:]) / FRAMES}))
