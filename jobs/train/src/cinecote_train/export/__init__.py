"""A fitted model as one ONNX graph: from the four inputs to calibrated probabilities."""
