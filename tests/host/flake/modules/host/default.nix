# What makes a machine of the demo's modules one that really runs under systemd.
{ imports = [ ./inhibitors.nix ./machine.nix ./network.nix ./services.nix ]; }
