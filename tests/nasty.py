"""Names that would be live text wherever they are written down unescaped."""

from __future__ import annotations

HOST = "evil.example"
NASTY = (
    f"![x](http://{HOST}/image.png)",
    f"[x](http://{HOST}/link)",
    f"http://{HOST}/auto",
    f"www.{HOST}/www",
    f"someone@{HOST}",
    f"<img src=http://{HOST}/tag onerror=alert(1)>",
    f"\"'><script>fetch('http://{HOST}/script')</script>",
    "**bold** _italic_ ~~gone~~ `code`",
    "$x^2$ and $$y$$ \\(z\\)",
    ":smile: :material/home: :red[red] :red-badge[badge] :small[small]",
    "# heading",
    "1. one\n2. two\n- three\n> four\n\n---\n| a | b |\n| - | - |\n| 1 | 2 |",
    "&lt;b&gt; &amp; &#42; <- -> >= --",
    "trailing\\",
    "{name} {0} {{x}} %s",
)
