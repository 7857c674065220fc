#!/usr/bin/env python3
"""Writes a llama-type decoder with random weights as GGUF in f16, for llama.cpp's llama-bench: the shape of `kinora bench language`.

Usage: decoder_gguf.py LLAMA_CPP_DIRECTORY OUTPUT.gguf
"""
import sys
import types

import numpy

# gguf imports these for vocabularies and progress bars, neither of which is used here.
sys.modules.setdefault("sentencepiece", types.SimpleNamespace(SentencePieceProcessor=None))
sys.modules.setdefault("tqdm", types.SimpleNamespace(tqdm=None))
sys.path.insert(0, sys.argv[1] + "/gguf-py")
import gguf  # noqa: E402

HIDDEN, LAYERS, INNER, HEADS, KEY_HEADS, VOCABULARY = 2048, 16, 8192, 32, 8, 32000
HEAD_SIZE = HIDDEN // HEADS

random = numpy.random.default_rng(1)
writer = gguf.GGUFWriter(sys.argv[2], "llama")
writer.add_context_length(4096)
writer.add_embedding_length(HIDDEN)
writer.add_block_count(LAYERS)
writer.add_feed_forward_length(INNER)
writer.add_head_count(HEADS)
writer.add_head_count_kv(KEY_HEADS)
writer.add_rope_dimension_count(HEAD_SIZE)
writer.add_layer_norm_rms_eps(1e-5)
writer.add_vocab_size(VOCABULARY)
writer.add_file_type(1)
writer.add_tokenizer_model("no_vocab")


def matrix(name, rows, columns):
    values = random.standard_normal((rows, columns), dtype=numpy.float32) / numpy.sqrt(columns)
    writer.add_tensor(name, values.astype(numpy.float16))


def norm(name):
    writer.add_tensor(name, numpy.ones(HIDDEN, dtype=numpy.float32))


matrix("token_embd.weight", VOCABULARY, HIDDEN)
matrix("output.weight", VOCABULARY, HIDDEN)
norm("output_norm.weight")
for layer in range(LAYERS):
    prefix = f"blk.{layer}."
    norm(prefix + "attn_norm.weight")
    norm(prefix + "ffn_norm.weight")
    matrix(prefix + "attn_q.weight", HIDDEN, HIDDEN)
    matrix(prefix + "attn_k.weight", KEY_HEADS * HEAD_SIZE, HIDDEN)
    matrix(prefix + "attn_v.weight", KEY_HEADS * HEAD_SIZE, HIDDEN)
    matrix(prefix + "attn_output.weight", HIDDEN, HIDDEN)
    matrix(prefix + "ffn_gate.weight", INNER, HIDDEN)
    matrix(prefix + "ffn_up.weight", INNER, HIDDEN)
    matrix(prefix + "ffn_down.weight", HIDDEN, INNER)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
