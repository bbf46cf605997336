#include "evaluator/derivation_text.hpp"

namespace agentd::evaluator {

namespace {

/// Reads on as long as the text is what it has to be; after that everything is empty.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool good() const noexcept { return good_; }
    bool done() const noexcept { return good_ && rest_.empty(); }

    void skip(std::string_view wanted) {
        good_ = good_ && rest_.starts_with(wanted);
        rest_.remove_prefix(good_ ? wanted.size() : 0);
    }

    std::string text() {
        std::string out;
        skip("\"");
        while (good_ && !rest_.empty() && rest_.front() != '"') {
            out += next();
        }
        skip("\"");
        return out;
    }

    /// `each` reads one element of a list.
    template <class Each> void list(const Each& each) {
        skip("[");
        for (bool first = true; good_ && !rest_.starts_with(']'); first = false) {
            if (!first) {
                skip(",");
            }
            each();
        }
        skip("]");
    }

    void texts(std::vector<std::string>& out) {
        list([&] { out.push_back(text()); });
    }

  private:
    char next() {
        char c = rest_.front();
        rest_.remove_prefix(1);
        if (c != '\\') {
            return c;
        }
        good_ = !rest_.empty();
        if (!good_) {
            return c;
        }
        c = rest_.front();
        rest_.remove_prefix(1);
        return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
    }

    std::string_view rest_;
    bool good_ = true;
};

} // namespace

std::optional<DerivationText> DerivationText::parse(std::string_view text) {
    if (text.size() > most_bytes) {
        return std::nullopt;
    }
    DerivationText out;
    Reader in(text);
    in.skip("Derive(");
    in.list([&] {
        Output& output = out.outputs.emplace_back();
        in.skip("(");
        output.name = in.text();
        in.skip(",");
        output.path = in.text();
        in.skip(",");
        output.rest = in.text();
        in.skip(",");
        output.rest += ':' + in.text();
        in.skip(")");
    });
    in.skip(",");
    in.list([&] {
        Input& input = out.inputs.emplace_back();
        in.skip("(");
        input.path = in.text();
        in.skip(",");
        in.texts(input.outputs);
        in.skip(")");
    });
    in.skip(",");
    in.texts(out.sources);
    for (int i = 0; i < 2; ++i) {
        in.skip(",");
        out.texts.push_back(in.text());
    }
    in.skip(",");
    in.texts(out.texts);
    in.skip(",");
    in.list([&] {
        in.skip("(");
        out.texts.push_back(in.text());
        in.skip(",");
        out.texts.push_back(in.text());
        in.skip(")");
    });
    in.skip(")");
    return in.done() ? std::optional(std::move(out)) : std::nullopt;
}

} // namespace agentd::evaluator
