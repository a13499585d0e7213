/* Words of a meta text. Not for: judging the numbers. */
#include "ledger/meta.h"

bool
meta_next(struct str *text, struct meta *ret)
{
    struct str line;
    size_t end;

    if (text->n == 0)
        return false;
    end = str_find(*text, STR("\n"), 0);
    if (end == SIZE_MAX) {
        *ret = (struct meta){.tag = STR("")};
        text->n = 0;
        return true;
    }
    line = str_sub(*text, 0, end);
    *text = str_sub(*text, end + 1, text->n);
    if (!str_split(&line, ' ', &ret->tag))
        ret->tag = STR("");
    ret->rest = line;
    return true;
}

struct str
meta_str(const struct meta *m, const char *key)
{
    struct str rest = m->rest, word, name = str_of(key);

    while (str_split(&rest, ' ', &word))
        if (word.n > name.n && word.p[name.n] == '=' && str_starts(word, name))
            return str_sub(word, name.n + 1, word.n);
    return STR("");
}

bool
meta_i64(const struct meta *m, const char *key, int64_t *ret)
{
    return str_i64(meta_str(m, key), -INT64_MAX, INT64_MAX, ret);
}
