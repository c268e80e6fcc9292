"""Notices to people: who is told (``settings``), in which words (``rendering``), and by which way (``channels``)."""
