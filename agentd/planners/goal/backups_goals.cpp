// Backups of folders, as a job to begin with: what, where to, how often, and where its password is.
#include "agentd/planners/goal/clause.hpp"

#include "agentd/core/text.hpp"

#include <array>

namespace agentd::planners::goal {

namespace {

using core::Result;

/// `home` of /home, `var-lib` of /var/lib.
std::string job_of(const State& match) {
    if (match.has("name")) {
        return match.text("name");
    }
    std::string out;
    for (const auto part : core::split(match.items("paths").front().text, '/')) {
        if (!part.empty()) {
            out += (out.empty() ? "" : "-") + std::string(part);
        }
    }
    return out;
}

std::string often(const State& match) {
    for (const std::string each : {"hourly", "weekly", "monthly"}) {
        if (match.has(each)) {
            return each;
        }
    }
    return "daily";
}

void paths(Made& out, const State& match, const std::string& job) {
    for (const Item& path : match.items("paths")) {
        out.wishes.push_back(add(job + "paths", path.text));
    }
}

Result<Made> borg(const State& match, const Situation&) {
    const std::string job = "services.borgbackup.jobs.\"" + job_of(match) + "\".";
    Made out;
    paths(out, match, job);
    out.wishes.push_back(set(job + "repo", match.text("store")));
    out.wishes.push_back(set(job + "encryption.mode", "repokey-blake2"));
    out.wishes.push_back(set(job + "encryption.passCommand",
                             "cat /root/borgbackup-" + job_of(match) + "-passphrase"));
    out.wishes.push_back(set(job + "startAt", often(match)));
    return out;
}

Result<Made> restic(const State& match, const Situation&) {
    const std::string job = "services.restic.backups.\"" + job_of(match) + "\".";
    Made out;
    paths(out, match, job);
    out.wishes.push_back(set(job + "repository", match.text("store")));
    out.wishes.push_back(set(job + "initialize", true));
    out.wishes.push_back(set(job + "passwordFile", "/root/restic-" + job_of(match) + "-password"));
    out.wishes.push_back(set(job + "timerConfig.OnCalendar", often(match)));
    return out;
}

#define OFTEN                                                                                      \
    "[daily {nothing:daily}|every day {nothing:daily}|every night {nothing:daily}|nightly "        \
    "{nothing:daily}|hourly {nothing:hourly}|every hour {nothing:hourly}|weekly {nothing:weekly}|" \
    "every week {nothing:weekly}|monthly {nothing:monthly}|every month {nothing:monthly}]"
#define MAKE "(set up|add|create|configure|make) [new] "

constexpr auto patterns = std::to_array<Pattern>({
    {MAKE "[" OFTEN
          "] (borg|borgbackup) (backup|backups|backup job) [(called|named) {name}] (of|for) "
          "{paths} (to|on|onto|in|into) {store} " OFTEN,
     borg, "set up a borg backup of /home to ssh://backup@nas/./repo"},
    {"(back up|backup|save) {paths} " OFTEN " (with|using) (borg|borgbackup) (to|on|onto|in|into) "
     "{store} " OFTEN,
     borg},
    {"(back up|backup|save) {paths} " OFTEN " (to|on|onto|in|into) {store} (with|using) "
     "(borg|borgbackup) " OFTEN,
     borg},
    {MAKE "[" OFTEN "] restic (backup|backups|backup job) [(called|named) {name}] (of|for) {paths} "
          "(to|on|onto|in|into) {store} " OFTEN,
     restic, "back up /var/lib with restic to s3:https://s3.example.org/bucket"},
    {"(back up|backup|save) {paths} " OFTEN
     " (with|using) restic (to|on|onto|in|into) {store} " OFTEN,
     restic},
    {"(back up|backup|save) {paths} " OFTEN
     " (to|on|onto|in|into) {store} (with|using) restic " OFTEN,
     restic},
});

#undef OFTEN
#undef MAKE

} // namespace

Patterns backup_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
