"""``python -m crackxai``."""

from crackxai.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
