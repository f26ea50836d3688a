"""ONNX Runtime sessions with docspade's settings; a missing GPU is an error, never a fallback."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime as ort

from ocr.errors import SetupError

CUDA = "CUDAExecutionProvider"
CPU = "CPUExecutionProvider"


def available_cores() -> int:
    """Number of CPU cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def open_session(
    model_path: Path, *, device: Literal["cpu", "cuda"] = "cpu", n_threads: int | None = None
) -> ort.InferenceSession:
    """Load an ONNX model for one device.

    Args:
        model_path: of the `.onnx` file.
        device: where it runs.
        n_threads: CPU threads of one call; None takes every core that the process may use.

    Raises:
        SetupError: the file is missing or no model, or the device is not there.
    """
    if not model_path.is_file():
        raise SetupError(f"the model {model_path} does not exist")
    if device == "cuda":
        _require_cuda()
    _measure_floats()
    try:
        session = ort.InferenceSession(
            str(model_path), _session_options(n_threads), providers=_providers(device)
        )
    except Exception as error:  # onnxruntime's error types are private and derive from Exception
        raise SetupError(f"the model {model_path} cannot be loaded: {error}") from error
    if device == "cuda" and session.get_providers()[0] != CUDA:
        raise SetupError("device cuda was asked for, but ONNX Runtime could not start CUDA")
    return session


def _measure_floats() -> None:
    # numpy before 2.4 measures each type once, at its first finfo, and warns if denormals are gone
    # by then; a session takes them away from its thread.
    np.finfo(np.float32)
    np.finfo(np.float64)


def _require_cuda() -> None:
    if CUDA not in ort.get_available_providers():
        raise SetupError(
            "device cuda was asked for, but the installed ONNX Runtime has no CUDA provider"
        )
    ort.preload_dlls()  # finds the CUDA and cuDNN libraries of the nvidia-* wheels


def _session_options(n_threads: int | None) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = n_threads or available_cores()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only
    options.enable_mem_pattern = False  # plans memory for a fixed shape; ours change with each call
    # Threads that spin while they wait steal the time of others on a machine with few cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Denormal floats made the PP-OCR detector 2.6 times slower on x86.
    options.add_session_config_entry("session.set_denormal_as_zero", "1")
    return options


def _providers(device: Literal["cpu", "cuda"]) -> list[str | tuple[str, dict[str, str]]]:
    if device == "cpu":
        return [CPU]
    # An exhaustive search would run anew for each new shape, and every page has its own.
    return [(CUDA, {"cudnn_conv_algo_search": "HEURISTIC"}), CPU]
