"""Who learns how fast, and when: groups of parameters, warm-up and decay."""

from __future__ import annotations

import torch
from torch import nn

from models.config import ScheduleConfig


def parameter_groups(
    trained: nn.Module, fresh: set[str], schedule: ScheduleConfig
) -> list[dict[str, object]]:
    """Pretrained and fresh parameters have their own rates; norms and biases do not decay."""
    groups: dict[tuple[bool, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in trained.named_parameters():
        is_fresh = name in fresh or not name.startswith("model.encoder.")
        decays = parameter.ndim > 1
        groups.setdefault((is_fresh, decays), []).append(parameter)
    return [
        {
            "params": parameters,
            "lr": schedule.fresh_rate if is_fresh else schedule.encoder_rate,
            "weight_decay": schedule.weight_decay if decays else 0.0,
        }
        for (is_fresh, decays), parameters in groups.items()
    ]


def base_rates(optimiser: torch.optim.Optimizer) -> list[float]:
    """The groups' rates at full height; a resumed optimiser holds scaled ones."""
    for group in optimiser.param_groups:
        group.setdefault("base_lr", group["lr"])
    return [float(group["base_lr"]) for group in optimiser.param_groups]


def rate_factor(step: int, schedule: ScheduleConfig) -> float:
    """Linear warm-up, then linear decay to zero."""
    n_warm = max(int(schedule.warm_up * schedule.n_steps), 1)
    if step < n_warm:
        return (step + 1) / n_warm
    return (schedule.n_steps - step) / max(schedule.n_steps - n_warm, 1)


def set_rates(optimiser: torch.optim.Optimizer, rates: list[float], factor: float) -> None:
    """Give each group its share of the rate that it has at full height."""
    for group, rate in zip(optimiser.param_groups, rates, strict=True):
        group["lr"] = rate * factor
