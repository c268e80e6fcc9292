"""Writers of the sample files: one recipe, many file formats. Only ``samples/build.py`` uses them."""
