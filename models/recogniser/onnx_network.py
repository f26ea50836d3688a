"""A recogniser's ONNX graph as a network that torch can train, and back.

PP-OCR's recognisers are published as ONNX. Their graphs use few operators, each of which torch has
under another name; so the graph itself is run, node by node, with its weights as parameters, and
training ends by writing these back into the same graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from ocr.errors import SetupError

MIN_WEIGHTS = 8
"""Smaller float tensors of a graph are constants of its arithmetic, not weights."""
Attributes = Mapping[str, object]


class OnnxNetwork(nn.Module):
    """Runs an ONNX graph of one input and one output.

    Args:
        path: of the model.

    Raises:
        SetupError: the graph has an operator that is not understood.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.model = onnx.load(str(path))
        self.metadata = {entry.key: entry.value for entry in self.model.metadata_props}
        graph = self.model.graph
        unknown = {node.op_type for node in graph.node} - set(OPERATORS)
        if unknown:
            raise SetupError(f"{path.name}: cannot train operators {', '.join(sorted(unknown))}")
        self._statistics = {
            name for node in graph.node if node.op_type == "BatchNormalization"
            for name in node.input[3:5]
        }  # fmt: skip
        self.weights = nn.ParameterDict()
        self._names: dict[str, str] = {}
        for tensor in graph.initializer:
            array = numpy_helper.to_array(tensor).copy()
            if self._is_weight(tensor.name, array):
                key = tensor.name.replace(".", "_")
                self._names[tensor.name] = key
                self.weights[key] = nn.Parameter(torch.from_numpy(array))
            else:
                self.register_buffer(_buffer(tensor.name), torch.from_numpy(array))
        self._constants = [t.name for t in graph.initializer if t.name not in self._names]
        self._steps = _steps(graph.node)
        self._n_frozen = 0

    def _is_weight(self, name: str, array: npt.NDArray[np.generic]) -> bool:
        is_large = array.size >= MIN_WEIGHTS and name not in self._statistics
        return array.dtype == np.float32 and is_large

    def forward(self, images: Tensor) -> Tensor:
        """Run the graph on float32 [N, 3, 48, W]; gives what its last node but a softmax gives."""
        values: dict[str, Tensor] = {self.model.graph.input[0].name: images}
        values.update({name: self.weights[key] for name, key in self._names.items()})
        values.update({name: self.get_buffer(_buffer(name)) for name in self._constants})
        learns = torch.is_grad_enabled()
        for number, step in enumerate(self._steps):
            with torch.set_grad_enabled(learns and number >= self._n_frozen):
                inputs = [values[name] for name in step.inputs]
                values[step.output] = OPERATORS[step.operator](inputs, step.attributes)
        return values[self._steps[-1].output]

    def freeze(self, n_convolutions: int) -> None:
        """Leave everything up to the first so many convolutions as it is."""
        places = [i for i, step in enumerate(self._steps) if step.operator == "Conv"]
        self._n_frozen = places[n_convolutions] if n_convolutions else 0
        for step in self._steps[: self._n_frozen]:
            for name in step.inputs:
                if name in self._names:
                    self.weight(name).requires_grad = False

    @property
    def head(self) -> tuple[str, str]:
        """Names of the last layer's weight [D, C] and bias [C]."""
        steps = [step for step in self._steps if set(step.inputs) & set(self._names)]
        weight, bias = (
            next(name for name in step.inputs if name in self._names) for step in steps[-2:]
        )
        return weight, bias

    def replace(self, name: str, value: Tensor) -> None:
        """Put another tensor, maybe of another shape, in a weight's place."""
        self.weights[self._names[name]] = nn.Parameter(value)

    def weight(self, name: str) -> nn.Parameter:
        """A weight by its name in the graph."""
        return self.weights[self._names[name]]

    def to_onnx(self, metadata: Mapping[str, str]) -> onnx.ModelProto:
        """The graph with the weights as they are now.

        Args:
            metadata: entries of the model, in place of those that it has.
        """
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        for tensor in model.graph.initializer:
            if tensor.name in self._names:
                array = self.weight(tensor.name).detach().float().cpu().numpy()
                tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
        shape = model.graph.output[0].type.tensor_type.shape
        shape.dim[-1].dim_value = self.weight(self.head[0]).shape[-1]
        del model.metadata_props[:]
        for key, value in metadata.items():
            model.metadata_props.add(key=key, value=value)
        onnx.checker.check_model(model)
        return model


