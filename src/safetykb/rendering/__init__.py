"""An outline of plain values as text, Markdown and HTML.

`outline` holds what can be said (headings, paragraphs, findings, tables, links); `text`, `markdown` and `html`
each turn a `Document` into a string. Nothing here knows a record of the library, and no renderer trusts a text.
"""
