# The names of the flake's own checks for one kind of machine; evaluates none of them.
{ url, system }: { names = builtins.attrNames (((builtins.getFlake url).checks or { }).${system} or { }); }
