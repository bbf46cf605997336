/// @file
/// The tree that the intake corpus is written against.
#pragma once

#include "agentd/core/text.hpp"
#include "proposals/tree.hpp"

#include <map>
#include <string>

namespace agentd::test {

class IntakeBase final : public proposals::TreeReader {
  public:
    struct File {
        proposals::FileMode mode{};
        std::string blob_id{};
        std::string bytes{};
    };

    std::optional<proposals::TreeEntry> find(std::string_view path) const override {
        const auto it = files.find(std::string(path));
        if (it != files.end()) {
            return proposals::TreeEntry{.mode = it->second.mode, .blob_id = it->second.blob_id};
        }
        const std::string below = std::string(path) + "/";
        const auto child = files.lower_bound(below);
        return child != files.end() && child->first.starts_with(below)
                   ? std::optional(proposals::TreeEntry{.mode = proposals::FileMode::directory})
                   : std::nullopt;
    }
    std::optional<std::string> read(std::string_view path) const override {
        const auto it = files.find(std::string(path));
        return it == files.end() ? std::nullopt : std::optional(it->second.bytes);
    }

    std::optional<std::string> other_case(std::string_view path) const override {
        const std::string wanted(path);
        for (auto end = wanted.find('/');; end = wanted.find('/', end + 1)) {
            const std::string part = wanted.substr(0, end);
            for (const auto& [name, file] : files) {
                const std::string same = name.substr(0, part.size());
                const bool whole = name.size() == part.size() ||
                                   (name.size() > part.size() && name[part.size()] == '/');
                if (!find(part) && whole && core::to_lower(same) == core::to_lower(part)) {
                    return same;
                }
            }
            if (end == std::string::npos) {
                return std::nullopt;
            }
        }
    }

    std::map<std::string, File> files{
        {"flake.nix",
         {proposals::FileMode::file, "b704624d8f6b060075099fd6a83684835374873e",
          "{\n  outputs = _: { };\n}\n"}},
        {"hosts/web/default.nix",
         {proposals::FileMode::file, "7bc146b827b2a03768aa39db433a9ab0819cfccd",
          "{ pkgs, ... }:\n{\n  networking.hostName = \"web\";\n  services.redis.enable = false;\n"
          "  time.timeZone = \"UTC\";\n  a = 1;\n  b = 2;\n  c = 3;\n  d = 4;\n  e = 5;\n}\n"}},
        {"notes.txt",
         {proposals::FileMode::file, "4cb29ea38f70d7c61b2a3a25b02e3bdf44905402",
          "one\ntwo\nthree\n"}},
        {"run.sh",
         {proposals::FileMode::executable, "2f08be9a02925b5c016904e19fbd5e8d057ae756",
          "echo hello\n"}},
        {"open.txt",
         {proposals::FileMode::file, "8d05ec2542411c7f3da0eb4ccc27b0b118d4682f",
          "first\nlast without newline"}},
        {"ansi.nix",
         {proposals::FileMode::file, "ce9e032d7a072ea76a489c718e4f491a8ab48414",
          "{\n  a = \"\x1b[0m\";\n  b = 1;\n}\n"}},
        {"windows.nix",
         {proposals::FileMode::file, "7af8c284b036899291b3f9346bb0c4a3460c2729",
          "{\r\n  a = 1;\r\n}\r\n"}},
        {"cut.nix",
         {proposals::FileMode::file, "119f4079408df46d1d64a0a94d7a6292cef6005f",
          "{\n  a = 1; # x\ry\n}\n"}},
        {"empty.txt", {proposals::FileMode::file, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", ""}},
        {"link",
         {proposals::FileMode::symlink, "1111111111111111111111111111111111111111", "flake.nix"}},
        {"sub", {proposals::FileMode::submodule, "2222222222222222222222222222222222222222", ""}},
    };
};

} // namespace agentd::test
