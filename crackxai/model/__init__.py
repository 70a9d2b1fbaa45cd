"""The classifier: network, weights, data, training, measuring."""

from crackxai.offline import switch_off_statistics

switch_off_statistics()
