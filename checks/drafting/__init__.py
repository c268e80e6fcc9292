"""Drafting a requirement pack from a notice: obligations found in its sentences, each with clause, quote and form.

A draft is a proposal for a person to correct, never a pack to check with unread. The steps, one module each:
``source`` (the notice's own clauses, with what is nobody's duty left out), ``duties`` (obligations by wording and
structure), ``parts`` (what a plan must hold), ``quantities`` (numbers asked for), ``fill`` (form and parameters),
``same`` (one duty said twice), ``write`` (YAML with comments).
"""
