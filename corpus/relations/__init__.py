"""How the documents of a corpus stand to each other; ``reading.Reader`` answers, ``upkeep`` keeps it up to date."""
