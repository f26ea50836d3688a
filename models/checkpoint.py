"""Where a run stands, as one safetensors file: weights, the optimiser's moments, the step."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

CHECKPOINT = "checkpoint.safetensors"


def save_checkpoint(
    path: Path, model: torch.nn.Module, optimiser: torch.optim.AdamW, step: int
) -> None:
    """Write a checkpoint so that it is there whole or not at all."""
    tensors = {f"model/{name}": tensor for name, tensor in model.state_dict().items()}
    for number, moments in optimiser.state_dict()["state"].items():
        for name, tensor in moments.items():
            tensors[f"optimiser/{number}/{name}"] = tensor
    tensors["step"] = torch.tensor(step)
    partial = path.with_suffix(".part")
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, partial)
    partial.replace(path)


def load_checkpoint(path: Path, model: torch.nn.Module, optimiser: torch.optim.AdamW) -> int:
    """Put a model and its optimiser where a checkpoint stands.

    The groups' rates are not kept: they follow from the step.

    Returns:
        The step.
    """
    tensors = load_file(path, device=str(next(model.parameters()).device))
    step = int(tensors.pop("step"))
    weights: dict[str, torch.Tensor] = {}
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        kind, rest = name.split("/", 1)
        if kind == "model":
            weights[rest] = tensor
        else:
            number, moment = rest.split("/")
            moments.setdefault(int(number), {})[moment] = tensor
    model.load_state_dict(weights)
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": moments, "param_groups": groups})
    return step
