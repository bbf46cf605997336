/// @file
/// Subjects and values as both sides spell them, so that the same thing is the same text.
#pragma once

#include "evaluator/agreement/statements.hpp"

#include <string>
#include <string_view>

namespace agentd::evaluator::agreement {

/// UTF-8, within the limits.
std::string spelled(std::string_view text);
/// Adds it; what was said of the subject before counts.
void say(Subjects& subjects, std::string_view subject, std::string_view value = {},
         bool optional = false);

/// Each word of a text is a subject.
void say_words(Subjects& subjects, std::string_view text);
/// Blanks as fstab(5) writes them.
std::string fstab_field(std::string_view text);

/// A line of authorized_keys without comment: `alice: ssh-ed25519 SHA256:…`; what is more than a
/// plain key is told by its digest.
std::string key_of(std::string_view user, const std::string& line);
/// Every key of a text.
void say_keys(Subjects& subjects, std::string_view user, std::string_view text, bool optional);

/// The lists of nix.conf that say whom Nix trusts: `trusted-users: alice`.
void say_nix_lists(Subjects& subjects, const std::string& conf);

/// True when a text of sudoers lets wheel do everything without a password.
bool wheel_is_free(std::string_view sudoers);

/// `prohibit-password` has an older name; case says nothing.
std::string ssh_value(std::string_view value);

} // namespace agentd::evaluator::agreement
