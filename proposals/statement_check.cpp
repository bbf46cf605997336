#include "proposals/act.hpp"
#include "proposals/statement.hpp"

#include "agentd/core/id.hpp"
#include "agentd/core/names.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::proposals {

using core::Problem;

namespace {

bool is_digest(std::string_view text) {
    return core::Digest::parse(text).has_value();
}
bool is_commit(std::string_view text) {
    return core::Commit::parse(text).has_value();
}
bool is_host(std::string_view text) {
    return core::HostName::parse(text).has_value();
}
bool is_store_path(std::string_view text) {
    return core::StorePath::parse(text).has_value();
}
bool is_drv(std::string_view text) {
    const auto path = core::StorePath::parse(text);
    return path && path->is_derivation();
}
bool is_output(std::string_view text) {
    const auto path = core::StorePath::parse(text);
    return path && !path->is_derivation();
}

/// `sha256:` in Nix's base 32 or hex, or SRI `sha256-` in base 64.
bool is_nar_hash(std::string_view text) {
    const bool known = text.starts_with("sha256:") || text.starts_with("sha256-");
    text.remove_prefix(known ? 7 : text.size());
    return text.size() >= 43 && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '+' || c == '/' || c == '=';
           });
}

bool is_machine_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
    });
}

bool is_act(std::string_view text) {
    return parse_act(text).has_value();
}

/// Keeps the first trouble.
class Checker {
  public:
    using Form = bool (*)(std::string_view);

    void need(bool holds, const char* field, const char* why) {
        if (!holds && !problem_) {
            problem_ = Problem{.code = "bad_statement",
                               .message = "statement: `" + std::string(field) + "` " + why,
                               .where = field};
        }
    }
    void form(const std::string& text, const char* field, Form fits) {
        need(fits(text), field, "does not have its form");
    }
    void form(const std::optional<std::string>& text, const char* field, Form fits) {
        need(!text || fits(*text), field, "does not have its form");
    }
    void present(const std::optional<std::string>& text, const char* field) {
        need(text.has_value(), field, "is needed in this mode");
    }
    void absent(const std::optional<std::string>& text, const char* field) {
        need(!text, field, "has to be null in this mode");
    }
    core::Result<core::Done> finish() const {
        return problem_ ? core::Result<core::Done>(*problem_) : core::Done{};
    }

  private:
    std::optional<Problem> problem_;
};

void check_forms(Checker& c, const Statement& s) {
    c.form(s.proposal, "proposal", core::is_ulid);
    c.form(s.revision, "revision", is_digest);
    c.form(s.base_commit, "base_commit", is_commit);
    c.form(s.candidate_commit, "candidate_commit", is_commit);
    c.form(s.base_tree_sha256, "base_tree_sha256", is_digest);
    c.form(s.candidate_tree_sha256, "candidate_tree_sha256", is_digest);
    c.form(s.flake_lock_sha256, "flake_lock_sha256", is_digest);
    c.form(s.act, "act", is_act);
    c.form(s.host, "host", is_host);
    c.form(s.machine_id, "machine_id", is_machine_id);
    c.form(s.from.path, "from", is_output);
    c.form(s.from.nar_hash, "from", is_nar_hash);
    c.form(s.drv, "drv", is_drv);
    c.form(s.toplevel, "toplevel", is_output);
    c.form(s.toplevel_nar_hash, "toplevel_nar_hash", is_nar_hash);
    c.form(s.closure_manifest_sha256, "closure_manifest_sha256", is_digest);
    c.form(s.effects_sha256, "effects_sha256", is_digest);
    c.form(s.page_sha256, "page_sha256", is_digest);
    c.form(s.policy_sha256, "policy_sha256", is_digest);
    c.form(s.rollback_to, "rollback_to", is_store_path);
    c.form(s.nonce, "nonce", is_digest);
    c.need(!s.author.id.empty(), "author", "names nobody");
}

void check_change(Checker& c, const Statement& s) {
    c.present(s.base_commit, "base_commit");
    c.present(s.candidate_commit, "candidate_commit");
    c.present(s.base_tree_sha256, "base_tree_sha256");
    c.present(s.candidate_tree_sha256, "candidate_tree_sha256");
    c.present(s.drv, "drv");
    c.present(s.toplevel, "toplevel");
    c.present(s.toplevel_nar_hash, "toplevel_nar_hash");
    c.present(s.closure_manifest_sha256, "closure_manifest_sha256");
    c.present(s.effects_sha256, "effects_sha256");
    c.absent(s.act, "act");
    c.absent(s.rollback_to, "rollback_to");
}

/// Neither an act nor a rollback is a commit.
void check_no_commit(Checker& c, const Statement& s) {
    c.absent(s.base_commit, "base_commit");
    c.absent(s.candidate_commit, "candidate_commit");
    c.absent(s.base_tree_sha256, "base_tree_sha256");
    c.absent(s.candidate_tree_sha256, "candidate_tree_sha256");
    c.absent(s.flake_lock_sha256, "flake_lock_sha256");
    c.absent(s.drv, "drv");
    c.present(s.effects_sha256, "effects_sha256");
}

void check_rollback(Checker& c, const Statement& s) {
    c.present(s.rollback_to, "rollback_to");
    check_no_commit(c, s);
    c.present(s.toplevel, "toplevel");
    c.need(s.toplevel == s.rollback_to, "rollback_to", "is not the system `toplevel` names");
    c.present(s.toplevel_nar_hash, "toplevel_nar_hash");
    c.present(s.closure_manifest_sha256, "closure_manifest_sha256");
    c.absent(s.act, "act");
}

void check_act(Checker& c, const Statement& s) {
    c.present(s.act, "act");
    check_no_commit(c, s);
    c.absent(s.toplevel, "toplevel");
    c.absent(s.toplevel_nar_hash, "toplevel_nar_hash");
    c.absent(s.closure_manifest_sha256, "closure_manifest_sha256");
    c.absent(s.rollback_to, "rollback_to");
}

} // namespace

core::Result<core::Done> check(const Statement& s) {
    Checker c;
    check_forms(c, s);
    c.need(s.required_level >= Level::approve, "required_level", "is below approve");
    c.need(s.not_before < s.expires, "expires", "is not after `not_before`");
    switch (s.mode) {
    case Mode::test:
    case Mode::switch_:
    case Mode::boot:
        check_change(c, s);
        break;
    case Mode::rollback:
        check_rollback(c, s);
        break;
    case Mode::act:
        check_act(c, s);
        break;
    }
    return c.finish();
}

} // namespace agentd::proposals
