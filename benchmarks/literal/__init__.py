"""Each source's algorithm as it reads: slow, easy to check, and proved in the tests to give our numbers."""
