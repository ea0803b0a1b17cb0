"""A conformance kit for programs that read or judge the labels of GB 45438-2025: hostile and odd files, with verdicts."""
