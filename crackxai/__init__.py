"""CrackXAI: is there a crack in this photo of concrete, and why does the model say so.

>>> from crackxai import load_model, read_photo, judge, explain, ExplainSettings
>>> model, photo = load_model(), read_photo("wall.jpg")
>>> judge(model, photo).kind
>>> explain(model, photo, ExplainSettings(masker="blur")).values

Importing this loads neither TensorFlow nor Streamlit; `load_model` does the former.
"""

__version__ = "0.1.0"

from crackxai.errors import (
    Cancelled,
    CrackXAIError,
    DataError,
    ModelError,
    OutputError,
    PhotoError,
    RecordsError,
    SettingsError,
)
from crackxai.explain.explanation import Explanation
from crackxai.explain.methods import explain
from crackxai.explain.settings import ExplainSettings
from crackxai.inspection.findings import Finding
from crackxai.inspection.scan import Scan, ScanSettings
from crackxai.inspection.scanner import Scanner, scan
from crackxai.inspection.wall_scale import WallScale
from crackxai.model.classifier import CrackModel, load_model
from crackxai.model.decision import Verdict, judge
from crackxai.photo import Box, Photo, read_photo

__all__ = [
    "Box",
    "Cancelled",
    "CrackModel",
    "CrackXAIError",
    "DataError",
    "ExplainSettings",
    "Explanation",
    "Finding",
    "ModelError",
    "OutputError",
    "Photo",
    "PhotoError",
    "RecordsError",
    "Scan",
    "ScanSettings",
    "Scanner",
    "SettingsError",
    "Verdict",
    "WallScale",
    "explain",
    "judge",
    "load_model",
    "read_photo",
    "scan",
]
