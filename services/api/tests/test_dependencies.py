import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SCRIPT = """
import sys, time
from starlette.testclient import TestClient
from cinecote_api.main import create_app
from cinecote_api.settings import ApiSettings
with TestClient(create_app(ApiSettings())) as client:
    deadline = time.monotonic() + 20
    while (answer := client.post("/v1/predictions", json={"budget": 1e6})).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.01)
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_the_first_answer_takes_neither_scikit_learn_nor_mlflow_and_reports_to_nobody(
    registry: Any, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    registry.promote(make_model(tmp_path / "model"), 1)
    home = tmp_path / "home"
    home.mkdir()
    settings = {
        "HOME": str(home),
        "DATABASE_URL": f"sqlite:///{tmp_path}/cinecote.db",
        "MLFLOW_TRACKING_URI": registry.uri,
        "CINECOTE_MODEL_DIR": str(tmp_path / "served"),
    }

    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=os.environ | settings, capture_output=True, text=True, check=True
    )

    loaded = set(ran.stdout.splitlines()[-1].split())
    assert "onnxruntime" in loaded
    assert not loaded & {"sklearn", "mlflow", "pandas", "joblib", "skl2onnx"}
    assert list(home.rglob("*")) == []
