// Being written: the promise is in the header.
