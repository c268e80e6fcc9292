"""School communities (校共体, 教共体, 校联体, 教育集团 …): one lead school and its members, with mode and stage.

They are read from tables (``tables``), lists of lines such as ``A——B、C`` (``lines``) and sentences (``prose``); what a mode
is called and whether it is one legal person comes from ``modes``, how schools are named from ``names``.
"""
