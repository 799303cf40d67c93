"""What the environment holds, read from its metadata: importing TensorFlow would take seconds."""

import importlib.util
import platform
import runpy
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def versions() -> dict:
    folder = tensorflow_folder()
    return {
        "python": platform.python_version(),
        **{name: installed(name) for name in ("tf2onnx", "numpy", "onnx", "onnxruntime")},
        "tensorflow": installed("tensorflow") or installed("tensorflow-cpu"),
        "cuda": folder is not None and is_cuda_build(folder),
        "tensorflowFolder": folder and str(folder),
    }


def installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def tensorflow_folder() -> Path | None:
    # Finding a top-level package does not run it.
    spec = importlib.util.find_spec("tensorflow")
    return Path(spec.origin).parent if spec and spec.origin else None


def is_cuda_build(folder: Path) -> bool:
    # A generated file with nothing but a dictionary in it; the wheel's name does not tell (macOS has no CUDA build).
    return bool(runpy.run_path(str(folder / "python/platform/build_info.py"))["build_info"]["is_cuda_build"])
