// Nothing, to be imported or required.
