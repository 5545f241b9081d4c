"""The warehouse file: opened over the raw extracts, built statement by statement, published whole."""
