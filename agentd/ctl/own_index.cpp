#include "agentd/ctl/own_index.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/ctl/aside.hpp"
#include "agentd/ctl/view.hpp"
#include "evaluator/evaluation.hpp"
#include "evaluator/index/make_index.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::ctl {
namespace {

using core::Result;

/// Of the caller, kept between two questions: an evaluation of a real host takes seconds. Only a
/// folder of his own is used; "" where there is none.
std::string cache_folder() {
    namespace fs = std::filesystem;
    const char* cache = std::getenv("XDG_CACHE_HOME");
    const char* home = std::getenv("HOME");
    const fs::path start = cache != nullptr && *cache == '/' ? fs::path(cache)
                           : home != nullptr && *home == '/' ? fs::path(home) / ".cache"
                                                             : fs::path();
    std::error_code error;
    const auto place = fs::canonical(start, error); // what is no link can be opened as such
    struct stat found {};
    if (error || ::stat(place.c_str(), &found) != 0 || found.st_uid != ::geteuid()) {
        return {};
    }
    const auto own = place / "agentd";
    ::mkdir(own.c_str(), 0700);
    const bool usable =
        ::lstat(own.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid();
    return usable ? (own / "indexes").string() : std::string();
}

core::Problem unknown_name(const std::string& name) {
    return {.code = "usage", .message = "`" + one_line(name, 60) + "` is no name of a host"};
}

core::Problem not_told(const std::string& host) {
    return {.code = "not_told",
            .message = "the evaluation does not tell which files it is made of",
            .where = host};
}

/// A cache that cannot be used is done without.
template <class Answer>
Answer from_shelf(Context& context, const std::string& scratch,
                  const std::function<Answer(const std::string& folder)>& ask) {
    if (const auto folder = cache_folder(); !folder.empty()) {
        try {
            return ask(folder);
        } catch (const core::Failure& failure) {
            note(context.around(),
                 "nothing is kept for the next question: " + one_line(failure.message()) + " (" +
                     one_line(failure.where()) + ")");
        }
    }
    return ask(scratch + "/indexes");
}

using Index = Result<std::unique_ptr<evaluator::OptionIndex>>;

/// One after the other, of one shelf; Nix is looked at once, when it is asked for the first time.
class Asking {
  public:
    Asking(Context& context, const OwnSource& source, const std::string& folder)
        : context_(context), source_(source), shelf_(source.nix(), folder) {}

    Index index(const core::HostName& host) {
        const auto head = source_.head();
        if (auto known = shelf_.known(head, host)) {
            return known;
        }
        if (auto ready = this->ready(); !ready) {
            return ready.problem();
        }
        context_.terminal().progress("reading the options of " + host.str() + " at " +
                                     head.commit.short_form());
        return shelf_.get(head, host, source_.stop());
    }

    Result<core::Done> ready() {
        auto done = ready_ ? core::Done{} : source_.ready(context_);
        ready_ = ready_ || done.has_value();
        return done;
    }

  private:
    Context& context_;
    const OwnSource& source_;
    evaluator::IndexShelf shelf_;
    bool ready_ = false;
};

/// All of the hosts, and those that one of them names.
Result<OwnPlaces> places_of(Asking& asking, const OwnSource& source, std::vector<std::string> hosts,
                            bool all) {
    OwnPlaces out;
    for (std::size_t i = 0; i < hosts.size() && !source.stop().stop_requested(); ++i) {
        const auto host = core::HostName::parse(hosts[i]);
        const auto index = host ? asking.index(*host) : Index(unknown_name(hosts[i]));
        if (!index) {
            out.failed.push_back(index.problem());
            out.failed.back().where = hosts[i];
            continue;
        }
        auto told = (*index)->places(hosts[i]);
        if (!told) {
            out.failed.push_back(not_told(hosts[i]));
            continue;
        }
        for (const std::string& other : all ? told->hosts : std::vector<std::string>{}) {
            if (std::find(hosts.begin(), hosts.end(), other) == hosts.end()) {
                hosts.push_back(other);
            }
        }
        out.hosts.push_back(std::move(*told));
    }
    return out.hosts.empty() && !out.failed.empty() ? Result<OwnPlaces>(out.failed.front())
                                                    : std::move(out);
}

} // namespace

Index own_index(Context& context, const OwnSource& source) {
    return from_shelf<Index>(context, source.scratch(), [&](const std::string& folder) {
        return Asking(context, source, folder).index(source.host());
    });
}

Result<OwnPlaces> own_places(Context& context, const Config* config, const WantedHosts& wanted) {
    const auto source =
        OwnSource::open(context, config, wanted.names.empty() ? "any" : wanted.names.front());
    if (!source) {
        return source.problem();
    }
    return from_shelf<Result<OwnPlaces>>(
        context, (*source)->scratch(), [&](const std::string& folder) -> Result<OwnPlaces> {
            Asking asking(context, **source, folder);
            auto hosts = wanted.names;
            if (hosts.empty()) { // nobody could read which there are
                if (auto ready = asking.ready(); !ready) {
                    return ready.problem();
                }
                auto named =
                    evaluator::list_hosts((*source)->nix(), (*source)->head(), (*source)->stop());
                if (!named) {
                    return named.problem();
                }
                hosts = std::move(named).value();
            }
            return places_of(asking, **source, std::move(hosts), wanted.others);
        });
}

std::vector<proposals::map::EvaluatedHost> kept_places(Context& context, const core::Commit& head,
                                                       const std::vector<std::string>& hosts) {
    std::vector<proposals::map::EvaluatedHost> out;
    const auto folder = cache_folder();
    for (const std::string& name : folder.empty() ? std::vector<std::string>{} : hosts) {
        const auto host = core::HostName::parse(name);
        const evaluator::FlakeSource source{
            .commit = head, .folder = context.asked().value("--flake").value_or("")};
        const auto index = host ? evaluator::OptionIndex::open(
                                      evaluator::IndexShelf::file_in(folder, source, *host))
                                : nullptr;
        if (auto told = index ? index->places(name) : std::nullopt) {
            out.push_back(std::move(*told));
        }
    }
    return out;
}

} // namespace agentd::ctl
