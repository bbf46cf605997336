#include "agentd/ctl/patch_input.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "agentd/ctl/view.hpp"

#include <istream>

namespace agentd::ctl {

namespace {

constexpr std::size_t largest = 1U << 20;

} // namespace

std::variant<std::string, Trouble> read_input(Context& context, const std::string& name,
                                              const std::string& example) {
    std::string text;
    if (name == "-") {
        std::istream& in = context.around().in;
        for (char c = 0; text.size() <= largest && in.get(c);) {
            text += c;
        }
    } else {
        try {
            text = core::read_file(context.absolute(name), largest + 1);
        } catch (const core::Failure& failure) {
            return trouble_of(failure);
        }
    }
    if (text.empty() || text.size() > largest) {
        const std::string what = name == "-" ? "the standard input" : one_line(name, 200);
        return usage(text.empty() ? "there is nothing in " + what : "more than 1 MiB is in " + what,
                     example);
    }
    if (!core::is_utf8(text)) {
        return usage("this is not UTF-8 text: " + one_line(name, 200),
                     "a change of bytes cannot be read by who approves it: make it in your clone "
                     "and push it");
    }
    return text;
}

std::string title_of_patch(const std::string& patch, const std::string& name) {
    constexpr std::string_view mark = "Subject: ";
    for (const auto line : core::lines(patch)) {
        if (line.starts_with("diff --git ") || line.starts_with("--- ")) {
            break;
        }
        if (line.starts_with(mark)) {
            std::string_view subject = line.substr(mark.size());
            const auto end =
                subject.starts_with("[PATCH") ? subject.find(']') : std::string_view::npos;
            return std::string(
                core::trim(end == std::string_view::npos ? subject : subject.substr(end + 1)));
        }
    }
    return name == "-" ? "A patch" : "The patch " + name.substr(name.rfind('/') + 1);
}

} // namespace agentd::ctl
