"""The benchmark: what the product's work costs, beside yardsticks that do the least that such work needs.

What belongs here: one module a yardstick, data to measure on, and the way of measuring. Nothing of the product imports
it.
"""
