"""Backward passes written by hand give what autograd gives."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from models.attention import attend, attend_in_training
from models.network import NetworkConfig
from models.word_guess import WordGuess


@pytest.mark.parametrize("n_padded", [0, 3])
def test_attention_has_the_values_and_gradients_of_the_plain_one(n_padded: int) -> None:
    torch.manual_seed(0)
    query, key = (torch.randn(2, 3, 7, 12, dtype=torch.double, requires_grad=True) for _ in "qk")
    value = torch.randn(2, 3, 7, 4, dtype=torch.double, requires_grad=True)
    bias = torch.zeros(2, 1, 1, 7, dtype=torch.double)
    bias[..., 7 - n_padded :] = -1e4
    incoming = torch.randn(2, 3, 7, 4, dtype=torch.double)

    plain, quick = (way(query, key, value, bias, scale=0.5) for way in (attend, attend_in_training))

    torch.testing.assert_close(quick, plain)
    inputs = (query, key, value)
    torch.testing.assert_close(
        torch.autograd.grad(quick, inputs, incoming), torch.autograd.grad(plain, inputs, incoming)
    )


def test_attention_keeps_the_precision_of_its_query() -> None:
    query, key, value = (torch.randn(1, 2, 5, 4) for _ in range(3))
    bias = torch.zeros(1, 1, 1, 5)
    assert attend_in_training(query.bfloat16(), key, value, bias, scale=0.5).dtype == torch.bfloat16


def test_the_guess_has_the_loss_and_gradients_of_cross_entropy() -> None:
    torch.manual_seed(0)
    head = WordGuess(NetworkConfig(vocab_size=50, hidden_size=8)).double()
    words = torch.randn(50, 8, dtype=torch.double, requires_grad=True)
    hidden = torch.randn(2, 6, 8, dtype=torch.double, requires_grad=True)
    guesses = torch.full((2, 6), -100)
    guesses[0, 2], guesses[1, 4], guesses[1, 5] = 7, 49, 7

    loss = 3.0 * head(hidden, words, guesses)
    vectors = head.norm(functional.gelu(head.transform(hidden[guesses >= 0])))
    plain = 3.0 * functional.cross_entropy(
        functional.linear(vectors, words, head.bias), guesses[guesses >= 0]
    )

    torch.testing.assert_close(loss, plain)
    inputs = (words, hidden, head.bias, head.transform.weight)
    torch.testing.assert_close(
        torch.autograd.grad(loss, inputs), torch.autograd.grad(plain, inputs)
    )


def test_nothing_hidden_is_nothing_to_guess() -> None:
    head = WordGuess(NetworkConfig(vocab_size=50, hidden_size=8))
    loss = head(torch.randn(1, 3, 8), torch.randn(50, 8), torch.full((1, 3), -100))
    assert loss.item() == 0.0
