"""The look of every page."""

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1d2733;background:#fff;margin:0}
main{max-width:60rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.6rem;margin:0 0 .3rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}
.verdict{border-left:5px solid #3b5b7a;background:#eef2f6;padding:.7rem 1rem;margin:1rem 0}
blockquote{margin:.5rem 0;padding-left:1rem;border-left:3px solid #c5ced8}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .5rem;border-bottom:1px solid #e3e8ee}
td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td.r{white-space:normal}
.small,figcaption{color:#55616e;font-size:.85rem}code{font-size:.85rem;word-break:break-word}
svg{display:block;width:100%;max-width:39rem;height:auto}
@media(prefers-color-scheme:dark){body{color:#e6e9ed;background:#14181d}a{color:#8ab8ea}
.verdict{background:#1f2832}th,td{border-color:#333c46}.small,figcaption{color:#a3adb8}}
"""
