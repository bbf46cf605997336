/// @file
/// The ways of `nix-syntax-tool`, one a file. Each returns the exit status.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace agentd::tests {

std::string read_whole(const std::string& name);

int judge(const std::vector<std::string>& files);
int bench(const std::vector<std::string>& files, int rounds);
/// `arguments`: FILE OPERATION …; prints the new text, or the refusal and 77.
int edit(const std::vector<std::string>& arguments);
int round_trip(const std::vector<std::string>& files);
int fuzz(const std::vector<std::string>& files, int seconds, std::uint64_t seed);

} // namespace agentd::tests
