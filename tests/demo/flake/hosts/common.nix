# What every machine here has in common.
{ pkgs, ... }:
{
  imports = [ ../modules/agentd.nix ];

  # Keys only. Alice is the one admin; her key is also what approves changes.
  services.openssh = {
    enable = true;
    settings.PasswordAuthentication = false;
    settings.KbdInteractiveAuthentication = false;
  };

  users.users.alice = {
    isNormalUser = true;
    uid = 1000;
    description = "Alice";
    extraGroups = [ "wheel" ];
    openssh.authorizedKeys.keys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDemoDemoDemoDemoDemoDemoDemoDemoDemoDemo alice@laptop"
    ];
  };

  environment.systemPackages = with pkgs; [
    curl
    git
    htop
  ];

  networking.nameservers = [ "192.0.2.53" ];

  nix.settings.experimental-features = [ "nix-command" "flakes" ];

  time.timeZone = "Europe/Berlin";
  system.stateVersion = "25.11";
}
