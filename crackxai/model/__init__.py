"""The classifier: network, weights, data, training, measuring."""
