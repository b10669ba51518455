"""What a paper's numbers would be in other worlds: seeds, parameters and choices."""
