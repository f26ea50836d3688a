"""The recogniser's ONNX graph run and changed by torch is the one that ONNX Runtime runs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from click.testing import CliRunner

from models.recogniser.alphabet import alphabet, network_with, only_learn
from models.recogniser.command import train_recogniser_command
from models.recogniser.lines import Line
from models.recogniser.onnx_network import OnnxNetwork
from models.recogniser.recipes import korean
from models.recogniser.train import Recipe, RecogniserSchedule, Trainer, train_recogniser
from ocr.engines.model_files import RELEASED_KOREAN, WHEEL_RECOGNISER, wheel_model
from ocr.engines.recogniser import TextRecogniser
from ocr.errors import SetupError

LISTED = ("A", "1", "가", "나")


def test_torch_computes_what_onnx_runtime_computes() -> None:
    path = wheel_model(WHEEL_RECOGNISER)
    lines = torch.rand(2, 3, 48, 96) * 2 - 1
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    wanted = session.run(None, {session.get_inputs()[0].name: lines.numpy()})[0]
    with torch.inference_mode():
        found = OnnxNetwork(path)(lines).softmax(dim=-1).numpy()
    assert np.abs(found - wanted).max() < 1e-4


def test_other_characters_keep_the_weights_of_those_that_were_known(tmp_path: Path) -> None:
    network = network_with(wheel_model(WHEEL_RECOGNISER), LISTED)
    path = tmp_path / "model.onnx"
    onnx.save(network.to_onnx({"character": "\n".join(LISTED)}), str(path))
    lines = torch.rand(1, 3, 48, 64) * 2 - 1
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run(None, {session.get_inputs()[0].name: lines.numpy()})[0]
    with torch.inference_mode():
        wanted = network(lines).softmax(dim=-1).numpy()
    assert found.shape == (1, 8, len(LISTED) + 2)
    assert np.abs(found - wanted).max() < 1e-4
    TextRecogniser(session, n_threads=1, batch_size=1).recognise([np.zeros((48, 64, 3), np.uint8)])


def test_frozen_layers_do_not_learn() -> None:
    network = OnnxNetwork(wheel_model(WHEEL_RECOGNISER))
    network.freeze(10)
    learning = [p for p in network.parameters() if p.requires_grad]
    assert 0 < len(learning) < len(list(network.parameters()))
    network(torch.rand(1, 3, 48, 32)).sum().backward()
    assert all(p.grad is None for p in network.parameters() if not p.requires_grad)


def test_an_operator_that_is_not_understood_is_named(tmp_path: Path) -> None:
    node = onnx.helper.make_node("Celu", ["x"], ["y"])
    value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    graph = onnx.helper.make_graph([node], "odd", [value], [value])
    path = tmp_path / "odd.onnx"
    path.write_bytes(onnx.helper.make_model(graph).SerializeToString())
    with pytest.raises(SetupError, match="Celu"):
        OnnxNetwork(path)


def shortened(recipe: Recipe, n_steps: int, *, keeping: float = 0.0) -> Recipe:
    schedule = RecogniserSchedule(
        n_steps=n_steps, batch_columns=640, pool=12, decay=0.0, keeping=keeping
    )
    return replace(recipe, schedule=schedule)


def test_training_learns_can_be_resumed_and_ends_with_a_recogniser(tmp_path: Path) -> None:
    recipe = korean(n_development=5)
    path = train_recogniser(tmp_path, shortened(recipe, 1))
    first = path.read_bytes()
    assert train_recogniser(tmp_path, shortened(recipe, 2)).read_bytes() != first
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert "가" in session.get_modelmeta().custom_metadata_map["character"]


def test_a_recogniser_that_knows_hangul_is_trained_on_from_what_it_knows() -> None:
    recipe = korean(RELEASED_KOREAN, n_development=5)
    assert recipe.schedule.rate < korean(n_development=5).schedule.rate
    known, begun = OnnxNetwork(RELEASED_KOREAN), Trainer(shortened(recipe, 1)).network
    assert alphabet(begun) == alphabet(known)
    assert torch.equal(begun.weight(begun.head[0]), known.weight(known.head[0]))


def test_what_latin_learns_starts_from_pp_ocrs_own(tmp_path: Path) -> None:
    start = ["--start-from", str(RELEASED_KOREAN), "--run", str(tmp_path)]
    refused = CliRunner().invoke(train_recogniser_command, ["latin", *start])
    assert refused.exit_code == 2
    assert "--start-from goes with korean" in refused.output
    assert not list(tmp_path.iterdir())


def lines_to_keep(seed: int, text: str | None) -> Iterator[Line]:
    random = np.random.default_rng(seed)
    while True:
        yield Line(random.integers(0, 255, (48, 64, 3)).astype(np.uint8), text)


def own_recipe(lines: Callable[[int], Iterator[Line]]) -> Recipe:
    return Recipe(
        start=wheel_model(WHEEL_RECOGNISER),
        characters=None,
        learned=frozenset({"", " ", "A"}),
        lines=lines,
        development=list,
        schedule=RecogniserSchedule(),
    )


def test_only_the_characters_that_are_learned_change_in_the_last_layer(tmp_path: Path) -> None:
    recipe = own_recipe(lambda seed: lines_to_keep(seed, "A A"))
    train_recogniser(tmp_path, shortened(recipe, 2, keeping=1.0))
    before = OnnxNetwork(wheel_model(WHEEL_RECOGNISER))
    after = OnnxNetwork(tmp_path / "model.onnx")
    assert after.metadata == before.metadata
    changed = (after.weight(after.head[0]) != before.weight(before.head[0])).any(dim=0)
    known = alphabet(before)
    assert {known[i] for i in changed.nonzero().flatten().tolist()} == {"", " ", "A"}


def test_a_blended_result_lies_between_the_start_and_what_was_trained(tmp_path: Path) -> None:
    recipe = shortened(own_recipe(lambda seed: lines_to_keep(seed, "A A")), 2, keeping=1.0)
    for share in (0.25, 1.0):
        schedule = replace(recipe.schedule, blend=share)
        train_recogniser(tmp_path / str(share), replace(recipe, schedule=schedule))
    start, quarter, whole = (
        OnnxNetwork(path).weight(OnnxNetwork(path).head[0]).detach()
        for path in (recipe.start, tmp_path / "0.25/model.onnx", tmp_path / "1.0/model.onnx")
    )
    assert (whole - start).abs().max() > 0
    assert torch.allclose(quarter, start + 0.25 * (whole - start), atol=1e-6)


def test_a_handicap_is_taken_off_one_characters_score() -> None:
    recipe = replace(own_recipe(lambda seed: lines_to_keep(seed, None)), handicaps={"A": 1.5})
    trainer = Trainer(shortened(recipe, 1, keeping=1.0))
    name = trainer.network.head[1]
    apart = trainer.network.weight(name) - trainer.result().weight(name)
    expected = torch.tensor([1.5 * (char == "A") for char in alphabet(trainer.network)])
    assert torch.allclose(apart, expected, atol=1e-6)


def test_what_is_read_as_before_teaches_nothing() -> None:
    recipe = shortened(own_recipe(lambda seed: lines_to_keep(seed, None)), 1, keeping=1.0)
    trainer = Trainer(recipe)
    assert trainer.step(list(itertools.islice(recipe.lines(0), 3)), 1.0) == pytest.approx(
        0, abs=0.01
    )


def test_gradients_of_other_characters_are_stopped() -> None:
    network = OnnxNetwork(wheel_model(WHEEL_RECOGNISER))
    only_learn(network, frozenset("A"))
    network(torch.rand(1, 3, 48, 32)).square().sum().backward()
    gradient = network.weight(network.head[0]).grad
    assert gradient is not None
    place = alphabet(network).index("A")
    assert gradient[:, place].abs().sum() > 0
    assert gradient[:, place + 1].abs().sum() == 0
