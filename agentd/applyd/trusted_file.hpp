/// @file
/// Reading a file that decides about root's acts.
#pragma once

#include <string>

namespace agentd::applyd {

/// The file is root's (or our own where separation is off), nobody else may write it or its folder,
/// and it is read once. It may be a link, as NixOS makes them in /etc: who may write the folder
/// says where it leads. At most 1 MiB. Failure{misconfigured} when it is anything else.
std::string read_trusted(const std::string& path);
/// The path itself, once such a file was found there.
std::string trusted_path(std::string path);

} // namespace agentd::applyd
