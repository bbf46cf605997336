# The names of a flake's hosts; evaluates none of them.
{ url }: { hosts = builtins.attrNames ((builtins.getFlake url).nixosConfigurations or { }); }