def _buffer(name: str) -> str:
    return f"constant_{name.replace('.', '_')}"


@dataclass(frozen=True)
class _Step:
    """One operator to run: a node of the graph, or several that torch knows as one."""

    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: Attributes


def _steps(nodes: Sequence[onnx.NodeProto]) -> tuple[_Step, ...]:
    """The graph's nodes in order, each Gaussian error unit as one step, without a last softmax."""
    makers = {node.output[0]: node for node in nodes}
    users: dict[str, list[onnx.NodeProto]] = {}
    for node in nodes:
        for name in node.input:
            users.setdefault(name, []).append(node)
    units: dict[str, _Step] = {}
    inside: set[str] = set()
    for node in nodes:
        if node.op_type != "Erf":  # x / sqrt(2), erf, + 1, times x, times 0.5
            continue
        source = makers[node.input[0]].input[0]
        (plus,) = users[node.output[0]]
        (times,) = users[plus.output[0]]
        (half,) = users[times.output[0]]
        units[half.output[0]] = _Step("Gelu", (source,), half.output[0], {})
        inside |= {node.input[0], node.output[0], plus.output[0], times.output[0]}
    steps = [
        units.get(node.output[0])
        or _Step(node.op_type, tuple(filter(None, node.input)), node.output[0], _attributes(node))
        for node in nodes
        if node.output[0] not in inside
    ]
    return tuple(steps[:-1] if steps[-1].operator == "Softmax" else steps)


def _attributes(node: onnx.NodeProto) -> dict[str, object]:
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def _numbers(attributes: Attributes, name: str, default: Sequence[int] = ()) -> list[int]:
    found = attributes.get(name, default)
    return [int(n) for n in found] if isinstance(found, Sequence) else list(default)


def _same_upper(image: Tensor, kernel: Sequence[int], fill: float) -> Tensor:
    """Padding for a stride of one that keeps the size, the odd column behind."""
    rows, columns = (k - 1 for k in kernel)
    sides = (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2)
    return functional.pad(image, sides, value=fill)


def _conv(inputs: Sequence[Tensor], attributes: Attributes) -> Tensor:
    image, weight = inputs[:2]
    bias = inputs[2] if len(inputs) > 2 else None
    pads = _numbers(attributes, "pads", (0, 0, 0, 0))
    if attributes.get("auto_pad") == b"SAME_UPPER":
        image = _same_upper(image, _numbers(attributes, "kernel_shape"), 0.0)
    strides, dilations = _numbers(attributes, "strides"), _numbers(attributes, "dilations")
    group = attributes.get("group", 1)
    if not isinstance(group, int):
        raise SetupError("a convolution's group is no number")
    return functional.conv2d(image, weight, bias, strides, pads[:2], dilations, group)


def _max_pool(inputs: Sequence[Tensor], attributes: Attributes) -> Tensor:
    kernel = _numbers(attributes, "kernel_shape")
    padded = _same_upper(inputs[0], kernel, float("-inf"))
    return functional.max_pool2d(padded, kernel, _numbers(attributes, "strides"))


def _average_pool(inputs: Sequence[Tensor], attributes: Attributes) -> Tensor:
    kernel, strides = _numbers(attributes, "kernel_shape"), _numbers(attributes, "strides")
    return functional.avg_pool2d(inputs[0], kernel, strides)


def _batch_norm(inputs: Sequence[Tensor], attributes: Attributes) -> Tensor:
    image, scale, offset, mean, variance = inputs
    epsilon = attributes.get("epsilon", 1e-5)
    if not isinstance(epsilon, float):
        raise SetupError("a normalisation's epsilon is no number")
    return functional.batch_norm(image, mean, variance, scale, offset, eps=epsilon)


