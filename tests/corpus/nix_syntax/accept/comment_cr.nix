# a comment ends at a CR{ a = 1; }
