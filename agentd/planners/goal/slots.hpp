/// @file
/// The kinds of things that stand in phrases, each a reader.
#pragma once

#include "agentd/planners/goal/pattern.hpp"

#include <optional>
#include <string>

namespace agentd::planners::goal {

/// Behind "and" or a comma between two things of a list; nullopt where there is none.
std::optional<std::size_t> after_separator(const Scene& scene, std::size_t at);

namespace slot {

using Out = std::vector<Taken>&;

void take(Out out, std::size_t end, Item item);
void take_text(Out out, std::size_t end, std::string text);
/// A word that may be a name; nullptr where it is a mark, or a word of the language.
const Token* nameable(const Scene& scene, std::size_t at);
/// A word or what was quoted, with a letter at least; nullptr where it is a mark.
const Token* word_at(const Scene& scene, std::size_t at);
/// Letters and digits of ASCII, and `more`.
bool has_only(std::string_view text, std::string_view more);

void branch(const Scene& scene, std::size_t at, Out out);
/// `command-line`: a module is called so, or by another word for it.
void category(const Scene& scene, std::size_t at, Out out);
void domain(const Scene& scene, std::size_t at, Out out);
void duration(const Scene& scene, std::size_t at, Out out);
/// A module by its path, or with its `.nix`.
void file(const Scene& scene, std::size_t at, Out out);
/// Some words that tell why, and turn nothing.
void reason(const Scene& scene, std::size_t at, Out out);
/// Of a machine, IPv4 or IPv6.
void address(const Scene& scene, std::size_t at, Out out);
/// `4am`, `4:30 pm`, `16:30`, `midnight`, as `hh:mm`.
void clock(const Scene& scene, std::size_t at, Out out);
void email(const Scene& scene, std::size_t at, Out out);
void folder(const Scene& scene, std::size_t at, Out out);
void host(const Scene& scene, std::size_t at, Out out);
void host_group(const Scene& scene, std::size_t at, Out out);
void key(const Scene& scene, std::size_t at, Out out);
void known_group(const Scene& scene, std::size_t at, Out out);
void known_host(const Scene& scene, std::size_t at, Out out);
void known_input(const Scene& scene, std::size_t at, Out out);
/// Of which the option is known.
void known_service(const Scene& scene, std::size_t at, Out out);
void known_user(const Scene& scene, std::size_t at, Out out);
void leaf(const Scene& scene, std::size_t at, Out out);
void locale(const Scene& scene, std::size_t at, Out out);
void module(const Scene& scene, std::size_t at, Out out);
void name(const Scene& scene, std::size_t at, Out out);
void new_module(const Scene& scene, std::size_t at, Out out);
/// No word at all: it marks the way in which a phrase fits.
void nothing(const Scene& scene, std::size_t at, Out out);
void number(const Scene& scene, std::size_t at, Out out);
void option(const Scene& scene, std::size_t at, Out out);
void other_flake(const Scene& scene, std::size_t at, Out out);
void package(const Scene& scene, std::size_t at, Out out);
void path(const Scene& scene, std::size_t at, Out out);
void percent(const Scene& scene, std::size_t at, Out out);
void port(const Scene& scene, std::size_t at, Out out);
/// A list of its own: `tcp port 80 and udp port 53`.
void ports(const Scene& scene, std::size_t at, Out out);
void protocol(const Scene& scene, std::size_t at, Out out);
/// `text` is the option that switches it, or "" where only `more`, its name, is known.
void service(const Scene& scene, std::size_t at, Out out);
/// `a.b.c to true`.
void setting(const Scene& scene, std::size_t at, Out out);
void size(const Scene& scene, std::size_t at, Out out);
/// `vm.swappiness`
void sysctl(const Scene& scene, std::size_t at, Out out);
/// Where backups go: `ssh://backup@nas/./repo`, `/mnt/backup`, `s3:https://…`.
void store(const Scene& scene, std::size_t at, Out out);
void text(const Scene& scene, std::size_t at, Out out);
/// What a site leads to, as a URL: `port 3000`, `localhost:3000`, `http://…`.
void upstream(const Scene& scene, std::size_t at, Out out);
void url(const Scene& scene, std::size_t at, Out out);
/// `more` is `quoted` where it was.
void value(const Scene& scene, std::size_t at, Out out);
void zone(const Scene& scene, std::size_t at, Out out);

} // namespace slot

} // namespace agentd::planners::goal
