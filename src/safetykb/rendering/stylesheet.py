"""The look of a page: everything under one class, in light, in dark and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["DARK", "LIGHT", "PAGE", "PART"]

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "page": "#f7f6f2",
        "surface": "#ffffff",
        "ink": "#1d2530",
        "muted": "#55606f",
        "line": "#dcdfe4",
        "link": "#1b4d8f",
        "contraindicated": "#ffffff",
        "contraindicated-back": "#981b1b",
        "contraindicated-edge": "#981b1b",
        "avoid": "#8c1d13",
        "avoid-back": "#fdeeec",
        "avoid-edge": "#8c1d13",
        "caution": "#713f00",
        "caution-back": "#fff4de",
        "caution-edge": "#a86400",
        "monitor": "#0b4a6b",
        "monitor-back": "#e8f4fa",
        "monitor-edge": "#0b4a6b",
        "inform": "#3a4553",
        "inform-back": "#f1f3f5",
        "inform-edge": "#737e8c",
        "undetermined": "#45267a",
        "undetermined-back": "#f2edfb",
        "undetermined-edge": "#45267a",
        "neutral": "#3a4553",
        "neutral-back": "#f1f3f5",
        "neutral-edge": "#f1f3f5",
    }
)
DARK: Mapping[str, str] = MappingProxyType(
    {
        "page": "#11151b",
        "surface": "#181e26",
        "ink": "#e4e8ee",
        "muted": "#a7b1be",
        "line": "#323b47",
        "link": "#94c0ff",
        "contraindicated": "#2c0606",
        "contraindicated-back": "#f4928a",
        "contraindicated-edge": "#f4928a",
        "avoid": "#ffb9b0",
        "avoid-back": "#3a1714",
        "avoid-edge": "#ffb9b0",
        "caution": "#ffd394",
        "caution-back": "#33250d",
        "caution-edge": "#d79a31",
        "monitor": "#a4daf6",
        "monitor-back": "#102d3c",
        "monitor-edge": "#a4daf6",
        "inform": "#cdd5de",
        "inform-back": "#252d37",
        "inform-edge": "#8d98a6",
        "undetermined": "#dac7ff",
        "undetermined-back": "#2b2143",
        "undetermined-edge": "#dac7ff",
        "neutral": "#cdd5de",
        "neutral-back": "#252d37",
        "neutral-edge": "#252d37",
    }
)


def _declared(palette: Mapping[str, str], scheme: str) -> str:
    return "".join(f"--{name}:{value};" for name, value in palette.items()) + f"color-scheme:{scheme}"


def _tone(name: str, border: str) -> str:
    return (
        f".safetykb .tone-{name}{{color:var(--{name});background:var(--{name}-back);"
        f"border:{border} var(--{name}-edge)}}\n"
    )


_BORDERS = {
    "contraindicated": "2px solid",
    "avoid": "2px solid",
    "caution": "1.5px solid",
    "monitor": "1.5px dashed",
    "inform": "1.5px dotted",
    "undetermined": "4px double",
    "neutral": "1px solid",
}

_SCHEMES = f"""
.safetykb{{{_declared(LIGHT, "light")}}}
@media screen and (prefers-color-scheme:dark){{.safetykb{{{_declared(DARK, "dark")}}}}}
"""

# Notebooks have a theme of their own, which need not be that of the system.
_NOTEBOOKS = f"""
[data-jp-theme-light="true"] .safetykb,.vscode-light .safetykb{{{_declared(LIGHT, "light")}}}
@media screen{{
[data-jp-theme-light="false"] .safetykb,.vscode-dark .safetykb,html[theme="dark"] .safetykb
{{{_declared(DARK, "dark")}}}}}
"""

_CONTENT = """
.safetykb{--serif:"Iowan Old Style","Charter","Source Serif 4","Georgia","Cambria",serif;
--sans:system-ui,-apple-system,"Segoe UI","Roboto","Helvetica Neue","Arial",sans-serif;
color:var(--ink);font:1.0625rem/1.6 var(--serif);text-align:left;overflow-wrap:break-word;
-webkit-text-size-adjust:100%;text-size-adjust:100%}
.safetykb *,.safetykb *::before,.safetykb *::after{box-sizing:border-box}
.safetykb :is(p,ul,ol,dl,dd,table,h1,h2,h3,h4,h5,h6){margin:0;padding:0;border:0}
.safetykb :is(p,ul,ol,dl,.note,.table,.entry)+:is(p,ul,ol,dl,.note,.table){margin-top:.9em}
.safetykb :is(h1,h2,h3,h4,h5,h6){color:inherit;font-family:var(--serif);font-weight:600;line-height:1.25;
text-wrap:balance}
.safetykb .title{font-size:clamp(1.75rem,1.35rem + 1.8vw,2.5rem);letter-spacing:-.012em;line-height:1.15}
.safetykb strong{font-weight:650}
.safetykb :not(pre)>code{font:.875em/1.4 ui-monospace,"SF Mono","Cascadia Mono","Menlo","Consolas",monospace;
color:var(--muted);background:none;padding:0;overflow-wrap:anywhere}
.safetykb a:any-link{color:var(--link);text-decoration:underline;text-decoration-thickness:1px;
text-underline-offset:.18em;overflow-wrap:anywhere}
.safetykb .reference{color:var(--muted);font-family:var(--sans);font-size:.82em;overflow-wrap:anywhere}
.safetykb a.reference{color:var(--muted);text-decoration-color:var(--line)}
.safetykb a.reference:hover{color:var(--link);text-decoration-color:currentcolor}
.safetykb a:hover{text-decoration-thickness:2px}
.safetykb :is(a,.table):focus-visible{outline:3px solid var(--link);outline-offset:3px;border-radius:2px}
.safetykb :is(ul,ol){padding-left:1.35em}
.safetykb li{padding-left:.2em}
.safetykb li+li{margin-top:.3em}
.safetykb li::marker{color:var(--muted);font-variant-numeric:tabular-nums}
.safetykb .badge{display:inline-block;padding:.16em .6em;border-radius:4px;font:600 .78em/1.35 var(--sans);
letter-spacing:.01em;vertical-align:.1em;max-width:100%;overflow-wrap:break-word;unicode-bidi:isolate;
-webkit-print-color-adjust:exact;print-color-adjust:exact}
.safetykb p>.badge{margin-right:.25em}
.safetykb section{margin-top:3.25rem}
.safetykb section>.heading{padding-top:1.1rem;border-top:1px solid var(--line);margin-bottom:1.1rem;
font-size:1.5rem;letter-spacing:-.006em}
.safetykb section section{margin-top:2.25rem}
.safetykb section section>.heading{padding-top:0;border-top:0;font-size:1.2rem;margin-bottom:.8rem}
.safetykb section section section>.heading{font-size:1.0625rem}
.safetykb .entry{display:grid;grid-template-columns:2.4rem minmax(0,1fr)}
.safetykb :is(p,ul,ol,dl,.note,.table,.entry)+.entry{margin-top:1.9rem}
.safetykb .entry>*{grid-column:2}
.safetykb .entry>.number{grid-column:1;grid-row:1;color:var(--muted);font:500 .95rem/1.7 var(--sans);
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.safetykb .entry>.heading{font-size:1.125rem;line-height:1.4;text-wrap:pretty}
.safetykb .entry>.heading .badge{margin-right:.55em;font-size:.7em}
.safetykb .meta{margin-top:.25rem;color:var(--muted);font:.875rem/1.5 var(--sans)}
.safetykb .entry>.body{margin-top:.55rem}
.safetykb .table{overflow-x:auto}
.safetykb table{width:100%;table-layout:auto;border-collapse:collapse;background:none;color:inherit;
font:.9rem/1.5 var(--sans);font-variant-numeric:tabular-nums}
.safetykb caption{padding:0 0 .5rem;color:var(--muted);font:.875rem/1.5 var(--sans);text-align:left;caption-side:top}
.safetykb tr,.safetykb tbody tr:nth-child(n){background:none}
.safetykb :is(th,td){padding:.6rem 1.1rem .6rem 0;border:0;border-bottom:1px solid var(--line);
vertical-align:top;font-weight:400;min-width:6.5rem;white-space:normal}
.safetykb :is(th,td):last-child{padding-right:0}
.safetykb .table table :is(th,td){text-align:left}
.safetykb thead th{padding-top:.3rem;border-bottom:1.5px solid var(--muted);color:var(--muted);font-weight:600;
font-size:.8125rem}
.safetykb tbody th{font-weight:600}
.safetykb dt{font-weight:650}
.safetykb dd{margin:.15rem 0 0}
.safetykb dl>div>:is(dt,dd){float:none;width:auto}
.safetykb dl>div+div{margin-top:1rem}
.safetykb .note{padding:.9rem 1.15rem;border:1px solid var(--line);border-left:4px solid var(--muted);
border-radius:4px;background:var(--surface)}
.safetykb .summary{padding:1.35rem 1.5rem;border:1px solid var(--line);border-radius:8px;background:var(--surface);
font-size:1.125rem;line-height:1.55}
.safetykb .title+.summary{margin-top:1.6rem}
.safetykb .title+.body{margin-top:1.1rem}
.safetykb .summary+.body{margin-top:1.75rem}
.safetykb section+:is(p,ul,ol,dl,.note,.table){margin-top:2rem}
.safetykb .closing{margin-top:3.5rem;padding-top:1.25rem;border-top:1px solid var(--line);color:var(--muted);
font:.875rem/1.6 var(--sans)}
@media (min-width:46rem){
.safetykb dl>div{display:grid;grid-template-columns:minmax(0,11rem) minmax(0,1fr);gap:0 1.5rem}
.safetykb dd{margin:0}}
@media (min-width:34.01rem){.safetykb tbody :is(th,td:nth-child(3):last-child){width:22%}}
@media (max-width:34rem){
.safetykb .entry{display:block}
.safetykb .entry>.number{float:left;margin-right:.6em;line-height:1.6rem;max-width:30%}
.safetykb .entry>.heading>.badge{display:flow-root;width:fit-content;margin:0 0 .3em}
.safetykb .summary{padding:1.1rem 1.1rem}
.safetykb section>.heading{font-size:1.375rem}
.safetykb .table table,.safetykb .table tbody,.safetykb .table caption{display:block}
.safetykb .table thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.safetykb .table tbody tr{display:block;padding:.8rem 0;border-bottom:1px solid var(--line)}
.safetykb .table tbody tr:first-child{border-top:1.5px solid var(--muted)}
.safetykb .table tbody :is(th,td){display:block;width:auto;padding:.15rem 0;border:0}
.safetykb .table tbody th{padding-bottom:.25rem}
.safetykb .table tbody td::before{content:attr(data-label);display:block;color:var(--muted);font-size:.8125rem}
.safetykb .table tbody td:empty{display:none}}
"""

_PRINT = """
@media print{
.safetykb{--page:#fff}
.safetykb :is(.heading,thead,caption){break-after:avoid}
.safetykb :is(.entry,tr,.note,dl>div){break-inside:avoid}
.safetykb .table{overflow:visible}
.safetykb a[href^="https"]::after{content:" " attr(href);color:var(--muted);font-size:.85em}
.safetykb a.address::after{content:none}}
"""

_LAYOUT = """
html{scroll-behavior:smooth;scroll-padding-top:1.5rem}
body{margin:0}
body.safetykb{min-height:100vh;background:var(--page);padding:0 1.15rem 4rem}
.safetykb .skip{position:absolute;left:1rem;top:-6rem;z-index:1;padding:.6rem 1rem;background:var(--surface);
border-radius:4px;font:1rem/1.4 var(--sans)}
.safetykb .skip:focus{top:1rem}
.safetykb>:is(header,nav,main,footer){max-width:43rem;margin-left:auto;margin-right:auto}
.safetykb>header{padding-top:clamp(2rem,6vw,4.5rem)}
.safetykb>nav{margin-top:1.75rem;font:.875rem/1.45 var(--sans)}
.safetykb>nav ol{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:.1rem 1.25rem;
padding:0;list-style:none}
.safetykb>nav li{padding:0;margin:0}
.safetykb>nav a:any-link{display:block;padding:.35rem 0;color:var(--muted);text-decoration-color:transparent;
overflow-wrap:break-word}
.safetykb>nav a:is(:hover,:focus-visible){color:var(--link);text-decoration-color:currentcolor}
.safetykb>main{margin-top:2rem}
.safetykb>main>section:first-child{margin-top:0}
@media (min-width:68rem){
body.safetykb{display:grid;grid-template-columns:13rem minmax(0,43rem);gap:0 4rem;justify-content:center;
align-content:start}
.safetykb>:is(header,main,footer){grid-column:2;width:100%;margin-left:0;margin-right:0}
.safetykb>nav{grid-column:1;grid-row:1/span 3;align-self:start;position:sticky;top:0;max-height:100vh;overflow-y:auto;
width:100%;margin:0;padding:clamp(2rem,6vw,4.5rem) 0 2rem}
.safetykb>nav ol{display:block}
.safetykb>main{margin-top:3rem}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@media print{html{font-size:9.5pt}.safetykb section{margin-top:2.25rem}.safetykb>:is(nav,.skip){display:none}
body.safetykb{display:block;padding:0}.safetykb>:is(header,main,footer){max-width:none}.safetykb>header{padding-top:0}}
"""

_CARD = """
div.safetykb{max-width:46rem;padding:1.5rem;border:1px solid var(--line);border-radius:8px;background:var(--page)}
.safetykb .title{font-size:1.625rem}
.safetykb .body section{margin-top:2.25rem}
"""

# Without colours, as forced-colours modes show it, `avoid` must still differ from `contraindicated`.
_TONES = "".join(_tone(name, border) for name, border in _BORDERS.items()) + (
    ".safetykb .tone-avoid{border-left-width:6px}\n"
)
_COMMON = _SCHEMES + _CONTENT + _TONES + _PRINT

PAGE = (_COMMON + _LAYOUT).strip()
PART = (_NOTEBOOKS + _COMMON + _CARD).strip()
