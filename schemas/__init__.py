"""What a document, a requirement and a finding are: the one vocabulary of duzheng.

Everything else depends on this package; it depends on nothing of the project. The field names of the models are the
output contract: they may be added to, never renamed.
"""
