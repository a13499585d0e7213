/* Code points, one by one. See point.h. */
#include "base/point.h"

#include "base/buf.h"

enum { MARKS_MAX = 2 };

uint32_t
point_next(struct str s, size_t *at)
{
    unsigned char c = (unsigned char)s.p[*at];
    int more = c < 0x80 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    uint32_t v = more == 0 ? c : c & (0x3FU >> more);

    ++*at;
    for (; more && *at < s.n; more--)
        v = v << 6 | ((unsigned char)s.p[(*at)++] & 0x3F);
    return v;
}

bool
point_is_tricky(uint32_t c)
{
    return c == 0x00AD || c == 0x034F || c == 0x061C || c == 0x115F || c == 0x1160 ||
           c == 0x17B4 || c == 0x17B5 || (c >= 0x180B && c <= 0x180F) ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0x2800 || c == 0x3164 || c == 0xFEFF ||
           c == 0xFFA0 || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0x1D173 && c <= 0x1D17A) ||
           (c >= 0xE0000 && c <= 0xE007F);
}

/* Blanks of other widths. */
static bool
is_blank(uint32_t c)
{
    return c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

bool
point_is_mark(uint32_t c)
{
    return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0483 && c <= 0x0489) ||
           (c >= 0x0591 && c <= 0x05BD) || (c >= 0x064B && c <= 0x065F) ||
           (c >= 0x06D6 && c <= 0x06ED) || (c >= 0x0E31 && c <= 0x0E3A) ||
           (c >= 0x0E47 && c <= 0x0E4E) || (c >= 0x1AB0 && c <= 0x1AFF) ||
           (c >= 0x1DC0 && c <= 0x1DFF) || (c >= 0x20D0 && c <= 0x20FF) ||
           (c >= 0x3099 && c <= 0x309A) || (c >= 0xFE00 && c <= 0xFE0F) ||
           (c >= 0xFE20 && c <= 0xFE2F) || (c >= 0xE0100 && c <= 0xE01EF);
}

struct str
point_clean(struct arena *a, struct str s, size_t max)
{
    struct buf b = buf_new(a, s.n + 8);
    size_t at = 0, kept = 0, marks = 0, last = 0;
    bool cut = false;

    if (!str_is_utf8(s))
        return STR("");
    s = str_trim(s);
    while (at < s.n && !cut) {
        size_t from = at;
        uint32_t c = point_next(s, &at);

        if (c < 0x20 || (c >= 0x7F && c <= 0x9F) || is_blank(c))
            c = ' ';
        marks = point_is_mark(c) ? marks + 1 : 0;
        if (point_is_tricky(c) || marks > MARKS_MAX || (marks && !kept))
            continue;
        if (kept == max) {
            cut = true;
            break;
        }
        kept++;
        last = b.n;
        if (c == ' ')
            buf_add_char(&b, ' ');
        else
            buf_add(&b, str_sub(s, from, at - from));
    }
    if (cut && kept) {
        b.n = last;
        buf_add(&b, STR("…"));
    }
    return str_trim(buf_str(&b));
}
