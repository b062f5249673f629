"""The course's code beside the literal way of each source, the field's libraries, and the floor below all of them."""
