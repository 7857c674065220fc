"""The samples of a step as PyTorch takes them: a table of prefixes, which are the frames, and behind it one of texts, both padded to their longest, with masks."""
import torch


class Sample:
    def __init__(self, frames, prefix, texts, moves, motion):
        self.frames, self.prefix, self.texts, self.moves, self.motion = frames, prefix, texts, moves, motion

    def alone(self):
        """The same with each text behind frames of its own; what moves counts once."""
        still = torch.zeros_like(self.moves)
        return [Sample(self.frames, self.prefix, [text], still if number else self.moves, self.motion) for number, text in enumerate(self.texts)]


def samples_of(step, config, grid):
    """What Kinora wrote of a step, with a frame's places instead of its placeholder: -1 for a patch, then the row's end and the frame's."""
    picture = ([-1] * grid + [config["image_newline_idx"]]) * grid + [config["image_new_idx"]]
    take = {name: iter(step[name].tolist()) for name in ("prefix_ids", "ids", "labels", "lengths", "weights")}
    some = lambda name, count: [next(take[name]) for _ in range(count)]
    samples, first = [], 0
    for length, branches in zip(step["prefix_lengths"].tolist(), step["branches"].tolist()):
        ids = some("prefix_ids", length)
        end = first + ids.count(config["image_token_index"])
        prefix = [place for token in ids for place in (picture if token == config["image_token_index"] else [token])]
        texts = [(some("ids", tokens), some("labels", tokens), next(take["weights"])) for tokens in some("lengths", branches)]
        patches = slice(first * grid**2, end * grid**2)
        samples.append(Sample(step["pixels"][first:end], prefix, texts, step["moves"][patches] > 0, step["motion"][patches]))
        first = end
    return samples


def length(sample):
    return sum(len(ids) for ids, _, _ in sample.texts)


def cut(samples, most):
    """Parts of at most so many places, padding counted, with as little padding as there can be; a part costs about as much as a hundred places by itself."""
    samples = sorted(samples, key=lambda sample: (len(sample.prefix), length(sample)))
    best = [(0, 0)]
    for end in range(1, len(samples) + 1):
        ways = []
        for first in range(end):
            places = (end - first) * (max(len(s.prefix) for s in samples[first:end]) + max(length(s) for s in samples[first:end]))
            if places <= most or first == end - 1:
                ways.append((best[first][0] + places + 100, first))
        best.append(min(ways))
    parts, end = [], len(samples)
    while end:
        parts.append(samples[best[end][1]:end])
        end = best[end][1]
    return parts


class Part:
    def __init__(self, samples, total_weight, total_moving, heads, groups, head_size, theta):
        count, prefix, text = len(samples), max(len(s.prefix) for s in samples), max(length(s) for s in samples)
        self.prefix, self.places = prefix, count * (prefix + text)
        self.pixels = torch.cat([s.frames for s in samples])
        ids, position = torch.zeros(count, prefix + text, dtype=torch.long), torch.zeros(count, prefix + text)
        branch, seen = torch.full((count, text), -1), torch.zeros(count, text, prefix + text, dtype=torch.bool)
        rows, targets, factors, motion_rows, motion = [], [], [], [], []
        for number, sample in enumerate(samples):
            before = len(sample.prefix)
            ids[number, :before], position[number, :before] = torch.tensor(sample.prefix), torch.arange(before, dtype=torch.float)
            seen[number, :, :before] = True
            at = 0
            for which, (tokens, labels, weight) in enumerate(sample.texts):
                end = at + len(tokens)
                ids[number, prefix + at:prefix + end] = torch.tensor(tokens)
                position[number, prefix + at:prefix + end] = torch.arange(before, before + len(tokens), dtype=torch.float)
                branch[number, at:end] = which
                for place, label in enumerate(labels):
                    if label != -100:
                        rows.append(number * text + at + place - 1)
                        targets.append(label)
                        factors.append(weight / total_weight)
                at = end
            patches = number * (prefix + text) + (torch.tensor(sample.prefix) == -1).nonzero().flatten()
            motion_rows.append(patches[sample.moves])
            motion.append(sample.motion[sample.moves])
        behind = torch.arange(text)
        seen[:, :, prefix:] = (branch[:, :, None] == branch[:, None, :]) & (behind[:, None] >= behind[None, :])
        self.patches, self.ids = (ids == -1).unsqueeze(-1), ids.clamp(min=0)
        angles = position[:, None, :, None] * theta ** (-torch.arange(0, head_size, 2) / head_size)
        self.cosines, self.sines = torch.cat([angles.cos()] * 2, -1), torch.cat([angles.sin()] * 2, -1)
        # Added to the scores. Query heads that share keys lie one behind the other: [samples * groups, queries, keys].
        bias = lambda allowed: torch.zeros(allowed.shape).masked_fill(~allowed, float("-inf"))
        ahead = torch.arange(prefix)
        self.prefix_bias, self.text_bias = bias(ahead[:, None] >= ahead[None, :]), bias(seen)
        self.folded_prefix_bias = self.prefix_bias.repeat(heads // groups, 1)
        self.folded_text_bias = self.text_bias.repeat_interleave(groups, 0).repeat(1, heads // groups, 1)
        self.rows, self.targets, self.factors = torch.tensor(rows), torch.tensor(targets), torch.tensor(factors)
        self.motion_rows, self.motion, self.motion_factor = torch.cat(motion_rows), torch.cat(motion), 1 / max(1, total_moving)
        self.real = sum(len(s.prefix) + length(s) for s in samples)


def parts_of(samples, workers, most, *shape):
    """The parts of each worker; all have about the same."""
    weight = sum(w * sum(label != -100 for label in labels) for s in samples for _, labels, w in s.texts)
    moving = sum(int(s.moves.sum()) for s in samples)
    ordered = sorted(samples, key=lambda sample: (len(sample.prefix), length(sample)))
    return [[Part(part, weight, moving, *shape) for part in cut(ordered[worker::workers], most)] for worker in range(workers)]
