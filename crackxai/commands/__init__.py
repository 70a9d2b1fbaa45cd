"""The commands of ``python -m crackxai``, a module each."""
