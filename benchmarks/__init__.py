"""Measurements of the whole job on this machine: ``python -m benchmarks``.

What is compared is compared within one run: machines differ, and so does one machine from hour to hour.
"""
