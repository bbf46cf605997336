#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/view.hpp"
#include "audit/verify.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <unistd.h>

namespace agentd::ctl::commands {

namespace {

using core::Json;

constexpr const char* after_a_flaw = "change nothing in the log; compare it with checkpoints kept "
                                     "elsewhere, then look who could write";

int report(Context& context, const Json& result, const std::string& how) {
    Terminal& terminal = context.terminal();
    if (truth(result, "ok")) {
        const std::string vkey = shown(result, "vkey");
        terminal.line(terminal.paint(Colour::good, "whole") + ": " +
                      count(static_cast<std::size_t>(number(result, "size")), "entry", "entries") +
                      ", " + how);
        terminal.line("  root " + shown(result, "root", 64));
        if (!vkey.empty()) {
            terminal.line("  key  " + vkey + "  (compare it with the one kept at setup)");
        }
        terminal.result(result);
        return status::ok;
    }
    const Json& problem = part(result, "problem");
    const std::string segment = raw(problem, "segment");
    terminal.result(result);
    // With --json the result says it all; a second object would be one too many.
    Terminal words(context.around(), {});
    if (raw(problem, "flaw") == audit::to_string(audit::Flaw::no_log)) {
        return words.fail(
            {.problem = {.code = "failed",
                         .message = raw(problem, "message"),
                         .hint = "name the folder that holds `log`, as audit.directory "
                                 "does; if that was it, the log is gone"}});
    }
    return words.fail(
        {.problem = {.code = "failed",
                     .message = "the log is not what was written: " + raw(problem, "message"),
                     .where = "entry " + std::to_string(number(problem, "entry")) +
                              (segment.empty() ? "" : ", segment " + segment) + ", offset " +
                              std::to_string(number(problem, "offset")),
                     .hint = after_a_flaw}});
}

Json as_json(const audit::VerifyReport& report) {
    Json problem;
    if (report.problem) {
        problem = {{"flaw", audit::to_string(report.problem->flaw)},
                   {"entry", report.problem->entry},
                   {"segment", report.problem->segment},
                   {"offset", report.problem->offset},
                   {"message", report.problem->message}};
    }
    return {{"ok", report.ok()},     {"size", report.size}, {"root", report.root.hex()},
            {"seals", report.seals}, {"vkey", report.vkey}, {"problem", problem}};
}

int offline(Context& context, const std::string& directory, const std::string& vkey, bool live) {
    audit::VerifyOptions options{.live = live};
    if (!vkey.empty()) {
        options.key = audit::VerifierKey::parse(vkey);
        if (!options.key) {
            return context.terminal().fail(usage("this is no verifier key: " + one_line(vkey, 100),
                                                 "<name>+<8 hex>+<base64>"));
        }
    }
    // Else a log that may not be read would pass for one that was taken away.
    if (const std::string log = directory + "/log";
        ::access(log.c_str(), R_OK | X_OK) != 0 && errno == EACCES) {
        return context.terminal().fail(
            {.problem = {.code = "denied",
                         .message = "you may not read the log",
                         .where = directory,
                         .hint = "sudo agentctl audit verify --directory " + directory},
             .exit = status::denied});
    }
    try {
        return report(context, as_json(audit::verify_directory(directory, options)),
                      "read from " + directory);
    } catch (const core::Failure& failure) {
        return context.terminal().fail(trouble_of(failure));
    }
}

} // namespace

int audit_verify(Context& context) {
    const std::string vkey = context.asked().value("--vkey").value_or("");
    if (const auto directory = context.asked().value("--directory")) {
        return offline(context, context.absolute(*directory), vkey, false);
    }
    const auto config = context.config();
    const auto* loaded = std::get_if<std::optional<Config>>(&config);
    const auto settings = loaded != nullptr && *loaded ? (*loaded)->audit : Config::Audit{};
    // A key of one's own is not something the daemon can be asked about.
    if (!vkey.empty()) {
        return offline(context, settings.directory, vkey, true);
    }
    const Reply reply = context.call("audit.verify", Json::object());
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        if (trouble->exit != status::unreachable) {
            return context.terminal().fail(*trouble);
        }
        context.terminal().progress("agentd does not answer; reading the log itself");
        return offline(context, settings.directory, settings.vkey, true);
    }
    return report(context, std::get<Json>(reply), "as agentd says; --directory reads it yourself");
}

} // namespace agentd::ctl::commands
