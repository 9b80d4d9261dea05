"""TMDB as its facts have it, for tests and benchmarks: a process of its own that imports nothing of ours.

Each behaviour names, as `[row]`, its row in the table of section 4 of the facts on TMDB. The server counts each
second's requests itself, and tells of them on `/control/report`: it is the tests' judge.

    python -m tests.fake_tmdb --films 2000 --faults 0.05
"""
