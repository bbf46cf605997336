#include "unit_text.hpp"

#include <cctype>
#include <charconv>

namespace agentd::demo {

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool inside = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
            const char next = text[++i];
            word += next == 'n' ? '\n' : next == 't' ? '\t' : next;
            inside = true;
        } else if (quote != 0) {
            if (c == quote)
                quote = 0;
            else
                word += c;
        } else if (c == '"' || c == '\'') {
            quote = c;
            inside = true;
        } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            if (inside)
                words.push_back(std::move(word));
            word.clear();
            inside = false;
        } else {
            word += c;
            inside = true;
        }
    }
    if (inside)
        words.push_back(std::move(word));
    return words;
}

std::optional<std::chrono::milliseconds> parse_span(std::string_view text) {
    using namespace std::chrono;
    const std::string_view all = trim(text);
    if (all.empty() || all == "infinity")
        return std::nullopt;
    milliseconds total{0};
    std::size_t at = 0;
    while (at < all.size()) {
        double number = 0;
        const auto [end, error] = std::from_chars(all.data() + at, all.data() + all.size(), number);
        if (error != std::errc{})
            return std::nullopt;
        at = static_cast<std::size_t>(end - all.data());
        std::size_t stop = at;
        while (stop < all.size() && std::isalpha(static_cast<unsigned char>(all[stop])) != 0)
            ++stop;
        const std::string_view unit = all.substr(at, stop - at);
        const double scale = unit == "us"                   ? 0.001
                             : unit == "ms"                 ? 1
                             : unit == "min" || unit == "m" ? 60'000
                             : unit == "h" || unit == "hr"  ? 3'600'000
                             : unit == "d"                  ? 86'400'000
                                                            : 1000;
        total += milliseconds(static_cast<milliseconds::rep>(number * scale));
        at = stop;
        while (at < all.size() && all[at] == ' ')
            ++at;
    }
    return total;
}

bool parse_bool(std::string_view text) {
    return text == "yes" || text == "true" || text == "1" || text == "on";
}

std::string expand_specifiers(std::string_view text, const std::string& unit) {
    const std::string stem = unit.substr(0, unit.rfind('.'));
    const auto at_sign = stem.find('@');
    const std::string prefix = stem.substr(0, at_sign);
    const std::string instance = at_sign == std::string::npos ? "" : stem.substr(at_sign + 1);
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        switch (text[++i]) {
        case 'n':
            out += unit;
            break;
        case 'N':
            out += stem;
            break;
        case 'p':
            out += prefix;
            break;
        case 'i':
        case 'I':
            out += instance;
            break;
        case 't':
            out += "/run";
            break;
        case 'S':
            out += "/var/lib";
            break;
        case 'C':
            out += "/var/cache";
            break;
        case 'L':
            out += "/var/log";
            break;
        case 'h':
            out += "/root";
            break;
        case '%':
            out += '%';
            break;
        default:
            out += '%';
            out += text[i];
        }
    }
    return out;
}

namespace {

std::string value_of(const Environment& environment, const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
}

bool is_name(std::string_view text) {
    if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0)
        return false;
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_')
            return false;
    return true;
}

std::string expand_inside(const std::string& word, const Environment& environment) {
    std::string out;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word.compare(i, 2, "$$") == 0) {
            out += '$';
            ++i;
        } else if (word.compare(i, 2, "${") == 0) {
            const auto close = word.find('}', i);
            if (close == std::string::npos)
                return out + word.substr(i);
            out += value_of(environment, word.substr(i + 2, close - i - 2));
            i = close;
        } else {
            out += word[i];
        }
    }
    return out;
}

} // namespace

std::vector<std::string> expand_variables(const std::vector<std::string>& words,
                                          const Environment& environment) {
    std::vector<std::string> out;
    for (const auto& word : words) {
        if (word.size() > 1 && word[0] == '$' && is_name(std::string_view(word).substr(1))) {
            for (auto& part : split_words(value_of(environment, word.substr(1))))
                out.push_back(std::move(part));
        } else {
            out.push_back(expand_inside(word, environment));
        }
    }
    return out;
}

} // namespace agentd::demo
