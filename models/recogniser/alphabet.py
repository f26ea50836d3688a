"""The characters that a recogniser knows, and the last layer that gives each its score."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from models.hangul import syllables
from models.recogniser.onnx_network import OnnxNetwork

LATIN = "".join(chr(code) for code in range(33, 127))
MARKS = "₩￦€£¥·※★☆○●□■△▲▶→~°℃㎡㎏㈜×÷±“”‘’…–—「」【】《》㎖ℓ㎝㎜㎥☎✔✓①②③④⑤"  # noqa: RUF001 - as printed
"""Beyond ASCII, what Korean receipts, cards and forms print often."""


def korean_characters() -> tuple[str, ...]:
    """Every character of Korean documents but the space, each once."""
    return tuple(dict.fromkeys([*LATIN, *MARKS, *syllables()]))


def alphabet(network: OnnxNetwork) -> tuple[str, ...]:
    """The network's classes: blank first, the space last, as PaddleOCR orders them."""
    return ("", *network.metadata["character"].removesuffix("\n").split("\n"), " ")


def network_with(path: Path, listed: Sequence[str] | None) -> OnnxNetwork:
    """A recogniser whose last layer knows other characters; those that it knew keep their weights.

    Args:
        path: of an ONNX recogniser that carries its characters.
        listed: the new characters, blank and space aside; None leaves all as it is.
    """
    network = OnnxNetwork(path)
    if listed is None:
        return network
    places = {char: number for number, char in enumerate(alphabet(network))}
    wanted = ("", *listed, " ")
    weight_name, bias_name = network.head
    old_weight = network.weight(weight_name).detach()  # [D, C]
    old_bias = network.weight(bias_name).detach()  # [C]
    weight = torch.randn(old_weight.shape[0], len(wanted)) * old_weight.std()
    bias = torch.full((len(wanted),), float(old_bias.mean()))
    for number, char in enumerate(wanted):
        if char in places:
            weight[:, number] = old_weight[:, places[char]]
            bias[number] = old_bias[places[char]]
    network.replace(weight_name, weight)
    network.replace(bias_name, bias)
    network.metadata = {"character": "\n".join(listed)}
    return network


def only_learn(network: OnnxNetwork, characters: frozenset[str]) -> None:
    """Keep the last layer's weights of all other characters as they are.

    Lines that show a few of its characters would teach it that the others do not exist.
    """
    known = alphabet(network)
    learns = torch.tensor([char in characters for char in known], dtype=torch.float32)  # [C]

    def masked(gradient: Tensor) -> Tensor:
        return gradient * learns.to(gradient.dtype)

    for name in network.head:
        network.weight(name).register_hook(masked)
