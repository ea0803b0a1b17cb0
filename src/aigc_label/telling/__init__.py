"""Tells what was judged, in the form that each reader expects: a form is a module that turns accounts into pieces, and
pieces into a document.

`pieces` is pure and runs wherever a file was judged; `document` is given all pieces of a run, in the order of the files, and
what was counted. Both know nothing of processes, files and streams.
"""