def _hard_sigmoid(inputs: Sequence[Tensor], attributes: Attributes) -> Tensor:
    slope, offset = attributes.get("alpha", 0.2), attributes.get("beta", 0.5)
    if not isinstance(slope, float) or not isinstance(offset, float):
        raise SetupError("a hard sigmoid's slope is no number")
    return (inputs[0] * slope + offset).clamp(0.0, 1.0)


def _alike(inputs: Sequence[Tensor]) -> Sequence[Tensor]:
    """Two operands in the shorter float type: a float32 bias must not make bfloat16 float32."""
    types = {tensor.dtype for tensor in inputs}
    if types == {torch.float32, torch.bfloat16}:
        return [tensor.bfloat16() for tensor in inputs]
    return inputs


def _mean(inputs: Sequence[Tensor], attributes: Attributes) -> Tensor:
    keeps = attributes.get("keepdims", 1) == 1
    return inputs[0].mean(dim=_numbers(attributes, "axes"), keepdim=keeps)


def _reshape(inputs: Sequence[Tensor], _: Attributes) -> Tensor:
    tensor, shape = inputs
    sizes = [int(n) for n in shape.reshape(-1).tolist()]
    return tensor.reshape([tensor.shape[i] if n == 0 else n for i, n in enumerate(sizes)])


def _slice(inputs: Sequence[Tensor], _: Attributes) -> Tensor:
    tensor = inputs[0]
    starts, ends = (part.tolist() for part in inputs[1:3])
    axes = inputs[3].tolist() if len(inputs) > 3 else list(range(len(starts)))
    for axis, start, end in zip(axes, starts, ends, strict=True):
        size = tensor.shape[axis]
        tensor = tensor.narrow(axis, start, min(end, size) - start)
    return tensor


def _squeeze(inputs: Sequence[Tensor], attributes: Attributes) -> Tensor:
    return inputs[0].squeeze(_numbers(attributes, "axes"))


def _unsqueeze(inputs: Sequence[Tensor], attributes: Attributes) -> Tensor:
    (axis,) = _numbers(attributes, "axes")
    return inputs[0].unsqueeze(axis)


def _softmax(inputs: Sequence[Tensor], attributes: Attributes) -> Tensor:
    axis = attributes.get("axis", -1)
    return inputs[0].softmax(dim=axis if isinstance(axis, int) else -1)


def _concat(inputs: Sequence[Tensor], attributes: Attributes) -> Tensor:
    axis = attributes.get("axis", 0)
    return torch.cat(list(inputs), dim=axis if isinstance(axis, int) else 0)


OPERATORS: Mapping[str, Callable[[Sequence[Tensor], Attributes], Tensor]] = {
    "Add": lambda x, _: torch.add(*_alike(x)),
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_norm,
    "Concat": _concat,
    "Conv": _conv,
    "Div": lambda x, _: x[0] / x[1],
    "Erf": lambda x, _: torch.erf(x[0]),
    "Gelu": lambda x, _: functional.gelu(x[0]),
    "HardSigmoid": _hard_sigmoid,
    "Identity": lambda x, _: x[0],
    "MatMul": lambda x, _: x[0] @ x[1],
    "MaxPool": _max_pool,
    "Mul": lambda x, _: torch.mul(*_alike(x)),
    "Pow": lambda x, _: x[0] ** x[1],
    "ReduceMean": _mean,
    "Relu": lambda x, _: functional.relu(x[0]),
    "Reshape": _reshape,
    "Shape": lambda x, _: torch.tensor(x[0].shape),
    "Sigmoid": lambda x, _: x[0].sigmoid(),
    "Slice": _slice,
    "Softmax": _softmax,
    "Sqrt": lambda x, _: x[0].sqrt(),
    "Squeeze": _squeeze,
    "Sub": lambda x, _: x[0] - x[1],
    "Transpose": lambda x, a: x[0].permute(_numbers(a, "perm")),
    "Unsqueeze": _unsqueeze,
}
"""What each ONNX operator (opset 11, as PaddlePaddle's converter uses them) is in torch."""
