"""The renderings: each module turns a part of the model, or the blocks made of it, into one form of writing or file."""
