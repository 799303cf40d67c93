"""What happens to an ONNX file between tf2onnx and the model bundle."""
