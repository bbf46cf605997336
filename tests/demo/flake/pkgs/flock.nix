# flock-nonblocking FD: takes flock(2) LOCK_EX|LOCK_NB on the caller's descriptor
# (one digit) and exits 1 when somebody else holds it. busybox here has no flock
# and there is no compiler, so this is the whole program, 166 bytes for x86-64.
{ pkgs }:
let
  elf = [
    "7f454c46020101000000000000000000" # ELF, 64 bit, little endian
    "02003e00010000007800400000000000" # executable, x86-64, entry 0x400078
    "40000000000000000000000000000000" # program headers follow this header
    "00000000400038000100000000000000" # one of them, no sections
    "01000000050000000000000000000000" # load, read and execute, from offset 0
    "00004000000000000000400000000000" # to 0x400000
    "a600000000000000a600000000000000" # 166 bytes
    "0010000000000000"
    "488b442410" # mov rax, [rsp+16]       argv[1]
    "4885c0"     # test rax, rax
    "7418"       # jz fail
    "0fb638"     # movzx edi, byte [rax]
    "83ef30"     # sub edi, '0'
    "be06000000" # mov esi, LOCK_EX|LOCK_NB
    "b849000000" # mov eax, SYS_flock
    "0f05"       # syscall
    "31ff"       # xor edi, edi
    "85c0"       # test eax, eax
    "7405"       # jz exit
    "bf01000000" # fail: mov edi, 1
    "b83c000000" # exit: mov eax, SYS_exit
    "0f05"       # syscall
  ];
in
pkgs.runCommand "flock-nonblocking-1.0" { hex = builtins.concatStringsSep "" elf; } ''
  mkdir -p $out/bin
  echo "$hex" | xxd -r -p > $out/bin/flock-nonblocking
  chmod +x $out/bin/flock-nonblocking
'' // { pname = "flock-nonblocking"; version = "1.0"; meta = { description = "Take an advisory lock without waiting"; mainProgram = "flock-nonblocking"; }; }
