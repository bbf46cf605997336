[
  ./a ../b /etc/x a/b a.b/c -1/2 +x/y 1/2 1.5/2 .5/x ~/x ~/.config/y-z_1
  <nixpkgs> <nixpkgs/nixos/lib> <a.b/c-d>
]
