#!/usr/bin/env python3
"""Writes a CLIP ViT-L/14-336 tower (23 blocks) with a small projector, random weights, as GGUF for llama.cpp's clip.cpp.

Usage: clip_gguf.py LLAMA_CPP_DIRECTORY OUTPUT.gguf [f16|q8_0]
"""
import sys
import types

import numpy

# gguf imports these for vocabularies and progress bars, neither of which is used here.
sys.modules.setdefault("sentencepiece", types.SimpleNamespace(SentencePieceProcessor=None))
sys.modules.setdefault("tqdm", types.SimpleNamespace(tqdm=None))
sys.path.insert(0, sys.argv[1] + "/gguf-py")
import gguf  # noqa: E402

WIDTH, INNER, BLOCKS, HEADS, IMAGE, PATCH = 1024, 4096, 23, 16, 336, 14
PROJECTED = 256
POSITIONS = (IMAGE // PATCH) ** 2 + 1
FORMAT = sys.argv[3] if len(sys.argv) > 3 else "f16"

random = numpy.random.default_rng(1)
writer = gguf.GGUFWriter(sys.argv[2], "clip")
writer.add_bool("clip.has_text_encoder", False)
writer.add_bool("clip.has_vision_encoder", True)
writer.add_bool("clip.has_llava_projector", True)
writer.add_file_type(1)
writer.add_string("clip.projector_type", "mlp")
writer.add_bool("clip.use_gelu", False)
writer.add_uint32("clip.vision.embedding_length", WIDTH)
writer.add_uint32("clip.vision.feed_forward_length", INNER)
writer.add_uint32("clip.vision.block_count", BLOCKS)
writer.add_uint32("clip.vision.attention.head_count", HEADS)
writer.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-5)
writer.add_uint32("clip.vision.image_size", IMAGE)
writer.add_uint32("clip.vision.patch_size", PATCH)
writer.add_uint32("clip.vision.projection_dim", 768)
writer.add_array("clip.vision.image_mean", [0.48145466, 0.4578275, 0.40821073])
writer.add_array("clip.vision.image_std", [0.26862954, 0.26130258, 0.27577711])


def matrix(name, rows, columns):
    values = random.standard_normal((rows, columns), dtype=numpy.float32) / numpy.sqrt(columns)
    if FORMAT == "q8_0":
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)
    else:
        writer.add_tensor(name, values.astype(numpy.float16))


def vector(name, length, value=0.0):
    writer.add_tensor(name, numpy.full(length, value, dtype=numpy.float32))


def norm(name):
    vector(name + ".weight", WIDTH, 1.0)
    vector(name + ".bias", WIDTH)


def linear(name, outputs, inputs):
    matrix(name + ".weight", outputs, inputs)
    vector(name + ".bias", outputs)


vector("v.class_embd", WIDTH, 0.1)
writer.add_tensor("v.patch_embd.weight", (random.standard_normal((WIDTH, 3, PATCH, PATCH), dtype=numpy.float32) / 24).astype(numpy.float16))
writer.add_tensor("v.position_embd.weight", (random.standard_normal((POSITIONS, WIDTH), dtype=numpy.float32) / 10).astype(numpy.float16))
norm("v.pre_ln")
for block in range(BLOCKS):
    prefix = f"v.blk.{block}."
    norm(prefix + "ln1")
    norm(prefix + "ln2")
    for part in ("attn_q", "attn_k", "attn_v", "attn_out"):
        linear(prefix + part, WIDTH, WIDTH)
    linear(prefix + "ffn_down", INNER, WIDTH)  # clip.cpp's names are the other way round
    linear(prefix + "ffn_up", WIDTH, INNER)
linear("mm.0", PROJECTED, WIDTH)
linear("mm.2", PROJECTED, PROJECTED)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
